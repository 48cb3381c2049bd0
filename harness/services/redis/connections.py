"""Connections to a Redis of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def administrate(state: State, number: int = 0) -> Redis:
    """Return the administrator's client of one numbered database."""
    return connect(state, number, username=settings.ADMIN, password=state.passwords[settings.ADMIN])


def version(state: State) -> str:
    """Return the server's version, "8.2.3", or nothing where it doesn't answer (to its password) or not yet."""
    from redis.exceptions import RedisError  # late, as above

    try:
        with administrate(state) as client:
            found = client.info("server")
    except (RedisError, OSError):
        return ""
    return str(found.get("valkey_version") or found["redis_version"])
