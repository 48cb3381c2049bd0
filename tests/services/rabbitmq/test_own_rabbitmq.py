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
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shared_home.environment.items():
            patch.setenv(name, value)
        with provide_own(SERVICE, request.param, say=lambda _: None) as server:
            yield server


def test_a_paused_server_is_silent_and_then_goes_on(own, monkeypatch):
    """Who waits for an answer waits; after the pause the same connection works, and nothing was lost."""
    monkeypatch.setattr(vhosts, "_CONNECTING", 0.5)
    with own.server.vhost() as vhost, vhost.connect() as connection:
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


def test_a_server_that_is_stopped_has_written_everything(own):
    """Stopped in good order and started again, it has the queue that was declared in the moment before."""
    vhost = own.server.vhost()
    with vhost.connect() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("durable", durable=True)
        channel.basic_publish("", "durable", b"paid", pika.BasicProperties(delivery_mode=2))
    own.stop()
    with pytest.raises(ServiceUnavailable):
        vhost.connect()
    own.start()
    with vhost.connect() as again:
        _, _, body = again.channel().basic_get("durable", auto_ack=True)
    assert body == b"paid"


def test_a_killed_server_loses_what_was_not_durable(own):
    """After a kill, on the same port, a durable queue still has its persistent message, and the other queue is gone."""
    vhost = own.server.vhost()
    connection = vhost.connect()
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("durable", durable=True)
    channel.queue_declare("passing")
    for queue in ("durable", "passing"):
        channel.basic_publish("", queue, b"paid", pika.BasicProperties(delivery_mode=2))
    own.kill()
    with pytest.raises(pika.exceptions.AMQPError):
        channel.basic_get("durable")
    with pytest.raises(ServiceUnavailable):
        vhost.connect()
    own.start()
    assert [queue["name"] for queue in vhost.management.queues()] == ["durable"]
    with vhost.connect() as again:
        _, _, body = again.channel().basic_get("durable", auto_ack=True)
    assert body == b"paid"


def test_closing_it_leaves_nothing(own_home, provider):
    """No process, container, data or folder, though a client is connected."""
    with provide_own(SERVICE, provider, say=lambda _: None) as own:
        own.server.vhost().connect()
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*")) == []
