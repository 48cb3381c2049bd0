"""Programs as learners write them, right and wrong."""

RELAY_PUBLISHES_FIRST = """
def act(connection, channel, queue):
    channel.confirm_delivery()
    while True:
        row = connection.execute("SELECT id, body FROM outbox WHERE NOT sent ORDER BY id LIMIT 1").fetchone()
        if row is None:
            connection.rollback()
            return
        channel.basic_publish("", queue, row[1])
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row[0],))
        connection.commit()
"""
RELAY_MARKS_FIRST = """
def act(connection, channel, queue):
    channel.confirm_delivery()
    while True:
        row = connection.execute("SELECT id, body FROM outbox WHERE NOT sent ORDER BY id LIMIT 1").fetchone()
        if row is None:
            connection.rollback()
            return
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row[0],))
        connection.commit()
        channel.basic_publish("", queue, row[1])
"""
RELAY_UNCONFIRMED = RELAY_PUBLISHES_FIRST.replace("    channel.confirm_delivery()\n", "")

RELAY_GIVES_UP = """
def act(connection, channel, queue):
    channel.confirm_delivery()
    row = connection.execute("SELECT id, body FROM outbox WHERE NOT sent ORDER BY id LIMIT 1").fetchone()
    if row is None:
        connection.rollback()
        return
    connection.execute("INSERT INTO seen VALUES ('a try')")
    (tries,) = connection.execute("SELECT count(*) FROM seen").fetchone()
    connection.commit()
    if tries <= 2:
        channel.basic_publish("", queue, row[1])
    connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row[0],))
    connection.commit()
"""

_WORK = """
def act(connection, channel, queue):
    channel.basic_qos(prefetch_count=1)

    def count(channel, method, properties, body):
{body}

    channel.basic_consume(queue, count{options})
    channel.start_consuming()
"""
_INSERT = 'connection.execute("INSERT INTO seen VALUES (%s)", (body.decode(),))'
_COMMIT = "connection.commit()"
_ACK = "channel.basic_ack(method.delivery_tag)"


def _work(*lines, options=""):
    return _WORK.replace("{body}", "\n".join(f"        {line}" for line in lines)).replace("{options}", options)


WORK_COMMITS_FIRST = _work(_INSERT, _COMMIT, _ACK)
WORK_ACKS_FIRST = _work(_INSERT, _ACK, _COMMIT)
WORK_AUTO_ACK = _work(_INSERT, _COMMIT, options=", auto_ack=True")
WORK_ONCE = _work(
    'connection.execute("INSERT INTO done VALUES (%s) ON CONFLICT DO NOTHING", (body.decode(),))',
    'connection.execute("INSERT INTO seen SELECT %s WHERE NOT EXISTS (SELECT FROM seen WHERE body = %s)",'
    " [body.decode()] * 2)",
    _COMMIT,
    _ACK,
)
WORK_GIVES_UP = _work(
    "try:",
    f"    {_INSERT}",
    f"    {_COMMIT}",
    "except Exception:",
    "    channel.basic_nack(method.delivery_tag, requeue=False)",
    "    raise",
    _ACK,
)
WORK_FOR_EVER = _work("channel.basic_nack(method.delivery_tag)")

_FOLLOW = """
def act(kafka, connection, topic, group):
    consumer = kafka.consumer({"group.id": group, "auto.offset.reset": "earliest"{options}})
    consumer.subscribe([topic])
    while True:
        message = consumer.poll(1.0)
        if message is not None:
{body}
"""
_INSERT_VALUE = 'connection.execute("INSERT INTO seen VALUES (%s)", (message.value().decode(),))'
_COMMIT_OFFSET = "consumer.commit(message, asynchronous=False)"


def _follow(*lines, options=', "enable.auto.commit": False'):
    return _FOLLOW.replace("{body}", "\n".join(f"            {line}" for line in lines)).replace("{options}", options)


