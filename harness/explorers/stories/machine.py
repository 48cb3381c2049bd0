"""Stories that Hypothesis makes up: rules say what can happen, a model what should come of it.

A story is made up whole, with the model alone; then the answer plays it in one go. So it crosses to another process as
plain values, and the answer can't see what is asked next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from harness.errors import BrokenLab
from harness.explorers.stories.told import Script, WrongStory

# Plays a script's steps and returns what came of each, in words.
Play = Callable[[Script], Sequence[str]]


class StoryMachine(RuleBasedStateMachine):
    """A machine whose rules tell `script`, which its initialising rule makes."""

    def __init__(self) -> None:
        super().__init__()
        self.script = Script()


def first_wrong_story(  # noqa: PLR0913 - what stories are made of, each named where they are asked for
    machine: type[StoryMachine], play: Play, *, with_seed: int, stories: int, steps: int, fact: str
) -> tuple[WrongStory, Script] | None:
    """Return the shortest story found in which the answer does something else, with its script.

    None where it plays all stories as it should. What `play` raises goes up, for the shortest story that raises it.
    """
    known: dict[str, Sequence[str]] = {}
    found: list[tuple[WrongStory, Script]] = []

    class Played(machine):  # type: ignore[valid-type, misc] # a class is a value here
        def teardown(self) -> None:
            script: Script = self.script
            if not script.steps:
                return
            key = repr((script.given, script.steps))
            if key not in known:
                known[key] = play(script)
            wrong = script.compared(known[key], fact)
            if wrong is not None:
                found[:] = [(wrong, script)]
                raise wrong

    quiet = settings(
        max_examples=stories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        # What looks at the time of this machine would make another course of it each time.
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    try:
        with _nothing_from_elsewhere():
            run_state_machine_as_test(seed(with_seed)(Played), settings=quiet)
    except WrongStory:
        return _shortest(*found[0], play, fact)
    if not known:
        raise BrokenLab(f"{machine.__name__} tells no story")
    return None


@contextmanager
def _nothing_from_elsewhere() -> Iterator[None]:
    """Let the seed alone decide on the stories.

    Hypothesis also tries numbers and texts that it finds in the source of the modules that happen to be loaded: another
    lab in the same run, or a comment less in ours, would make other stories of the same seed.
    """
    with patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None):
        yield


def _shortest(wrong: WrongStory, script: Script, play: Play, fact: str) -> tuple[WrongStory, Script]:
    """Leave out whatever the story goes wrong without: what Hypothesis finds simple may still have idle moments."""
    at = len(script.acts)
    while at > 0:
        at -= 1
        without = script.retold([*script.acts[:at], *script.acts[at + 1 :]])
        if without.steps and (still := without.compared(play(without), fact)) is not None:
            wrong, script = still, without
            at = len(script.acts)
    wrong.made_up = True
    return wrong, script
