"""Lab 04: what a queue is, and what a topic is, by building both."""

import random
import string
from datetime import UTC, datetime

import pytest
from hub_clients import NOON, Post
from hub_needs import EXPECTED, NEEDS

from harness import Difference, effects_once, exactly, expect, in_order_per_key, nothing_is_lost

# Words and names as they come, with letters that take more than a byte.
PARCELS = ["Malmö-1", "Aarhus-2", "Graz-3"]

# Routing keys of a week at the hub, and the departments that each concerns.
EVENTS = {
    "packed.de.box": ["dispatch", "archive"],
    "packed.ch.letter": ["dispatch", "customs", "archive"],
    "packed.no": ["dispatch", "customs", "archive"],
    "packed": ["dispatch", "archive"],
    "loaded.no.pallet": ["customs", "archive"],
    "loaded.de.no.pallet": ["archive"],
    "lost.no": ["customs", "claims", "archive"],
    "lost": ["claims", "archive"],
    "damaged.ch.letter.wet": ["customs", "claims", "archive"],
    "damaged.fr.box.wet.torn": ["claims", "archive"],
    "delivered.fr.box": ["archive"],
    "delivered.fr.packed": ["archive"],
    "repacked.de.box": ["archive"],
    "ch": ["archive"],
}
DEPARTMENTS = ("dispatch", "customs", "claims", "archive")

# In milliseconds, from the evening at which the desks close to the morning at which they open.
NIGHT = 14 * 60 * 60 * 1000

# Thirteen parcels with three events each, in the order in which they happen.
DAY = [[f"parcel-{number}", event] for event in ("packed", "loaded", "delivered") for number in range(13)]

FAILS_TWICE = """
CREATE FUNCTION out_of_ink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sheet <= 2 THEN
        RAISE EXCEPTION 'the printer is out of ink';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER out_of_ink BEFORE INSERT ON label FOR EACH ROW EXECUTE FUNCTION out_of_ink();
"""


def by_parcel(events):
    """Give each parcel's events in the order in which they stand in a list of pairs."""
    found = {}
    for parcel, event in events:
        found.setdefault(parcel, []).append(event)
    return found


def expect_by_parcel(what, expected, observed, *, ask):
    """Hold pairs [parcel, event] against others, one parcel after the other: between parcels there is no order."""
    wanted, found = by_parcel(expected), by_parcel(observed)
    for parcel in {**wanted, **found}:
        expect(f"{what}, {parcel}", wanted.get(parcel, []), found.get(parcel, []), ask=ask)


def pairs(what, value, ask):
    """Give a list of pairs as it was returned; anything else is a wrong answer."""
    if not isinstance(value, list) or not all(isinstance(each, list) and len(each) == 2 for each in value):
        expect(what, "a list of pairs [parcel, event]", f"{value!r:.60}", ask=ask)
    return value


# 1. hand_in -----------------------------------------------------------------------------------------------------------


def test_hand_in_makes_each_parcel_a_message(answers, rabbitmq, post):
    """Every parcel is in the queue, in the order of the list, and none was refused."""
    ask = "What does one message hold, and into which queue does it go?"
    refused = answers.hand_in(rabbitmq, "packed", PARCELS)
    expect("hand_in returns", [], refused, ask=ask)
    expect("the queue holds", PARCELS, waiting(post, "packed"), ask=ask)


def test_hand_in_can_be_called_again(answers, rabbitmq, post):
    """A second call puts its parcels behind the first one's: the queue is there already."""
    ask = "What happens to the queue and to what is in it if you declare it once more?"
    answers.hand_in(rabbitmq, "packed", PARCELS[:2])
    answers.hand_in(rabbitmq, "packed", PARCELS[2:])
    expect("the queue holds", PARCELS, waiting(post, "packed"), ask=ask)


def of_each_queue(rabbitmq, what):
    """What RabbitMQ tells of each queue under this name, by the queue's."""
    return {queue["name"]: queue[what] for queue in rabbitmq.management.queues()}


def test_hand_in_leaves_the_queue_to_others(answers, rabbitmq, post):
    """The queue stays when its maker has gone, and when a reader has come and gone."""
    ask = "Which properties of a queue tie it to a connection, to its readers, or to a time?"
    answers.hand_in(rabbitmq, "packed", PARCELS)
    expect("after the caller has gone, the queue is there", True, "packed" in post.queues(), ask=ask)
    tag = post.channel.basic_consume("packed", lambda *_: None)
    post.channel.basic_cancel(tag)
    expect("after a reader has come and gone, the queue is there", True, "packed" in post.queues(), ask=ask)
    given = of_each_queue(rabbitmq, "arguments")["packed"]
    ends = {name: given[name] for name in ("x-expires", "x-message-ttl") if name in given}
    expect("arguments that end it, or what is in it, while nobody comes", {}, ends, ask=ask)


def test_hand_in_names_what_was_refused(answers, rabbitmq, post):
    """What RabbitMQ refuses because the queue is full is returned, and everything else is in the queue."""
    ask = "How does basic_publish learn what RabbitMQ says of the message, and what does it do if that is no?"
    parcels = [f"parcel-{number}" for number in range(1, 9)]
    rabbitmq.management.set_policy("small", "^packed$", {"max-length": 2, "overflow": "reject-publish"})
    refused = answers.hand_in(rabbitmq, "packed", parcels)
    # A quorum queue notices a little late that it is full.
    taken = post.bodies("packed")
    assert len(taken) < len(parcels), "RabbitMQ has refused nothing"
    missing = [parcel for parcel in parcels if parcel not in taken]
    expect("there is room for two of eight; hand_in returns", missing, refused, ask=ask)


