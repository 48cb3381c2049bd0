"""Runs with crashes, written by hand: a lost and a doubled message, an error that is none, a second crash."""

from __future__ import annotations

from pathlib import Path

from harness.explorers.crashes import BrokenByACrash, CrashExploration, CrashRun, History
from harness.explorers.interleavings import Broken, Difference, Event
from harness.report import Context, failure

GOLDEN = Path(__file__).parent / "golden" / "crashes"
DATABASE, BROKER = "relay at Postgres", "relay at RabbitMQ"
LANES = (DATABASE, BROKER)
GIVEN = "TRUNCATE outbox; INSERT INTO outbox VALUES (1, 'parcel 1')"


def does(lane, text, result="", error="", *, open=False):  # noqa: A002 - the event's own word
    return Event(lane, "does", text, result, error, open)


SELECT = does(DATABASE, "SELECT id, body FROM outbox WHERE NOT sent ORDER BY id LIMIT 1", "1, parcel 1", open=True)
NOTHING = does(DATABASE, "SELECT id, body FROM outbox WHERE NOT sent ORDER BY id LIMIT 1", "0 rows", open=True)
MARK = does(DATABASE, "UPDATE outbox SET sent = true WHERE id = 1", "1 row", open=True)
COMMIT = does(DATABASE, "COMMIT")
ROLLBACK = does(DATABASE, "ROLLBACK")
PUBLISH = does(BROKER, "publish parcel 1 to packed", "confirmed")
AGAIN = does(BROKER, "publish parcel 1 to packed", "confirmed, for the 2nd time")
STARTS = Event("relay", "starts", "relay is started again")
DONE = Event("relay", "ends", "relay is done")


def crashes(number):
    return Event("relay", "crashes", f"relay crashes after operation {number}")


def story(token, events, fact, difference, lanes=LANES, **numbers):
    run = CrashRun(token, lanes, tuple(events), History((), {}), Broken(fact, difference, len(events)))
    counts = {"operations": 6, "ran": 17, "broke": 3, "given": GIVEN} | numbers
    return CrashExploration(("relay",), shortest=run, **counts)


STORIES = {
    "doubled": story(
        "2a",
        [SELECT, PUBLISH, crashes(2), STARTS, SELECT, AGAIN, MARK, COMMIT, NOTHING, ROLLBACK, DONE],
        "Nothing happens twice.",
        Difference("published: parcel 1", "published: parcel 1, parcel 1; parcel 1 twice", ("parcel 1",)),
    ),
    "lost": story(
        "3a",
        [SELECT, MARK, COMMIT, crashes(3), STARTS, NOTHING, ROLLBACK, DONE],
        "Nothing is lost.",
        Difference("published: parcel 1", "published: nothing; parcel 1 never", ("parcel 1",)),
        given="",
    ),
    "crash in a transaction": story(
        "2a+5a",
        [SELECT, MARK, crashes(2), STARTS, SELECT, MARK, COMMIT, crashes(5), STARTS, NOTHING, ROLLBACK, DONE],
        "Nothing is lost.",
        Difference("published: parcel 1", "published: nothing; parcel 1 never", ("parcel 1",)),
        twice=12,
        ran=29,
        broke=1,
    ),
    "an error that is none": story(
        "4e",
        [
            SELECT,
            PUBLISH,
            MARK,
            does(DATABASE, "COMMIT", "server closed the connection unexpectedly (it was done)", "OperationalError"),
            Event("relay", "ends", "relay ends with OperationalError: server closed", error="OperationalError"),
            STARTS,
            NOTHING,
            ROLLBACK,
            DONE,
        ],
        "It is told.",
        Difference("told: yes", "told: no"),
    ),
    "without a crash": story(
        "0",
        [NOTHING, ROLLBACK, DONE],
        "Nothing is lost.",
        Difference("published: parcel 1", "published: nothing; parcel 1 never", ("parcel 1",)),
        lanes=(DATABASE,),
        ran=1,
        broke=1,
    ),
}


def told(name, width=100):
    """Return what a learner reads of a story."""
    found = STORIES[name]
    wrong = BrokenByACrash(found.shortest.broken.fact, found, ask="What is done, and what is not?")
    context = Context(
        fact="A relay that crashes anywhere publishes each parcel once.",
        file="labs/04/exercise/8_relay.py",
        sql="",
        data="",
        likely=(),
        look=".labs/timelines/04/relay.html",
        again="pytest labs/04",
        replay=f"pytest labs/04 --replay {found.token}",
    )
    return failure(wrong, context, width)
