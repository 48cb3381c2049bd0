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

# Whoever runs a lab's commands shares the server with the runs beside it: FLUSHALL, CONFIG, SHUTDOWN, CLIENT KILL and
# their like are not for them. What of @dangerous stays within one database is.
RIGHTS = ("~*", "&*", "+@all", "-@dangerous", "+flushdb", "+info", "+keys", "+role", "+sort", "+sort_ro")


def passwords() -> dict[str, str]:
    """Return a new random password for the server's administrator; each database gets a user with its own."""
    return {ADMIN: secrets.token_urlsafe(24)}


def configuration_file(state: State, **more: str) -> str:
    """Return the text of `redis.conf`, passwords included: on a command line everyone could read them."""
    lines = [f"{name} {value}" for name, value in (SETTINGS | more).items()]
    lines.append(f"user {ADMIN} on >{state.passwords[ADMIN]} ~* &* +@all")
    return "\n".join(lines) + "\n"


def configuration(recipe: str) -> str:
    """Return everything that a warm server must have been started with to be taken over."""
    return repr((recipe, SETTINGS, RIGHTS))
