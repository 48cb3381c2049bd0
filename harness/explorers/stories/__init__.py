"""Stories: what happened to an answer, one thing after the other, on a virtual clock; and the shortest that goes wrong.

A story is told by whoever plays it, a driver in the learner's process, or by a state machine of Hypothesis that says at
each moment what should happen. `machine.py` is imported by those who need Hypothesis, and by nobody else.
"""

from harness.explorers.stories.told import Moment, Script, WrongStory, exploration_of

__all__ = ["Moment", "Script", "WrongStory", "exploration_of"]