FOLLOW_COMMITS_AFTER = _follow(_INSERT_VALUE, _COMMIT, _COMMIT_OFFSET)
FOLLOW_COMMITS_BEFORE = _follow(_COMMIT_OFFSET, _INSERT_VALUE, _COMMIT)
FOLLOW_AUTO = _follow(_INSERT_VALUE, _COMMIT, options="")
READS_AND_WRITES_ONE_MORE = """
def act(kafka, topic, options):
    consumer = kafka.consumer({"enable.auto.commit": False, **options})
    consumer.subscribe([topic])
    read = []
    while (message := consumer.poll(1.0)) is not None:
        read.append(message.value().decode())
    producer = kafka.producer()
    producer.produce(topic, "one more")
    producer.flush()
    read.append(consumer.poll(1.0).value().decode())
    consumer.commit(asynchronous=False)
    consumer.close()
    return read
"""
ANNOUNCE = """
def act(kafka, connection, topic):
    producer = kafka.producer()
    for (body,) in connection.execute("SELECT body FROM outbox WHERE NOT sent ORDER BY id").fetchall():
        producer.produce(topic, body)
    {flush}
    connection.execute("UPDATE outbox SET sent = true")
    connection.commit()
"""
ANNOUNCE_FLUSHES = ANNOUNCE.replace("{flush}", "producer.flush()")
ANNOUNCE_FORGETS = ANNOUNCE.replace("{flush}", "")
COUNT_IN_REDIS = """
def act(channel, redis, queue):
    def count(channel, method, properties, body):
        {first}
        {second}

    channel.basic_consume(queue, count)
    channel.start_consuming()
"""
REDIS_THEN_ACK = COUNT_IN_REDIS.replace("{first}", 'redis.rpush("seen", body)').replace("{second}", _ACK)
REDIS_SET_THEN_ACK = COUNT_IN_REDIS.replace("{first}", 'redis.sadd("seen", body)').replace("{second}", _ACK)

RELAY_IN_TX = """
def act(connection, channel, queue):
    channel.tx_select()
    for id, body in connection.execute("SELECT id, body FROM outbox WHERE NOT sent ORDER BY id").fetchall():
        channel.basic_publish("", queue, body)
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (id,))
    channel.tx_commit()
    connection.commit()
"""
RELAY_SWALLOWS_ERRORS = """
def act(connection, channel, queue):
    channel.confirm_delivery()
    for id, body in connection.execute("SELECT id, body FROM outbox WHERE NOT sent ORDER BY id").fetchall():
        try:
            channel.basic_publish("", queue, body)
        except Exception:
            pass
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (id,))
        connection.commit()
"""
RELAY_TIDIES_UP = """
def act(connection, channel, queue):
    channel.confirm_delivery()
    try:
        connection.execute("SELECT 1")
        connection.execute("SELECT 2")
        connection.commit()
    finally:
        for _ in range(3):
            try:
                connection.execute("INSERT INTO seen VALUES ('too late')")
                connection.commit()
            except BaseException:
                pass
            try:
                channel.connection.channel().basic_publish("", queue, "too late")
            except BaseException:
                pass
"""
WORK_GETS = """
def act(connection, channel, queue):
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        connection.execute("INSERT INTO seen VALUES (%s)", (got[2].decode(),))
        connection.commit()
"""
WORK_IN_BATCHES = """
def act(connection, channel, queue):
    tags = []

    def count(channel, method, properties, body):
        connection.execute("INSERT INTO seen VALUES (%s)", (body.decode(),))
        tags.append(method.delivery_tag)
        if len(tags) == 2:
            connection.commit()
            channel.basic_ack(tags[-1], multiple=True)
            tags.clear()

    channel.basic_consume(queue, count)
    channel.start_consuming()
"""
ANNOUNCE_IN_A_TRANSACTION = """
def act(kafka, connection, topic, name):
    producer = kafka.producer({"transactional.id": name})
    producer.init_transactions()
    bodies = connection.execute("SELECT body FROM outbox WHERE NOT sent ORDER BY id").fetchall()
    producer.begin_transaction()
    for (body,) in bodies:
        producer.produce(topic, body)
    producer.commit_transaction()
    connection.execute("UPDATE outbox SET sent = true")
    connection.commit()
"""
FOLLOW_KEEPS_ITS_OFFSETS = """
def act(kafka, connection, topic, group):
    consumer = kafka.consumer({"group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False})

    def go_on(consumer, partitions):
        (count,) = connection.execute("SELECT count(*) FROM seen").fetchone()
        connection.commit()
        for partition in partitions:
            partition.offset = count
        consumer.assign(partitions)

    consumer.subscribe([topic], on_assign=go_on)
    while True:
        message = consumer.poll(1.0)
        if message is not None:
            connection.execute("INSERT INTO seen VALUES (%s)", (message.value().decode(),))
            connection.commit()
"""
READS_ONE_PARTITION_AFTER_THE_OTHER = """
from confluent_kafka import TopicPartition

def act(kafka, topic, count):
    consumer = kafka.consumer({"group.id": "nobody", "enable.auto.commit": False})
    for number in range(count):
        consumer.incremental_assign([TopicPartition(topic, number, 0)])
    texts = []
    while (message := consumer.poll(1.0)) is not None:
        texts.append(message.value().decode())
    return sorted(texts)
"""
