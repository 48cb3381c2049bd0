"""How many orders a second the interleaving explorer runs, beside frontrun on the same example and the same server.

    python benchmarks/explorer_speed.py [--services embedded|docker] [--pairs 5]

ours        orders of two concurrent transactions of three statements each, every order there is, on a warm server
frontrun    the same two functions under `frontrun.explore` (its default strategy, all executions) in a process of its
            command, connections opened by each worker as its documentation has it; its start-up is not counted. For
            this line: pip install frontrun
ratio       ours to frontrun's, pair by pair; the goal is at least 5

Stories: a lost update (read, write, commit) and write skew under SERIALIZABLE. frontrun explores fewer executions, as
it leaves out those that it takes for equivalent; what is compared is how fast each runs one.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from harness.explorers.interleavings import Explorer, PostgresPlace, Story
from harness.services import Database, start_postgres

SCHEMA = """
CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL);
CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL);
"""
GIVEN = """
TRUNCATE account, doctor;
INSERT INTO account VALUES (1, 100);
INSERT INTO doctor VALUES ('Ann', true), ('Bob', true);
"""


def withdraw(connection: psycopg.Connection[Any], _name: str) -> None:
    """Read, write, commit: the lost update."""
    ((balance,),) = connection.execute("SELECT balance FROM account WHERE id = 1").fetchall()
    connection.execute("UPDATE account SET balance = %s WHERE id = 1", (balance - 70,))
    connection.commit()


def leave(connection: psycopg.Connection[Any], name: str) -> None:
    """Go off call under SERIALIZABLE: write skew, refused by the server."""
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    with contextlib.suppress(psycopg.errors.SerializationFailure):
        connection.execute("SELECT count(*) FROM doctor WHERE on_call").fetchall()
        connection.execute("UPDATE doctor SET on_call = false WHERE name = %s", (name,))
        connection.commit()
    connection.rollback()


STORIES: dict[str, Callable[[psycopg.Connection[Any], str], None]] = {"lost update": withdraw, "write skew": leave}


def ours(call: Callable[..., None], place: PostgresPlace) -> tuple[int, float]:
    """Return how many orders were run, and the seconds it took, opening the connections included."""
    actors = {name: lambda connection, name=name: call(connection, name) for name in ("Ann", "Bob")}
    started = time.perf_counter()
    with Explorer(Story(actors, GIVEN), place) as explorer:
        found = explorer.explore()
    return found.ran, time.perf_counter() - started


def theirs(story: str, address: str) -> tuple[int, float]:
    """Return how many executions frontrun has run, and the seconds it took: in a process that its command starts."""
    command = [str(Path(sys.prefix) / "bin" / "frontrun"), sys.executable, __file__, "--peer", story, address]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    executions, seconds = done.stdout.split()[-2:]
    return int(executions), float(seconds)


def be_the_peer(call: Callable[..., None], address: str) -> None:
    """Explore with frontrun and print the number of executions and the seconds."""
    import frontrun  # late: it is there for this line only

    def work(state: str, name: str) -> None:
        with psycopg.connect(state) as connection:
            call(connection, name)

    def setup() -> str:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(GIVEN)
        return address

    started = time.perf_counter()
    result = frontrun.explore(
        setup=setup,
        workers=[partial(work, name="Ann"), partial(work, name="Bob")],
        invariant=lambda _state: True,
        stop_on_first=False,
        max_executions=100,
    )
    print(result.num_explored, time.perf_counter() - started)


def main() -> None:
    """Measure pair by pair and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", choices=["embedded", "docker"], default="embedded")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--peer", nargs=2, metavar=("STORY", "ADDRESS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        be_the_peer(STORIES[options.peer[0]], options.peer[1])
        return
    server = start_postgres(options.services, say=print)
    database: Database = server.fresh(SCHEMA)
    address = server.address(database.name)
    place = PostgresPlace(address, database.control)
    beside = importlib.util.find_spec("frontrun") is not None
    table = Table("story", "orders", "ours / s", "frontrun / s", "ratio (least to most)", title=f"{options.services}")
    for name, call in STORIES.items():
        speeds: list[float] = []
        peers: list[float] = []
        orders = 0
        for _ in range(options.pairs):
            orders, seconds = ours(call, place)
            speeds.append(orders / seconds)
            if beside:
                executions, seconds = theirs(name, address)
                peers.append(executions / seconds)
        ratios = [own / peer for own, peer in zip(speeds, peers, strict=False)]
        table.add_row(
            name,
            str(orders),
            f"{statistics.median(speeds):.0f}",
            f"{statistics.median(peers):.1f}" if peers else "not installed",
            f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})" if ratios else "-",
        )
    Console().print(table)
    database.drop()
    server.close()


if __name__ == "__main__":
    main()
