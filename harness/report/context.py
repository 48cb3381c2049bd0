"""What is known of a failed test beside the failure itself."""

from __future__ import annotations

from dataclasses import dataclass

from harness.answers import Mark
from harness.judging.working_table import WorkingTable


@dataclass(frozen=True)
class Likely:
    """A known mistake whose result is exactly the observed one: what people believe, and the hint written for it."""

    name: str
    belief: str
    hint: str


@dataclass(frozen=True)
class Context:
    """A failed test as its report needs it; whatever isn't known is an empty text.

    `fact` is the sentence that does not hold, `file` the learner's file as a path to show and `sql` its text, `data`
    names the data set. `look` is a command that opens its data, or the path of a picture; `again` and `replay` are
    commands: the one that runs just this test, the one that runs exactly the order that broke a rule. `recursion` is
    the working table of the answer's recursion on this data, `picture` the path of its picture. `defect` is the line
    about a picture that should be there and could not be drawn. `mark` is the place in the file that is wrong.
    """

    fact: str
    file: str
    sql: str
    data: str
    likely: tuple[Likely, ...]
    again: str
    look: str
    replay: str = ""
    recursion: WorkingTable | None = None
    picture: str = ""
    defect: str = ""
    mark: Mark | None = None
