"""Programs crashed at each of their operations on real servers, started again, and judged by what came of it.

It reads like the claim that it checks:

>>> explore_crashes(
...     {"relay": LocalProgram(relay, SeveralPlaces([PostgresPlace("postgresql://..."), RabbitPlace("amqp://...")]))},
...     given=fill_the_outbox,
...     observe=lambda: {"published": bodies_in("packed")},
...     at_the_end=[nothing_is_lost("published", ["1", "2"])],
... )

Each run is the same each time: nothing is left to chance or to time. What a server would do later it is made to do, or
asked about, at the moment; and after a crash the servers have let go of the dead program before it is started again.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.explorers.crashes.explorer import CrashExplorer, explore_crashes
    from harness.explorers.crashes.faults import Fault
    from harness.explorers.crashes.history import CrashExploration, CrashRun, History, HistoryRule, Operation
    from harness.explorers.crashes.rabbit import RabbitPlace
    from harness.explorers.crashes.several import SeveralPlaces
    from harness.explorers.crashes.story import CrashStory, LocalProgram, Program
    from harness.explorers.crashes.verdicts import BrokenByACrash, NothingToCrash

# Each is imported when it is asked for: a report that only knows the verdicts has no use for greenlets and pika.
_ROOMS = {
    "CrashExplorer": "explorer",
    "CrashStory": "story",
    "LocalProgram": "story",
    "Program": "story",
    "explore_crashes": "explorer",
    "Fault": "faults",
    "CrashExploration": "history",
    "CrashRun": "history",
    "History": "history",
    "HistoryRule": "history",
    "Operation": "history",
    "RabbitPlace": "rabbit",
    "SeveralPlaces": "several",
    "BrokenByACrash": "verdicts",
    "NothingToCrash": "verdicts",
}

__all__ = [
    "BrokenByACrash",
    "CrashExploration",
    "CrashExplorer",
    "CrashRun",
    "CrashStory",
    "Fault",
    "History",
    "HistoryRule",
    "LocalProgram",
    "NothingToCrash",
    "Operation",
    "Program",
    "RabbitPlace",
    "SeveralPlaces",
    "explore_crashes",
]


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
