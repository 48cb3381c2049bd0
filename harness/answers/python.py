"""Answers in Python: a function, called across the boundary with a connection that was opened for it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from harness.answers.alone import MOST_STEPS, Ending, alone
from harness.answers.chosen_transport import ChosenTransport
from harness.answers.jobs import Job, Module
from harness.answers.nowhere import Nowhere
from harness.answers.places import place_of
from harness.answers.references import written
from harness.answers.slips import (
    CallFailed,
    DoesNotLoad,
    NeverEnds,
    NoSuchFunction,
    NotAllowed,
    NotPython,
    TransactionLeftOpen,
)
from harness.answers.sources import Origin, Source
from harness.answers.transport import Transport
from harness.catalogue import Lab
from harness.errors import Wrong
from harness.explorers.crashes.several import SeveralPlaces
from harness.explorers.interleavings import Cast, Drained, Outcome, Place

# Steps of a program that should come to rest: many times what the messages of a lab ask for.
_MOST_UNTIL_DRAINED = 200


@dataclass(frozen=True)
class Call:
    """A call of an answer, to be made with a connection in front: an actor of the explorer's."""

    source: Source
    job: Job
    transport: Transport

    def by(self, source: Source) -> Call:
        """Return the same call of another answer to the same task."""
        return replace(self, source=source, job=replace(self.job, module=Module(str(source.path), source.text)))

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor called `name`, at work in this place."""
        return self.transport.cast(name, self.job, "run", place)


@dataclass(frozen=True)
class Program:
    """A call of an answer with the servers that it works on, to be crashed and started again."""

    call: Call
    services: tuple[object, ...]
    place: Place

    def by(self, source: Source) -> Program:
        """Return the same program in another answer to the same task."""
        return replace(self, call=self.call.by(source))

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor called `name`, at work in this place."""
        return self.call.cast(name, place)