def test_hand_in_survives_a_restart_of_the_broker(answers, own_server):
    """After a restart of RabbitMQ every parcel that it had taken is in the queue."""
    ask = "What was only in RabbitMQ's memory when it stopped: the queue, the messages, or both?"
    broker = own_server("rabbitmq")
    with broker.server.vhost() as vhost:
        answers.hand_in(vhost, "packed", PARCELS)
        broker.stop()
        broker.start()
        post = Post(vhost)
        expect("the queue packed holds", PARCELS, waiting(post, "packed"), ask=ask)
        post.connection.close()


def test_hand_in_loses_nothing(answers, crash, rabbitmq, post):
    """Wherever it crashes, when hand_in has returned at last every parcel is in the queue."""
    crash(
        answers.hand_in.program(rabbitmq, "packed", PARCELS[:2]),
        given=lambda: post.channel.queue_delete("packed"),
        observe=lambda: {"packed": post.bodies("packed")},
        at_the_end=[nothing_is_lost("packed", PARCELS[:2], fact="Every parcel is in the queue.")],
        ask="Who has said that the parcel has arrived, and to whom?",
    )


def waiting(post, queue):
    """Take all messages out of a queue, and give their bodies; a word where there is no such queue."""
    return post.bodies(queue) if queue in post.queues() else f"there is no queue {queue}"


# 2. work --------------------------------------------------------------------------------------------------------------


def test_work_prints_what_waits(answers, rabbitmq, postgres, post, hub):
    """Every parcel that waits is printed once, in the order of the queue, and the queue is empty then."""
    ask = "What ends a parcel's stay in the queue, and what makes a label real?"
    post.declare("packed")
    post.fill("packed", *PARCELS)
    works(answers.work, (rabbitmq, postgres), "packed", ask)
    expect("labels", PARCELS, hub.column("SELECT parcel FROM label ORDER BY sheet"), ask=ask)
    expect("the queue still holds", [], post.bodies("packed"), ask=ask)


def test_work_begins_anew(answers, rabbitmq, postgres, post, hub):
    """A worker that is started again prints what has come since."""
    ask = "What does the second start find: in the queue, and on the channel?"
    post.declare("packed")
    for parcel in PARCELS:
        post.fill("packed", parcel)
        works(answers.work, (rabbitmq, postgres), "packed", ask)
    expect("labels", PARCELS, hub.column("SELECT parcel FROM label ORDER BY sheet"), ask=ask)


def test_work_leaves_what_it_cannot_print(answers, rabbitmq, postgres, post, hub):
    """If printing fails the error goes up, and that parcel is in the queue again with all behind it."""
    ask = "At the moment of the failure: what have you told RabbitMQ about this parcel?"
    post.declare("packed")
    post.fill("packed", "Malmö-1", "Aarhus-2?", "Graz-3")
    outcome = answers.work.until_drained((rabbitmq, postgres), "packed")
    expect("the error that goes up", "CheckViolation", outcome.error or "no error", ask=ask)
    expect("labels", ["Malmö-1"], hub.column("SELECT parcel FROM label"), ask=ask)
    expect("the queue holds", ["Aarhus-2?", "Graz-3"], post.bodies("packed"), ask=ask)


def test_work_holds_one_parcel_at_a_time(answers, rabbitmq, postgres, post):
    """While a worker is at one parcel, all others are in the queue for other workers."""
    ask = "How many messages does RabbitMQ send to a consumer that hasn't acknowledged any?"
    post.declare("packed")
    post.fill("packed", "Malmö-1?", *(f"Oslo-{number}" for number in range(2, 9)))
    answers.work.until_drained((rabbitmq, postgres), "packed")
    # A message that was with a worker who then went away bears a mark.
    held = [body for properties, body in post.messages("packed") if properties.redelivered]
    expect("the worker's first parcel jams; with the worker were", ["Malmö-1?"], held, ask=ask)


def test_work_loses_nothing(answers, crash, post, hub):
    """Wherever the worker crashes, every parcel has its label in the end, and the queue is empty."""
    post.declare("packed")

    def two_parcels_wait():
        hub.empty()
        post.empty("packed")
        post.fill("packed", *PARCELS[:2])

    crash(
        answers.work.program((post.vhost, hub.database), "packed"),
        given=two_parcels_wait,
        observe=lambda: {
            "labels": hub.column("SELECT parcel FROM label ORDER BY sheet"),
            "packed": post.bodies("packed"),
        },
        at_the_end=[
            nothing_is_lost("labels", PARCELS[:2], fact="Every parcel has its label."),
            exactly("packed", [], fact="Nothing is left in the queue."),
        ],
        ask="At the crash: what does RabbitMQ still know of the parcel, and what does Postgres?",
    )


def works(answer, services, queue, ask):
    """Run a worker until it has nothing left to do: it may end neither before nor with an error, nor by itself."""
    outcome = answer.until_drained(services, queue)
    expect("the worker stops with", "no error", error_of(outcome), ask=ask)
    expects_more("the worker", outcome)


def expects_more(who, outcome):
    """Hold against a program that it has returned: for what comes next nobody is there."""
    does = "waits for more" if outcome.drained else "has returned"
    expect(
        f"when nothing is left {who}", "waits for more", does, ask="What comes in a minute: who will be there for it?"
    )


