"""What is worth a word in a course of events beside the rule that it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.explorers.interleavings.timers import RAN_OUT
from harness.explorers.interleavings.trace import Event, Run

BY_ITSELF = "(commits by itself)"
_LOCKING = re.compile(r"\bfor (?:no key )?(?:update|share|key share)\b|\bpg_advisory_xact_lock\b", re.IGNORECASE)
_TRY_AGAIN = {"40001": "could not serialize", "40P01": "deadlock detected"}
_FAILED = "25P02"


def remarks_on(run: Run) -> tuple[str, ...]:
    """Return sentences on what an actor did that seldom is what was meant, each once."""
    told = [*_timers(run), *_locks_that_are_gone(run), *_failed_transactions(run), *_attempts(run)]
    return tuple(dict.fromkeys(told))


def _timers(run: Run) -> Iterator[str]:
    for event, following in _with_next_of_the_same(run):
        if run.timers and event.kind == "waits" and following is not None and following.error in RAN_OUT:
            yield (
                f"{event.actor}'s {RAN_OUT[following.error]} ran out: whether it does depends on how long "
                f"{' and '.join(event.blockers)} will take, not on its value, so both were tried; "
                "it counts as a switch"
            )


def _locks_that_are_gone(run: Run) -> Iterator[str]:
    for event, following in _with_next_of_the_same(run):
        if following is not None and following.text == BY_ITSELF and (lock := _LOCKING.search(event.text)):
            yield (
                f"{event.actor}'s {lock.group().upper()} ran outside a transaction (autocommit): "
                "its lock was gone as soon as the statement was done"
            )


def _failed_transactions(run: Run) -> Iterator[str]:
    for event in run.events:
        if event.error == _FAILED:
            yield f"{event.actor} went on in a transaction that had failed: only ROLLBACK helps there"
        if event.text == "COMMIT" and event.result.startswith("ROLLBACK"):
            yield f"{event.actor}'s COMMIT rolled back, without an error: the transaction had failed before"


def _attempts(run: Run) -> Iterator[str]:
    for at, event in enumerate(run.events):
        later = [other for other in run.events[at + 1 :] if other.actor == event.actor]
        # Whoever rolls back and gives up has not gone on.
        more = any(other.kind in {"does", "waits"} and not other.text.startswith("ROLLBACK") for other in later)
        if event.error in _TRY_AGAIN and event.text and more:
            yield f"{event.actor} was refused with {event.error} ({_TRY_AGAIN[event.error]}) and went on"


def _with_next_of_the_same(run: Run) -> Iterator[tuple[Event, Event | None]]:
    for at, event in enumerate(run.events):
        yield event, next((later for later in run.events[at + 1 :] if later.actor == event.actor), None)
