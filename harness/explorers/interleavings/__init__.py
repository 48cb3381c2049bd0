"""Every order of the steps of concurrent calls, run on the real server, and the shortest one that breaks a rule.

It reads like the claim that it checks:

>>> explore(
...     {"Ann": lambda connection: withdraw(connection, 70), "Bob": lambda connection: withdraw(connection, 70)},
...     on=PostgresPlace("postgresql://..."),
...     given="TRUNCATE account; INSERT INTO account VALUES (1, 100)",
...     at_the_end=[no_rows("No account is overdrawn.", "SELECT * FROM account WHERE balance < 0")],
... )
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.explorers.interleavings.anomalies import Anomaly
    from harness.explorers.interleavings.explorer import Actor, Cast, Explorer, LocalCast, Story, explore, required
    from harness.explorers.interleavings.place import Place, Watch
    from harness.explorers.interleavings.player import Player
    from harness.explorers.interleavings.postgres import PostgresPlace
    from harness.explorers.interleavings.rules import Look, Rule, differs, fact_of, no_rows, nobody_waits
    from harness.explorers.interleavings.steps import Drained, Frames, Gate, Outcome, Result, Ruling, Step, outcome_of
    from harness.explorers.interleavings.trace import Broken, Choice, Difference, Event, Exploration, Run
    from harness.explorers.interleavings.verdicts import (
        BrokenInSomeOrder,
        NothingOverlapped,
        NotTheSameTwice,
        SeenInNoOrder,
        TookTooLong,
    )

# Each is imported when it is asked for: a report that only knows the verdicts has no use for greenlets and psycopg.
_ROOMS = {
    "Anomaly": "anomalies",
    "Actor": "explorer",
    "Cast": "explorer",
    "Explorer": "explorer",
    "LocalCast": "explorer",
    "Story": "explorer",
    "explore": "explorer",
    "required": "explorer",
    "Place": "place",
    "Watch": "place",
    "Player": "player",
    "PostgresPlace": "postgres",
    "Look": "rules",
    "Rule": "rules",
    "differs": "rules",
    "fact_of": "rules",
    "no_rows": "rules",
    "nobody_waits": "rules",
    "Drained": "steps",
    "Frames": "steps",
    "Gate": "steps",
    "Outcome": "steps",
    "Result": "steps",
    "Ruling": "steps",
    "Step": "steps",
    "outcome_of": "steps",
    "Broken": "trace",
    "Choice": "trace",
    "Difference": "trace",
    "Event": "trace",
    "Exploration": "trace",
    "Run": "trace",
    "BrokenInSomeOrder": "verdicts",
    "NotTheSameTwice": "verdicts",
    "NothingOverlapped": "verdicts",
    "SeenInNoOrder": "verdicts",
    "TookTooLong": "verdicts",
}

__all__ = [
    "Actor",
    "Anomaly",
    "Broken",
    "BrokenInSomeOrder",
    "Cast",
    "Choice",
    "Difference",
    "Drained",
    "Event",
    "Exploration",
    "Explorer",
    "Frames",
    "Gate",
    "LocalCast",
    "Look",
    "NotTheSameTwice",
    "NothingOverlapped",
    "Outcome",
    "Place",
    "Player",
    "PostgresPlace",
    "Result",
    "Rule",
    "Ruling",
    "Run",
    "SeenInNoOrder",
    "Step",
    "Story",
    "TookTooLong",
    "Watch",
    "differs",
    "explore",
    "fact_of",
    "no_rows",
    "nobody_waits",
    "outcome_of",
    "required",
]


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
