"""How our RabbitMQ servers are set up: one list for both providers, so that both give the same verdicts."""

from __future__ import annotations

import secrets

ADMINISTRATOR = "labs"

# Raised whenever the recipes or the way vhosts are made change: an earlier warm server is then replaced.
RECIPE = "1"

# Application, key and value, the value in Erlang's own notation and without a space: the scripts that start RabbitMQ
# split their arguments at spaces. Passed as arguments, they leave every configuration file out of it.
SETTINGS = (
    # Absolute: a share of the machine's memory would make flow control, and so a lab's outcome, depend on the machine.
    ("rabbit", "vm_memory_high_watermark", "{absolute,512000000}"),
    ("rabbit", "disk_free_limit", "50000000"),
    # What the management API shows is collected every so many milliseconds, and put together every so many seconds, of
    # which so many are kept. RabbitMQ's own 5000 and 5 would be waited for.
    ("rabbit", "collect_statistics_interval", "500"),
    ("rabbitmq_management", "sample_retention_policies", "[{global,[{60,1}]},{basic,[{60,1}]},{detailed,[{60,1}]}]"),
)


def passwords() -> dict[str, str]:
    """New random passwords for a server's users."""
    return {ADMINISTRATOR: secrets.token_urlsafe(24)}


def arguments(*more: tuple[str, str, str]) -> str:
    """The settings, and more of one recipe's own, as arguments of the Erlang machine."""
    return " ".join(f"-{application} {key} {value}" for application, key, value in (*SETTINGS, *more))


def configuration(recipe: str) -> str:
    """Everything that a warm server must have been started with to be taken over."""
    return repr((RECIPE, recipe, SETTINGS))
