"""Connections to a Redis of ours."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from harness.services import pulse
from harness.services.redis import settings
from harness.services.warm import State

if TYPE_CHECKING:
    from redis import Redis

_PATIENCE = 5.0  # seconds for an answer; it takes a tenth of a millisecond


def connect(state: State, number: int, **options: Any) -> Redis:
    """Return a client of one numbered database; it connects with its first command. `options` are redis-py's own.

    It gives text, not bytes, and never tries again by itself: a test wants to see what happens, not what happens to
    have gone well the third time.
    """
    from redis import Redis  # late: 0.15 s, and only labs with Redis need it
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    given: dict[str, Any] = {
        "host": state.host,
        "port": state.port,
        "db": number,
        "decode_responses": True,
        "socket_timeout": _PATIENCE,
        "socket_connect_timeout": _PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }
    return Redis(**given | options)


def administrate(state: State, number: int = 0, **options: Any) -> Redis:
    """Return the administrator's client of one numbered database; `options` are redis-py's own."""
    return connect(state, number, username=settings.ADMIN, password=state.passwords[settings.ADMIN], **options)


def version(state: State) -> str:
    """Return the server's version, "8.2.3", or nothing where it doesn't answer (to its password) or not yet."""
    with contextlib.suppress(TimeoutError):
        return _version(state, _PATIENCE)
    return ""


def serves(state: State) -> bool:
    """Return whether a server that has served clients still does; one that is merely slow is waited for."""
    return bool(pulse.answer_of(state, lambda seconds: _version(state, seconds)))


def _version(state: State, seconds: float) -> str:
    """Return what `version` does. Raises TimeoutError where an answer takes more than so many seconds."""
    from redis import exceptions  # late, as above

    try:
        with administrate(state, socket_timeout=seconds, socket_connect_timeout=seconds) as client:
            found = client.info("server")
    except (exceptions.TimeoutError, TimeoutError) as error:
        raise TimeoutError from error
    except (exceptions.RedisError, OSError):
        return ""
    return str(found.get("valkey_version") or found["redis_version"])
