# ruff: noqa: E501 - the words are what matters
"""One failure of every kind, made by the real judges; `python specimens.py` rewrites the golden texts, to be reviewed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from stories import READ, commits, does, found, returns

from harness.errors import CouldNotJudge, ServiceUnavailable, Wrong
from harness.explorers.interleavings import SeenInNoOrder
from harness.judging import compare, require_one_reading_statement, require_same, require_window_query
from harness.report import Context, Likely, failure
from harness.services import QueryFailed, QueryTooSlow, TooManyRows
from harness.table import Table

_OVERTAKEN = found(
    ("Ann", "Bob"),
    "ABBA",
    "AB AB AB A",
    [
        does("Ann", "UPDATE account SET balance = 0 WHERE id = 1"),
        does("Bob", READ, "100"),
        commits("Bob"),
        returns("Bob", "100"),
        replace(commits("Ann"), text="ROLLBACK"),
        returns("Ann", "None"),
    ],
    "Nobody reads what is never committed.",
    None,
    ran=6,
    broke=0,
)
IN_NO_ORDER = SeenInNoOrder(
    "a dirty read on READ UNCOMMITTED can't happen",
    replace(_OVERTAKEN, shortest=replace(_OVERTAKEN.shortest, broken=None)),
    "Bob reads 0",
    "Bob reads 100",
    ask="Which level does PostgreSQL give you when you ask for READ UNCOMMITTED?",
)

GOLDEN = Path(__file__).parent / "golden"
AGAIN = "pytest 'labs/01_window_functions/test_window_functions.py::test_ties[ties]'"
FRAME = Likely(
    "default_frame",
    "ORDER BY inside OVER adds the rows one by one.",
    "Which frame does a window have when you write none?",
)
ROUNDING = Likely("rounding", "A share is rounded at the end.", "Where does the third decimal go?")


def raised(judge, *arguments, **options):
    """Return what a judge raises."""
    try:
        judge(*arguments, **options)
    except (Wrong, CouldNotJudge) as error:
        return error
    raise AssertionError(f"{judge.__name__} found nothing wrong")


def context(fact, file, *, sql="", data="", likely=(), look=""):  # noqa: PLR0913 - as many as Context has
    """Return the context of a failed test in lab 01."""
    return Context(fact, f"labs/01_window_functions/exercise/{file}", sql, data, likely, AGAIN, look)


def moment(hour, minute, second=0):
    """Return a moment of the night when the clocks change."""
    return datetime(2026, 3, 29, hour, minute, second, tzinfo=UTC)


def _running_total(totals, kind="numeric"):
    times = [moment(0, 30), moment(1, 0), moment(1, 0), moment(1, 15), moment(2, 0, 30)]
    rows = [(at + 1, times[at], total) for at, total in enumerate(totals)]
    return Table.of(f"payment_id integer, paid_at timestamptz, running_total {kind}", rows, key="payment_id")


TOTALS = [Decimal("10.00"), Decimal("15.00"), Decimal("20.00"), Decimal("19.50"), Decimal("19.50")]
CUMULATED = [Decimal("10.00"), Decimal("20.00"), Decimal("20.00"), None, Decimal("19.50")]

LATEST = Table.of(
    "customer_id integer, city text", [(1, "Leeds"), (2, "Bath"), (3, None), (4, "NULL"), (6, "Ely")], key="customer_id"
)
TOP = Table.of("category text, product text", [("tea", "oolong"), ("tea", "sencha"), ("tea", "assam")], key="product")
SHARE = Table.of("payment_id integer, month date, share numeric, total numeric, rank bigint", [])
MONTHS = Table.of(
    "month date, total numeric",
    [(date(2026, month, 1), Decimal(total)) for month, total in zip(range(9, 2, -1), range(50, 57), strict=True)],
)
WIDE = "event_id bigint, customer_name text, city text, started timestamptz, ended timestamptz, clicks bigint, session bigint"

SELF_JOIN = """SELECT a.payment_id, sum(b.amount)
  -- every earlier payment
