"""A RabbitMQ of one's own, hurt in every way that a lab needs, and what a client sees of it; nothing is left."""

import pika
import pika.exceptions
import pytest
from homes import PROVIDERS, need

from harness.errors import ServiceUnavailable
from harness.services.own import provide_own
from harness.services.rabbitmq import vhost as vhosts
from harness.services.rabbitmq.server import SERVICE


@pytest.fixture(scope="module", params=PROVIDERS)
def own(request, shared_home, missing):
    """A server of each provider for the tests that leave it running, and of their own what is on it."""
    need(request.param, "rabbitmq")
    if request.param == "embedded" and missing:
        pytest.skip(missing)
    with shared_home.entered(), provide_own(SERVICE, request.param, say=lambda _: None) as server:
        yield server


def publish(vhost, queue, body, *, durable=True):
    """Declare a queue and publish a persistent message to it, which RabbitMQ has confirmed on return."""
    channel = vhost.connect().channel()
    channel.confirm_delivery()
    channel.queue_declare(queue, durable=durable)
    channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2))
    return channel


def taken_from(vhost, queue):
    """The next message of a queue."""
    with vhost.connect() as connection:
        _, _, body = connection.channel().basic_get(queue, auto_ack=True)
    return body


def test_a_paused_server_is_silent_and_then_goes_on(own, monkeypatch):
    """Who waits for an answer waits; after the pause the same connection works, and nothing was lost."""
    with own.server.vhost() as vhost, vhost.connect() as connection:
        monkeypatch.setattr(vhosts, "_CONNECTING", 0.5)  # from now on only: to connect may take its time
        channel = connection.channel()
        channel.queue_declare("work")
        own.pause()
        try:
            with pytest.raises(ServiceUnavailable, match="lets nobody into"):
                vhost.connect()
            channel.basic_publish("", "work", b"sent to a paused server")
        finally:
            own.resume()
        connection.process_data_events(0)
        _, _, body = channel.basic_get("work", auto_ack=True)
        assert body == b"sent to a paused server"


def test_a_stop_writes_everything_and_a_kill_leaves_what_was_written(own):
    """Stopped in order it has what came in the last moment; killed, what was confirmed, and nothing that may pass."""
    vhost = own.server.vhost()
    publish(vhost, "durable", b"paid")
    own.stop()
    with pytest.raises(ServiceUnavailable):
        vhost.connect()
    own.start()
    assert taken_from(vhost, "durable") == b"paid"
    # This queue has been written by the stop. One that was declared a moment ago may be lost by a kill: RabbitMQ says
    # that it is there before its definition is safe. Of a persistent message it says so afterwards.
    channel = publish(vhost, "durable", b"paid again")
    publish(vhost, "passing", b"paid", durable=False)
    own.kill()
    with pytest.raises(pika.exceptions.AMQPError):
        channel.basic_get("durable")
    with pytest.raises(ServiceUnavailable):
        vhost.connect()
    own.start()
    assert [queue["name"] for queue in vhost.management.queues()] == ["durable"]
    assert taken_from(vhost, "durable") == b"paid again"


def test_closing_it_leaves_nothing(own_home, provider):
    """No process, container, data or folder, though a client is connected."""
    with provide_own(SERVICE, provider, say=lambda _: None) as own:
        own.server.vhost().connect()
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*")) == []
