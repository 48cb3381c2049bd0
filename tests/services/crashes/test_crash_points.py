"""Programs with known ends: at which operations a crash or an error breaks them has been worked out by hand."""

from __future__ import annotations

import programs
import pytest
from homes import on_both_providers

from harness.errors import CouldNotJudge
from harness.explorers.crashes import (
    BrokenByACrash,
    CrashExplorer,
    CrashStory,
    LocalProgram,
    NothingToCrash,
    RabbitPlace,
    SeveralPlaces,
    explore_crashes,
)
from harness.explorers.interleavings import PostgresPlace
from harness.judging.histories import effects_once, nothing_acknowledged_undone, nothing_is_lost

TWO = ("parcel 1", "parcel 2")


def explored(program, given, observe, rules, **options):
    """Return what was found, and the facts that broke by token."""
    runs = []
    with CrashExplorer(CrashStory({"act": program}, given, observe, rules, **options)) as explorer:
        found = explorer.explore(runs.append)
    return found, {run.token: run.broken.fact for run in runs if run.broken}


def shown(found):
    """Return the counterexample's token, and what it observed."""
    return found.token, found.shortest.broken.difference.observed


@on_both_providers("servers")
@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_relay_that_publishes_first_doubles_and_loses_nothing(hub, act, where):
    """Whatever ends it between the publishing and the COMMIT has the message published again."""
    program = act(programs.RELAY_PUBLISHES_FIRST, where).program((hub.database, hub.vhost), "packed")
    rules = [nothing_is_lost("published", TWO), effects_once("published")]
    found, broken = explored(program, lambda: hub.fill(*TWO), hub.published, rules)
    assert (found.operations, set(broken.values())) == (10, {"Nothing happens twice."})
    assert set(broken) == {"2a", "2e", "3a", "3f", "4f", "6a", "6e", "7a", "7f", "8f"}
    assert shown(found)[0] == "2a"
    assert found.shortest.broken.difference.observed == ("published: parcel 1, parcel 1, parcel 2; parcel 1 twice")


@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_relay_that_marks_first_loses(hub, act, where):
    """Whatever ends it between the COMMIT and the publishing has the message published never."""
    program = act(programs.RELAY_MARKS_FIRST, where).program((hub.database, hub.vhost), "packed")
    found, broken = explored(program, lambda: hub.fill(*TWO), hub.published, [nothing_is_lost("published", TWO)])
    assert set(broken) == {"3a", "3e", "4f", "7a", "7e", "8f"}
    assert found.shortest.broken.difference.observed == "published: parcel 2; parcel 1 never"


def test_a_message_that_nobody_confirms_is_lost_on_the_way(hub, act):
    """A relay that publishes first loses what it marks before it notices that its connection is gone."""
    program = act(programs.RELAY_UNCONFIRMED).program((hub.database, hub.vhost), "packed")
    _, broken = explored(program, lambda: hub.fill(*TWO), hub.published, [nothing_is_lost("published", TWO)])
    assert set(broken) == {"2l", "6l"}


@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_worker_that_commits_first_counts_twice(hub, act, where):
    """What was committed and not acknowledged comes again."""
    program = act(programs.WORK_COMMITS_FIRST, where).program((hub.database, hub.vhost), "packed")
    rules = [nothing_is_lost("seen", TWO), effects_once("seen")]
    found, broken = explored(program, lambda: hub.fill_queue(*TWO), hub.seen, rules)
    assert (found.operations, broken) == (9, dict.fromkeys(("4a", "4e", "8a", "8e"), "Nothing happens twice."))


def test_a_worker_that_acknowledges_first_loses(hub, act):
    """What was acknowledged and not committed never comes again."""
    program = act(programs.WORK_ACKS_FIRST).program((hub.database, hub.vhost), "packed")
    rules = [nothing_acknowledged_undone("seen")]
    _, broken = explored(program, lambda: hub.fill_queue(*TWO), hub.seen, rules)
    assert set(broken) == {"4a", "5f", "8a", "9f"}


def test_auto_ack_loses_all_that_was_on_the_way(hub, act):
    """Messages that nobody has looked at yet go with the process that they were sent to."""
    program = act(programs.WORK_AUTO_ACK).program((hub.database, hub.vhost), "packed")
    found, broken = explored(program, lambda: hub.fill_queue(*TWO), hub.seen, [nothing_is_lost("seen", TWO)])
    assert shown(found) == ("1a", "seen: nothing; parcel 1, parcel 2 never")
    assert {"1a", "2a", "3a", "5a", "6a"} <= set(broken)


