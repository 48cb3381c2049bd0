"""Lab 05: circuit breakers, retries, deadlines, and what they do to each other.

No test waits: the clock is virtual, and the tax office, a real HTTP server, does what its script says. The last
tests of a task let Hypothesis make up stories, or run every order of two workers' commands.
"""

import pytest
from breaker_stories import (
    SHARED,
    BreakerScript,
    CallsThatOverlap,
    OneAfterTheOther,
    SharedScript,
    WorkersShareABreaker,
)
from florist_drivers import (
    plays_breaker,
    plays_guard,
    plays_retries,
    plays_retry,
    plays_shared,
    plays_tax_rate,
    works_shared,
)

from harness import Answer, differs, expect

# 1. breaker ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def follow(request, stories, upstream):
    """Hold an answer against one script, in the words of the test's docstring."""

    def follow(answer, script, ask):
        stories.follow(script, answer, upstream, fact=request.node.function.__doc__, ask=ask)

    return follow


def breaker_of(answers):
    """Give the breaker of task 1, to be played."""
    return answers.breaker.through(plays_breaker, "Breaker")


def test_breaker_opens_at_the_rate(answers, follow):
    """If half of four results are failures and the rate is one half, the breaker opens."""
    script = BreakerScript(minimum=4).calls(".x.xx")
    follow(breaker_of(answers), script, "Is one half too many, where one half is the rate?")


def test_breaker_stays_closed_below_the_rate(answers, follow):
    """If fewer results are failures than the rate says, the breaker stays closed."""
    follow(breaker_of(answers), BreakerScript(minimum=4).calls("x...x..x...x."), "What is the rate a share of?")


def test_breaker_waits_for_the_minimum(answers, follow):
    """One failure of one call is a rate of 1, and says nothing yet: with a minimum of four it takes four results."""
    follow(breaker_of(answers), BreakerScript(minimum=4).calls("xxxx."), "How many results are there?")


def test_breaker_decides_after_good_results_too(answers, follow):
    """If the result that completes the minimum is a good one, and the rate is reached, the breaker opens."""
    follow(breaker_of(answers), BreakerScript(minimum=4).calls("xxx.."), "After which results do you decide?")


def test_breaker_forgets_what_is_old(answers, follow):
    """A result that is as old as the window counts no more."""
    script = BreakerScript(minimum=2)
    script.call(failed=True)
    script.passes(10)
    script.call(failed=True)
    script.call(failed=True)
    script.call(failed=True)
    follow(breaker_of(answers), script, "When does a failure leave your count?")


def test_breaker_slides_its_window(answers, follow):
    """The window is the ten seconds before each result, wherever they begin: it slides, and never begins anew."""
    script = BreakerScript(minimum=3, rate=0.75)
    script.calls(".")
    script.passes(9)
    script.calls("xx")
    script.passes(1)
    follow(breaker_of(answers), script.calls("x."), "Three failures within one second: which of them do you count?")


def test_breaker_dates_a_result_by_its_end(answers, follow):
    """A call may take time: its result counts from the moment on in which it is recorded."""
    script = BreakerScript(minimum=2).calls("x")
    script.passes(10)
    script.calls("x")
    script.passes(5)
    script.admit("Ann")
    script.passes(6)
    script.record("Ann", failed=True)
    script.admit("Ann")
    script.passes(9)
    script.record("Ann", failed=True)
    script.admit("Ann")
    follow(breaker_of(answers), script, "Ann's last calls take time. How old is each result when the next one comes?")


def test_breaker_is_not_healed_by_one_good_result(answers, follow):
    """A good result among failures takes none of them back."""
    follow(breaker_of(answers), BreakerScript(minimum=4, rate=0.75).calls("x.xxx."), "What does a good result undo?")


def test_breaker_stays_open_for_the_pause(answers, follow):
    """An open breaker refuses until the pause is over; at that moment it admits one call."""
    script = BreakerScript().calls("xx.")
    script.passes(29)
    script.call(failed=False)
    script.passes(1)
    script.call(failed=False)
    follow(breaker_of(answers), script, "The pause is 30 s. What about 29, and 30?")


def test_breaker_waits_another_pause_after_a_failed_probe(answers, follow):
    """A probe that fails opens the breaker for another whole pause, counted from then."""
    script = BreakerScript().calls("xx")
    script.passes(50)
    script.call(failed=True)
    script.passes(29)
    script.call(failed=False)
    script.passes(1)
    script.call(failed=False)
    script.call(failed=False)
    follow(breaker_of(answers), script, "From which moment does the second pause count?")


def test_breaker_counts_the_pause_from_the_end_of_a_probe(answers, follow):
    """If a probe takes time, the pause after it counts from its failure, not from its beginning."""
    script = BreakerScript().calls("xx")
    script.passes(30)
    script.admit("Ann")
    script.passes(20)
    script.record("Ann", failed=True)
    script.passes(29)
    script.call(failed=False)
    script.passes(1)
    script.call(failed=False)
    follow(breaker_of(answers), script, "When does the breaker learn that the probe has failed?")


def test_breaker_begins_anew_when_it_closes(answers, follow):
    """After a good probe nothing of the past counts, even if the window still reaches back to it."""
    script = BreakerScript(window=60, minimum=4, rate=0.25, pause=5).calls("xxxx")
    script.passes(5)
    script.calls(".x.")
    follow(breaker_of(answers), script, "What is in the window when the breaker closes?")


def test_breaker_goes_by_a_clock_that_nobody_sets(answers, follow):
    """If somebody sets the time of day, no pause gets shorter or longer."""
    script = BreakerScript().calls("xx")
    script.sets_the_wall_clock(3600)
    script.call(failed=False)
    script.sets_the_wall_clock(-7200)
    script.passes(30)
    script.call(failed=False)
    follow(breaker_of(answers), script, "Which clock measures how long something takes?")


