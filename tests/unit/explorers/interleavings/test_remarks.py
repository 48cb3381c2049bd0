"""What is worth a word in a course of events, on courses written by hand."""

from harness.explorers.interleavings.remarks import BY_ITSELF, remarks_on
from harness.explorers.interleavings.trace import Choice, Event, Run


def run_of(*events):
    return Run((), tuple(events), {})


def test_a_lock_outside_a_transaction_is_remarked_upon():
    """FOR UPDATE under autocommit keeps nothing."""
    (remark,) = remarks_on(
        run_of(
            Event("Ann", "does", "SELECT * FROM account FOR UPDATE", "1 row", open=True),
            Event("Bob", "does", "SELECT 1", "1", open=True),
            Event("Ann", "does", BY_ITSELF),
        )
    )
    assert remark.startswith("Ann's FOR UPDATE ran outside a transaction")


def test_a_lock_in_a_transaction_is_not():
    """FOR UPDATE that is followed by more keeps its lock."""
    assert not remarks_on(
        run_of(
            Event("Ann", "does", "SELECT * FROM account FOR UPDATE", "1 row", open=True),
            Event("Bob", "does", BY_ITSELF),
            Event("Ann", "does", "COMMIT"),
        )
    )


def test_going_on_in_a_failed_transaction_is_remarked_upon_once():
    """A transaction that has failed takes nothing but ROLLBACK, however often it is tried."""
    failed = Event("Bob", "does", "SELECT 1", "current transaction is aborted", "25P02", open=True)
    assert remarks_on(run_of(failed, failed)) == (
        "Bob went on in a transaction that had failed: only ROLLBACK helps there",
    )


def test_a_commit_that_rolls_back_is_remarked_upon():
    """COMMIT of a failed transaction raises nothing, and keeps nothing."""
    (remark,) = remarks_on(run_of(Event("Bob", "does", "COMMIT", "ROLLBACK: the transaction had failed")))
    assert remark.startswith("Bob's COMMIT rolled back, without an error")


def test_a_retry_is_remarked_upon():
    """Whoever was refused and went on is told with the reason; whoever gave up is not."""
    refused = Event("Ann", "does", "UPDATE doctor", "could not serialize access", "40001", open=True)
    (remark,) = remarks_on(run_of(refused, Event("Ann", "does", "ROLLBACK"), Event("Ann", "does", "SELECT 1")))
    assert remark == "Ann was refused with 40001 (could not serialize) and went on"
    raised = Event("Ann", "raises", "", "could not serialize access", "40001")
    assert not remarks_on(run_of(refused, raised))
    assert not remarks_on(run_of(refused, Event("Ann", "does", "ROLLBACK"), raised))


def test_a_timer_that_ran_out_is_remarked_upon():
    """Whoever gave up a wait is told that it might have been longer; whoever asked NOWAIT has waited for nobody."""
    events = (
        Event("Bob", "waits", "SELECT 1", blockers=("Ann",)),
        Event("Bob", "goes on", "SELECT 1", "canceling statement due to lock timeout", "55P03", open=True),
    )
    (remark,) = remarks_on(Run((Choice((0, 1), 1, runs_out=True),), events, {}))
    assert remark.startswith("Bob's lock_timeout ran out: whether it does depends on how long Ann will take")
    assert not remarks_on(run_of(Event("Bob", "does", "SELECT 1 NOWAIT", "could not obtain lock", "55P03")))
