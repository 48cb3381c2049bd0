"""Every order of the steps of concurrent calls, run on the real server, and the shortest one that breaks a rule.

It reads like the claim that it checks:

>>> explore(
...     {"Ann": lambda connection: withdraw(connection, 70), "Bob": lambda connection: withdraw(connection, 70)},
...     on=PostgresPlace("postgresql://..."),
...     given="TRUNCATE account; INSERT INTO account VALUES (1, 100)",
...     at_the_end=[no_rows("No account is overdrawn.", "SELECT * FROM account WHERE balance < 0")],
... )
"""

from harness.explorers.interleavings.anomalies import Anomaly
from harness.explorers.interleavings.explore import Actor, Cast, Explorer, LocalCast, Story, explore, required
from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.player import Player
from harness.explorers.interleavings.postgres import PostgresPlace
from harness.explorers.interleavings.redis import RedisPlace
from harness.explorers.interleavings.rules import Look, Rule, differs, fact_of, no_rows, nobody_waits
from harness.explorers.interleavings.steps import Frames, Gate, Outcome, Result, Step, outcome_of
from harness.explorers.interleavings.trace import Broken, Choice, Difference, Event, Exploration, Run
from harness.explorers.interleavings.verdicts import (
    BrokenInSomeOrder,
    NothingOverlapped,
    NotTheSameTwice,
    SeenInNoOrder,
    TookTooLong,
)

__all__ = [
    "Actor",
    "Anomaly",
    "Broken",
    "BrokenInSomeOrder",
    "Cast",
    "Choice",
    "Difference",
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
    "RedisPlace",
    "Result",
    "Rule",
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