def test_breaker_keeps_its_word_in_any_story(answers, stories, upstream):
    """In any story of calls one after the other, the breaker admits and refuses as the task says."""
    ask = "Follow the story with your code: which of its variables is wrong first?"
    stories.make_up(OneAfterTheOther, breaker_of(answers), upstream, stories=80, steps=8, ask=ask)


# 2. probe -----------------------------------------------------------------------------------------------------------


def probe_of(answers):
    """Give the breaker of task 2, to be played."""
    return answers.probe.through(plays_breaker, "Breaker")


def opened(window=10):
    """Give a story in which the breaker has opened, and the pause is over."""
    script = BreakerScript(window=window).calls("xx")
    script.passes(30)
    return script


def test_probe_is_a_breaker(answers, follow):
    """Calls one after the other are admitted and refused as in task 1."""
    script = opened().calls("x.")
    script.passes(30)
    follow(probe_of(answers), script.calls("..xx."), "What did your first breaker do here?")


def test_probe_is_alone(answers, follow):
    """While the probe is under way, everybody else is refused."""
    script = opened()
    for caller in ("Ann", "Bob", "Cleo"):
        script.admit(caller)
    follow(probe_of(answers), script, "How does Bob's admit() know that Ann is under way?")


def test_probe_is_alone_however_long_it_takes(answers, follow):
    """A probe that takes longer than the pause is still the only one."""
    script = opened()
    script.admit("Ann")
    script.passes(30)
    script.admit("Bob")
    script.record("Ann", failed=False)
    script.admit("Bob")
    follow(probe_of(answers), script, "Does a pause end while the probe is under way?")


def test_probe_leaves_its_place_when_it_fails(answers, follow):
    """After a probe that has failed, and another pause, the next is admitted."""
    script = opened()
    script.admit("Ann")
    script.record("Ann", failed=True)
    script.passes(30)
    script.admit("Bob")
    script.record("Bob", failed=False)
    follow(probe_of(answers), script.calls(".x"), "Who frees the place of a probe?")


def test_probe_is_not_answered_by_the_past(answers, follow):
    """A good result of a call that was admitted before the breaker opened doesn't close it."""
    script = BreakerScript()
    script.admit("Cleo")
    script.calls("xx")
    script.record("Cleo", failed=False)
    script.admit("Bob")
    follow(probe_of(answers), script, "When did Cleo's call begin, and what does it say of now?")


def test_probe_is_not_failed_by_the_past(answers, follow):
    """A late failure neither ends the probe, nor makes a place beside it."""
    script = BreakerScript()
    script.admit("Cleo")
    script.calls("xx")
    script.passes(30)
    script.admit("Ann")
    script.record("Cleo", failed=True)
    script.admit("Bob")
    script.record("Ann", failed=False)
    script.admit("Bob")
    follow(probe_of(answers), script, "Whose ticket was that?")


def test_probe_keeps_its_pause_whatever_comes_late(answers, follow):
    """A failure that comes while the breaker is open makes its pause no longer."""
    script = BreakerScript()
    script.admit("Cleo")
    script.calls("xx")
    script.passes(29)
    script.record("Cleo", failed=True)
    script.passes(1)
    script.admit("Ann")
    follow(probe_of(answers), script, "Since when is the breaker open?")


def test_probe_starts_a_new_window_without_old_results(answers, follow):
    """Failures from before the breaker opened don't count when it has closed again."""
    script = BreakerScript()
    script.admit("Bob")
    script.admit("Cleo")
    script.calls("xx")
    script.passes(30)
    script.calls(".")
    script.record("Bob", failed=True)
    script.record("Cleo", failed=True)
    script.call(failed=False)
    follow(probe_of(answers), script, "In which era did these calls begin?")


def test_probe_keeps_its_word_in_any_story(answers, stories, upstream):
    """In any story of calls that overlap, there is one probe at a time, and no result counts in a later era."""
    ask = "Of which era is each ticket in this story, and which era is it when it comes back?"
    stories.make_up(CallsThatOverlap, probe_of(answers), upstream, stories=150, steps=12, ask=ask)


# 3. guard -----------------------------------------------------------------------------------------------------------


# The breaker gives another ticket each time: one that never comes back is missed.
TICKETS = ["ticket 7", "ticket 8"]
TULIPS = "/rate/north/tulips"


def guarded(  # noqa: PLR0913 - each part of the story is named where it is told
    answers, stories, upstream, life, *, ends, records, ask, tickets=TICKETS, requests=1, path=TULIPS, timeout=2.0
):
    """Hold one guarded call against how it should end, and what the breaker should be told."""

    def the_call_ends_so(told):
        """The caller gets what became of the call."""
        return differs("guard(..)", ends, told["ended"])

    def the_breaker_is_told_so(told):
        """The breaker is told once what became of each ticket."""
        if records is None:  # whether it is a failure is the learner's to say
            seen = [ticket for ticket, _ in told["records"]]
            return differs("tickets recorded", tickets[:1], seen)
        expected = [[tickets[0], failed] for failed in records]
        return differs("recorded (ticket, failed)", expected, told["records"])

    def it_is_asked_once(_told):
        """The tax office is asked as often as the breaker admits."""
        return differs("requests", requests, len(upstream.requests))

    def it_is_asked_for_the_path(_told):
        """The tax office is asked for the path that was given."""
        return differs(
            "requests", [f"GET {path}"] * requests, [f"{one.method} {one.path}" for one in upstream.requests]
        )

    upstream.script([life])
    answer = answers.guard.through(plays_guard)
    rules = [the_breaker_is_told_so, the_call_ends_so, it_is_asked_once, it_is_asked_for_the_path]
    given = f"guard(upstream, breaker, {path!r}, timeout={timeout})"
    return stories.hold(answer, upstream, path, timeout, tickets, rules=rules, given=given, ask=ask)


