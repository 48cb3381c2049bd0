"""A learner's recursion, run one level at a time: what it gives is what PostgreSQL gives."""

# ruff: noqa: E501 - queries as learners write them

import pytest
from homes import PROVIDERS

from harness.answers.sources import Source
from harness.answers.working_table import EndlessTrial, working_tables
from harness.services import Dataset

# How a query is followed has nothing to do with how the server was had.
pytestmark = pytest.mark.parametrize("server", PROVIDERS[:1], indirect=True)

# 1 → 2 → 3 → 1, 2 → 4, twice 1 → 5, and 6 on its own.
BELTS = [(1, 2), (2, 3), (3, 1), (2, 4), (1, 5), (1, 5)]
SCHEMA = "CREATE TABLE belt (a integer, b integer); CREATE TABLE start (s integer, note text)"

ENDING = {
    "a path of one's own": """
        with recursive r as (
            select s, array[s] as path from start
            union all select b, path || b from r join belt on a = s where b <> all (path)
        ) select * from r""",
    "texts of fixed length": "with recursive r as (select s, 'ab'::char(2) as c, b'101' as bits from start union all select b, c, bits from r join belt on a = s and b > a) select s, c, bits from r",
    "UNION over places": "with recursive r as (select s from start union select b from belt, r where a = s) select * from r",
    "names of its own, an alias, comments": """
        with recursive first_step as (select s from start), "R 1" ("A b", n) as (
            select s, 1 from first_step -- union all
            union all
            select belt.b, q.n + 1 from "R 1" as q join belt on belt.a = q."A b" where q.n < 4 /* ) */
        ) select * from "R 1" """,
    "its own name before a column": "with recursive r as (select s, 0 as n from start union all select b, r.n + 1 from belt join r on r.s = a and r.n < 3) select s, n from r",
    "quotes, NULL and a number with decimals": """
        with recursive r as (
            select s, note, 1.50 as price from start
            union all select b, r.note, r.price * 2 from r join belt on a = s where price < 10
        ) select * from r""",
    "two parts before the last UNION": "with recursive r as (select 1 as s union all select 6 union all select b from r join belt on a = s and b > a) select * from r",
    "a second SELECT that keeps the best": """
        with recursive r as (
            select s, 0 as n from start
            union all (select distinct on (b) b, n + 1 from r join belt on a = s where n < 3 order by b, n)
        ) select * from r""",
    "a recursion in a subquery": "select * from (with recursive r as (select s from start union select b from belt, r where a = s) select * from r) x",
    "SEARCH": "with recursive r as (select s, 0 as n from start union all select b, n + 1 from r join belt on a = s where n < 2) search depth first by s, n set o select s, n from r order by o",
}


@pytest.fixture
def database(server):
    """Belts that run in a circle, and where to begin."""
    rows = {"belt": BELTS, "start": [(1, 'it\'s \\ "one"'), (6, None)]}
    return server.dataset(Dataset("belts", SCHEMA, rows))


@pytest.mark.parametrize("name", ENDING)
def test_the_levels_together_are_what_the_recursion_gives(name, database):
    """All levels of the working table, put together, are the rows that PostgreSQL itself finds."""
    (table,) = working_tables(ENDING[name], database)
    assert table.ended
    found = database.query(ENDING[name]).rows
    if name != "a second SELECT that keeps the best":  # it looks at a whole level, which nobody can tell by row
        assert sorted(map(repr, (row.values for level in table.levels for row in level))) == sorted(map(repr, found))


def test_what_union_drops_is_counted_by_level(database):
    """Rows that UNION leaves out are counted on the level on which they were found again."""
    (table,) = working_tables(ENDING["UNION over places"], database)
    assert [[row.values for row in level] for level in table.levels] == [[(1,), (6,)], [(2,), (5,)], [(3,), (4,)]]
    assert table.left_out == (0, 1, 0, 1)


def test_rows_know_what_they_came_of(database):
    """Each row names the row of the level before that it was made of."""
    (table,) = working_tables(ENDING["a path of one's own"], database)
    for above, level in zip(table.levels, table.levels[1:], strict=False):
        for row in level:
            assert row.values[1][:-1] == above[row.origin].values[1]


def test_a_cycle_clause_is_followed_by_its_own_path(database):
    """With CYCLE, the levels are those of its path, which is not shown; the mark is."""
    (table,) = working_tables(
        "with recursive r as (select s from start union all select b from r join belt on a = s) cycle s set again using past select * from r",
        database,
    )
    assert table.columns == ("s", "again")
    assert [sorted(row.values for row in level) for level in table.levels] == [
        [(1, False), (6, False)],
        [(2, False), (5, False), (5, False)],
        [(3, False), (4, False)],
        [(1, True)],
    ]
    assert table.ended


ENDLESS = {
    "in a subquery": "with p as (select 1) select x.n from p, (with recursive r as (select s, 0 as n from start union select b, n + 1 from r join belt on a = s) select * from r) x",
    "UNION with a count": "with recursive r as (select s, 0 as n from start union select b, n + 1 from r join belt on a = s) select * from r",
    "a path that nobody looks at": "with recursive r as (select s, array[s] as p from start union all select b, p || b from r join belt on a = s) select * from r order by p",
    "CYCLE over a count": "with recursive r as (select s, 0 as n from start union all select b, n + 1 from r join belt on a = s) cycle s, n set again using past select * from r order by 1",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_recursion_without_end_shows_its_circle(name, database):
    """What never ends is followed for some levels, and the circle is the shortest one in the data."""
    (table,) = working_tables(ENDLESS[name], database)
    assert not table.ended
    assert [row.values[0] for row in table.circle.rows] == [1, 2, 3, 1]


def test_an_endless_answer_is_recognised_without_being_run(database):
    """An answer is like another if its levels have as many rows; one that ends, or takes another course, is not."""
    trial = EndlessTrial(next(working_tables(ENDLESS["UNION with a count"], database)), database)

    def like(sql):
        return trial.shows_the_same(Source(None, None, sql))

    assert like(ENDLESS["UNION with a count"].replace("as n", "as deep").replace("n + 1", "deep + 1"))
    assert not like(ENDLESS["a path that nobody looks at"])
    assert not like(ENDING["UNION over places"])
    assert not like("select 1")


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "with r as (select s from start) select * from r",
        "with recursive r as (select s from start) select * from r",
        "with recursive r as (select row(s, 1) as s from start union all select row(b, 1) from r, belt where false) select * from r",
        "with recursive r as (select s from start union all select b from nowhere) select * from r",
        "with recursive r as (select s fro",
        "with recursive r as (select generate_series(1, 2000) as s union all select b from r join belt on a = s) select * from r",
        "with recursive r as (select generate_series(1, 2000) as s union all select b from r join belt on a = s) cycle s set again using past select * from r",
    ],
)
def test_what_cannot_be_followed_has_no_picture(sql, database):
    """Where there is no recursion, or one that can't be rewritten or begins with too many rows, nothing is told of it."""
    assert not list(working_tables(sql, database))
