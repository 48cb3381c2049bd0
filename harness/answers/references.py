"""Arguments of a call, written down: plain values, and functions of the lab's own helper modules."""

from __future__ import annotations

import functools
import inspect
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

from harness.answers import plain
from harness.answers.jobs import FUNCTION
from harness.errors import BrokenLab


def written(value: object, folder: Path) -> Any:
    """Return an argument as a job holds it. `folder` is the lab's. Raises BrokenLab where it can't cross."""
    try:
        if isinstance(value, functools.partial):
            return _reference(value.func, value.args, value.keywords, folder)
        if callable(value):
            return _reference(value, (), {}, folder)
        return plain.written(value)
    except plain.NotPlain as problem:
        raise BrokenLab(f"an argument of an answer is {problem}, which can't cross", problem.advice) from None


def _reference(function: object, values: tuple[Any, ...], named: dict[str, Any], folder: Path) -> Any:
    if not isinstance(function, FunctionType):
        raise plain.NotPlain(f"{function!r:.60}")
    name, path = function.__name__, Path(inspect.getsourcefile(function) or "")
    module = sys.modules.get(function.__module__)
    if not path.is_relative_to(folder) or path.name.startswith(("test_", "conftest")):
        raise BrokenLab(
            f"the function {name} is an argument of an answer, and stands in {path.name}",
            f"Put it into a helper module in {folder}: the learner's process loads that, and never a test.",
        )
    if getattr(module, name, None) is not function:
        raise BrokenLab(
            f"the function {name} is an argument of an answer, and no other process finds it under this name",
            "Define it at the top level of its module, without a decorator.",
        )
    return {
        FUNCTION: {
            "path": str(path),
            "text": path.read_text(encoding="utf-8"),
            "name": name,
            "values": plain.written(list(values)),
            "named": plain.written(dict(named)),
        }
    }
