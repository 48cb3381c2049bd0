# ruff: noqa: E501 - the words are what matters
"""Explorations as the explorer finds them, put together by hand; `python stories.py` rewrites the golden texts."""

from pathlib import Path

from harness.explorers.interleavings import (
    Broken,
    BrokenInSomeOrder,
    Choice,
    Difference,
    Event,
    Exploration,
    Outcome,
    Run,
)
from harness.report import Context, Likely, failure
from harness.report.timeline.mermaid import mermaid

GOLDEN = Path(__file__).parent / "golden" / "orders"
FILE = "labs/03_isolation/exercise/withdraw.py"
AGAIN = "pytest 'labs/03_isolation/test_isolation.py::test_withdraw[two]' --order ABBBAA"
LOOK = "/home/ann/.cache/backend-labs/pictures/withdraw.html"
CONTENDED = "two actors waited for one lock, and Postgres may give it to either"
READ = "SELECT balance FROM account WHERE id = 1"
COUNT = "SELECT count(*) FROM doctor WHERE on_call"


def does(actor, text, result="1 row", *, error=""):
    """Return a step within a transaction."""
    return Event(actor, "does", text, result, error, open=True)


def commits(actor):
    """Return the end of a transaction."""
    return Event(actor, "does", "COMMIT")


def waits(actor, text, *blockers):
    """Return the beginning of a wait."""
    return Event(actor, "waits", text, blockers=blockers)


def goes_on(actor, text, result="1 row", *, error=""):
    """Return the end of a wait."""
    return Event(actor, "goes on", text, result, error, open=True)


def returns(actor, value="True", *, left_open=False):
    """Return the end of a call."""
    return Event(actor, "returns", result=value, open=left_open)


def raises(actor, message, error):
    """Return the end of a call by an exception; its transaction has been rolled back."""
    return Event(actor, "raises", result=message, error=error)


def choices(token, enabled):
    """Return an order of which is known who could have gone on at each step: ABA, AB AB A."""
    return tuple(
        Choice(tuple(map("ABC".index, could)), "ABC".index(letter))
        for letter, could in zip(token, enabled.split(), strict=True)
    )


def found(actors, token, enabled, events, fact, difference, outcomes=(), **numbers):  # noqa: PLR0913, PLR0917 - as an order has
    """Return an exploration whose shortest counterexample is this one; calls return True unless told otherwise."""
    ended = {event.actor: Outcome(value=True) for event in events if event.kind == "returns"} | dict(outcomes)
    broken = Broken(fact, Difference(*difference) if difference else None, numbers.pop("after", len(events)))
    run = Run(choices(token, enabled), tuple(events), ended, broken, overlapped=True)
    given = numbers.pop("given", "TRUNCATE account; INSERT INTO account VALUES (1, 100)")
    return Exploration(actors, given, shortest=run, token=token, **({"pruned": {}, "bound": None} | numbers))


def withdrawn(balance):
    """Return the statement that puts down a balance."""
    return f"UPDATE account SET balance = {balance} WHERE id = 1"


LOST_UPDATE = found(
    ("Ann", "Bob"),
    "ABBBAA",
    "AB AB AB AB A A",
    [
        does("Ann", READ, "100"),
        does("Bob", READ, "100"),
        does("Bob", withdrawn(30)),
        commits("Bob"),
        returns("Bob"),
        does("Ann", withdrawn(30)),
        commits("Ann"),
        returns("Ann"),
    ],
    "What was paid out is gone from the account.",
    ("balance of account 1: -40", "balance of account 1: 30"),
    ran=14,
    broke=12,
)

# Bob waits at the row that both count their changes in, and goes on with what he has read before.
WRITE_SKEW = found(
    ("Ann", "Bob"),
    "AABBAABB",
    "AB AB AB AB A A B B",
    [
        does("Ann", COUNT, "2"),
        does("Ann", "UPDATE shift SET changes = changes + 1 WHERE id = 7"),
        does("Bob", COUNT, "2"),
        waits("Bob", "UPDATE shift SET changes = changes + 1 WHERE id = 7", "Ann"),
        does("Ann", "UPDATE doctor SET on_call = false WHERE name = 'Ann'"),
        commits("Ann"),
        returns("Ann"),
        goes_on("Bob", "UPDATE shift SET changes = changes + 1 WHERE id = 7"),
        does("Bob", "UPDATE doctor SET on_call = false WHERE name = 'Bob'"),
        commits("Bob"),
        returns("Bob"),
    ],
    "Somebody is on call.",
    ("doctors on call: 1 or more", "doctors on call: 0"),
    given="TRUNCATE doctor, shift; INSERT INTO doctor VALUES ('Ann', true), ('Bob', true); INSERT INTO shift VALUES (7, 0)",
    ran=41,
    broke=38,
    bound=2,
    pruned={CONTENDED: 1},
)


