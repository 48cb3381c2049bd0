"""A vhost belongs to one test: nobody else sees into it, and it goes with all that is in it."""

import os
import signal

import pika
import pika.exceptions
import pytest
from homes import on_one_provider

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq.management import Management

# Makes a vhost with a queue and a consumer in it, says its name, and keeps both until standard input ends.
MAKE = """
import sys
from harness.services.rabbitmq.server import start_rabbitmq
server = start_rabbitmq({provider!r}, say=lambda _: None)
vhost = server.vhost()
channel = vhost.connect().channel()
channel.queue_declare("left", durable=True)
channel.basic_consume("left", lambda *_: None)
print(vhost.name, flush=True)
sys.stdin.read()
"""


def names_on(server, kind="vhosts"):
    """The names of all vhosts, or users, that the server has."""
    return {each["name"] for each in Management(server._state).get(kind)}


def consume_to_the_end(channel):
    """Consume until the connection ends; that the queue has gone may be told before that, and is no error."""
    channel.start_consuming()
    channel.connection.process_data_events(None)


def test_a_message_goes_through(vhost):
    """What is published into a queue comes out of it, over a connection of pika's."""
    with vhost.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("work")
        channel.basic_publish("", "work", b"hello")
        _, _, body = channel.basic_get("work", auto_ack=True)
    assert body == b"hello"


def test_its_url_opens_it(vhost):
    """The address alone is enough for any client of AMQP."""
    with pika.BlockingConnection(pika.URLParameters(vhost.url)) as connection:
        connection.channel().queue_declare("work")
    assert [queue["name"] for queue in vhost.management.queues()] == ["work"]


def test_vhosts_do_not_see_each_other(server):
    """Two queues of one name in two vhosts are two queues."""
    with server.vhost() as one, server.vhost() as other, one.connect() as mine, other.connect() as theirs:
        mine.channel().queue_declare("work")
        mine.channel().basic_publish("", "work", b"mine")
        assert theirs.channel().queue_declare("work").method.message_count == 0
        assert [each["name"] for each in other.management.queues()] == ["work"]
        assert other.management.queue("work")["vhost"] == other.name


def test_a_user_gets_into_no_other_vhost(server):
    """Neither the neighbour's vhost nor the server's own first one lets a test's user in."""
    with server.vhost() as one, server.vhost() as other:
        for name in (other.name, "/"):
            parameters = pika.ConnectionParameters(
                one.host, one.port, name, pika.PlainCredentials(one.user, one.password)
            )
            with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
                pika.BlockingConnection(parameters)


def test_a_user_administers_nothing(server, vhost):
    """A test's user can look at its own vhost over the HTTP API, and neither make nor see another."""
    theirs = Management(server._state)
    theirs._headers["Authorization"] = f"Basic {_basic(vhost.user, vhost.password)}"
    assert [each["name"] for each in theirs.get("vhosts")] == [vhost.name]
    with pytest.raises(ServiceUnavailable, match="401"):
        theirs.put("vhosts/another", {})


def _basic(user, password):
    import base64

    return base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(("user", "password"), [("guest", "guest"), ("labs", "labs"), ("labs", "")])
def test_well_known_passwords_open_nothing(vhost, user, password):
    """There is no guest, and the administrator's password is random on the embedded server, too."""
    parameters = pika.ConnectionParameters(vhost.host, vhost.port, "/", pika.PlainCredentials(user, password))
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        pika.BlockingConnection(parameters)