def error_of(outcome):
    """Give how a program ended, in words."""
    return f"{outcome.error}: {outcome.message}" if outcome.error else "no error"


# 3. subscribe ---------------------------------------------------------------------------------------------------------


def tells(post, key, event, ask):
    """Publish an event to the exchange hub, if it's there."""
    exchanges = [exchange["name"] for exchange in post.vhost.management.exchanges()]
    expect("there is an exchange called hub", True, "hub" in exchanges, ask=ask)
    post.send(key, event, exchange="hub")


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_subscribe_gets_what_concerns_it(answers, rabbitmq, post, department):
    """A department's queue gets each event that concerns it, once, and no other."""
    ask = "In a pattern, which sign stands for one word, and which for any number, also none?"
    answers.subscribe(rabbitmq, department)
    for key in EVENTS:
        tells(post, key, key, ask)
    expected = [key for key, whom in EVENTS.items() if department in whom]
    expect(f"the queue {department} holds", expected, waiting(post, department), ask=ask)


def test_subscribe_gives_each_department_its_own(answers, rabbitmq, post):
    """What concerns several departments is there for each, though one of them has read it already."""
    ask = "How many queues are there, and how often is an event copied?"
    for department in DEPARTMENTS:
        answers.subscribe(rabbitmq, department)
    tells(post, "lost.no", "a letter to Bergen", ask)
    found = {department: waiting(post, department) for department in DEPARTMENTS}
    letter = ["a letter to Bergen"]
    expected = {"dispatch": [], "customs": letter, "claims": letter, "archive": letter}
    expect("the queues hold", expected, found, ask=ask)


def copies(post):
    """Take all messages out of all queues, and give how many there were, by queue; empty queues are left out."""
    names = [queue["name"] for queue in post.vhost.management.queues()]
    found = {"amq.gen-.." if name.startswith("amq.gen-") else name: len(post.bodies(name)) for name in names}
    return {name: count for name, count in found.items() if count}


def test_subscribe_lets_desks_share(answers, rabbitmq, post):
    """Two desks of one department share its queue: an event is there once."""
    ask = "What does a second desk have to declare anew, and what must it find?"
    answers.subscribe(rabbitmq, "claims")
    answers.subscribe(rabbitmq, "claims")
    tells(post, "lost.de.box", "a box", ask)
    expect("copies of the box, by queue", {"claims": 1}, copies(post), ask=ask)


def test_subscribe_misses_nothing_at_night(answers, rabbitmq, post):
    """The queue outlives its desks, and what came meanwhile is still there when one subscribes in the morning."""
    ask = "What becomes of the queue when its last reader leaves, and of its messages when you declare it again?"
    answers.subscribe(rabbitmq, "claims")
    expect("when the desk has closed, its queue is there", True, "claims" in post.queues(), ask=ask)
    post.channel.basic_cancel(post.channel.basic_consume("claims", lambda *_: None))
    expect("when a reader has come and gone, it is still there", True, "claims" in post.queues(), ask=ask)
    tells(post, "lost.de.box", "a box", ask)
    answers.subscribe(rabbitmq, "claims")
    expect("the queue claims holds", ["a box"], waiting(post, "claims"), ask=ask)


def test_subscribe_keeps_what_comes_for_a_night(answers, rabbitmq):
    """Neither the queue nor what is in it comes to an end by itself before the morning."""
    ask = "Nobody reads the queue for a night. What do its arguments do meanwhile, with it and with what is in it?"
    answers.subscribe(rabbitmq, "claims")
    given = of_each_queue(rabbitmq, "arguments")
    ends = {name: given.get("claims", {}).get(name) for name in ("x-expires", "x-message-ttl")}
    short = {
        name: milliseconds for name, milliseconds in ends.items() if milliseconds is not None and milliseconds < NIGHT
    }
    expect("arguments of the queue claims that last less than a night", {}, short, ask=ask)


def test_subscribe_survives_a_restart_of_the_broker(answers, rabbitmq):
    """Exchange and queue are such that a restart of RabbitMQ leaves them and their binding."""
    ask = "What does RabbitMQ forget when it restarts?"
    answers.subscribe(rabbitmq, "claims")
    kept = of_each_queue(rabbitmq, "durable")
    expect("whether the queue claims is durable", True, kept.get("claims", "it isn't there"), ask=ask)
    exchanges = {exchange["name"]: exchange["durable"] for exchange in rabbitmq.management.exchanges()}
    expect("whether the exchange hub is durable", True, exchanges.get("hub", "it isn't there"), ask=ask)


# 4. try_thrice --------------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(answers, post, hub):
    """The queue `packed`, as the answer declares it; `jobs(*parcels)` fills it and lets a worker work."""

    def work_off(*parcels, ask):
        declares_its_queues(answers, post, hub, ask)
        post.fill("packed", *parcels)
        works(answers.try_thrice, (post.vhost, hub.database), "packed", ask)

    return work_off


def declares_its_queues(answers, post, hub, ask):
    """Start a worker for the first time, while there is nothing for it to do."""
    works(answers.try_thrice, (post.vhost, hub.database), "packed", ask)
    missing = [queue for queue in ("packed", "packed.dead") if queue not in post.queues()]
    expect("queues that aren't there when the worker runs", [], missing, ask=ask)