def moved(amount, account):
    """Return the statement that adds to a balance."""
    return f"UPDATE account SET balance = balance {'+' if amount > 0 else '-'} {abs(amount)} WHERE id = {account}"


_DEADLOCK = Outcome(
    error="DeadlockDetected",
    message="deadlock detected",
    sqlstate="40P01",
    frames=(("/home/ann/labs/03_isolation/exercise/withdraw.py", 12), ("/home/ann/psycopg/connection.py", 304)),
)
DEADLOCK = found(
    ("Ann", "Bob"),
    "ABBAB",
    "AB AB AB A B",
    [
        does("Ann", moved(-10, 1)),
        does("Bob", moved(-20, 2)),
        waits("Bob", moved(20, 1), "Ann"),
        does("Ann", moved(10, 2), "deadlock detected", error="40P01"),
        raises("Ann", "deadlock detected", "40P01"),
        goes_on("Bob", moved(20, 1)),
        commits("Bob"),
        returns("Bob", "None"),
    ],
    "No call fails.",
    ("Ann's call returns", "Ann's call raised DeadlockDetected (40P01): deadlock detected"),
    {"Ann": _DEADLOCK},
    ran=8,
    broke=4,
    given="TRUNCATE account; INSERT INTO account VALUES (1, 100), (2, 100)",
)

_DEPENDENCIES = "could not serialize access due to read/write dependencies among transactions"
SERIALIZATION_FAILURE = found(
    ("Ann", "Bob"),
    "ABBBA",
    "AB AB AB AB A",
    [
        does("Ann", COUNT, "2"),
        does("Bob", COUNT, "2"),
        does("Bob", "UPDATE doctor SET on_call = false WHERE name = 'Bob'"),
        commits("Bob"),
        returns("Bob"),
        does("Ann", "UPDATE doctor SET on_call = false WHERE name = 'Ann'", _DEPENDENCIES, error="40001"),
        raises("Ann", _DEPENDENCIES, "40001"),
    ],
    "No call fails.",
    ("Ann's call returns", f"Ann's call raised SerializationFailure (40001): {_DEPENDENCIES}"),
    {"Ann": Outcome(error="SerializationFailure", message=_DEPENDENCIES, sqlstate="40001")},
    given="TRUNCATE doctor; INSERT INTO doctor VALUES ('Ann', true), ('Bob', true)",
    ran=20,
    broke=18,
)

THREE_ACTORS = found(
    ("Ann", "Bob", "the nightly report"),
    "AABBBACCA",
    "ABC ABC ABC ABC ABC AC AC AC A",
    [
        does("Ann", "SELECT id, balance FROM account WHERE owner = 'Ann' FOR UPDATE", "1, 100"),
        does("Ann", moved(-70, 1)),
        does("Bob", "SELECT balance FROM account WHERE id = 2", "100"),
        does("Bob", moved(20, 2)),
        commits("Bob"),
        returns("Bob"),
        does("Ann", "INSERT INTO payment (account, amount) VALUES (1, -70) RETURNING id", "12"),
        does("the nightly report", "SELECT sum(balance) FROM account", "220"),
        commits("the nightly report"),
        returns("the nightly report", "220"),
        commits("Ann"),
        returns("Ann"),
    ],
    "The report shows what all payments add up to.",
    ("total: 150", "total: 220"),
    given="TRUNCATE account, payment; INSERT INTO account VALUES (1, 100), (2, 100)",
    ran=192,
    broke=40,
    bound=2,
    pruned={CONTENDED: 24},
)

_TAKEN = (
    "SELECT id FROM booking WHERE room = 'Säntis <2> & \"Eiger\"' AND during && tstzrange('2026-03-01 10:00+00', "
    "'2026-03-01 12:00+00') AND NOT cancelled AND status IN ('held', 'confirmed', 'checked-in') ORDER BY id"
)
_BOOK = (
    "INSERT INTO booking (room, during, guest, status) VALUES ('Säntis <2> & \"Eiger\"', "
    "tstzrange('2026-03-01 10:00+00', '2026-03-01 12:00+00'), '{}', 'confirmed') RETURNING id, guest"
)
LONG_STATEMENTS = found(
    ("Zoë", "田中"),
    "AABBBA",
    "AB AB AB AB AB A",
    [
        does("Zoë", _TAKEN, "0 rows"),
        does("Zoë", _BOOK.format("Zoë"), "1, Zoë"),
        does("田中", _TAKEN, "0 rows"),
        does("田中", _BOOK.format("田中"), "2, 田中"),
        commits("田中"),
        returns("田中", "'booked & <paid>'"),
        commits("Zoë"),
        returns("Zoë", "'booked & <paid>'"),
    ],
    "A room is booked once.",
    ("bookings of Säntis <2>: 1", "bookings of Säntis <2>: 2"),
    given="TRUNCATE booking RESTART IDENTITY",
    ran=20,
    broke=18,
)

