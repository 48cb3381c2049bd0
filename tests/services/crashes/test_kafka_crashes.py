"""Consumers and producers of Kafka's that are killed: offsets committed before, after, by themselves."""

from __future__ import annotations

import programs
import pytest
from homes import on_both_providers
from test_crash_points import explored, shown

from harness.explorers.crashes import CrashExplorer, CrashStory
from harness.judging.histories import effects_once, nothing_is_lost
from harness.plugin.looking import Looks
from harness.report.replayed import Record

TWO = ("parcel 1", "parcel 2")
RULES = (nothing_is_lost("seen", TWO), effects_once("seen"))


@pytest.fixture
def topic(hub):
    """A topic with two messages."""
    name = hub.kafka.topic("packed")
    producer = hub.kafka.producer()
    for body in TWO:
        producer.produce(name, body)
    producer.flush()
    return name


@pytest.mark.parametrize(
    "known",
    [
        (programs.FOLLOW_COMMITS_AFTER, "Nothing happens twice.", {"3a", "3e", "4f", "7a", "7e", "8f"}),
        (
            programs.FOLLOW_COMMITS_BEFORE,
            "Nothing is lost.",
            {"2a", "2e", "3a", "3f", "4f", "6a", "6e", "7a", "7f", "8f"},
        ),
        (programs.FOLLOW_AUTO, "Nothing is lost.", {"2a", "3a", "3f", "4f", "6a", "7a", "7f", "8f"}),
    ],
    ids=["commits after", "commits before", "auto-commit"],
)
def test_where_an_offset_is_committed_decides_what_a_crash_does(hub, act, topic, known):
    """Before the work a crash loses it, after the work a crash doubles it, and auto-commit comes when it likes."""
    text, fact, tokens = known
    program = act(text).program((hub.kafka, hub.database), topic, hub.kafka.group("hub"))
    found, broken = explored(program, hub.fill, hub.seen, RULES)
    assert (found.operations, set(broken.values())) == (8, {fact})
    assert set(broken) == tokens


@on_both_providers("servers")
def test_a_killed_consumer_goes_on_at_once_where_it_was(hub, act, topic):
    """Whoever is started again is the member that it was: no session has to run out first, and nothing is different."""
    program = act(programs.FOLLOW_COMMITS_AFTER).program((hub.kafka, hub.database), topic, hub.kafka.group("hub"))
    runs = [explored_once(program, hub) for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]
    assert runs[0][1] == ["parcel 1", "parcel 1", "parcel 2"]


def explored_once(program, hub):
    """Return the events of one run with a crash after the first COMMIT, and what it has left."""
    events = []
    with CrashExplorer(CrashStory({"act": program}, hub.fill, hub.seen, RULES)) as explorer:
        found = explorer.replay("3a", events.extend)
    return events, found.shortest.history.observed["seen"]


def test_what_was_only_queued_is_lost_with_its_producer(hub, act):
    """A producer that is never waited for has sent nothing when its process ends."""
    name = hub.kafka.topic("events")

    rules = [nothing_is_lost("seen", TWO)]
    program = act(programs.ANNOUNCE_FORGETS).program((hub.kafka, hub.database), name)
    found, _ = explored(program, lambda: hub.fill(*TWO), lambda: {"seen": hub.read(name)}, rules)
    assert shown(found) == ("0", "seen: nothing; parcel 1, parcel 2 never")
    program = act(programs.ANNOUNCE_FLUSHES).program((hub.kafka, hub.database), name)
    found, broken = explored(program, lambda: hub.fill(*TWO), lambda: {"seen": hub.read(name)}, rules, faults="ba")
    assert (found.broke, broken) == (0, {})


@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_consumer_is_drained_when_it_has_read_all(hub, act, topic, where):
    """A program that polls for ever is ended at the end of the topic, and goes on there when it is called again."""
    answer, group = act(programs.FOLLOW_COMMITS_AFTER, where), hub.kafka.group("hub")
    hub.fill()
    assert answer.until_drained((hub.kafka, hub.database), topic, group).error == ""
    assert hub.seen() == {"seen": list(TWO)}
    answer.until_drained((hub.kafka, hub.database), topic, group)
    assert hub.seen() == {"seen": list(TWO)}