def labels(hub):
    """Give the parcels whose label is printed, sorted."""
    return hub.column("SELECT parcel FROM label ORDER BY parcel")


def sheets(hub):
    """Give how many sheets were taken: one for each attempt to print, also for one that failed."""
    return hub.value("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM label_sheet_seq")


def test_try_thrice_prints_what_can_be_printed(jobs, hub, post):
    """Where nothing fails, every label is printed once, and nothing is set aside."""
    ask = "What differs from task 2 as long as nothing fails?"
    jobs(*PARCELS, ask=ask)
    expect("labels", sorted(PARCELS), labels(hub), ask=ask)
    expect("sheets taken", 3, sheets(hub), ask=ask)
    expect("packed.dead holds", [], post.bodies("packed.dead"), ask=ask)
    expect("packed still holds", [], post.bodies("packed"), ask=ask)


def test_try_thrice_sets_aside_after_three(jobs, hub, post):
    """A parcel that can't be printed is tried three times, and is then among the dead letters, once and unchanged."""
    ask = "Who counts the tries, and what happens at which count?"
    jobs("Malmö-1?", ask=ask)
    expect("sheets taken", 3, sheets(hub), ask=ask)
    expect("packed.dead holds", ["Malmö-1?"], post.bodies("packed.dead"), ask=ask)
    expect("packed still holds", [], post.bodies("packed"), ask=ask)


def test_try_thrice_blocks_nobody(jobs, hub, post):
    """Parcels that can't be printed, first, between and last, keep none of the others from being printed once."""
    ask = "Where does a parcel go after a failure, and who waits behind it?"
    jobs("bad-1?", "Malmö-1", "bad-2?", "Aarhus-2", "Graz-3", "bad-3?", ask=ask)
    expect("labels", sorted(PARCELS), labels(hub), ask=ask)
    expect("sheets taken: three for each of six parcels but the good ones", 12, sheets(hub), ask=ask)
    expect("packed.dead holds", ["bad-1?", "bad-2?", "bad-3?"], sorted(post.bodies("packed.dead")), ask=ask)


def test_try_thrice_forgives_two_failures(jobs, hub, post):
    """A label that goes well at the third try is printed, and not set aside."""
    ask = "After how many failures is a parcel given up, and what is left of a transaction that has failed?"
    hub.run(FAILS_TWICE)
    jobs("Malmö-1", ask=ask)
    expect("labels", ["Malmö-1"], labels(hub), ask=ask)
    expect("packed.dead holds", [], post.bodies("packed.dead"), ask=ask)


def test_try_thrice_keeps_dead_letters(jobs, rabbitmq, post):
    """What is set aside survives a restart of RabbitMQ: both queues are durable, and so is the message."""
    ask = "Whoever comes on Monday looks for the dead letters. What of them is on disk?"
    jobs("Malmö-1?", ask=ask)
    kept = of_each_queue(rabbitmq, "durable")
    passing = [queue for queue in ("packed", "packed.dead") if not kept.get(queue)]
    expect("queues that aren't durable", [], passing, ask=ask)
    modes = [properties.delivery_mode for properties, _ in post.messages("packed.dead")]
    expect("delivery modes in packed.dead (2 is persistent)", [2], modes, ask=ask)


def three_tries_before_it_is_set_aside(history):
    """Whenever a parcel is set aside it was tried three times; the crash may cost one try more, and no new count."""
    failures = len(history.observed["sheets"]) - len(history.observed["labels"])
    most = 3 * len(history.observed["dead letters"]) + 1
    return (
        Difference(f"{most} failed tries at most", f"{failures} failed tries", ("bad-1?",)) if failures > most else None
    )


def test_try_thrice_loses_nothing(answers, crash, post, hub):
    """Wherever the worker crashes, one parcel is printed in the end, and the other set aside after its three tries."""
    ask = "The worker has died: where is the parcel, and where does it stand how often it was tried?"
    declares_its_queues(answers, post, hub, ask)

    def two_parcels_wait():
        hub.empty()
        post.empty("packed", "packed.dead")
        post.fill("packed", "bad-1?", "Malmö-1")

    crash(
        answers.try_thrice.program((post.vhost, hub.database), "packed"),
        given=two_parcels_wait,
        observe=lambda: {
            "labels": labels(hub),
            "dead letters": post.bodies("packed.dead"),
            "packed": post.bodies("packed"),
            "sheets": list(range(sheets(hub))),
        },
        at_the_end=[
            nothing_is_lost("labels", ["Malmö-1"], fact="What can be printed has its label."),
            nothing_is_lost("dead letters", ["bad-1?"], fact="What can't be printed is among the dead letters."),
            exactly("packed", [], fact="Nothing is left in the queue."),
            three_tries_before_it_is_set_aside,
        ],
        ask=ask,
    )


# 5. announce ----------------------------------------------------------------------------------------------------------


def test_announce_writes_every_event(answers, kafka, log):
    """Every event is in the topic, with its parcel as key, and none was refused."""
    ask = "When has a message left your program, and who has said that it arrived?"
    topic = log.topic()
    refused = answers.announce(kafka, topic, DAY)
    expect("announce returns", [], refused, ask=ask)
    found = [event for partition in log.partitions(topic) for event in partition]
    expect(f"how many of {len(DAY)} events are in the topic", len(DAY), len(found), ask=ask)
    expect("the keys", sorted({parcel for parcel, _ in DAY}), sorted({str(parcel) for parcel, _ in found}), ask=ask)
    expect("how many of them are as they happened", len(DAY), sum(event in DAY for event in found), ask=ask)