@pytest.mark.parametrize("status", [200, 204, 304])
def test_guard_returns_a_response(answers, stories, upstream, status):
    """A good response is returned, and the breaker is told that it went well."""
    ask = "What does the caller get, and what does the breaker?"
    guarded(answers, stories, upstream, Answer(status), ends=f"returns {status}", records=[False], ask=ask)


def test_guard_asks_nobody_when_the_breaker_is_open(answers, stories, upstream):
    """If the breaker refuses, CircuitOpen is raised, nobody is asked, and there is no ticket to record."""
    ask = "What does admit() return when it refuses?"
    guarded(
        answers, stories, upstream, Answer(), tickets=[], ends="raises CircuitOpen", records=[], requests=0, ask=ask
    )


def test_guard_takes_any_ticket(answers, stories, upstream):
    """Whatever isn't None is a ticket, also 0."""
    ask = "Is 0 a ticket? What does `if not ticket` say?"
    guarded(answers, stories, upstream, Answer(200), tickets=[0, 1], ends="returns 200", records=[False], ask=ask)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 499])
def test_guard_calls_a_refusal_no_failure(answers, stories, upstream, status):
    """A status from 400 to 499 is an answer of a service that is well: it is returned, and is no failure."""
    ask = "Whose mistake is a 404? Should everybody else be refused for it?"
    guarded(answers, stories, upstream, Answer(status), ends=f"returns {status}", records=[False], ask=ask)


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_guard_calls_500_and_more_a_failure(answers, stories, upstream, status):
    """A status of 500 or more is returned, and is a failure."""
    ask = "Is it an exception that says the service is unwell, or only sometimes?"
    guarded(answers, stories, upstream, Answer(status), ends=f"returns {status}", records=[True], ask=ask)


def test_guard_calls_a_timeout_a_failure(answers, stories, upstream):
    """If the tax office accepts the request and hangs, the call ends after its timeout, which is a failure."""
    ask = "A service that hangs is the worst kind of unwell. Who tells the breaker?"
    life = Answer(kind="hangs")
    told = guarded(answers, stories, upstream, life, ends="raises TimeoutError", records=[True], ask=ask)
    expect(
        "seconds until guard(.., timeout=2.0) gives up", 2.0, told["seconds"], ask="Which timeout does the request get?"
    )


def test_guard_waits_as_long_as_it_is_told(answers, stories, upstream):
    """The timeout is the caller's: half a second is half a second."""
    ask = "Whose timeout is it?"
    life, path = Answer(kind="hangs"), "/rate/south/roses"
    told = guarded(
        answers, stories, upstream, life, ends="raises TimeoutError", records=[True], path=path, timeout=0.5, ask=ask
    )
    expect("seconds until guard(.., timeout=0.5) gives up", 0.5, told["seconds"], ask=ask)


def test_guard_calls_a_lost_connection_a_failure(answers, stories, upstream):
    """If the connection is cut, its error goes up, and it is a failure."""
    ask = "Which errors can the client raise?"
    life = Answer(kind="resets")
    guarded(answers, stories, upstream, life, ends="raises ConnectionResetError", records=[True], ask=ask)


def test_guard_gives_the_ticket_back_after_any_error(answers, stories, upstream):
    """If the answer is no HTTP at all, the client's error goes up, and the ticket comes back all the same."""
    ask = "Which error is this, and is it on your list? What if the next one isn't either?"
    guarded(answers, stories, upstream, Answer(kind="garbles"), ends="raises BadStatusLine", records=None, ask=ask)


def test_guard_gives_the_ticket_back_when_it_is_cancelled(answers, stories, upstream):
    """If whoever waits is cancelled, which is no Exception, the ticket comes back all the same."""
    ask = "What does `except Exception` let pass?"
    guarded(answers, stories, upstream, Answer(kind="cancelled"), ends="raises Cancelled", records=None, ask=ask)


# 4. retry -----------------------------------------------------------------------------------------------------------


def tried(  # noqa: PLR0913 - each part of the story is named where it is told
    answers,
    stories,
    upstream,
    life,
    *,
    ends,
    requests,
    ask,
    method="GET",
    budget=9,
    opens_after=99,
    records=None,
    rules=(),
):
    """Hold one call of retry against how it should end, and how often the tax office should be asked."""

    def it_is_asked_so_often(_told):
        """The tax office is asked as often as is right, and no oftener."""
        return differs("requests", requests, len(upstream.requests))

    def the_call_ends_so(told):
        """The caller gets the last response or error."""
        return differs("retry(..)", ends, told["ended"])

    def the_breaker_sees_each_result(told):
        """The breaker counts each attempt's own result."""
        return None if records is None else differs("results that the breaker has counted", records, told["records"])

    def the_budget_is_asked_before_each_retry(told):
        """The budget is asked before each retry, and only then."""
        retries = max(0, requests - 1)
        refused = retries == budget and told["asked"][budget:] == [False]
        return None if refused else differs("asked of the budget", [True] * retries, told["asked"])

    def it_waits_before_each_retry(told):
        """There is one wait before each retry, and none after the last."""
        return differs("waits by shop.clock.sleep", max(0, len(told["records"]) - 1), len(told["slept"]))

    upstream.script(life, otherwise=Answer(200))
    rules = [*rules, it_is_asked_so_often, the_call_ends_so, the_breaker_sees_each_result]
    rules += [the_budget_is_asked_before_each_retry, it_waits_before_each_retry]
    driven = answers.retry.through(plays_retry)
    given = f"retry(shop, {method!r}, '/receipt/12'), a budget of {budget}"
    return stories.hold(driven, upstream, method, budget, opens_after, 7, rules=rules, given=given, ask=ask)


def test_retry_returns_the_first_good_response(answers, stories, upstream):
    """If the first attempt goes well, there is no second one."""
    tried(answers, stories, upstream, [Answer(200)], ends="returns 200", requests=1, ask="What is there to retry?")


