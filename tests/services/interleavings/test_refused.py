"""What can't be explored is refused in a sentence, and harms no other order."""

# ruff: noqa: ARG001, ARG005 - a call is given its connection, also where its point is something else
# ruff: noqa: PLW0108 - os.fork is looked up when it is called: that is the point

import _thread
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from stories import ACCOUNTS, the_books_balance, update_where

from harness.explorers.interleavings import Explorer, Story


def observed(call, place):
    story = Story({"Ann": call, "Bob": update_where}, ACCOUNTS)
    with Explorer(story, place) as explorer:
        found = explorer.explore()
        broken = found.shortest.broken
    story = Story({"Ann": update_where, "Bob": update_where}, ACCOUNTS, [the_books_balance])
    with Explorer(story, place) as explorer:
        assert explorer.explore().broke == 0  # as if nothing had been
    return f"{broken.fact} {broken.difference.observed}"


def work(connection):
    connection.execute("SELECT 1")
    connection.commit()


def test_threads_are_refused(place):
    """A call that starts a thread is told that its steps can't be ordered."""

    def call(connection):
        thread = threading.Thread(target=work, args=(connection,))
        thread.start()
        thread.join()

    assert "Ann: it starts a thread" in observed(call, place)


def test_a_pool_of_threads_is_refused(place):
    """A pool is refused while it holds a lock of Python's: the other actor doesn't wait for that for ever."""

    def call(connection):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work, connection).result()

    story = Story({"Ann": call, "Bob": call}, ACCOUNTS)
    for _ in range(2):
        with Explorer(story, place) as explorer:
            broken = explorer.explore(most_orders=1).shortest.broken
        assert "Ann: it starts a thread" in broken.difference.observed


def test_a_connection_of_ones_own_is_refused(place):
    """A call uses the connection that it is given."""

    def call(connection):
        with psycopg.connect(place.conninfo) as other:
            other.execute("SELECT 1")

    assert "Ann: it opens a connection of its own" in observed(call, place)


def test_a_connection_that_two_share_is_refused(place):
    """A call that takes the other's connection is told so."""
    kept = []

    def call(connection):
        kept.append(connection)
        work(kept[0])

    story = Story({"Ann": call, "Bob": call}, ACCOUNTS)
    with Explorer(story, place) as explorer:
        broken = explorer.explore(most_orders=1).shortest.broken
    assert "one connection is used by two actors" in broken.difference.observed


def test_an_endless_loop_is_ended(place):
    """A call that computes for ever without a step ends in a sentence, however busy the machine is."""

    def call(connection):
        while True:
            pass

    story = Story({"Ann": call, "Bob": update_where}, ACCOUNTS)
    with Explorer(story, place) as explorer:
        broken = explorer.explore(most_orders=1).shortest.broken
    assert "Ann: it computes for more than 2 seconds" in broken.difference.observed


@pytest.mark.parametrize("leave", [lambda: os._exit(0), lambda: os.fork()], ids=["_exit", "fork"])
def test_leaving_the_program_is_refused(place, leave):
    """Neither the end of the program nor a second one goes unnoticed."""

    def call(connection):
        leave()

    assert "Ann: it " in observed(call, place)


def test_sys_exit_is_a_call_that_fails(place):
    """SystemExit ends the call and not the test."""

    def call(connection):
        raise SystemExit(3)

    assert "raised SystemExit" in observed(call, place)


def test_nothing_of_the_actors_world_is_left(place):
    """Outside of an exploration threads start, time passes, and connections open."""
    before = (threading.Thread.start, psycopg.connect, psycopg.Connection.__dict__["connect"], os.fork)
    observed(lambda connection: _thread.allocate_lock() and os._exit(1), place)
    assert (threading.Thread.start, psycopg.connect, psycopg.Connection.__dict__["connect"], os.fork) == before
    psycopg.connect(place.conninfo).close()
