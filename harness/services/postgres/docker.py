from __future__ import annotations
from collections.abc import Callable
from harness.errors import ServiceUnavailable
from harness.services.postgres import settings
from harness.services.warm import State, WarmFolder
def configuration() -> str:
    return settings.configuration("docker")
def start(folder: WarmFolder, *, say: Callable[[str], None]) -> State:
    raise ServiceUnavailable("no Docker engine answers", "take --services embedded")