FROM payment a
JOIN payment b ON b.paid_at <= a.paid_at
GROUP BY 1"""
MISSPELT = """SELECT payment_id,
\tsum(amout) OVER (ORDER BY paid_at) AS running_total
FROM payment"""


def _wide(session, name="Ada Lovelace"):
    return Table.of(
        WIDE,
        [(n, name, "Bath", moment(0, n), moment(1, n), n, session(n)) for n in range(1, 20)],
        key="event_id",
    )


RUNNING = "Each payment adds its own amount to the running total, even where two share a moment."
SPECIMENS = {
    "wrong_rows": (
        raised(
            compare,
            _running_total(TOTALS),
            _running_total(CUMULATED),
            ask="Which rows are in the frame when two payments have the same paid_at?",
        ),
        context(
            RUNNING,
            "2_running_total.sql",
            data='data set "ties" (seed 7; 5 rows in payment)',
            likely=(FRAME,),
            look="labs psql kept_running_total_ties",
        ),
    ),
    "wrong_rows_stacked": (
        raised(compare, _wide(lambda n: 1 + n // 5), _wide(lambda n: 1 + n // 4), ask="When does a session end?"),
        context("A session ends after thirty quiet minutes.", "5_sessions.sql", likely=(FRAME, ROUNDING)),
    ),
    "rows_missing_and_extra": (
        raised(
            compare,
            LATEST,
            Table.of(
                "customer_id integer, city text",
                [(1, "York"), (1, "Leeds"), (2, "Bath"), (4, None), (5, ""), (6, "Ely")],
            ),
            ask="Which row comes first when two have the same moment?",
        ),
        context(
            "Each customer appears once, with the latest address.",
            "7_latest.sql",
            data='data set "shuffled" (seed 11; 9 rows in address)',
        ),
    ),
    "no_rows": (
        raised(compare, TOP, Table.of("category text, product text", []), ask="Which condition removes every row?"),
        context(
            "The top three products of each category are listed.",
            "3_top.sql",
            data='data set "small" (seed 1; 8 rows in sale)',
        ),
    ),
    "rows_out_of_nothing": (
        raised(
            compare,
            Table.of("n integer", []),
            Table.of("n bigint", [(None,)]),
            ask="What does sum() give over no rows?",
        ),
        context("Without payments there is nothing to list.", "3_top.sql", data='data set "empty" (0 rows in payment)'),
    ),
    "wrong_columns": (
        raised(
            compare,
            SHARE,
            Table.of("mnth date, Share numeric, total double precision, note text, ?column? bigint", []),
            ask="What does the task call each column?",
        ),
        context("Each payment comes with the share of its month.", "6_share.sql"),
    ),
    "columns_in_another_order": (
        raised(compare, TOP, Table.of("product text, category text", []), ask="Which column is the reader's first?"),
        context("The top three products of each category are listed.", "3_top.sql"),
    ),
    "wrong_order": (
        raised(
            compare,
            MONTHS,
            Table.of("month date, total numeric", [MONTHS.rows[at] for at in (0, 1, 4, 3, 2, 5, 6)]),
            ask="What fixes the order of the rows that leave the query?",
        ),
        context("The newest month comes first.", "4_months.sql", data='data set "gaps" (seed 5; 30 rows in payment)'),
    ),
    "self_join": (
        raised(require_window_query, SELF_JOIN, tables=["payment"], ask="Which window holds the rows that you joined?"),
        context("The running total is made by a window function.", "2_running_total.sql", sql=SELF_JOIN),
    ),
    "no_window": (
        raised(
            require_window_query,
            "SELECT 1 FROM payment",
            tables=["payment"],
            ask="Which rows does each row need to see?",
        ),
        context("The running total is made by a window function.", "2_running_total.sql", sql="SELECT 1 FROM payment"),
    ),
    "two_statements": (
        raised(require_one_reading_statement, "BEGIN;\nSELECT 1 FROM payment;"),
        context(RUNNING, "2_running_total.sql", sql="BEGIN;\nSELECT 1 FROM payment;"),
    ),
    "query_failed": (
        QueryFailed(
            "42703",
            'column "amout" does not exist',
            hint='Perhaps you meant to reference the column "payment.amount".',
            position=MISSPELT.index("amout") + 1,
        ),
        context(RUNNING, "2_running_total.sql", sql=MISSPELT, data='data set "ties" (seed 7; 5 rows in payment)'),
    ),
    "query_without_rows": (
        QueryFailed("", "the statement gives no rows"),
        context(RUNNING, "2_running_total.sql", sql="SET x = 1"),
    ),
    "wrong_value": (
        raised(
            require_same, "withdraw(connection, 1, 70) returns", expected=True, observed=1, ask="Which type is that?"
        ),
        context("Alone, a withdrawal that is paid out returns True.", "2_withdraw.py"),
    ),
    "in_no_order": (IN_NO_ORDER, context("The matrix is right about dirty reads.", "1_anomalies.toml")),
    "too_slow": (
        QueryTooSlow(5.0),
        context(RUNNING, "2_running_total.sql", data='data set "large" (seed 7; 20,000 rows in payment)'),
    ),
    "too_many_rows": (TooManyRows(100_000), context(RUNNING, "2_running_total.sql")),
    "unusable": (
        Wrong("2_running_total.sql is not UTF-8: line 3 holds the byte 0xe9", "Save the file as UTF-8 in your editor."),
        context(RUNNING, "2_running_total.sql"),
    ),
    "server_gone": (
        ServiceUnavailable("the PostgreSQL server went away", "Run the same command again: it starts another."),
        context(RUNNING, "2_running_total.sql"),
    ),
}

if __name__ == "__main__":
    for name, (wrong, about) in SPECIMENS.items():
        (GOLDEN / f"{name}.txt").write_text(failure(wrong, about), encoding="utf-8")