@pytest.mark.parametrize(
    "life",
    [Answer(503), Answer(kind="hangs"), Answer(kind="resets"), Answer(500)],
    ids=["503", "hangs", "resets", "500"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_retry_tries_again_what_may_be_done_twice(answers, stories, upstream, life, method):
    """A GET, HEAD, PUT or DELETE that fails is tried again, after a 5xx, a timeout or a lost connection."""
    ask = "Which failures may be gone a moment later?"
    tried(answers, stories, upstream, [life, life], method=method, ends="returns 200", requests=3, ask=ask)


def test_retry_sends_what_it_was_given(answers, stories, upstream):
    """Each attempt is the request that was asked for: its method, its path."""

    def each_attempt_is_the_request(_told):
        """The tax office gets the same request each time."""
        asked = [f"{one.method} {one.path}" for one in upstream.requests]
        return differs("requests", ["PUT /receipt/12"] * 2, asked)

    ask = "Which of the arguments says what is sent?"
    rules = [each_attempt_is_the_request]
    tried(answers, stories, upstream, [Answer(503)], method="PUT", ends="returns 200", requests=2, rules=rules, ask=ask)


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        (Answer(503), "returns 503"),
        (Answer(kind="hangs"), "raises TimeoutError"),
        (Answer(kind="resets"), "raises ConnectionResetError"),
    ],
    ids=["503", "hangs", "resets"],
)
def test_retry_sends_a_post_once(answers, stories, upstream, life, ends):
    """A POST is sent once, whatever comes of it: nobody knows whether it was done."""
    ask = "The connection was cut after the order was sent. How often will the florist be billed?"
    tried(answers, stories, upstream, [life], method="POST", ends=ends, requests=1, ask=ask)


@pytest.mark.parametrize(
    ("life", "ends"),
    [(Answer(503), "returns 503"), (Answer(kind="hangs"), "raises TimeoutError")],
    ids=["503", "hangs"],
)
def test_retry_gives_up_after_the_last_attempt(answers, stories, upstream, life, ends):
    """After four attempts the last response is returned, or the last error goes up."""
    tried(answers, stories, upstream, [life] * 9, ends=ends, requests=4, ask="How many attempts are there in all?")


@pytest.mark.parametrize("life", [Answer(503), Answer(kind="hangs")], ids=["503", "hangs"])
def test_retry_sends_a_patch_once(answers, stories, upstream, life):
    """What isn't on the list is sent once: a PATCH may do twice what it should do once."""
    ask = "Which methods are on the list, and which of the others have you thought of?"
    ends = "raises TimeoutError" if life.kind == "hangs" else "returns 503"
    tried(answers, stories, upstream, [life], method="PATCH", ends=ends, requests=1, ask=ask)


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        ([Answer(kind="hangs"), Answer(503), Answer(kind="hangs"), Answer(502)], "returns 502"),
        ([Answer(503), Answer(kind="hangs"), Answer(503), Answer(kind="resets")], "raises ConnectionResetError"),
        ([Answer(500), Answer(502), Answer(503), Answer(504)], "returns 504"),
    ],
    ids=["response", "error", "last"],
)
def test_retry_ends_as_its_last_attempt(answers, stories, upstream, life, ends):
    """What comes of the call is what came of its last attempt, whatever came of those before."""
    tried(answers, stories, upstream, life, ends=ends, requests=4, ask="Of which attempt is what you return or raise?")


def test_retry_gives_each_attempt_the_same_time(answers, stories, upstream):
    """Each attempt has TIMEOUT seconds, the last as the first."""

    def they_take_eight_seconds(told):
        """Four attempts that hang take four times two seconds, beside the waits."""
        return differs("seconds in four attempts", 8.0, round(told["seconds"] - sum(told["slept"]), 6))

    ask = "How long does a customer wait for each attempt, and for all four?"
    life, ends = [Answer(kind="hangs")] * 9, "raises TimeoutError"
    tried(answers, stories, upstream, life, ends=ends, requests=4, rules=[they_take_eight_seconds], ask=ask)


@pytest.mark.parametrize("status", [400, 404, 429])
def test_retry_takes_no_for_an_answer(answers, stories, upstream, status):
    """A status below 500 is final."""
    ask = "Will the same question get another answer?"
    tried(answers, stories, upstream, [Answer(status)], ends=f"returns {status}", requests=1, ask=ask)


def test_retry_lets_other_errors_go_up(answers, stories, upstream):
    """An error of another kind goes up at once."""
    ask = "Which errors are on the list?"
    life = [Answer(kind="garbles")]
    tried(answers, stories, upstream, life, ends="raises BadStatusLine", requests=1, ask=ask)


def test_retry_shows_each_result_to_the_breaker(answers, stories, upstream):
    """Each attempt is a call of its own through the breaker: three failures are three, and not one."""
    ask = "Which is inside which: the loop in the breaker's call, or the breaker's call in the loop?"
    life, records = [Answer(503), Answer(kind="hangs"), Answer(500)], ["failed", "failed", "failed", "well"]
    tried(answers, stories, upstream, life, ends="returns 200", requests=4, records=records, ask=ask)


def test_retry_stops_when_the_breaker_opens(answers, stories, upstream):
    """If the breaker opens meanwhile, CircuitOpen goes up at once: it isn't knocked at again."""
    ask = "The breaker says: leave it alone. What will it say a tenth of a second later?"

    def it_is_not_knocked_at_again(told):
        """The breaker refuses once, and that is the end."""
        return differs("what the breaker has counted", ["failed", "failed", "refused"], told["records"])

    def the_call_ends_so(told):
        """The caller gets the breaker's own error."""
        return differs("retry(..)", "raises CircuitOpen", told["ended"])

    upstream.script([Answer(503)] * 9)
    rules = [it_is_not_knocked_at_again, the_call_ends_so]
    stories.hold(answers.retry.through(plays_retry), upstream, "GET", 9, 2, 7, rules=rules, ask=ask)


