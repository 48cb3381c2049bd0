"""The verdicts of one run: what became of each test, and what that means for its task and for the exit status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_RIGHT, EXIT_WRONG

Verdict = Literal["right", "wrong", "not written", "could not judge"]


@dataclass(frozen=True)
class Judged:
    """One test's verdict, in plain values: it crosses from a worker of pytest-xdist, and into a file as JSON.

    `lab` is the lab's folder and `task` a name, both empty where the lab can't be read. `of` is how many tests the
    task has, 0 where the run doesn't know. `fact` is the test's sentence, `message` what is wrong in one sentence,
    `text` all that the learner reads. `defect` is what we could not draw or tell of it, in a sentence, and should have.
    """

    test: str
    verdict: Verdict
    lab: str = ""
    task: str = ""
    of: int = 0
    fact: str = ""
    message: str = ""
    text: str = ""
    defect: str = ""


def by_task(judged: Iterable[Judged]) -> dict[Path, dict[str, list[Judged]]]:
    """Return the verdicts by lab and task; those of a lab that can't be read belong to none."""
    found: dict[Path, dict[str, list[Judged]]] = {}
    for one in judged:
        if one.lab:
            found.setdefault(Path(one.lab), {}).setdefault(one.task, []).append(one)
    return found


def holds(judged: Sequence[Judged]) -> int:
    """Return how many of a task's facts hold."""
    return sum(one.verdict == "right" for one in judged)


def asked(judged: Sequence[Judged]) -> int:
    """Return how many facts are asked of a task, tested in this run or not; at least those that were."""
    return max(len(judged), *(one.of for one in judged))


def all_tested(judged: Sequence[Judged]) -> bool:
    """Return whether this run has tested all that is asked of a task: only then can it be called right."""
    return len(judged) == asked(judged) and all(one.of for one in judged)


def exit_status(judged: Iterable[Judged]) -> int:
    """Return the status of a run: wrong outweighs "could not judge", which is never right."""
    verdicts = {one.verdict for one in judged}
    if verdicts & {"wrong", "not written"}:
        return EXIT_WRONG
    return EXIT_COULD_NOT_JUDGE if "could not judge" in verdicts else EXIT_RIGHT
