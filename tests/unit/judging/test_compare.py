import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from harness.errors import BrokenLab
from harness.judging import WrongColumns, WrongOrder, WrongRows, compare
from harness.judging.values import canonical
from harness.table import Table


def caught(kind, expected, observed):
    """Return what compare raises."""
    with pytest.raises(kind) as failure:
        compare(expected, observed, ask="why?")
    # What a test asks is about rows; about columns and, where it asks none, order there is a question of their own.
    assert (failure.value.ask == "why?") == isinstance(failure.value, WrongRows)
    assert failure.value.ask
    return failure.value


def findings(expected, observed):
    """Return the kinds and names of what is wrong with the columns."""
    wrong = caught(WrongColumns, Table.of(expected, []), Table.of(observed, []))
    return [(finding.kind, finding.column) for finding in wrong.findings]


def pairs(wrong):
    """Return the aligned pairs as plain tuples."""
    return [(pair.expected, pair.observed, pair.cells) for pair in wrong.difference.pairs]


@pytest.mark.parametrize(
    ("expected", "observed", "found"),
    [
        ("a text, b text", "a text", [("missing", "b")]),
        ("a text", "a text, b text", [("extra", "b")]),
        ("a text", "a text, a text", [("extra", "a")]),
        ("a text, a text", "a text", [("missing", "a")]),
        ("running_total text", "runing_total text", [("misspelt", "running_total")]),
        ("total text", "Total text", [("capitals", "total")]),
        ("a text, total text", "a text, ?column? text", [("unnamed", "total")]),
        ("a text, total text", "a text, sum text", [("other name", "total")]),
        ("a text, b text", "b text, a text", [("other order", "")]),
        ("a numeric", "a double precision", [("type", "a")]),
        ("a numeric", "a integer", [("type", "a")]),
        ("a date", "a timestamp", [("type", "a")]),
        ("a timestamp", "a timestamptz", [("type", "a")]),
        ("a interval", "a numeric", [("type", "a")]),
        ("a integer[]", "a text[]", [("type", "a")]),
        ("total numeric", "Total text", [("capitals", "total"), ("type", "total")]),
        ("a text, b date", "b text, a text", [("other order", ""), ("type", "b")]),
        ("rank text, ranks text", "ranks text, x text", [("other name", "rank")]),
        ("a text", "", [("missing", "a")]),
    ],
)
def test_what_is_wrong_with_columns_is_named(expected, observed, found):
    """A missing, surplus, misspelt, unnamed, misplaced or mistyped column is told apart from the others."""
    if not observed:
        with pytest.raises(WrongColumns) as failure:
            compare(Table.of(expected, []), Table((), ()), ask="")
        assert [(finding.kind, finding.column) for finding in failure.value.findings] == found
    elif "ranks" in expected:
        # `ranks` is there in its own right, so the other one can't be its misspelling.
        assert ("misspelt", "rank") not in findings(expected, observed)
    else:
        assert findings(expected, observed) == found