def test_announce_keeps_each_parcel_in_order(answers, kafka, log):
    """Each parcel's events are in one partition, in the order in which they happened."""
    ask = "Between which messages does Kafka keep an order?"
    topic = log.topic()
    answers.announce(kafka, topic, DAY)
    partitions = [by_parcel(partition) for partition in log.partitions(topic)]
    for parcel, events in by_parcel(DAY).items():
        found = [partition[parcel] for partition in partitions if parcel in partition]
        expect(f"{parcel}, by partition", [events], found, ask=ask)


def test_announce_spreads_the_work(answers, kafka, log):
    """The parcels spread over all three partitions."""
    ask = "What is the key of a message, and how many different ones are there?"
    topic = log.topic()
    answers.announce(kafka, topic, DAY)
    used = sum(bool(partition) for partition in log.partitions(topic))
    expect("partitions with something in them", 3, used, ask=ask)


def test_announce_serves_two_readers(answers, kafka, log):
    """Two consumers who share the topic in one group see, between them, each parcel's events in order."""
    # The one test with a rebalance: both consumers have to be there first.
    ask = "Which of the two reads a parcel's second event, and what does it know of the first?"
    topic = log.topic()
    readers = log.share("desks", topic, members=2)
    answers.announce(kafka, topic, DAY)
    expect(f"how many of {len(DAY)} events are in the topic", len(DAY), sum(map(len, log.partitions(topic))), ask=ask)
    read = log.read(readers, len(DAY))
    for parcel, events in by_parcel(DAY).items():
        found = [[reader, event] for reader, (name, event) in read if name == parcel]
        expect(f"{parcel}: readers", 1, len({reader for reader, _ in found}), ask=ask)
        expect(f"{parcel}: events as read", events, [event for _, event in found], ask=ask)


def test_announce_names_what_was_refused(answers, kafka, log):
    """Events that Kafka refuses because they're too large are returned in their order, and the others in the topic."""
    ask = "produce() only queues a message. Where does Kafka's answer about it arrive?"
    # Two parcels whose partitions differ, whichever of the usual hashes decides: a batch is refused as a whole.
    topic = log.topic(max_message_bytes="100000")
    luck = random.Random("statue")  # noqa: S311 - a test's data, not a secret
    # Letters without a pattern: what counts is a batch's size as it's sent, and a producer may compress it.
    statues = [["statue", "".join(luck.choices(string.ascii_letters, k=size))] for size in (210_000, 220_000)]
    refused = answers.announce(kafka, topic, [["letter", "packed"], *statues, ["letter", "loaded"]])
    sizes = [[parcel, len(event)] for parcel, event in pairs("announce returns", refused, ask)]
    too_large = [[parcel, len(event)] for parcel, event in statues]
    if sorted(sizes) == too_large:
        ask = "Which of these events happened first, and what in your list says so?"
    expect("announce returns, with the length of each event", too_large, sizes, ask=ask)
    found = [event for partition in log.partitions(topic) for event in partition]
    expect("the topic holds", [["letter", "packed"], ["letter", "loaded"]], found, ask=ask)


# 6. follow ------------------------------------------------------------------------------------------------------------


def logbook(hub, department):
    """Give what a department has written down: pairs [parcel, event]."""
    return hub.rows(f"SELECT parcel, event FROM logbook WHERE department = '{department}' ORDER BY line")


def follows(answers, services, topic, group, ask):
    """Run a department until it has read everything: it may end neither before nor with an error, nor by itself."""
    outcome = answers.follow.until_drained(services, topic, group)
    expect("the department stops with", "no error", error_of(outcome), ask=ask)
    expects_more("the department", outcome)


def test_follow_begins_at_the_beginning(answers, kafka, postgres, log, hub):
    """A department that comes for the first time writes down every event, each parcel's in order."""
    ask = "Where does a group begin that has no place in the topic yet?"
    topic = log.topic()
    log.write(topic, *DAY)
    follows(answers, (kafka, postgres), topic, "customs", ask)
    expect_by_parcel("the logbook of customs", DAY, logbook(hub, "customs"), ask=ask)


def test_follow_lets_a_second_department_read_everything(answers, kafka, postgres, log, hub):
    """A second department reads everything, too: that the first has read it takes nothing away."""
    ask = "What do two groups share, and what has each for itself?"
    topic = log.topic()
    log.write(topic, *DAY)
    for department in ("customs", "claims"):
        follows(answers, (kafka, postgres), topic, department, ask)
    expect_by_parcel("the logbook of claims", DAY, logbook(hub, "claims"), ask=ask)
    expect_by_parcel("the logbook of customs", DAY, logbook(hub, "customs"), ask=ask)


def test_follow_goes_on_after_a_break(answers, kafka, postgres, log, hub):
    """A department that comes again writes down what is new, and nothing twice."""
    ask = "Which offset have you committed: that of the last event done, or that of the next one to do?"
    topic = log.topic()
    log.write(topic, *DAY[:26])
    follows(answers, (kafka, postgres), topic, "customs", ask)
    log.write(topic, *DAY[26:])
    follows(answers, (kafka, postgres), topic, "customs", ask)
    expect_by_parcel("the logbook of customs", DAY, logbook(hub, "customs"), ask=ask)


