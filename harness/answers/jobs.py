"""What is to be done with an answer in Python, in plain values, and the doing: the same in this process as in another.

Every job gets copies of its own of the learner's module and of the lab's helpers: two servers share no memory either.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from harness.answers import plain
from harness.explorers.handles import Handles
from harness.explorers.interleavings.world import current_gate

FUNCTION = "function"


@dataclass(frozen=True)
class Module:
    """The text of a file of Python's and its path, under which a debugger and a stack trace know it."""

    path: str
    text: str

    def load(self) -> dict[str, Any]:
        """Return the names of a new copy. Whatever the file raises is raised."""
        module = ModuleType(f"{_PACKAGE}.{self.path.rpartition('/')[2].removesuffix('.py')}")
        module.__file__ = self.path
        # Dataclasses look their module up while they are made.
        sys.modules[module.__name__] = module
        try:
            exec(_compiled(self), module.__dict__)  # noqa: S102 - to run it is what the learner has asked for
        finally:
            del sys.modules[module.__name__]
        return module.__dict__


# No file can be imported by this name, so no module is hidden by a learner's.
_PACKAGE = "the answer"


@functools.lru_cache(maxsize=32)
def _compiled(module: Module) -> CodeType:
    return compile(module.text, module.path, "exec", dont_inherit=True)


@dataclass(frozen=True)
class Job:
    """A call of the function called `name` in a module; `arguments` stand behind its handles, as JSON knows them.

    An argument may be a function of a helper module: `{"function": {"path", "text", "name", "values", "named"}}`.
    `folder` is where helper modules find each other.

    Where there is a `driver`, a function of a helper module in the same form, it is called in the place of the answer:
    with the handle, the answer (a class, or a function), and the arguments. So an object of the learner's lives in one
    process for as long as the driver uses it, and only plain values cross.
    """

    module: Module
    name: str
    arguments: tuple[Any, ...] = ()
    folder: str = ""
    driver: Any = None

    def check(self, handle: Any) -> str:
        """Load the module and return why its function can't be called, in a sentence; nothing where it can."""
        names = self.module.load()
        function = names.get(self.name)
        if self.driver is not None:  # how it is to be called, the driver knows
            return self._driven_is_missing(names)
        if not callable(function):
            return _missing(self.name, names)
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            return f"{self.name} is an async function: write def, not async def"
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # without a signature: calling it will tell
            return ""
        try:
            signature.bind(*_each(handle), *self.arguments)
        except TypeError:
            count = len(self.arguments)
            values = "1 value" if count == 1 else f"{count} values"
            behind = "the connection" if len(_each(handle)) == 1 else f"{len(_each(handle))} connections"
            return f"your {self.name}{signature} can't be called with {values} behind {behind}"
        return ""

    def _driven_is_missing(self, names: dict[str, Any]) -> str:
        found = names.get(self.name)
        if self.name[:1].isupper():
            return "" if inspect.isclass(found) else f"the file defines no class called {self.name}"
        return "" if callable(found) else _missing(self.name, names)

    def run(self, handle: Any) -> Any:
        """Load the module, call the function, and return its value, a plain one."""
        function = self.module.load()[self.name]
        arguments = map(argument, self.arguments)
        if self.driver is None:
            value = function(*_each(handle), *arguments)
        else:
            value = argument(self.driver)(handle, function, *arguments)
        try:
            return plain.read_back(plain.written(value))
        except plain.NotPlain as problem:
            gate = current_gate()
            if gate is None:
                raise
            gate.refuse(f"it returns {problem}, no plain value: return a number, a text, a list or a dict of these")

    def to_json(self) -> list[Any]:
        """Return it as JSON knows it."""
        return [self.module.path, self.module.text, self.name, list(self.arguments), self.folder, self.driver]

    @classmethod
    def from_json(cls, written: list[Any]) -> Job:
        """Read it back."""
        path, text, name, arguments, folder, driver = written
        return cls(Module(path, text), name, tuple(arguments), folder, driver)


def argument(written: Any) -> Any:
    """Return an argument again, functions out of new copies of their modules."""
    if not isinstance(written, dict) or FUNCTION not in written:
        return plain.read_back(written)
    told = written[FUNCTION]
    function: Callable[..., Any] = Module(told["path"], told["text"]).load()[told["name"]]
    values, named = plain.read_back(told["values"]), plain.read_back(told["named"])
    return functools.partial(function, *values, **named) if values or named else function


def _each(handle: Any) -> tuple[Any, ...]:
    return tuple(handle) if isinstance(handle, Handles) else (handle,)


def _missing(name: str, names: dict[str, Any]) -> str:
    defined = [other for other, value in names.items() if inspect.isfunction(value) and not other.startswith("_")]
    there_is = f"; it defines {', '.join(defined)}" if defined else ""
    if name in names:
        return f"{name} is no function but {names[name]!r:.60}{there_is}"
    return f"the file defines no function called {name}{there_is}"