@pytest.mark.parametrize("budget", [0, 1])
def test_retry_keeps_to_the_budget(answers, stories, upstream, budget):
    """If the shop's budget is spent, there is no retry, and the last response is returned."""
    ask = "When the tax office is down, what do four attempts of each customer make of its load?"
    tried(
        answers, stories, upstream, [Answer(503)] * 9, budget=budget, ends="returns 503", requests=1 + budget, ask=ask
    )


LONGEST_WAITS = [0.1, 0.2, 0.3]


def they_do_not_meet_at_the_end(told):
    """The longest wait is as rare as any other: cut down to CAP after the dice, many are just that long."""
    for number, most in enumerate(LONGEST_WAITS):
        longest = sum(row[number] == most for row in told["waits"])
        if longest > len(told["waits"]) // 8:
            return differs(f"waits number {number} of exactly {most} s", "hardly any of 64", f"{longest} of 64")
    return None


def test_retry_waits_longer_and_by_chance(answers, stories, upstream):
    """Over many calls the wait number n is spread over all from 0 to min(CAP, BASE * 2 ** n)."""

    def there_are_three_waits(told):
        """Each of four attempts but the last is followed by a wait."""
        return differs("numbers of waits", [3], sorted({len(row) for row in told["waits"]}))

    def no_wait_is_longer(told):
        """No wait number n is shorter than 0, or longer than min(CAP, BASE * 2 ** n)."""
        for number, most in enumerate(LONGEST_WAITS):
            outside = [row[number] for row in told["waits"] if not 0 <= row[number] <= most]
            if outside:
                what = f"waits number {number} outside of 0 to {most} s"
                return differs(what, "none", f"{len(outside)} of {len(told['waits'])}")
        return None

    def they_are_spread(told):
        """Each quarter of the span has waits in it."""
        for number, most in enumerate(LONGEST_WAITS):
            for quarter in range(4):
                low, high = most * quarter / 4, most * (quarter + 1) / 4
                if not any(low <= row[number] <= high for row in told["waits"]):
                    return differs(f"waits number {number} from {low:.3f} to {high:.3f} s", "some of 64", "none of 64")
        return None

    upstream.script([], otherwise=Answer(503))
    rules = [there_are_three_waits, no_wait_is_longer, they_are_spread, they_do_not_meet_at_the_end]
    given = "BASE = 0.1, CAP = 0.3; 64 calls, each of which the tax office answers with 503, four times"
    ask = "If all who have failed at this moment wait like this: when do they come back?"
    stories.hold(answers.retry.through(plays_retries), upstream, 64, rules=rules, given=given, ask=ask)


# 5. tax_rate --------------------------------------------------------------------------------------------------------

KNOWN = [["12-Elm-Row", "tulips", "0.05"]]
NORTH, SEVEN = Answer(200, "north"), Answer(200, "0.07")
FRESH = "returns {'rate': '0.07', 'stale': False}"
STALE = "returns {'rate': '0.05', 'stale': True}"


def given_tax_rate(seconds, known):
    """Give the call in words."""
    memory = "; ".join(f"{good} at {address}: {rate}" for address, good, rate in known) or "nothing"
    return f"tax_rate(shop, '12-Elm-Row', 'tulips', deadline={1000 + seconds:g}), it is 1000 s; last known: {memory}"


def asked_for_tulips(  # noqa: PLR0913 - each part of the story is named where it is told
    answers, stories, upstream, life, *, ends, ask, known=KNOWN, seconds=5.0, opens_after=99, remembers=None, rules=()
):
    """Hold one call of tax_rate against how it should end, and what should be remembered then."""

    def the_call_ends_so(told):
        """The customer gets what is known, and how it is known."""
        return differs("tax_rate(..)", ends, told["ended"])

    def it_is_remembered(told):
        """What is remembered is what the tax office has last told."""
        return differs("last known", known if remembers is None else remembers, told["known"])

    def nobody_waits_too_long(told):
        """The answer is there by the deadline."""
        return differs("seconds after the deadline", 0, max(0, round(told["late"], 6)))

    upstream.script(life, otherwise=Answer(418))
    return stories.hold(
        answers.tax_rate.through(plays_tax_rate),
        upstream,
        known,
        seconds,
        opens_after,
        rules=[*rules, the_call_ends_so, it_is_remembered, nobody_waits_too_long],
        given=given_tax_rate(seconds, known),
        ask=ask,
    )


def test_tax_rate_asks_for_the_region_then_for_the_rate(answers, stories, upstream):
    """The region and then the rate are asked for, and the rate is returned as fresh."""

    def both_are_asked_for(_told):
        """The two requests are for the region and for the rate there."""
        paths = [request.path for request in upstream.requests]
        return differs("paths", ["/region/12-Elm-Row", "/rate/north/tulips"], paths)

    ask = "What does the first response tell that the second request needs?"
    remembers = [["12-Elm-Row", "tulips", "0.07"]]
    asked_for_tulips(
        answers, stories, upstream, [NORTH, SEVEN], ends=FRESH, remembers=remembers, rules=[both_are_asked_for], ask=ask
    )


def test_tax_rate_remembers_the_first_answer(answers, stories, upstream):
    """A rate that was never known before is remembered."""
    ask = "What will you tell the next customer if the tax office is down then?"
    remembers = [["12-Elm-Row", "tulips", "0.07"]]
    asked_for_tulips(answers, stories, upstream, [NORTH, SEVEN], ends=FRESH, known=[], remembers=remembers, ask=ask)


@pytest.mark.parametrize("at", [0, 1], ids=["region", "rate"])
@pytest.mark.parametrize(
    "trouble",
    [Answer(503), Answer(500, "0.99"), Answer(kind="hangs"), Answer(kind="resets")],
    ids=["503", "500", "hangs", "resets"],
)
def test_tax_rate_falls_back_on_what_is_known(answers, stories, upstream, trouble, at):
    """If either request fails, the last known rate is returned, and it is called stale."""
    ask = "How does the customer learn that this rate may be old?"
    asked_for_tulips(answers, stories, upstream, [*[NORTH] * at, trouble], ends=STALE, ask=ask)