class PythonAnswer:
    """A function. Called with a database and plain values, it gets an open connection in front and gives its value."""

    def __init__(self, read: Callable[[], Source], lab: Lab, transport: ChosenTransport) -> None:
        self._read, self._lab, self._chosen = read, lab, transport
        self._transport = transport.get()
        self._name = ""
        self._driver: Any = None
        self._checked = ""

    def through(self, driver: Callable[..., object], name: str = "") -> PythonAnswer:
        """Return the answer as something that a driver uses: `driver(handle, answer, *arguments)` is what is called.

        `driver` is a function of a helper module in the lab's folder. `name` is that of the learner's class, for
        answers that are one. So an object with a life of several calls is made and used where it lives, by a script
        of plain values. Raises BrokenLab where the driver can't cross.
        """
        driven = PythonAnswer(self._read, self._lab, self._chosen)
        driven._name, driven._driver = name, written(driver, self._lab.folder)
        return driven

    def by(self, source: Source) -> PythonAnswer:
        """Return the same, of another answer to the same task."""
        other = PythonAnswer(lambda: source, self._lab, self._chosen)
        other._name, other._driver = self._name, self._driver
        return other

    def source(self) -> Source:
        """Return its text. Raises NotWritten or UnusableAnswer."""
        return self._read()

    @staticmethod
    def is_written(source: Source) -> bool:
        """Return whether the task's function does anything. A file that doesn't compile has a slip in it."""
        try:
            body = ast.parse(source.text).body
        except (SyntaxError, ValueError):
            return True
        functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == source.task.name]
        return not all(map(_says_nothing, functions[-1].body if functions else _with_those_of_classes(body)))

    def __call__(self, service: object, *arguments: object) -> Any:
        """Call it and return its value.

        Raises NotWritten and every verdict of `slips`; BrokenLab for an argument that can't cross, ServiceUnavailable.
        """
        call, outcome = self._ended(service, arguments)
        if outcome.error:
            raise self._from(call, CallFailed(outcome))
        if outcome.open:
            raise self._from(call, TransactionLeftOpen("the call returned and left its transaction open"))
        return outcome.value

    def outcome(self, service: object, *arguments: object) -> Outcome:
        """Call it and return how it ended, with a value or an exception. Raises as a plain call does, but for those."""
        return self._ended(service, arguments)[1]

    def until_drained(self, service: object, *arguments: object) -> Outcome:
        """Call what is written to run for ever, until no message will come that it waits for; return how it ended.

        `drained` tells that it was ended for that, and has not returned by itself; `error` is empty in both cases.
        Raises as a plain call does, and NeverEnds where a message comes round and round.
        """
        outcome = self._called(service, arguments, most_steps=_MOST_UNTIL_DRAINED)[1]
        return Outcome(drained=True) if outcome.error == Drained.__name__ else outcome

    def call(self, *arguments: object) -> Call:
        """Return the call as an actor. Raises NotWritten, and Wrong where the function can't be called like that."""
        return self._call(1, arguments)

    def program(self, service: object, *arguments: object) -> Program:
        """Return the call as a program, to be crashed; the arguments are those of a plain call. Raises as `call`."""
        services = service if isinstance(service, tuple) else (service,)
        call, place = self._call(len(services), arguments), place_of(service, splits=False)
        if place.dies:
            call = replace(call, transport=self._chosen.mortals())
        return Program(call, services, place)

    def _call(self, handles: int, arguments: tuple[object, ...]) -> Call:
        source = self._read()
        written_ones = tuple(written(argument, self._lab.folder) for argument in arguments)
        module, name = Module(str(source.path), source.text), self._name or source.task.name
        job = Job(module, name, written_ones, str(self._lab.folder), self._driver)
        call = Call(source, job, self._transport)
        if self._driver is not None and self._checked == source.text:
            return call  # of a hundred stories the first has told whether it can be called
        _must_compile(source)
        nowhere = Nowhere() if handles == 1 else SeveralPlaces([Nowhere()] * handles)
        ending = alone(self._transport.cast(source.task.name, job, "check", nowhere), nowhere)
        outcome = self._outcome(call, ending)
        if outcome.error:
            raise self._from(call, DoesNotLoad(outcome))
        if outcome.value:
            raise self._from(call, NoSuchFunction(str(outcome.value), self._as_asked_for(source, name)))
        self._checked = source.text
        return call

    def _ended(self, service: object, arguments: tuple[object, ...]) -> tuple[Call, Outcome]:
        """Call what has to end by itself."""
        call, outcome = self._called(service, arguments)
        if outcome.error == Drained.__name__:
            raise self._from(call, NeverEnds("your code waits for a message, and none will come", outcome.frames))
        return call, outcome

    def _called(
        self, service: object, arguments: tuple[object, ...], most_steps: int = MOST_STEPS
    ) -> tuple[Call, Outcome]:
        call, place = self._call(_count(service), arguments), place_of(service)
        return call, self._outcome(call, alone(call.cast(call.source.task.name, place), place, most_steps))

    def _outcome(self, call: Call, ending: Ending) -> Outcome:
        if ending.outcome is not None:
            return ending.outcome
        sentence = re.sub("^it ", "your code ", ending.refused)
        if ending.endless:
            raise self._from(call, NeverEnds(sentence, ending.frames, ending.latest))
        raise self._from(call, NotAllowed(sentence, ending.frames))

    @staticmethod
    def _from(call: Call, wrong: Wrong) -> Wrong:
        wrong.origin = Origin(call.source)
        return wrong

    def _as_asked_for(self, source: Source, name: str) -> str:
        """Return how the function or the class begins in the reference, where there is one."""
        reference = self._lab.solutions / source.task.file
        return _signature(reference.read_text(encoding="utf-8"), name) if reference.is_file() else ""


def _count(service: object) -> int:
    """Return how many handles a function gets."""
    return len(service) if isinstance(service, tuple) else 1


@functools.lru_cache(maxsize=32)
def _signature(text: str, name: str) -> str:
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return f"def {name}({ast.unparse(node.args)}):"
        if isinstance(node, ast.ClassDef) and node.name == name:
            return f"class {name}:"
    return ""


def _must_compile(source: Source) -> None:
    try:
        compile(source.text, str(source.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        length = (error.end_offset or 0) - (error.offset or 1) if error.end_lineno == error.lineno else 1
        wrong = NotPython(error.msg, error.lineno or 1, error.offset or 1, max(1, length))
    except (ValueError, RecursionError, MemoryError) as error:  # what the compiler says of monstrous sources
        wrong = NotPython(f"{type(error).__name__}: {error}", 1, 1, 1)
    else:
        return
    wrong.origin = Origin(source)
    raise wrong


def _with_those_of_classes(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a module, and in the place of its classes what stands in their methods."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                found += inner.body if isinstance(inner, ast.FunctionDef) else [inner]
        else:
            found.append(node)
    return found


def _says_nothing(statement: ast.stmt) -> bool:
    """Return whether a statement is a docstring, `...`, `pass`, `raise NotImplementedError`, or an import."""
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