@on_both_providers("servers")
@pytest.mark.parametrize("protocol", ["classic", "consumer"])
@pytest.mark.parametrize(
    "known",
    [({}, ["one more"]), ({"auto.offset.reset": "earliest"}, [*TWO, "one more"])],
    ids=["by default", "earliest"],
)
def test_a_group_begins_where_its_configuration_says(hub, act, topic, known, protocol):
    """A group without a place begins at the end or at the beginning, and later where it has committed to be."""
    reset, expected = known
    options = {"group.id": hub.kafka.group("hub"), "group.protocol": protocol, **reset}
    answer = act(programs.READS_AND_WRITES_ONE_MORE)
    assert answer(hub.kafka, topic, options) == expected
    producer = hub.kafka.producer()
    producer.produce(topic, "between")
    producer.flush()
    assert answer(hub.kafka, topic, options) == ["between", "one more"]


@on_both_providers("servers")
def test_a_transaction_of_kafkas_does_not_reach_the_database(hub, act):
    """Within it nothing is lost or comes twice; between its commit and the database's, all of it comes twice."""
    name, transactional_id = hub.kafka.topic("events"), hub.kafka.transactional_id("announce")
    program = act(programs.ANNOUNCE_IN_A_TRANSACTION).program((hub.kafka, hub.database), name, transactional_id)
    rules = [nothing_is_lost("seen", TWO), effects_once("seen")]
    found, broken = explored(program, lambda: hub.fill(*TWO), lambda: {"seen": hub.read(name)}, rules)
    assert (found.operations, set(broken.values())) == (6, {"Nothing happens twice."})
    assert set(broken) == {"4a", "5a", "5f", "6f"}


def test_offsets_in_the_database_count_once(hub, act, topic):
    """What is read and where to go on are one transaction: no crash comes between them."""
    program = act(programs.FOLLOW_KEEPS_ITS_OFFSETS).program((hub.kafka, hub.database), topic, hub.kafka.group("hub"))
    found, broken = explored(program, hub.fill, hub.seen, RULES)
    assert (found.operations, broken) == (8, {})


def test_partitions_can_be_added_one_by_one(hub, act):
    """A consumer that takes on one partition after the other reads them all."""
    name = hub.kafka.topic("packed", partitions=2)
    producer = hub.kafka.producer()
    for number, body in enumerate(TWO):
        producer.produce(name, body, partition=number)
    producer.flush()
    assert act(programs.READS_ONE_PARTITION_AFTER_THE_OTHER)(hub.kafka, name, 2) == list(TWO)


def test_a_replay_looks_at_topics_as_others_see_them(hub, act):
    """A message is there once it has arrived, with its place, key and value; one of an open transaction is not."""
    name, empty = hub.kafka.topic("events", partitions=2), hub.kafka.topic("empty")
    seen = []

    def look(_events):
        seen.append({topic: list(records) for topic, records in looks.topics().items()})

    def fill():
        producer = hub.kafka.producer()
        producer.produce(name, "before", key="Graz", partition=1)
        producer.flush()
        hub.fill(*TWO)

    program = act(programs.ANNOUNCE_FLUSHES).program((hub.kafka, hub.database), name)
    story = CrashStory({"act": program}, fill, lambda: {"seen": []}, [])
    with Looks([hub.kafka, hub.database, hub.kafka]) as looks, CrashExplorer(story) as explorer:
        explorer.replay("0", look)
        before = Record(1, 0, b"Graz", b"before")
        assert seen[0] == {"events": [before]}
        last = seen[-1]["events"]
        assert last[0] == before
        assert sorted(one.value for one in last[1:]) == [body.encode() for body in TWO]
        assert looks.topics() == seen[-1]
    transactional = hub.kafka.producer(transactional_id="open")
    transactional.init_transactions()
    transactional.begin_transaction()
    transactional.produce(empty, "not yet")
    transactional.flush()
    with Looks([hub.kafka]) as looks:
        assert "empty" not in looks.topics()
        transactional.commit_transaction()
        while "empty" not in looks.topics():  # the server marks its messages a moment after it has said yes
            pass
        assert looks.topics()["empty"] == [Record(0, 0, None, b"not yet")]
