"""The timers of a session that end a statement which waits: lock_timeout and statement_timeout.

Whether one runs out is a matter of how long others take, so an order says it: either it never runs out here, or it is
so short that it does, and the server ends the statement with its own error. What value it was set to decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.explorers.interleavings.steps import Ruling

# The one that runs out, where both are on, comes first: set to less than the other, as it has to be to mean anything.
TIMERS = ("lock_timeout", "statement_timeout")
MENTIONED = re.compile("|".join(TIMERS), re.IGNORECASE)
NEVER = "1h"
# Longer than `deadlock_timeout`, so that a deadlock is found first, and than it takes to see that a statement waits.
SHORT: Mapping[Ruling, str] = {"runs out": "20ms", "runs out late": "200ms"}
# Each by the code with which the server ends a statement when it has run out.
RAN_OUT = dict(zip(("55P03", "57014"), TIMERS, strict=True))

# What an actor is stopped with whose statement_timeout has ended our own question after it, on a machine that was busy
# for longer than that: nothing is known of the order, which is run again.
TOO_EARLY = "its statement_timeout ran out before it could be set to what this order needs"

READ = "; ".join(f"SHOW {name}" for name in TIMERS).encode()


def setting(names: Sequence[str], value: str, *, local: bool) -> bytes:
    """Return the command that sets these timers, for the transaction that is open or for the session."""
    return "; ".join(f"SET {'LOCAL ' if local else ''}{name} = '{value}'" for name in names).encode()
