"""Lab 03, tasks 5 to 7: facts that half a right answer doesn't keep."""

from functools import partial

import pytest
from more_work import counts_and_writes, gives, loses_its_power
from town_rules import (
    books_balance,
    every_finished_job_is_printed_once,
    everybody_is_told_true,
    letters_come_in_order,
    whoever_got_a_job_has_done_it,
)
from town_rules_5_to_7 import (
    no_money_is_under_way,
    nobody_goes_home_empty_handed,
    one_moves_and_one_is_refused,
    whoever_comes_after,
    whoever_raises_has_rolled_back,
)
from units_of_work import jams, prints, raises_a_value_error, succeeds_at_last, writes_a_line

from harness import expect, nobody_waits

ACCOUNTS = (
    "TRUNCATE account; INSERT INTO account VALUES (1, 'Ann', 100), (2, 'Bob', 100), (3, 'Cleo', 0), (4, 'Dan', 100)"
)
BALANCES = {1: 100, 2: 100, 3: 0, 4: 100}
NO_LINES = "TRUNCATE diary; ALTER SEQUENCE attempt RESTART"


def jobs(*patients):
    """Give the SQL that leaves these patients' letters waiting, numbered from 1."""
    rows = ", ".join(f"({number}, '{patient}')" for number, patient in enumerate(patients, start=1))
    return f"TRUNCATE job, printed RESTART IDENTITY; INSERT INTO job (job_id, patient) VALUES {rows}"


# 5. transfer --------------------------------------------------------------------------------------------------------


def test_transfer_has_no_money_under_way(answers, interleave):
    """Whoever looks at the accounts, at whatever moment, sees the money in one account or in the other."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 10), "Bob": answers.transfer.call(1, 2, 20)},
        given=ACCOUNTS,
        always=[no_money_is_under_way],
        ask="Which of your changes is committed first, and what if the machine loses its power just then?",
    )


def test_transfer_refuses_only_one_of_two(answers, interleave):
    """If 70 crowns are moved twice out of 100, to the same account, in whichever order, one call moves them."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 70), "Bob": answers.transfer.call(1, 2, 70)},
        given=ACCOUNTS,
        at_the_end=[
            books_balance(BALANCES, {"Ann": {1: -70, 2: 70}, "Bob": {1: -70, 2: 70}}),
            one_moves_and_one_is_refused,
        ],
        ask="What does the call that comes second know of the first?",
    )


def test_transfer_moves_twice_where_there_is_enough(answers, interleave):
    """If 30 crowns are moved twice out of 100, to the same account, in whichever order, both calls move them."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 30), "Bob": answers.transfer.call(1, 2, 30)},
        given=ACCOUNTS,
        at_the_end=[
            books_balance(BALANCES, {"Ann": {1: -30, 2: 30}, "Bob": {1: -30, 2: 30}}),
            everybody_is_told_true,
        ],
        ask="The other call has changed the very rows that you want to change. Is that a reason to give up?",
    )


# 6. retry -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, 0, False, "", []], ids=repr)
def test_retry_returns_whatever_the_work_returned(answers, postgres, town, value):
    """Whatever the work returns is returned after one attempt, also what Python takes for false."""
    ask = "How do you tell work that went well from work that failed?"
    returned = answers.retry(postgres, partial(gives, value=value), 3)
    expect(f"the work returns {value!r}, retry returns", value, returned, ask=ask)
    expect("attempts made", 1, town.value("SELECT last_value FROM attempt"), ask=ask)


FAILS_AT_COMMIT = """
CREATE FUNCTION fail_at_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT last_value FROM attempt) <= 2 THEN
        RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'could not serialize access';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER fail_at_first AFTER INSERT ON diary DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail_at_first();