@pytest.mark.parametrize("opens_after", [0, 1])
def test_tax_rate_falls_back_when_the_breaker_is_open(answers, stories, upstream, opens_after):
    """If the breaker is open, the last known rate is returned, and it is called stale."""
    ask = "What does an open breaker say of the tax office?"
    asked_for_tulips(answers, stories, upstream, [NORTH], opens_after=opens_after, ends=STALE, ask=ask)


def test_tax_rate_says_when_nothing_is_known(answers, stories, upstream):
    """If the tax office can't be reached and no rate is known, NoRate is raised."""
    ask = "Which number would you make up?"
    asked_for_tulips(answers, stories, upstream, [Answer(503)], known=[], ends="raises NoRate", ask=ask)


def test_tax_rate_remembers_for_each_address_and_good(answers, stories, upstream):
    """What is known of another address, or another good, is no answer."""
    ask = "Whose rate is that?"
    known = [["1-Mill-Lane", "tulips", "0.01"], ["12-Elm-Row", "cacti", "0.02"]]
    asked_for_tulips(answers, stories, upstream, [Answer(503)], known=known, ends="raises NoRate", ask=ask)


@pytest.mark.parametrize(
    "life",
    [[Answer(404)], [NORTH, Answer(404)], *([NORTH, Answer(status)] for status in (400, 422, 429, 499))],
    ids=["region", "rate", "400", "422", "429", "499"],
)
def test_tax_rate_hides_no_refusal(answers, stories, upstream, life):
    """If the tax office says that there is no such region or good, UnknownGood is raised, whatever was known."""
    ask = "The tax office has answered. Is what you remember better than its answer?"
    asked_for_tulips(answers, stories, upstream, life, ends="raises UnknownGood", ask=ask)


def test_tax_rate_hides_no_error_of_another_kind(answers, stories, upstream):
    """An error that isn't on the list goes up: a fallback that hides everything hides our own mistakes."""
    ask = "Which errors does your fallback catch, and which would you want to hear of?"
    asked_for_tulips(answers, stories, upstream, [Answer(kind="garbles")], ends="raises BadStatusLine", ask=ask)


def test_tax_rate_passes_on_what_is_left(answers, stories, upstream):
    """Each request tells in Deadline-Left what is left of the deadline when it begins."""

    def each_tells_what_is_left(_told):
        """The header Deadline-Left counts down."""
        left = [request.headers.get("deadline-left") for request in upstream.requests]
        return differs("Deadline-Left", ["2.500", "0.750"], left)

    ask = "How long does the tax office work on an answer that nobody waits for any more?"
    life = [Answer(200, "north", after=1.75), Answer(200, "0.07", after=0.5)]
    remembers = [["12-Elm-Row", "tulips", "0.07"]]
    asked_for_tulips(
        answers,
        stories,
        upstream,
        life,
        seconds=2.5,
        ends=FRESH,
        remembers=remembers,
        rules=[each_tells_what_is_left],
        ask=ask,
    )


def test_tax_rate_gives_up_at_the_deadline(answers, stories, upstream):
    """The second request has only what the first has left: the customer has an answer at the deadline."""
    ask = "How much time is left when the second request begins?"
    life = [Answer(200, "north", after=1.5), Answer(200, "0.07", after=1.5)]
    asked_for_tulips(answers, stories, upstream, life, seconds=2.5, ends=STALE, ask=ask)


def test_tax_rate_is_in_time_however_little_is_left(answers, stories, upstream):
    """If a twentieth of a second is left, the request has no more than that."""
    ask = "How long may a request take when the customer waits for a twentieth of a second?"
    asked_for_tulips(answers, stories, upstream, [Answer(kind="hangs")], seconds=0.05, ends=STALE, ask=ask)


def test_tax_rate_waits_no_longer_than_the_timeout(answers, stories, upstream):
    """However far the deadline is, one request waits for two seconds at most."""

    def it_gives_up_early(told):
        """A request that hangs is given up after two seconds."""
        return differs("seconds left of sixty", 58.0, -told["late"])

    ask = "The deadline is a minute away. How long do you wait for one answer?"
    life = [Answer(kind="hangs")]
    asked_for_tulips(answers, stories, upstream, life, seconds=60.0, ends=STALE, rules=[it_gives_up_early], ask=ask)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_tax_rate_asks_nobody_when_it_is_too_late(answers, stories, upstream, seconds):
    """If nothing is left there is no request: the last known rate is returned."""

    def nobody_is_asked(_told):
        """There is no request."""
        return differs("requests", 0, len(upstream.requests))

    ask = "What is a request good for whose answer can't come in time?"
    upstream.script([])
    driven, given = answers.tax_rate.through(plays_tax_rate), given_tax_rate(seconds, KNOWN)
    told = stories.hold(driven, upstream, KNOWN, seconds, 99, rules=[nobody_is_asked], given=given, ask=ask)
    expect("tax_rate(..)", STALE, told["ended"], ask=ask)


def test_tax_rate_asks_nobody_a_second_time_when_it_is_too_late(answers, stories, upstream):
    """If the first answer comes at the very last moment, there is no second request."""

    def one_is_asked(_told):
        """There is one request."""
        return differs("requests", 1, len(upstream.requests))

    ask = "What is left when the region is known?"
    life = [Answer(200, "north", after=1.0)]
    # A timeout of exactly what is left ends the first request, too: either way there is nothing left.
    asked_for_tulips(answers, stories, upstream, life, seconds=1.0, ends=STALE, rules=[one_is_asked], ask=ask)


# 6. shared_breaker --------------------------------------------------------------------------------------------------


def shared(answers):
    """Give the breaker of task 6, to be played."""
    return answers.shared_breaker.through(plays_shared, "SharedBreaker")


