"""Programs that are written to run for ever are ended when no message will come, and not before."""

from __future__ import annotations

import pytest
from homes import on_both_providers

from harness.answers import CallFailed, NeverEnds

BODIES = ("parcel 1", "parcel 2", "parcel 3")
_COUNT = 'connection.execute("INSERT INTO seen VALUES (%s)", (body.decode(),)); connection.commit()'
WAYS = {
    "callback": f"""
def act(connection, channel, queue):
    def count(channel, method, properties, body):
        {_COUNT}
        channel.basic_ack(method.delivery_tag)
    channel.basic_consume(queue, count)
    channel.start_consuming()
""",
    "generator": f"""
def act(connection, channel, queue):
    for method, properties, body in channel.consume(queue):
        {_COUNT}
        channel.basic_ack(method.delivery_tag)
""",
    "generator with a timeout": f"""
def act(connection, channel, queue):
    for method, properties, body in channel.consume(queue, inactivity_timeout=30):
        if method is not None:
            {_COUNT}
            channel.basic_ack(method.delivery_tag)
""",
    "get": f"""
import time

def act(connection, channel, queue):
    while True:
        method, properties, body = channel.basic_get(queue)
        if method is None:
            time.sleep(30)
            continue
        {_COUNT}
        channel.basic_ack(method.delivery_tag)
""",
    "process_data_events": f"""
def act(connection, channel, queue):
    def count(channel, method, properties, body):
        {_COUNT}
        channel.basic_ack(method.delivery_tag)
    channel.basic_consume(queue, count)
    while True:
        channel.connection.process_data_events(time_limit=30)
""",
    "in batches": """
def act(connection, channel, queue):
    batch = []
    for method, properties, body in channel.consume(queue, inactivity_timeout=30):
        if method is not None:
            batch.append((method.delivery_tag, body.decode()))
        elif batch:
            for _, text in batch:
                connection.execute("INSERT INTO seen VALUES (%s)", (text,))
            connection.commit()
            channel.basic_ack(batch[-1][0], multiple=True)
            batch.clear()
""",
}
GOES_HOME = WAYS["get"].replace("time.sleep(30)", "return").replace("            continue\n", "")
FORGETS_TO_ACK = WAYS["callback"].replace("        channel.basic_ack(method.delivery_tag)\n", "")
ONE_AT_A_TIME = FORGETS_TO_ACK.replace(
    "    channel.basic_consume", "    channel.basic_qos(prefetch_count=1)\n    channel.basic_consume"
)
FOR_EVER = """
def act(channel, queue):
    for method, properties, body in channel.consume(queue):
        channel.basic_nack(method.delivery_tag)
"""
TIDIES_UP = WAYS["generator"].replace("    for method", "    try:\n      for method").replace(
    "        connection.exec", "          connection.exec"
).replace("        channel.basic_ack(method.delivery_tag)\n", "          channel.basic_ack(method.delivery_tag)\n") + (
    "    finally:\n        connection.execute(\"INSERT INTO seen VALUES ('closed')\")\n        connection.commit()\n"
)


@pytest.mark.parametrize("where", ["here", "worker"])
@pytest.mark.parametrize("way", WAYS)
def test_a_program_is_drained_whichever_way_it_waits(hub, act, way, where):
    """It has done all there is, and no second is waited for the timeout that it has given."""
    database, vhost = hub.database, hub.vhost
    hub.fill_queue(*BODIES)
    outcome = act(WAYS[way], where).until_drained((database, vhost), "packed")
    assert (outcome.error, outcome.value) == ("", None)
    assert hub.seen() == {"seen": list(BODIES)}
    assert hub.published() == {"published": []}


@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_program_that_returns_is_no_program_that_waits(hub, act, where):
    """Neither ends with an error, but only the one that would have waited for ever was drained."""
    database, vhost = hub.database, hub.vhost
    for text, drained in ((WAYS["get"], True), (GOES_HOME, False)):
        hub.fill_queue(*BODIES)
        outcome = act(text, where).until_drained((database, vhost), "packed")
        assert (outcome.error, outcome.drained) == ("", drained)
        assert hub.seen() == {"seen": list(BODIES)}


@on_both_providers("servers")
def test_what_was_not_acknowledged_is_back_when_the_call_returns(hub, act):
    """A program that forgets to acknowledge has seen all, or as many as it may hold, and has settled none."""
    database, vhost = hub.database, hub.vhost
    for text, count in ((FORGETS_TO_ACK, 3), (ONE_AT_A_TIME, 1)):
        hub.fill_queue(*BODIES)
        act(text).until_drained((database, vhost), "packed")
        assert hub.seen() == {"seen": list(BODIES[:count])}
        assert hub.published() == {"published": list(BODIES)}


def test_a_drained_program_still_tidies_up(hub, act):
    """Its `finally` works on the servers, as that of a program that is stopped."""
    database, vhost = hub.database, hub.vhost
    hub.fill_queue("parcel 1")
    act(TIDIES_UP).until_drained((database, vhost), "packed")
    assert hub.seen() == {"seen": ["parcel 1", "closed"]}


@pytest.mark.parametrize("where", ["here", "worker"])
def test_a_message_that_comes_round_for_ever_is_a_verdict(hub, act, where):
    """The rounds are counted, no time is."""
    vhost = hub.vhost
    hub.fill_queue("poison")
    with pytest.raises(NeverEnds, match="after 200 operations"):
        act(FOR_EVER, where).until_drained(vhost, "packed")


@on_both_providers("servers")
def test_a_poison_message_on_a_quorum_queue_is_given_up(hub, act):
    """The queue counts its deliveries, and the program is drained only when it has been dead-lettered."""
    channel = hub.channel
    channel.confirm_delivery()
    for number in range(5):
        queue, dead = f"work{number}", f"dead{number}"
        channel.queue_declare(dead, durable=True)
        channel.queue_declare(
            queue,
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": 2,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": dead,
            },
        )
        channel.basic_publish("", queue, b"poison")
        assert act(FOR_EVER).until_drained(hub.vhost, queue).error == ""
        assert channel.queue_declare(dead, passive=True).method.message_count == 1


def test_a_plain_call_that_waits_in_vain_never_ends(hub, act):
    """What should return and waits for a message instead is told so."""
    database, vhost = hub.database, hub.vhost
    hub.fill_queue()
    with pytest.raises(NeverEnds, match="waits for a message, and none will come"):
        act(WAYS["generator"])((database, vhost), "packed")


def test_an_exception_ends_a_program_as_it_does_any_call(hub, act):
    """Its name and its message are the outcome."""
    vhost = hub.vhost
    answer = act(
        "def act(channel, queue):\n    channel.basic_publish('nowhere', queue, b'')\n    raise KeyError(queue)\n"
    )
    assert answer.until_drained(vhost, "packed").error == "ChannelClosedByBroker"
    with pytest.raises(CallFailed):
        answer(vhost, "packed")
