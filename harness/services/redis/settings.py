"""How our Redis servers are set up: one list for both providers, so that both give the same verdicts."""

from __future__ import annotations

import secrets

from harness.services.warm import State

# The data is thrown away with the server, so nothing is ever saved (a durability lab asks for a server of its own).
SETTINGS = {
    "save": '""',
    "appendonly": "no",
    "databases": "256",  # number 0 is nobody's: a client that forgets its number meets no one
    "protected-mode": "yes",
    "daemonize": "no",
    "logfile": '""',
}

ADMIN = "default"
LEARNER = "learner"
ROLES = (ADMIN, LEARNER)

# Whoever runs a lab's commands shares the server with the runs beside it: FLUSHALL, CONFIG, SHUTDOWN, CLIENT KILL and
# their like are not for them. What of @dangerous stays within one database is.
_RIGHTS = {
    ADMIN: "~* &* +@all",
    LEARNER: "~* &* +@all -@dangerous +flushdb +info +keys +role +sort +sort_ro",
}


def passwords() -> dict[str, str]:
    """Return new random passwords for a server's users."""
    return {role: secrets.token_urlsafe(24) for role in ROLES}


def configuration_file(state: State, **more: str) -> str:
    """Return the text of `redis.conf`, passwords included: on a command line everyone could read them."""
    lines = [f"{name} {value}" for name, value in (SETTINGS | more).items()]
    lines += [f"user {role} on >{state.passwords[role]} {rights}" for role, rights in _RIGHTS.items()]
    return "\n".join(lines) + "\n"


def configuration(recipe: str) -> str:
    """Return everything that a warm server must have been started with to be taken over."""
    return repr((recipe, SETTINGS, _RIGHTS))
