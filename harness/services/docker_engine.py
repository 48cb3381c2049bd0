"""The Docker engine: whether one answers."""

from __future__ import annotations
from dataclasses import dataclass

@dataclass(frozen=True)
class Engine:
    answers: bool
    why_not: str = ""

def probe() -> Engine:
    return Engine(False, "no Docker engine answers")