def one_event_twice_at_most(history):
    """At most the one event that was in hand is written twice."""
    lines = history.observed["logbook"]
    surplus = len(lines) - len(set(lines))
    return Difference("1 event twice at most", f"{surplus} events twice") if surplus > 1 else None


def test_follow_loses_nothing(answers, crash, log, hub):
    """Wherever the department crashes, the logbook has every event in the end, in order, and one at most twice."""
    topic = log.topic(partitions=1)
    log.write(topic, ["parcel-1", "packed"], ["parcel-1", "loaded"])

    crash(
        answers.follow.program((log.space, hub.database), topic, "customs"),
        given=hub.empty,
        observe=lambda: {"logbook": hub.column("SELECT event FROM logbook ORDER BY line")},
        at_the_end=[
            nothing_is_lost("logbook", ["packed", "loaded"], fact="Every event is in the logbook."),
            in_order_per_key(
                "logbook",
                key=lambda _: "parcel-1",
                by=["packed", "loaded"].index,
                fact="A parcel's events are in their order.",
            ),
            one_event_twice_at_most,
        ],
        ask="At the crash: what does Kafka take for done, and what is written down?",
    )


# 7. replay ------------------------------------------------------------------------------------------------------------

# When the events of a day happened, in minutes before and after noon.
MINUTES = [-3 + at // 13 * 2 for at in range(len(DAY))]


def noon(minutes=0):
    """Give a moment of that day."""
    return datetime.fromtimestamp(NOON / 1000 + 60 * minutes, UTC)


@pytest.fixture
def replays(answers, log):
    """`replays(events, minutes, since)` writes events with their times, and holds what is replayed against them."""

    def hold(events, minutes, since, ask):
        topic = log.topic()
        log.write(topic, *events, at=[NOON + 60_000 * minute for minute in minutes])
        expected = [event for event, minute in zip(events, minutes, strict=True) if minute >= since]
        observed = pairs("replay returns", answers.replay(log.space, topic, noon(since)), ask)
        expect_by_parcel(f"since noon {since:+d} min", expected, observed, ask=ask)

    return hold


@pytest.mark.parametrize("since", [-9, -2, -1, 1], ids=["all", "between", "just then", "the last"])
def test_replay_reads_from_a_moment_on(replays, since):
    """Everything from the moment on is read again, out of every partition, each parcel's in order."""
    ask = "Who knows at which offset a moment begins, in each of the partitions?"
    replays(DAY, MINUTES, since, ask)


def test_replay_of_what_has_not_happened(replays):
    """From a moment after the last event on there is nothing to read, and nothing is waited for."""
    ask = "What does Kafka answer for a partition in which nothing is so late?"
    replays(DAY, MINUTES, 2, ask)


def test_replay_of_one_partition_among_empty_ones(replays):
    """Partitions without anything, and without anything so late, are no obstacle."""
    ask = "How do you know for each partition that you have arrived at its end?"
    replays([["parcel-1", "packed"], ["parcel-1", "loaded"]], [-1, 1], 0, ask)


def test_replay_goes_by_each_events_time(replays):
    """An event with an earlier time that stands behind later ones isn't among them."""
    ask = "Kafka finds the first event that is late enough. What of those behind it?"
    events = [["parcel-1", event] for event in ("packed", "weighed", "loaded", "driven", "delivered")]
    replays(events, [-2, 1, -1, 2, -3], 0, ask)


def test_replay_moves_nobody(answers, kafka, log):
    """Every department's place in the topic is where it was, and no new place has been taken."""
    ask = "Which calls make a consumer a member of a group, and which take a place there?"
    topic = log.topic()
    log.write(topic, *DAY)
    places = [1, 2, 0]
    for group in ("customs", "replay"):
        log.commit(group, topic, *places)
    answers.replay(kafka, topic, noon(-9))
    expect("places of customs", places, log.committed("customs", topic), ask=ask)
    expect("places of replay", places, log.committed("replay", topic), ask=ask)


# 8. count_once --------------------------------------------------------------------------------------------------------


@pytest.fixture
def hands_in(answers, rabbitmq, postgres, post):
    """`hands_in([message_id, country], ..)` puts messages into a queue and lets a new worker count."""
    post.declare("handed_in")

    def count(*messages, ask):
        for message_id, country in messages:
            post.send("handed_in", country, message_id=message_id)
        works(answers.count_once, (rabbitmq, postgres), "handed_in", ask)

    return count


def tally(hub):
    """Give the counts by country."""
    return dict(hub.rows("SELECT country, parcels FROM tally ORDER BY country"))


def test_count_once_counts_by_country(hands_in, hub, post):
    """Every parcel is counted in its country's row, which is made where there is none."""
    ask = "What if a country has no row yet, and what if it has?"
    hub.run("INSERT INTO tally VALUES ('de', 40)")
    hands_in(["a", "de"], ["b", "ch"], ["c", "de"], ["d", "no"], ask=ask)
    expect("the tally", {"ch": 1, "de": 42, "no": 1}, tally(hub), ask=ask)
    expect("the queue still holds", [], post.bodies("handed_in"), ask=ask)


def test_count_once_knows_a_message_again(hands_in, hub, post):
    """A message whose sender told it twice counts once, right behind the first or later."""
    ask = "Two deliveries of one parcel: which of their properties are equal?"
    hands_in(["a", "de"], ["a", "de"], ["b", "ch"], ["c", "no"], ["b", "ch"], ask=ask)
    expect("the tally", {"ch": 1, "de": 1, "no": 1}, tally(hub), ask=ask)
    expect("the queue still holds", [], post.bodies("handed_in"), ask=ask)


def test_count_once_remembers_after_a_restart(hands_in, hub):
    """A message that another worker has counted before isn't counted again by one that has just been started."""
    ask = "Where is what you have counted remembered when your process has ended?"
    hands_in(["a", "de"], ["b", "de"], ask=ask)
    hands_in(["a", "de"], ["c", "de"], ask=ask)
    expect("the tally", {"de": 3}, tally(hub), ask=ask)


def test_count_once_counts_what_another_has_dropped(hands_in, hub, post):
    """A message that comes once more because a worker has only held it is counted: nobody has done so yet."""
    ask = "What does RabbitMQ know of what became of a message that it delivers once more?"
    post.fill_again("handed_in", "de", message_id="a")
    hands_in(ask=ask)
    expect("the tally", {"de": 1}, tally(hub), ask=ask)


def test_count_once_counts_each_once(answers, crash, post, hub):
    """Wherever the worker crashes, each parcel is counted in the end, and none is counted twice."""
    post.declare("handed_in")

    def two_messages_wait():
        hub.empty()
        post.empty("handed_in")
        for message_id, country in (["a", "de"], ["b", "ch"]):
            post.send("handed_in", country, message_id=message_id)

    crash(
        answers.count_once.program((post.vhost, hub.database), "handed_in"),
        given=two_messages_wait,
        observe=lambda: {
            "tally": hub.column("SELECT country FROM tally, generate_series(1, parcels) ORDER BY country"),
            "handed_in": post.bodies("handed_in"),
        },
        at_the_end=[
            nothing_is_lost("tally", ["ch", "de"], fact="Each parcel is counted."),
            effects_once("tally", fact="No parcel is counted twice."),
            exactly("handed_in", [], fact="Nothing is left in the queue."),
        ],
        ask="Count and memory: can there be one without the other?",
    )


# 9. relay -------------------------------------------------------------------------------------------------------------


def outbox(*events):
    """Give the SQL that writes events into the outbox: triples of id, parcel and event."""
    rows = ", ".join(f"({row_id}, '{parcel}', '{event}')" for row_id, parcel, event in events)
    return f"INSERT INTO outbox (id, parcel, event) VALUES {rows}"


def told(post):
    """Take what is in the queue `events`: pairs of message_id and body."""
    return [[properties.message_id, body] for properties, body in post.messages("events")]


def unsent(hub):
    """Give the ids of the rows that aren't sent."""
    return hub.column("SELECT id FROM outbox WHERE NOT sent ORDER BY id")


def test_relay_sends_each_row(answers, postgres, rabbitmq, post, hub):
    """Every row is a message with its id, is marked as sent, and a second call has nothing to do."""
    ask = "What does a message need so that its reader can tell it from others, and when is the mark written?"
    post.declare("events")
    hub.run(outbox((1, "Malmö-1", "packed: Malmö-1"), (2, "Graz-3", "packed: Graz-3"), (7, "Malmö-1", "loaded")))
    expect("relay returns", 3, answers.relay((postgres, rabbitmq)), ask=ask)
    expected = [["1", "packed: Malmö-1"], ["2", "packed: Graz-3"], ["7", "loaded"]]
    expect("the queue events holds", expected, told(post), ask=ask)
    expect("rows that aren't sent", [], unsent(hub), ask=ask)
    expect("rows that are", [1, 2, 7], hub.column("SELECT id FROM outbox WHERE sent ORDER BY id"), ask=ask)
    expect("relay returns, called again", 0, answers.relay((postgres, rabbitmq)), ask=ask)
    expect("the queue events holds then", [], told(post), ask=ask)


def test_relay_goes_by_the_id(answers, postgres, rabbitmq, post, hub):
    """The messages come in the order of the rows' id, wherever the rows lie, and what was sent before is left out."""
    ask = "What says in which order rows come, and which rows are yours?"
    post.declare("events")
    hub.run(outbox((10, "a", "tenth"), (9, "a", "ninth"), (2, "a", "second"), (3, "a", "third")))
    hub.run("UPDATE outbox SET sent = true WHERE id = 3; UPDATE outbox SET event = 'ninth, corrected' WHERE id = 9")
    answers.relay((postgres, rabbitmq))
    expected = [["2", "second"], ["9", "ninth, corrected"], ["10", "tenth"]]
    expect("the queue events holds", expected, told(post), ask=ask)


def test_relay_sends_persistent_messages(answers, postgres, rabbitmq, post, hub):
    """A message that the relay has sent survives a restart of RabbitMQ."""
    ask = "The row says that it is sent. Where is the message, if RabbitMQ restarts now?"
    post.declare("events")
    hub.run(outbox((1, "a", "packed")))
    answers.relay((postgres, rabbitmq))
    modes = [properties.delivery_mode for properties, _ in post.messages("events")]
    expect("delivery modes (2 is persistent)", [2], modes, ask=ask)


def test_relay_finds_a_row_that_comes_late(answers, postgres, rabbitmq, post, hub):
    """A row whose transaction ends late is sent, although one with a higher id was sent before."""
    ask = "Ids are given at INSERT, and rows appear at COMMIT. What does the highest id that you have sent say?"
    post.declare("events")
    with postgres.connect() as slow:
        slow.autocommit = False
        slow.execute(outbox((1, "a", "slow")))
        hub.run(outbox((2, "b", "quick")))
        expect("relay returns while the other is open", 1, answers.relay((postgres, rabbitmq)), ask=ask)
        slow.commit()
    expect("relay returns afterwards", 1, answers.relay((postgres, rabbitmq)), ask=ask)
    expect("the queue events holds", [["2", "quick"], ["1", "slow"]], told(post), ask=ask)


def test_relay_stops_where_the_broker_refuses(answers, postgres, rabbitmq, post, hub):
    """What RabbitMQ refuses isn't marked, nor is anything behind it; the next call sends it in its order."""
    ask = "How do you learn that RabbitMQ has not taken a message, and what may be written before you know?"
    post.declare("events", x_max_length=2, x_overflow="reject-publish")
    hub.run(outbox(*((number, "a", f"event {number}") for number in range(1, 5))))
    expect("there is room for two of four; relay returns", 2, answers.relay((postgres, rabbitmq)), ask=ask)
    expect("rows that aren't sent", [3, 4], unsent(hub), ask=ask)
    expect("the queue events holds", [["1", "event 1"], ["2", "event 2"]], told(post), ask=ask)
    expect("relay returns when there is room again", 2, answers.relay((postgres, rabbitmq)), ask=ask)
    expect("the queue events holds then", [["3", "event 3"], ["4", "event 4"]], told(post), ask=ask)


def test_relay_lets_nothing_overtake_what_was_refused(answers, postgres, rabbitmq, post, hub):
    """Where a long event is refused, a short one behind it waits, though there would be room for it."""
    ask = "Event 1 was refused. If event 2 is in the queue now, which of the two will be read first?"
    post.declare("events", x_max_length_bytes=100, x_overflow="reject-publish")
    post.fill("events", "what is there already".ljust(60))
    hub.run(outbox((1, "a", "a long event".ljust(60)), (2, "a", "a short one")))
    expect(
        "there is room for the second, and not for the first; relay returns",
        0,
        answers.relay((postgres, rabbitmq)),
        ask=ask,
    )
    expect("rows that aren't sent", [1, 2], unsent(hub), ask=ask)
    post.empty("events")
    expect("relay returns when there is room for both", 2, answers.relay((postgres, rabbitmq)), ask=ask)
    expect(
        "the message_ids in the queue events then", ["1", "2"], [message_id for message_id, _ in told(post)], ask=ask
    )


def test_relay_loses_nothing(answers, crash, post, hub):
    """Wherever the relay crashes, every event is in the queue in the end, in order, and its row is marked."""
    post.declare("events")

    def two_events_are_to_be_told():
        hub.empty()
        hub.run(outbox((1, "a", "packed"), (2, "a", "loaded")))
        post.empty("events")

    crash(
        answers.relay.program((hub.database, post.vhost)),
        given=two_events_are_to_be_told,
        observe=lambda: {"events": [int(message_id) for message_id, _ in told(post)], "unsent": unsent(hub)},
        at_the_end=[
            nothing_is_lost("events", [1, 2], fact="Every event is told."),
            in_order_per_key("events", key=lambda _: "a", by=int, fact="No event overtakes another."),
            exactly("unsent", [], fact="Every row is marked as sent."),
        ],
        ask="What is done, and what is not, when it dies between the two?",
    )


# 10. choose -----------------------------------------------------------------------------------------------------------


def test_choose_is_filled_in(answers):
    """Every need says "queue" or "topic"."""
    form = answers.choose()
    others = [f"{need}: {form.get(need, 'missing')!r}" for need in NEEDS if form.get(need) not in ("queue", "topic")]
    expect("needs that say neither", [], others, ask="What is your guess? The tests build it, and show what happens.")


@pytest.fixture
def is_built(answers, post, log):
    """`is_built(need, what, ask)` builds what the form says, on the real broker, and holds it against the need."""

    def hold(need, what, ask):
        choice = answers.choose().get(need)
        if choice not in ("queue", "topic"):
            expect(need, "queue or topic", str(choice), ask="What is your guess?")
        expect(f"with a {choice}, {what}", EXPECTED[need], NEEDS[need](choice, post, log), ask=ask)

    return hold


def test_choose_many_printers(is_built):
    """Five printers that share the labels all have work."""
    ask = "What is the most that members of a group can share, and what is left for the fourth?"
    is_built("many_printers", "while ten labels wait", ask)


def test_choose_newcomer(is_built):
    """A department that comes later reads what the others have read already."""
    ask = "What becomes of a message in a queue when somebody has acknowledged it?"
    is_built("newcomer", "the newcomer reads", ask)


def test_choose_one_jams(is_built):
    """A label that jams comes again after a restart, and those that are printed don't."""
    ask = "How does each of the two remember what is done: message by message, or as one place?"
    is_built("one_jams", "after a restart these come again", ask)


def test_choose_in_order(is_built):
    """Two workers who share the events keep those of one parcel in order, also if one is slow."""
    ask = "The first event is with a slow worker. Who gets the second?"
    is_built("in_order", "the events of one parcel take effect as", ask)


def test_choose_express(is_built):
    """An express letter overtakes those that came before it."""
    ask = "Can a log be read in another order than the one in which it was written?"
    is_built("express", "letters are printed as", ask)


def test_choose_since_noon(is_built):
    """What came since noon can be read once more."""
    ask = "Everything was read and acknowledged once. What is there to be read again?"
    is_built("since_noon", "the mended program reads", ask)
