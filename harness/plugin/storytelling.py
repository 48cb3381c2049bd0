"""The fixture `stories`: an answer played through stories, by a driver in the learner's process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from harness.answers import Origin, Source
from harness.answers.python import PythonAnswer
from harness.errors import LabsError
from harness.explorers.interleavings.rules import fact_of
from harness.explorers.interleavings.trace import Difference
from harness.explorers.stories import Moment, Script, WrongStory, exploration_of
from harness.explorers.upstream import ScriptedUpstream

if TYPE_CHECKING:  # Hypothesis is for those who make stories up
    from harness.explorers.stories.machine import StoryMachine

# What a driver tells: the moments of a story as lists (lane, text, result, amid), and whatever else its rules ask for.
Told = dict[str, Any]
StoryRule = Callable[[Told], Difference | None]  # its docstring's first line is the fact


class Stories:
    """Plays stories at one service (an upstream, a database). `with_seed` is what made-up stories come from."""

    def __init__(self, with_seed: int) -> None:
        self._seed = with_seed

    def hold(
        self,
        answer: PythonAnswer,
        service: object,
        *arguments: object,
        rules: Sequence[StoryRule],
        given: str = "",
        ask: str = "",
    ) -> Told:
        """Play one story and hold it against rules; return what the driver told. Raises WrongStory, drawn as it went.

        The driver returns a dict with "moments"; a rule gets that dict, and its docstring is its fact.
        """
        __tracebackhide__ = True
        told: Told = answer(service, *arguments)
        for rule in rules:
            if (difference := rule(told)) is not None:
                moments = [Moment(*moment) for moment in told["moments"]]
                exploration = exploration_of(moments, difference, fact_of(rule), given=given)
                wrong = WrongStory(fact_of(rule), exploration, ask=ask)
                wrong.origin = Origin(
                    answer.source(), trial=_SameTelling(answer, service, arguments, rule, difference, told)
                )
                raise wrong
        return told

    def make_up(  # noqa: PLR0913 - what stories are made of, each named where they are asked for
        self,
        machine: type[StoryMachine],
        answer: PythonAnswer,
        service: object,
        *,
        stories: int = 60,
        steps: int = 20,
        ask: str = "",
    ) -> None:
        """Hold the answer against stories that a state machine makes up. Raises WrongStory with the shortest one."""
        __tracebackhide__ = True
        answer.source()  # what is not written yet needs no story
        from harness.explorers.stories.machine import first_wrong_story  # late: Hypothesis takes a third of a second

        fact = (machine.__doc__ or "").splitlines()[0]
        found = first_wrong_story(
            machine,
            lambda script: _played(answer, service, script),
            with_seed=self._seed,
            stories=stories,
            steps=steps,
            fact=fact,
        )
        if found is not None:
            self._raise(*found, answer, service, ask)

    def follow(self, script: Script, answer: PythonAnswer, service: object, *, fact: str, ask: str = "") -> None:
        """Play one script, whose results are what should come. Raises WrongStory at the first that is another."""
        __tracebackhide__ = True
        wrong = script.compared(_played(answer, service, script), fact)
        if wrong is not None:
            self._raise(wrong, script, answer, service, ask)

    @staticmethod
    def _raise(wrong: WrongStory, script: Script, answer: PythonAnswer, service: object, ask: str) -> NoReturn:
        __tracebackhide__ = True
        observed = _played(answer, service, script)
        wrong.ask = ask
        wrong.origin = Origin(answer.source(), trial=_SameResults(answer, service, script, observed))
        raise wrong


def _played(answer: PythonAnswer, service: object, script: Script) -> list[str]:
    results: list[str] = answer(service, dict(script.given), script.steps)
    return results


@dataclass(frozen=True)
class _SameTelling:
    """One story, for other answers to be played through."""

    answer: PythonAnswer
    service: object
    arguments: tuple[object, ...]
    rule: StoryRule
    difference: Difference
    told: Told

    def shows_the_same(self, source: Source) -> bool:
        """Return whether the driver tells the same of another answer, and the same rule breaks in the same way."""
        if isinstance(self.service, ScriptedUpstream):
            self.service.begin_again()
        try:
            told = self.answer.by(source)(self.service, *self.arguments)
        except LabsError:
            return False
        return bool(told == self.told and self.rule(told) == self.difference)


@dataclass(frozen=True)
class _SameResults:
    """A script, for other answers to be played through."""

    answer: PythonAnswer
    service: object
    script: Script
    observed: list[str]

    def shows_the_same(self, source: Source) -> bool:
        """Return whether another answer gives the same at each step."""
        try:
            return _played(self.answer.by(source), self.service, self.script) == self.observed
        except LabsError:
            return False