def test_the_management_api_shows_what_is_in_the_vhost(vhost, eventually):
    """Queues with their counts, exchanges, bindings, consumers and connections, as plain JSON."""
    with vhost.connect() as connection:
        channel = connection.channel()
        channel.exchange_declare("orders", "topic")
        channel.queue_declare("paid", durable=True, arguments={"x-max-length": 5})
        channel.queue_bind("paid", "orders", "order.paid")
        channel.confirm_delivery()
        channel.basic_publish("orders", "order.paid", b"1")
        channel.basic_consume("paid", lambda *_: None)
        paid = vhost.management.queue("paid")
        assert (paid["durable"], paid["arguments"]["x-max-length"], paid["type"]) == (True, 5, "classic")
        assert "orders" in {exchange["name"] for exchange in vhost.management.exchanges()}
        assert ("orders", "paid", "order.paid") in {
            (binding["source"], binding["destination"], binding["routing_key"])
            for binding in vhost.management.bindings()
        }
        eventually(lambda: [each["queue"]["name"] for each in vhost.management.consumers()] == ["paid"])
        eventually(lambda: [each["user"] for each in vhost.management.connections()] == [vhost.user])


def test_counts_are_soon_right(vhost, eventually):
    """A test may wait for a count of messages: it is not the five seconds old one that RabbitMQ shows by default."""
    with vhost.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("work")
        for count in (1, 2, 3):
            channel.basic_publish("", "work", b"x")
            eventually(lambda count=count: vhost.management.queue("work")["messages"] == count)


def test_a_policy_holds_for_queues_that_are_made_later(vhost):
    """A queue whose name matches a policy is as the policy says: a full one refuses what comes."""
    vhost.management.set_policy("small", "^small$", {"max-length": 1, "overflow": "reject-publish"})
    with vhost.connect() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("small", durable=True)
        channel.basic_publish("", "small", b"first")
        with pytest.raises(pika.exceptions.NackError):
            channel.basic_publish("", "small", b"second")


def test_a_dropped_vhost_is_gone_with_its_user(server):
    """Nothing of it stays on the server, and nobody gets in any more."""
    gone = server.vhost()
    gone.drop()
    assert gone.name not in names_on(server) | names_on(server, "users")
    with pytest.raises(ServiceUnavailable, match="lets nobody into"):
        gone.connect()


def test_dropping_twice_is_dropping_once(server):
    """A vhost that is gone already is no error."""
    gone = server.vhost()
    gone.drop()
    gone.drop()
    assert gone.name not in names_on(server)


def test_a_consumer_that_never_closes_its_connection_is_disconnected(server):
    """Dropping waits for nobody: the consumer learns that its vhost is gone."""
    gone = server.vhost()
    forgotten = gone.connect()
    channel = forgotten.channel()
    channel.queue_declare("work")
    channel.basic_consume("work", lambda *_: None)
    gone.drop()
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker):
        consume_to_the_end(channel)
    assert gone.name not in names_on(server)


def test_a_hundred_queues_go_with_the_vhost(server):
    """A test may leave as many durable queues as it likes, with messages in them."""
    gone = server.vhost()
    with gone.connect() as connection:
        channel = connection.channel()
        for number in range(100):
            channel.queue_declare(f"left{number}", durable=True)
            channel.basic_publish("", f"left{number}", b"x", pika.BasicProperties(delivery_mode=2))
    gone.drop()
    assert gone.name not in names_on(server)
    with server.vhost() as fresh:
        assert fresh.management.queues() == []


@on_one_provider
def test_closing_the_server_drops_what_is_left(start, provider):
    """A run that ends in good order leaves no vhost behind, dropped by its test or not."""
    first = start(provider)
    forgotten = first.vhost()
    first.close()
    assert forgotten.name not in names_on(start(provider))


@on_one_provider
def test_the_vhost_of_a_killed_run_is_swept_up(start, provider, in_process):
    """The next run removes the vhosts and users of processes that have ended without a word, and of no other."""
    warm = start(provider)
    killed, living = (in_process(MAKE.format(provider=provider)) for _ in range(2))
    left, kept = killed.stdout.readline().strip(), living.stdout.readline().strip()
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert {left, kept} <= names_on(warm)
    mine = warm.vhost()
    assert {left, kept, mine.name} & names_on(warm) == {kept, mine.name}
    assert {left, kept, mine.name} & names_on(warm, "users") == {kept, mine.name}