@pytest.fixture
def follow_shared(request, stories, redis):
    """Hold the shared breaker against one script, in the words of the test's docstring."""

    def follow(answers, script, ask):
        stories.follow(script, shared(answers), redis, fact=request.node.function.__doc__, ask=ask)

    return follow


def test_shared_breaker_opens_for_all(answers, follow_shared):
    """Failures of different workers add up, and the breaker that they open is open for all."""
    script = SharedScript(limit=2)
    script.call(failed=False, worker="Cleo")
    script.call(failed=True, worker="Ann")
    script.call(failed=True, worker="Bob")
    script.admit("Cleo")
    follow_shared(answers, script, "What does Cleo's object know of Ann's and Bob's calls?")


def test_shared_breaker_goes_by_the_time_that_all_share(answers, follow_shared):
    """A pause that Ann's machine begins is over at the same moment for Bob's, whichever has been up for longer."""
    script = SharedScript(limit=1)
    script.call(failed=True, worker="Ann")
    script.passes(540)
    script.admit("Bob")
    script.passes(60)
    script.admit("Bob")
    follow_shared(answers, script, "Which clock do you go by, and what does it show on each machine?")


def test_shared_breaker_takes_a_ticket_from_any_worker(answers, follow_shared):
    """A ticket that Ann's object gave is taken back by Bob's."""
    script = SharedScript(limit=1)
    script.admit("Ann")
    script.hands_over("Ann", "Bob")
    script.record("Bob", failed=True)
    script.admit("Cleo")
    follow_shared(answers, script, "What does Bob's object know of the tickets that Ann's has given?")


def test_shared_breaker_counts_failures_in_a_row(answers, follow_shared):
    """A success starts the count again."""
    script = SharedScript(limit=2)
    for failed in (True, False, True, False, True, True):
        script.call(failed)
    script.admit("Bob")
    follow_shared(answers, script, "What becomes of the count when a call goes well?")


def test_shared_breaker_probes_after_the_pause(answers, follow_shared):
    """After the pause one worker is admitted; a probe that goes well closes the breaker for all."""
    script = SharedScript(limit=1)
    script.call(failed=True)
    script.passes(540)
    script.admit("Ann")
    script.passes(60)
    script.admit("Ann")
    script.admit("Bob")
    script.record("Ann", failed=False)
    script.admit("Bob")
    script.admit("Cleo")
    follow_shared(answers, script, "Whose turn is it after the pause?")


def test_shared_breaker_opens_after_one_failed_probe(answers, follow_shared):
    """One failed probe opens the breaker for another pause, whatever the limit is."""
    script = SharedScript(limit=2).calls("xx")
    script.passes(600)
    script.calls("x.", "Bob")
    script.passes(540)
    script.admit("Bob")
    script.passes(60)
    script.admit("Cleo")
    follow_shared(answers, script, "How many probes have to fail?")


def test_shared_breaker_counts_anew_when_it_closes(answers, follow_shared):
    """After a good probe, the failures from before the breaker opened don't count."""
    script = SharedScript(limit=2).calls("xx")
    script.passes(600)
    follow_shared(answers, script.calls(".x.xx."), "What is the count when the breaker closes?")


def test_shared_breaker_counts_the_lease_from_the_probes_beginning(answers, follow_shared):
    """A lease is the probe's own: if nobody asks for a while after the pause, it begins when somebody does."""
    script = SharedScript(limit=1)
    script.call(failed=True)
    script.passes(900)
    script.admit("Ann")
    script.passes(240)
    script.admit("Bob")
    script.passes(60)
    script.admit("Bob")
    follow_shared(answers, script, "Since when has Ann been the probe?")


def test_shared_breaker_forgets_nothing_by_itself(answers, follow_shared):
    """However long nobody calls, the count of failures stays, and after the pause one is admitted as the probe."""
    week = 7 * 24 * 3600
    script = SharedScript(limit=2)
    script.call(failed=True, worker="Ann")
    script.passes(week)
    script.call(failed=True, worker="Bob")
    script.admit("Cleo")
    script.passes(week)
    script.admit("Cleo")
    script.admit("Ann")
    follow_shared(answers, script, "Nobody has called for a week. Which of your keys are still there?")


def test_shared_breaker_survives_a_dead_probe(answers, follow_shared):
    """If the worker with the probe is never heard of again, another is admitted when its lease is over."""
    script = SharedScript(limit=1)
    script.call(failed=True)
    script.passes(600)
    script.admit("Ann")
    script.passes(240)
    script.admit("Bob")
    script.passes(60)
    script.admit("Bob")
    script.admit("Cleo")
    script.record("Bob", failed=False)
    script.admit("Cleo")
    follow_shared(answers, script, "Ann's machine has lost its power. Who takes the probe from her?")


def test_shared_breaker_hears_no_word_of_the_dead(answers, follow_shared):
    """If a probe whose lease was over comes back after all, it neither closes the breaker nor ends the new probe."""
    script = SharedScript(limit=1)
    script.call(failed=True)
    script.passes(600)
    script.admit("Ann")
    script.passes(300)
    script.admit("Bob")
    script.record("Ann", failed=False)
    script.admit("Cleo")
    script.record("Bob", failed=True)
    script.admit("Cleo")
    follow_shared(answers, script, "Whose probe is it now, and how do you know whose ticket this is?")


def test_shared_breaker_hears_no_word_of_the_past(answers, follow_shared):
    """A result from before the breaker opened changes nothing."""
    script = SharedScript(limit=1)
    script.admit("Cleo")
    script.call(failed=True)
    script.record("Cleo", failed=False)
    script.admit("Bob")
    follow_shared(answers, script, "When did Cleo's call begin?")


