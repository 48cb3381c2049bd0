# Belief: What fails goes back into the queue, and comes again later.
# Caught by: test_work_leaves_what_it_cannot_print
# Hint: It goes back to its old place, and you are the one who gets it next. What has changed until then?

import psycopg


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        try:
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            connection.rollback()
            channel.basic_nack(method.delivery_tag, requeue=True)
            return
        # Only now may RabbitMQ forget it.
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