# Both hold the lock of the other's retry for ever; the timeline shows the beginning and the end.
LIVELOCK = found(
    ("Ann", "Bob"),
    "AB" * 60,
    "AB " * 120,
    [does(actor, f"UPDATE job SET owner = '{actor}' WHERE id = {at}") for at in range(60) for actor in ("Ann", "Bob")],
    "Every call ends.",
    ("each call ends", "after 120 steps they were still at it"),
    ran=6,
    broke=6,
    bound=0,
)

# One call after the other breaks it: nothing needs to be switched.
ONE_AFTER_THE_OTHER = found(
    ("Ann", "Bob"),
    "AABB",
    "AB AB B B",
    [
        does("Ann", "INSERT INTO claim VALUES (1, 'Ann') ON CONFLICT DO NOTHING"),
        does("Ann", "(commits by itself)", ""),
        returns("Ann", "'claimed'"),
        does("Bob", "INSERT INTO claim VALUES (1, 'Bob') ON CONFLICT DO NOTHING", "0 rows"),
        returns("Bob", "'claimed'", left_open=True),
    ],
    "No call leaves its transaction open.",
    ("COMMIT or ROLLBACK before it returns", "Bob's call ends, its transaction doesn't"),
    given="",
    ran=4,
    broke=4,
)

# A replayed order; a call of the learner's own raises, and another does what can't be explored.
REFUSED = found(
    ("Ann", "Bob"),
    "AB",
    "AB B",
    [does("Ann", READ, "10"), raises("Ann", "only 10 left", "NotEnough")],
    "Each call does only what can be explored.",
    ("", "Bob: it starts a thread: each call is one thread, which the explorer stops before each statement"),
    {"Ann": Outcome(error="NotEnough", message="only 10 left")},
    ran=1,
    broke=1,
    bound=1,
    remarks=("Bob's call was ended by the explorer",),
)


NASTY = "</style><script>alert('\x1b[2J\u202e')</script>]]>&\"#59;\nend %% \ud800 日本"
# Every word of it is an attempt on whatever draws it.
ATTACK = found(
    (f"A{NASTY}", "B"),
    "AB",
    "AB B",
    [
        does(f"A{NASTY}", f"SELECT {NASTY}", NASTY),
        waits("B", NASTY, f"A{NASTY}"),
        returns(f"A{NASTY}", NASTY, left_open=True),
        raises("B", NASTY, NASTY),
    ],
    NASTY,
    (NASTY, f"x {NASTY}"),
    {"B": Outcome(error=NASTY, message=NASTY)},
    given=NASTY,
    ran=2,
    broke=1,
    remarks=(NASTY,),
    pruned={NASTY: 1},
)


def context(fact, *likely):
    """Return the context of a failed test in the lab on isolation."""
    return Context(fact, FILE, "", "", likely, AGAIN, LOOK)


ATOMIC = Likely(
    "in_a_transaction",
    "In a transaction, what I have read stays true until I commit.",
    "What does READ COMMITTED promise about a row that you have read, and not locked?",
)
TWO = "Two withdrawals at once never pay out more than the account holds."
STORIES = {
    "lost_update": (LOST_UPDATE, "How old is the balance that you write back?", context(TWO, ATOMIC)),
    "write_skew_with_a_wait": (
        WRITE_SKEW,
        "What do both calls read that neither locks?",
        context("Somebody is on call."),
    ),
    "deadlock": (
        DEADLOCK,
        "In which order does each call take its locks?",
        context("Transfers both ways at once work."),
    ),
    "serialization_failure": (
        SERIALIZATION_FAILURE,
        "Who should try again, and from where?",
        context("Two doctors who leave at once are both answered."),
    ),
    "three_actors": (THREE_ACTORS, "", context("The report shows what all payments add up to.")),
    "long_statements": (LONG_STATEMENTS, "What would make the second INSERT fail?", context("A room is booked once.")),
    "livelock": (LIVELOCK, "", context("Two workers never keep each other from working.")),
    "one_after_the_other": (ONE_AFTER_THE_OTHER, "", context("A job is claimed once.")),
    "refused": (REFUSED, "", context(TWO)),
}
DIAGRAMS = ("write_skew_with_a_wait", "deadlock", "three_actors", "long_statements")


def told(name, width=100):
    """Return what a learner reads of a story."""
    exploration, ask, about = STORIES[name]
    return failure(BrokenInSomeOrder(exploration.shortest.broken.fact, exploration, ask=ask), about, width)


if __name__ == "__main__":
    for name in STORIES:
        (GOLDEN / f"{name}.txt").write_text(told(name), encoding="utf-8")
    for name in DIAGRAMS:
        (GOLDEN / f"{name}.mmd").write_text(mermaid(STORIES[name][0]), encoding="utf-8")