def test_shared_breaker_starts_a_new_count_without_old_results(answers, follow_shared):
    """When the breaker has closed again, a result from before it opened neither counts nor starts the count again."""
    script = SharedScript(limit=2)
    script.admit("Bob")
    script.admit("Cleo")
    script.calls("xx", "Ann")
    script.passes(600)
    script.calls(".", "Ann")
    script.record("Bob", failed=True)
    script.calls("x", "Ann")
    script.admit("Ann")
    script.record("Cleo", failed=False)
    script.record("Ann", failed=True)
    script.admit("Bob")
    follow_shared(answers, script, "In which era did Bob's and Cleo's calls begin, and which is it now?")


def test_shared_breaker_keeps_its_word_in_any_story(answers, stories, redis):
    """In any story of workers, one command after the other, they share one breaker as the task says."""
    ask = "What is in Redis at each moment of this story?"
    stories.make_up(WorkersShareABreaker, shared(answers), redis, stories=40, steps=10, ask=ask)


def workers(answers, moment, limit, **steps):
    """Give the calls of workers that begin at a moment; "Ann's ticket" is one that is out."""
    given = SHARED | {"limit": limit}
    driven = answers.shared_breaker.through(works_shared, "SharedBreaker")
    return {name: driven.call(given, moment.now, told) for name, told in steps.items()}


def admitted(look):
    """Give the workers whose last admit() gave a ticket."""
    return [name for name, outcome in look.outcomes.items() if outcome.value and outcome.value[-1] == "a ticket"]


def one_is_admitted(look):
    """One of the two gets a ticket, the other is refused."""
    return differs("workers with a ticket", 1, len(admitted(look)))


def test_shared_breaker_admits_one_probe_in_every_order(answers, interleave_on_redis, shared_moment):
    """If two workers ask when the pause is over, in whichever order of their commands, one is the probe."""
    shared_moment.bring_about([["admit", "x"], ["record", "x", True], ["passes", 600]], limit=1)

    interleave_on_redis(
        workers(answers, shared_moment, 1, Ann=[["admit"]], Bob=[["admit"]]),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[one_is_admitted],
        ask="Between what you have read and what you write: who else has read the same?",
    )


def test_shared_breaker_replaces_a_dead_probe_once(answers, interleave_on_redis, shared_moment):
    """If two workers ask when the lease of a dead probe is over, in whichever order, one is the new probe."""
    steps = [["admit", "x"], ["record", "x", True], ["passes", 600], ["admit", "x"], ["passes", 300]]
    shared_moment.bring_about(steps, limit=1)

    interleave_on_redis(
        workers(answers, shared_moment, 1, Ann=[["admit"]], Bob=[["admit"]]),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[one_is_admitted],
        ask="Who takes the place of the dead, and how does the other learn that it is taken?",
    )


def test_shared_breaker_loses_no_failure_in_any_order(answers, interleave_on_redis, shared_moment):
    """If two workers fail at the same time, in whichever order of their commands, both failures count."""
    shared_moment.bring_about([["admit", "Ann"], ["admit", "Bob"]], limit=2)

    def it_is_open_then(look):
        """Whoever asks after both failures is refused: a limit of two is reached."""
        return differs("admitted after two failures", [], admitted(look) if len(admitted(look)) > 1 else [])

    tickets = shared_moment.tickets
    interleave_on_redis(
        workers(
            answers,
            shared_moment,
            2,
            Ann=[["record", tickets["Ann"], True], ["admit"]],
            Bob=[["record", tickets["Bob"], True], ["admit"]],
        ),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[it_is_open_then],
        ask="Both read the count, and both write one more. How many is that?",
    )


def test_shared_breaker_stays_open_whatever_goes_well_meanwhile(answers, interleave_on_redis, shared_moment):
    """If a call goes well beside the failure that opens the breaker, in whichever order, the breaker is open then."""
    shared_moment.bring_about([["admit", "Ann"], ["admit", "Bob"]], limit=1)

    def it_is_open_then(look):
        """After the failure the worker is refused: a limit of one is reached."""
        return differs("admitted after the failure", [], admitted(look))

    tickets = shared_moment.tickets
    interleave_on_redis(
        workers(
            answers,
            shared_moment,
            1,
            Ann=[["record", tickets["Ann"], True], ["admit"]],
            Bob=[["record", tickets["Bob"], False]],
        ),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[it_is_open_then],
        ask="Bob has looked at the era, and now he writes. Is it still the same era?",
    )


def test_shared_breaker_is_not_moved_by_the_past_in_any_order(answers, interleave_on_redis, shared_moment):
    """If an old failure comes in beside a good probe, in whichever order, the breaker is closed then."""
    steps = [["admit", "old"], ["admit", "x"], ["record", "x", True], ["passes", 600], ["admit", "probe"]]
    shared_moment.bring_about(steps, limit=1)

    def it_is_closed_then(look):
        """After the good probe, the worker is admitted."""
        return differs("admitted after the good probe", ["Ann"], admitted(look))

    tickets = shared_moment.tickets
    interleave_on_redis(
        workers(
            answers,
            shared_moment,
            1,
            Ann=[["record", tickets["probe"], False], ["admit"]],
            Bob=[["record", tickets["old"], True]],
        ),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[it_is_closed_then],
        ask="Bob has looked at the era, and now he writes. Is it still the same era?",
    )


def test_shared_breaker_admits_nobody_while_a_probe_fails(answers, interleave_on_redis, shared_moment):
    """If a worker asks while the probe fails, in whichever order of their commands, it is refused."""
    steps = [["admit", "x"], ["record", "x", True], ["passes", 600], ["admit", "probe"]]
    shared_moment.bring_about(steps, limit=1)

    def bob_is_refused(look):
        """Bob is refused: there is a probe, or the breaker is open."""
        return differs("admitted beside a probe that fails", [], admitted(look))

    interleave_on_redis(
        workers(
            answers,
            shared_moment,
            1,
            Ann=[["record", shared_moment.tickets["probe"], True]],
            Bob=[["admit"]],
        ),
        given=shared_moment.again,
        each_takes_part=True,
        at_the_end=[bob_is_refused],
        ask="Is there a moment between the end of the probe and the beginning of the pause?",
    )