def test_a_worker_that_gives_up_on_an_error_loses(hub, act):
    """An error is no refusal: a message that is dead-lettered for it is gone, its COMMIT too."""
    program = act(programs.WORK_GIVES_UP).program((hub.database, hub.vhost), "packed")
    found, broken = explored(program, lambda: hub.fill_queue(*TWO), hub.seen, [nothing_is_lost("seen", TWO)])
    assert shown(found)[0] == "3f"
    assert set(broken) == {"3f", "4f", "7f", "8f"}


@pytest.mark.parametrize("where", ["here", "worker"])
def test_effects_and_dedupe_in_one_transaction_survive_two_crashes(hub, act, where):
    """The right worker counts once, whatever happens, and again while it recovers."""
    program = act(programs.WORK_ONCE, where).program((hub.database, hub.vhost), "packed")
    rules = [nothing_is_lost("seen", ["parcel"]), effects_once("seen"), nothing_acknowledged_undone("seen")]
    found, broken = explored(program, lambda: hub.fill_queue("parcel"), hub.seen, rules, crashes=2)
    assert (found.operations, found.broke, broken) == (6, 0, {})
    assert found.twice > found.operations


def test_what_gives_up_at_the_third_try_is_lost_by_two_crashes(hub, act):
    """One crash is survived; the second, while it recovers, is not."""
    program = act(programs.RELAY_GIVES_UP).program((hub.database, hub.vhost), "packed")
    rules = [nothing_is_lost("published", ["parcel"])]
    found, broken = explored(program, lambda: hub.fill("parcel"), hub.published, rules)
    assert (found.operations, broken) == (7, {})
    found, broken = explored(program, lambda: hub.fill("parcel"), hub.published, rules, crashes=2)
    assert broken == {"4a+8a": "Nothing is lost."}
    assert [event.kind for event in found.shortest.events].count("crashes") == 2


def test_what_comes_round_and_round_never_comes_to_rest(hub, act):
    """A message that is requeued for ever is a verdict, without any crash."""
    program = act(programs.WORK_FOR_EVER).program((hub.database, hub.vhost), "packed")
    _, broken = explored(program, lambda: hub.fill_queue("poison"), hub.seen, [effects_once("seen")])
    assert broken == {"0": "It comes to rest."}


def test_programs_that_do_nothing_prove_nothing(hub, act):
    """Without an operation there is nothing to crash."""
    program = act("def act(connection):\n    return 1\n").program(hub.database)
    with pytest.raises(NothingToCrash):
        explored(program, hub.fill, hub.seen, [effects_once("seen")])
    assert issubclass(NothingToCrash, CouldNotJudge)


def test_a_chance_of_the_program_is_no_verdict_on_it(hub, act):
    """One run goes the same way as often as it is run, or nothing is said about it."""
    program = act(programs.RELAY_PUBLISHES_FIRST).program((hub.database, hub.vhost), "packed")
    story = CrashStory({"act": program}, lambda: hub.fill(*TWO), hub.published, [effects_once("published")])
    with CrashExplorer(story) as explorer:
        courses = []
        for _ in range(5):
            events = []
            explorer.replay("2a", events.extend)
            courses.append(events)
    assert all(course == courses[0] for course in courses)


def test_programs_run_one_after_another_and_each_is_crashed(hub, act):
    """A relay and a worker are one story: the message's way from the outbox to the count."""
    relay = act(programs.RELAY_PUBLISHES_FIRST).program((hub.database, hub.vhost), "packed")
    work = act(programs.WORK_ONCE).program((hub.database, hub.vhost), "packed")
    rules = [nothing_is_lost("seen", ["parcel"]), effects_once("seen")]
    story = CrashStory({"relay": relay, "worker": work}, lambda: hub.fill("parcel"), hub.seen, rules)
    runs = []
    with CrashExplorer(story) as explorer:
        found = explorer.explore(runs.append)
    assert found.broke == 0
    assert {operation.program for operation in runs[0].history.operations} == {"relay", "worker"}
    assert runs[0].lanes == ("relay at Postgres", "relay at RabbitMQ", "worker at RabbitMQ", "worker at Postgres")


