from dataclasses import replace
from datetime import date, timedelta

from harness.judging.working_table import WorkingRow, WorkingTable


def table(*levels, ended=False, columns=("place", "count")):
    """Make a working table: each level lists (values, origin)."""
    rows = tuple(tuple(WorkingRow(values, origin) for values, origin in level) for level in levels)
    return WorkingTable("t", columns, rows, ended, distinct=False)


def chain(*places):
    """Make one row a level: a place, and a count that grows."""
    return [[((place, count), count and 0)] if count else [((place, 0), None)] for count, place in enumerate(places)]


def test_a_circle_is_found_where_a_row_is_again_at_a_place():
    """Two rows are at one place if they agree in what doesn't only grow, one of them come of the other."""
    circle = table(*chain(1, 2, 3, 2)).circle
    assert circle.first == 1
    assert [row.values[0] for row in circle.rows] == [2, 3, 2]
    assert circle.columns == (0,)


def test_a_row_of_another_branch_makes_no_circle():
    """The same place on two ways is no circle: neither row has come of the other."""
    diamond = table(
        [((1, 0), None)],
        [((3, 1), 0), ((2, 1), 0)],
        [((4, 2), 0), ((4, 2), 1)],
    )
    assert diamond.circle is None


def test_a_station_that_leads_to_itself_is_the_shortest_circle():
    """A circle of one is two rows."""
    assert len(table(*chain(1, 3, 2, 2)).circle.rows) == 2


def test_what_has_ended_has_no_circle():
    """A recursion that ended ran in none, whatever its rows look like."""
    assert table(*chain(1, 2, 1), ended=True).circle is None


def test_what_was_only_looked_into_has_no_circle():
    """Of a statement that came to its end some levels were looked at: that there are more means no circle."""
    assert replace(table(*chain(1, 2, 1)), goes_on=True).circle is None


def test_rows_without_anything_that_grows_repeat_as_a_whole():
    """Where no column grows, equal rows are the circle."""
    circle = table([(("a",), None)], [(("b",), 0)], [(("a",), 0)], columns=("place",)).circle
    assert [row.values for row in circle.rows] == [("a",), ("b",), ("a",)]


def test_a_calendar_without_end_only_counts():
    """Where nothing changes but what grows there is no place to come back to."""
    day = date(2025, 3, 3)
    counting = table(*[[((7, day + timedelta(days=at)), at and 0 if at else None)] for at in range(3)])
    assert counting.only_counts
    assert counting.circle is None


def test_a_list_and_a_text_that_go_on_only_grow():
    """A path is no place: it goes on from that of the row before."""
    growing = table([(([1], "a"), None)], [(([1, 2], "a > b"), 0)])
    assert growing.counting == (0, 1)


def test_what_shrinks_is_a_place():
    """A number that falls somewhere doesn't only grow."""
    assert table(*chain(1, 3, 2)).counting == (1,)