"""


def test_retry_tries_again_after_a_failed_commit(answers, postgres, town):
    """If COMMIT fails with 40001, all of the work is done again: nothing of it was kept."""
    town.run(FAILS_AT_COMMIT)
    ask = "What is left of the work after a COMMIT that has failed, and is your COMMIT inside what you try again?"
    returned = answers.retry(postgres, counts_and_writes, 3)
    expect("the first two COMMITs fail, three attempts are allowed: retry returns", 3, returned, ask=ask)
    expect("the diary", ["attempt 3"], town.column("SELECT line FROM diary"), ask=ask)


def test_retry_lets_other_errors_at_commit_go_up(answers, postgres, town):
    """If COMMIT fails for a reason that stays, its error goes up after one attempt."""
    town.run(
        "ALTER TABLE diary ADD UNIQUE (line) DEFERRABLE INITIALLY DEFERRED; INSERT INTO diary VALUES ('attempt 1')"
    )
    ask = "COMMIT refuses two lines that are equal. Will it be of another mind the next time?"
    outcome = answers.retry.outcome(postgres, counts_and_writes, 3)
    expect("the error's SQLSTATE", "23505", outcome.sqlstate, ask=ask)
    expect("attempts made", 1, town.value("SELECT last_value FROM attempt"), ask=ask)


@pytest.mark.parametrize(
    ("work", "error"),
    [(raises_a_value_error, "ValueError"), (partial(succeeds_at_last, failures=9, sqlstate="40001"), "40001")],
    ids=["of the work", "of the last attempt"],
)
def test_retry_rolls_back_before_an_error_goes_up(answers, interleave, work, error):
    """An error goes up when its transaction has ended: whoever catches it finds the connection ready for the next."""
    interleave(
        {"Ann": answers.retry.call(work, 1), "Bob": answers.retry.call(partial(writes_a_line, line="snow"), 1)},
        given=NO_LINES,
        may_fail=[error],
        always=[whoever_raises_has_rolled_back],
        ask="Which statement comes between the error and the caller?",
    )


# 7. claim_job -------------------------------------------------------------------------------------------------------


def test_claim_job_goes_by_the_number(answers, postgres, town):
    """Alone, a worker takes the lowest number first, wherever its row lies and whoever the patient is."""
    town.run("INSERT INTO job (job_id, patient) VALUES (3, 'Abe'), (1, 'Zoe'), (4, 'Zoe'), (2, 'Mia')")
    ask = "What says in which order rows come, and does it stand before the LIMIT?"
    returned = [answers.claim_job(postgres, prints) for _ in range(5)]
    expect("five calls for four jobs return", [1, 2, 3, 4, None], returned, ask=ask)


def test_claim_job_leaves_what_is_running(answers, postgres, town):
    """A job that is being printed is nobody else's to take, and its patient's next letter waits for it."""
    town.run(jobs("Cleo", "Cleo", "Dan", "Cleo") + "; UPDATE job SET state = 'running' WHERE job_id = 1")
    ask = "Job 1 is 'running'. Whose turn is it?"
    returned = [answers.claim_job(postgres, prints) for _ in range(2)]
    expect("Cleo's first letter is being printed, only Dan's can be: two calls return", [3, None], returned, ask=ask)
    expect("jobs printed", [3], town.column("SELECT job_id FROM printed"), ask=ask)


def test_claim_job_strands_no_job_of_a_worker_without_power(answers, postgres, town):
    """If a worker's connection is cut in mid-work, nothing of the work stays, and the next call does the job."""
    town.run(jobs("Cleo"))
    ask = "Nobody is left who could tidy up. What is already committed at this moment?"
    answers.claim_job.outcome(postgres, loses_its_power)
    # The server may learn a moment later that the worker is gone: this waits until it has.
    town.run("BEGIN; LOCK TABLE job, printed; COMMIT")
    expect("jobs printed", [], town.column("SELECT job_id FROM printed"), ask=ask)
    expect("the next call returns", 1, answers.claim_job(postgres, prints), ask=ask)


def test_claim_job_prints_and_marks_at_once(answers, interleave):
    """Whenever one looks, the jobs that are done are those that have been printed, in whichever order two work."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo"),
        always=[every_finished_job_is_printed_once],
        switches=2,
        ask="How many transactions is your work made of, and what if the machine loses its power between two?",
    )


def test_claim_job_finds_another_patients_letter(answers, interleave):
    """While one worker prints a patient's first letter, another passes over the second and finds the next patient's."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo", "Cleo", "Dan"),
        always=[letters_come_in_order, nobody_waits],
        at_the_end=[
            every_finished_job_is_printed_once,
            whoever_got_a_job_has_done_it,
            nobody_goes_home_empty_handed,
            whoever_comes_after(a_job=2),
        ],
        switches=2,
        ask="Job 1 is held, and it isn't job 2's turn. Is there anything else to do, and does your query look for it?",
    )


def test_claim_job_frees_a_job_that_has_failed(answers, interleave):
    """If a worker's paper jams, its job is free again before the error goes up, in whichever order another comes."""
    interleave(
        {"Ann": answers.claim_job.call(jams), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo"),
        may_fail=["RuntimeError"],
        always=[whoever_raises_has_rolled_back],
        at_the_end=[
            every_finished_job_is_printed_once,
            whoever_comes_after(a_job=None, a_failure=1),
        ],
        switches=2,
        ask="Which statement comes between the paper jam and the caller, and what is still held after it?",
    )
