"""A story that went wrong, in the form of a timeline's rows: a lane each for whoever does something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import Wrong
from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Broken, Difference, Event, Exploration, Run

# Nobody in a story has a call that might not have ended.
_ENDED = Outcome()


@dataclass(frozen=True)
class Moment:
    """Something that happens: who, in words; what came of it, or should; and whether its lane is amid something then.

    `step` is what a driver is told to do, in plain values; None for what is only told.
    """

    lane: str
    text: str
    result: str = ""
    amid: bool = False
    step: list[object] | None = None


class Script:
    """A story as it should go: `given`, plain values that it begins with, and the moments that are told one by one.

    A kind of script whose methods note in `acts` that they were called, and how, can be told again with some left out.
    """

    def __init__(self, given: Mapping[str, Any] | None = None, in_words: str = "") -> None:
        self.given: Mapping[str, Any] = given or {}
        self.in_words = in_words
        self.moments: list[Moment] = []
        self.acts: list[tuple[str, tuple[Any, ...]]] = []

    def retold(self, acts: Sequence[tuple[str, tuple[Any, ...]]]) -> Script:
        """Return a script of the same kind that begins with the same, and in which just this was done."""
        again = type(self)(**self.given)
        for name, arguments in acts:
            getattr(again, name)(*arguments)
        return again

    def tell(
        self, lane: str, text: str, result: str = "", *, amid: bool = False, step: list[object] | None = None
    ) -> None:
        """Tell one more thing that happens; `step` is what a driver does for it, `result` what should come of that."""
        self.moments.append(Moment(lane, text, result, amid, step))

    @property
    def steps(self) -> list[list[object]]:
        """What a driver is told to do."""
        return [moment.step for moment in self.moments if moment.step is not None]

    def compared(self, results: Sequence[str], fact: str) -> WrongStory | None:
        """Return how the story went wrong, up to the first result that is another; None where all are as told."""
        played = [(at, moment) for at, moment in enumerate(self.moments) if moment.step is not None]
        for (at, moment), observed in zip(played, results, strict=True):
            if observed == moment.result:
                continue
            last = Moment(moment.lane, moment.text, observed, amid=moment.amid)
            what = f"{moment.lane}'s {moment.text} gives"
            seen = Difference(f"{what} {moment.result or 'nothing'}", f"{what} {observed}")
            exploration = exploration_of([*self.moments[:at], last], seen, fact, given=self.in_words)
            return WrongStory(f"{moment.lane}: {moment.text} gives {observed}, not {moment.result}", exploration)
        return None


class WrongStory(Wrong):
    """A story in which something else happened than should have.

    `exploration` holds it as its shortest run. `made_up` tells that it is the shortest found of many.
    """

    def __init__(self, message: str, exploration: Exploration, *, ask: str = "") -> None:
        super().__init__(message, ask=ask)
        self.exploration = exploration
        self.made_up = False


def exploration_of(
    moments: Sequence[Moment], broken: Difference, fact: str, *, given: str = "", after: int | None = None
) -> Exploration:
    """Return a story as a timeline draws it; the rule breaks after so many moments, if None after the last."""
    events = tuple(Event(moment.lane, "does", moment.text, moment.result, open=moment.amid) for moment in moments)
    lanes = tuple(dict.fromkeys(moment.lane for moment in moments))
    run = Run((), events, dict.fromkeys(lanes, _ENDED), Broken(fact, broken, after or len(events)))
    return Exploration(lanes, given, 1, 1, {}, 0, shortest=run, transactions=False)