@on_both_providers("servers")
def test_redis_counts_twice_what_is_not_a_set(hub, act):
    """A command is done as soon as Redis has it, so that it comes again with its message."""
    vhost, redis = hub.vhost, hub.redis.client()

    def given():
        redis.flushdb()
        hub.fill_queue("parcel")

    def observe():
        kind = redis.type("seen")
        return {"seen": redis.lrange("seen", 0, -1) if kind == "list" else list(redis.smembers("seen"))}

    rules = [nothing_is_lost("seen", ["parcel"]), effects_once("seen")]
    for text, broke in ((programs.REDIS_THEN_ACK, {"3a", "3e"}), (programs.REDIS_SET_THEN_ACK, set())):
        program = act(text).program((vhost, hub.redis), "packed")
        _, broken = explored(program, given, observe, rules)
        assert set(broken) == broke


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (programs.RELAY_IN_TX, {"6a", "6e", "7f"}),
        (programs.WORK_IN_BATCHES, {"6a", "6e"}),
    ],
    ids=["a transaction of the broker's", "one acknowledgement for two"],
)
def test_what_is_settled_at_once_comes_twice_at_once(hub, act, text, tokens):
    """Between the broker's commit and the database's there is one gap, however many messages are in it."""
    program = act(text).program((hub.database, hub.vhost), "packed")
    what = "published" if text == programs.RELAY_IN_TX else "seen"

    def given():
        hub.fill(*TWO) if what == "published" else hub.fill_queue(*TWO)

    observe = hub.published if what == "published" else hub.seen
    _, broken = explored(program, given, observe, [nothing_is_lost(what, TWO), effects_once(what)])
    assert broken == dict.fromkeys(tokens, "Nothing happens twice.")


def test_a_swallowed_error_loses_what_was_not_done_and_keeps_what_was(hub, act):
    """The program goes on with a dead channel: what it tells the database is no longer so."""
    program = act(programs.RELAY_SWALLOWS_ERRORS).program((hub.database, hub.vhost), "packed")
    _, broken = explored(program, lambda: hub.fill(*TWO), hub.published, [nothing_is_lost("published", TWO)])
    assert set(broken) == {"2e", "2f", "5f"}  # at 2 the second message is lost as well, for the channel is dead


@on_both_providers("servers")
def test_nothing_of_a_crashed_program_reaches_a_server(hub, act):
    """Not its `finally`, not on another channel, and not if it swallows whatever is raised in it."""
    program = act(programs.RELAY_TIDIES_UP).program((hub.database, hub.vhost), "packed")
    seen = []

    def observe():
        seen.append((hub.seen()["seen"], hub.published()["published"]))
        return {}

    with CrashExplorer(CrashStory({"act": program}, hub.fill, observe, [])) as explorer:
        operations = explorer.replay("0").operations
        for token in ("1a", "2a"):
            explorer.replay(token)
    # What is there is what the second life has left, and no more than a run without a crash.
    assert operations > 3
    assert seen[1] == seen[2] == seen[0]


def test_getting_with_auto_ack_is_the_loss(hub, act):
    """Before the message is got it is safe, and from then on it is nobody's."""
    program = act(programs.WORK_GETS).program((hub.database, hub.vhost), "packed")
    _, broken = explored(program, lambda: hub.fill_queue(*TWO), hub.seen, [nothing_is_lost("seen", TWO)], faults="ba")
    assert set(broken) == {"1a", "2a", "4a", "5a"}


def test_plain_functions_are_crashed_outside_of_the_suite(hub):
    """All that is asked for is where they work."""
    place = SeveralPlaces([PostgresPlace(hub.database.conninfo, splits=False), RabbitPlace(hub.vhost.url)])
    written = {}
    exec(programs.RELAY_MARKS_FIRST, written)  # noqa: S102 - our own program

    def relay(connection, channel):
        written["act"](connection, channel, "packed")

    with pytest.raises(BrokenByACrash, match="Nothing is lost") as caught:
        explore_crashes(
            {"relay": LocalProgram(relay, place)},
            given=lambda: hub.fill(*TWO),
            observe=hub.published,
            at_the_end=[nothing_is_lost("published", TWO)],
            ask="What is done?",
        )
    assert (caught.value.token, caught.value.ask) == ("3a", "What is done?")
