"""Stories that Hypothesis makes up, held against a model and told as short as they can be."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from harness.errors import BrokenLab
from harness.explorers.stories import Script
from harness.explorers.stories.machine import StoryMachine, first_wrong_story


class Counting(Script):
    """A counter that should count."""

    def __init__(self, start=0):
        super().__init__({"start": start})
        self.count = start

    def add(self, much):
        self.acts.append(("add", (much,)))
        self.count += much
        self.tell("Ann", f"add({much})", str(self.count), step=["add", much])

    def look(self):
        self.acts.append(("look", ()))
        self.tell("Bob", "look()", str(self.count), step=["look"])


class Counters(StoryMachine):
    """In any story the counter counts."""

    @initialize()
    def begins(self):
        self.script = Counting()

    @rule(much=st.integers(1, 9))
    def adds(self, much):
        self.script.add(much)

    @rule()
    def looks(self):
        self.script.look()


def counts(script, most=1_000):
    count, results = script.given["start"], []
    for what, *values in script.steps:
        if what == "add":
            count = min(most, count + values[0])
        results.append(str(count))
    return results


def found(play, machine=Counters):
    return first_wrong_story(machine, play, with_seed=7, stories=50, steps=10, fact="It counts.")


def test_a_right_answer_has_no_wrong_story():
    """An answer that does as the model says is found nothing against."""
    assert found(counts) is None


def test_a_wrong_answer_is_shown_its_shortest_story():
    """The story that is told has no moment that it would go wrong without."""
    wrong, script = found(lambda script: counts(script, most=10))
    run = wrong.exploration.shortest
    assert [name for name, _ in script.acts] == ["add", "add"]
    assert run.broken.difference.observed == f"Ann's {run.events[-1].text} gives 10"


def test_the_same_story_is_told_each_time():
    """Two searches from one seed find the very same story."""
    one, other = (found(lambda script: counts(script, most=10)) for _ in range(2))
    assert one[1].acts == other[1].acts


def test_what_an_answer_raises_goes_up():
    """An answer that fails in the middle of a story fails with its own error."""

    def play(script):
        if ["look"] in script.steps:
            raise ZeroDivisionError
        return counts(script)

    with pytest.raises(ZeroDivisionError):
        found(play)


def test_a_machine_that_tells_nothing_proves_nothing():
    """Stories without a step are a defect of the lab, and no proof."""

    class Silent(StoryMachine):
        """It says nothing."""

        @rule()
        def nothing(self):
            """Nothing happens."""

    with pytest.raises(BrokenLab, match="tells no story"):
        found(counts, Silent)
