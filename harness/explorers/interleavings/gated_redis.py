"""A Redis client whose every command stops at a gate.

Redis runs one command after the other and none ever waits for a lock, so that a step is a command. What MULTI and EXEC
bracket is one step, and so is a Lua script. A pipeline without a transaction is one step as well, though a real server
could let others in between its commands: lessons on that send them one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from redis.client import Pipeline

from harness.explorers.interleavings.steps import Gate, Result, Step
from harness.explorers.interleavings.world import current_gate

_LONGEST = 120
_LOST = "Connection closed by server."
_SHARED = "one client is used by two actors, or outside of its actor: each call has the one it was given"


class GatedRedis(redis.Redis):
    """A client that belongs to one actor. Without a gate it is an ordinary one."""

    gate: Gate | None = None

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Run a command once there is leave to."""
        really: Callable[..., Any] = super().execute_command
        if self._only_loads_a_script(arguments, really):
            return really(*arguments, **options)
        return _step(self, _text(arguments), lambda: really(*arguments, **options))

    def _only_loads_a_script(self, arguments: tuple[Any, ...], really: Callable[..., Any]) -> bool:
        """Return whether a command is about the server's store of scripts, and about no data: that is no step.

        A script is sent by its hash, and whole where the server doesn't know it yet, as `register_script` does. As
        steps these would be there the first time, and in no later order.
        """
        if current_gate() is not self.gate:
            return False
        command = " ".join(map(_plain, arguments[:2])).upper()
        if command.startswith("SCRIPT"):
            return True
        return command.startswith("EVALSHA") and not really("SCRIPT EXISTS", arguments[1])[0]

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> GatedPipeline:  # noqa: FBT001, FBT002 - redis-py's own signature
        """Return a pipeline that passes the same gate."""
        made = GatedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.owner = self
        return made


class GatedPipeline(Pipeline):
    """What is sent at once is one step: a command after WATCH, or all that has been queued."""

    owner: GatedRedis

    @property
    def _is_atomic(self) -> bool:
        # In a pipeline `transaction` is a flag; the hints have only the method of that name that clients have.
        return bool(vars(self)["transaction"] or self.explicit_transaction)

    def immediate_execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Run a command of a transaction that is being prepared."""
        really: Callable[..., Any] = super().immediate_execute_command
        return _step(self.owner, _text(arguments), lambda: really(*arguments, **options))

    def execute(self, *arguments: Any, **options: Any) -> Any:
        """Run what has been queued."""
        if not self.command_stack:
            return super().execute(*arguments, **options)
        queued = "; ".join(_text(command[0]) for command in self.command_stack)
        text = f"MULTI; {queued}; EXEC" if self._is_atomic else queued
        really = super().execute
        return _step(self.owner, _shortened(text), lambda: really(*arguments, **options))


def _step(client: GatedRedis, text: str, run: Callable[[], Any]) -> Any:
    here, owner = current_gate(), client.gate
    if here is None:
        if owner is None:
            return run()
        owner.refuse(_SHARED)
    if here is not owner:
        here.refuse(_SHARED)
    ruling = here.ask(Step(text, server="redis", kind="command"))
    try:
        value = run() if ruling != "fails" else None
        if ruling:
            client.connection_pool.disconnect()
            raise redis.ConnectionError(_LOST)
    except redis.RedisError as error:
        here.tell(Result(str(error), error=type(error).__name__))
        raise
    here.tell(Result(_shortened(_told(value))))
    return value


def _text(arguments: tuple[Any, ...]) -> str:
    """Return a command as one would type it."""
    return _shortened(" ".join(_plain(argument) for argument in arguments))


def _told(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_told(one) for one in value) or "nothing"
    return "nothing" if value is None else _plain(value)


def _plain(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