@pytest.mark.parametrize(
    ("expected", "observed"),
    [
        ("integer", "bigint"),
        ("smallint", "integer"),
        ("text", "varchar"),
        ("text", "name"),
        ("char(3)", "text"),
        ("real", "double precision"),
        ("numeric(10)", "numeric"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp", "timestamp without time zone"),
        ("integer[]", "bigint[]"),
        ("jsonb", "jsonb"),
    ],
)
def test_types_of_one_family_are_the_same(expected, observed):
    """Which type of a family a query gives is an accident of its functions, and no mistake."""
    compare(Table.of(f"a {expected}", []), Table.of(f"a {observed}", []), ask="")


BERLIN = ZoneInfo("Europe/Berlin")
ALIKE = [
    (1, Decimal("1.00")),
    (Decimal(10), Decimal("1E1")),
    (0.5, Decimal("0.5")),
    (0.1 + 0.2, 0.3),
    (-0.0, 0),
    (Decimal("NaN"), float("nan")),
    (Decimal("sNaN"), Decimal("NaN")),
    (Decimal("Infinity"), float("inf")),
    (None, None),
    (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=timezone(timedelta(hours=2)))),
    (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    (memoryview(b"a"), b"a"),
    ([1, None], (Decimal(1), None)),
    ({"a": [1]}, {"a": [Decimal("1.0")]}),
]
UNLIKE = [
    (None, 0),
    (None, ""),
    (None, "NULL"),
    (1, "1"),
    (1, True),
    (Decimal("1.001"), Decimal("1.00")),
    (float("nan"), None),
    (date(2026, 3, 29), datetime(2026, 3, 29)),  # noqa: DTZ001 - a timestamp without zone
    (datetime(2026, 3, 29), datetime(2026, 3, 29, tzinfo=UTC)),  # noqa: DTZ001 - a time without a zone is the case
    (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)),
    ("a", "A"),
    ("a", "a "),
    (timedelta(1), 1),
    ([1, 2], [2, 1]),
    ("{1}", [1]),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_values_that_are_the_same_compare_equal(one, other):
    """Scale, zone and the driver's choice of type don't make a value another."""
    compare(Table.of("a text", [(one,)]), Table.of("a text", [(other,)]), ask="")


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_values_that_are_not_the_same_differ(one, other):
    """NULL, text, number, truth and moment are never taken for one another."""
    wrong = caught(WrongRows, Table.of("a text", [(one,)]), Table.of("a text", [(other,)]))
    assert pairs(wrong) == [(0, 0, (0,))]


class Odd:
    """A value that no driver gives."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other):  # noqa: D105 - it is there to be never called
        raise RuntimeError


@pytest.mark.parametrize(
    "value",
    [
        Odd,
        UUID(int=1),
        time(1),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-2))),
        {1: {2}},
        range(2),
        b"",
        1j,
    ],
)
def test_no_value_is_too_odd(value):
    """Any value at all can be compared with itself and with NULL."""
    table = Table.of("a text", [(value,)])
    compare(table, table, ask="")
    caught(WrongRows, table, Table.of("a text", [(None,)]))
    assert hash(canonical(value)) == hash(canonical(value))


def test_rows_are_aligned_by_their_key():
    """With a key, a differing row stands beside the one of its key, and missing and surplus rows are told."""
    expected = Table.of("n integer, v text", [(1, "a"), (2, "b"), (3, "c")], key="n")
    wrong = caught(WrongRows, expected, Table.of("n integer, v text", [(4, "d"), (3, "x"), (1, "a")]))
    assert pairs(wrong) == [(None, 0, ()), (0, 2, ()), (1, None, ()), (2, 1, (1,))]
    assert (wrong.difference.differing, wrong.difference.missing, wrong.difference.surplus) == (1, 1, 1)


def test_of_equal_keys_the_right_row_is_taken():
    """Where a key was observed twice, the row that agrees is the one meant, else the first; the other is surplus."""
    expected = Table.of("n integer, v text", [(1, "a"), (2, "b")], key="n")
    wrong = caught(WrongRows, expected, Table.of("n integer, v text", [(1, "x"), (1, "a"), (2, "y"), (2, "z")]))
    assert pairs(wrong) == [(None, 0, ()), (0, 1, ()), (1, 2, (1,)), (None, 3, ())]


def test_a_key_may_be_null_or_occur_twice():
    """Rows whose key is NULL or occurs twice in the expected table are aligned like any other."""
    expected = Table.of("n integer, v text", [(None, "a"), (1, "b"), (1, "c")], key="n")
    wrong = caught(WrongRows, expected, Table.of("n integer, v text", [(None, "x"), (1, "c")]))
    assert pairs(wrong) == [(0, 0, (1,)), (1, None, ()), (2, 1, ())]


def test_without_a_key_rows_are_aligned_by_sequence():
    """Without a key, a row that is left out doesn't make all rows behind it differ."""
    expected = Table.of("v text", [(c,) for c in "abcdef"])
    wrong = caught(WrongRows, expected, Table.of("v text", [(c,) for c in "abdXf"]))
    assert (wrong.difference.differing, wrong.difference.missing, wrong.difference.surplus) == (1, 1, 0)


def test_many_rows_are_aligned_quickly():
    """A hundred thousand rows without a key get their verdict without a quadratic search."""
    rows = [(n % 7,) for n in range(100_000)]
    wrong = caught(WrongRows, Table.of("n integer", rows), Table.of("n integer", rows[1:]))
    assert wrong.difference.missing == 1


def test_a_result_of_empty_tables_is_right():
    """No rows where none are expected is a right answer; some rows are not."""
    compare(Table.of("n integer", []), Table.of("n integer", []), ask="")
    assert caught(WrongRows, Table.of("n integer", []), Table.of("n integer", [(1,)])).difference.surplus == 1


def test_order_is_wrong_only_where_the_rows_are_right():
    """The same rows in another order are told as such, with the first place that differs."""
    expected = Table.of("n integer", [(1,), (2,), (2,), (3,)], key="n")
    assert caught(WrongOrder, expected, Table.of("n bigint", [(1,), (2,), (3,), (2,)])).first == 2
    caught(WrongRows, expected, Table.of("n bigint", [(3,), (2,), (1,), (1,)]))


def test_a_test_about_the_order_asks_its_own_question():
    """Whoever has the right rows in another order is asked `ask_of_order`, whoever has others is asked `ask`."""
    expected = Table.of("n integer", [(1,), (2,)])
    for seen, asked in ([(2,), (1,)], "who is first?"), ([(1,), (3,)], "why?"):
        with pytest.raises((WrongOrder, WrongRows)) as failure:
            compare(expected, Table.of("n integer", seen), ask="why?", ask_of_order="who is first?")
        assert failure.value.ask == asked


def test_a_key_without_a_column_is_a_defect_of_the_lab():
    """A key that names no column is no fault of the answer."""
    with pytest.raises(BrokenLab, match="nope"):
        compare(Table.of("n integer", [], key="nope"), Table.of("n integer", []), ask="")


VALUES = [
    None,
    0,
    1,
    -3,
    Decimal("2.50"),
    Decimal("NaN"),
    0.25,
    "",
    "NULL",
    "ß\u202e",
    True,
    date(2026, 1, 1),
    b"x",
    [1],
    {},
]


def _random_table(dice):
    width, height = dice.randint(1, 5), dice.randint(0, 12)
    rows = [tuple(dice.choice(VALUES) for _ in range(width)) for _ in range(height)]
    keyed = dice.random() < 0.5
    header = ", ".join(f"c{n} text" for n in range(width))
    if keyed:
        rows = [(n, *row) for n, row in enumerate(rows)]
        header = f"id integer, {header}"
    return Table.of(header, rows, key="id" if keyed else "")


@pytest.mark.parametrize("seed", range(300))
def test_one_change_is_always_caught(seed):
    """In any table one changed cell or removed row is WrongRows, one swap is WrongOrder, and no change is right."""
    dice = random.Random(seed)  # noqa: S311 - a table to test with
    table = _random_table(dice)
    compare(table, table, ask="")
    if not table.rows:
        return
    place = dice.randrange(len(table.rows))
    rows = list(table.rows)
    at = dice.randrange(len(table.columns))
    changed = [*rows]
    changed[place] = (*rows[place][:at], "something else", *rows[place][at + 1 :])
    wrong = caught(WrongRows, table, Table(table.columns, tuple(changed)))
    seen = Counter()
    for pair in wrong.difference.pairs:
        seen["expected"] += pair.expected is not None
        seen["observed"] += pair.observed is not None
    assert seen["expected"] == seen["observed"] == len(rows)
    removed = Table(table.columns, tuple(rows[:place] + rows[place + 1 :]))
    assert caught(WrongRows, table, removed).difference.missing == 1
    assert caught(WrongRows, removed, table).difference.surplus == 1
    other = dice.randrange(len(rows))
    if canonical(rows[other]) != canonical(rows[place]):
        swapped = [*rows]
        swapped[place], swapped[other] = rows[other], rows[place]
        assert caught(WrongOrder, table, Table(table.columns, tuple(swapped))).first == min(place, other)
