"""The world as an actor sees it: time stands still, there are no threads, and there is one connection.

What an actor may not do is refused in a sentence; none of it is noticed by anybody else.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import greenlet
import psycopg

from harness.explorers.interleavings.steps import Gate

_really_sleep = time.sleep
_really_connect: Callable[..., Any] = psycopg.Connection.connect.__func__  # type: ignore[attr-defined] # a class method


def current_gate() -> Gate | None:
    """Return the gate of the actor whose code is running, None outside of every actor."""
    gate: Gate | None = getattr(greenlet.getcurrent(), "gate", None)
    return gate


def _sleep(seconds: float) -> None:
    gate = current_gate()
    if gate is None:
        _really_sleep(seconds)
    else:
        gate.sleep(seconds)


def _refusing(really: Callable[..., Any], sentence: str) -> Callable[..., Any]:
    def instead(*arguments: Any, **options: Any) -> Any:
        gate = current_gate()
        if gate is None:
            return really(*arguments, **options)
        return _refuse(gate, sentence)

    return instead


def _refuse(gate: Gate, sentence: str) -> NoReturn:
    gate.refuse(sentence)


def _connect_as(kind: type[psycopg.Connection[Any]], *arguments: Any, **options: Any) -> psycopg.Connection[Any]:
    """Connect as psycopg does, where `Connection.connect` is replaced."""
    connection: psycopg.Connection[Any] = _really_connect(kind, *arguments, **options)
    return connection


_OWN_CONNECTION = "it opens a connection of its own: use the one it was given"
_INSTEAD: tuple[tuple[Any, str, Any], ...] = (
    (time, "sleep", _sleep),
    (
        threading.Thread,
        "start",
        _refusing(threading.Thread.start, "it starts a thread: the order of its steps would be a matter of luck"),
    ),
    (os, "_exit", _refusing(os._exit, "it ends the whole program with os._exit")),
    (os, "fork", _refusing(os.fork, "it starts a process: the order of its steps would be a matter of luck")),
    (psycopg, "connect", _refusing(psycopg.connect, _OWN_CONNECTION)),
    (psycopg.Connection, "connect", classmethod(_refusing(_connect_as, _OWN_CONNECTION))),
)


@contextmanager
def as_an_actor_sees_it() -> Iterator[None]:
    """Put the actors' world in place of the real one: while their code is loaded, and while it runs."""
    before = [(owner, name, owner.__dict__[name]) for owner, name, _ in _INSTEAD]
    for owner, name, instead in _INSTEAD:
        setattr(owner, name, instead)
    try:
        yield
    finally:
        for owner, name, really in before:
            setattr(owner, name, really)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what calls print to themselves: hundreds of orders would print it hundreds of times."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


@contextmanager
def same_luck() -> Iterator[None]:
    """Give calls that throw dice the same dice in each order."""
    before = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(before)
