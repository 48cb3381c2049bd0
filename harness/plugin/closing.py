"""The last lines of a run: what doesn't hold either, and each lab's board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.catalogue import Task, load_lab
from harness.plugin.items import LearnerText, judged_of
from harness.report import Facts, board
from harness.verdicts import Judged, Verdict, all_tested, asked, by_task, holds


def tell_at_the_end(
    terminalreporter: Any, judged: Sequence[Judged], told: Mapping[tuple[str, str], Judged], *, answers: str
) -> None:
    """Close with each lab's board, and each reason for which no verdict could be given, once.

    `told` has the test that has told of each task's failure in full, by the lab's folder and the task's name.
    """
    reasons = {one.text: None for one in judged if one.verdict == "could not judge"}
    if reasons:
        terminalreporter.section("could not judge", yellow=True)
        for reason in reasons:
            LearnerText(reason, "").toterminal(terminalreporter)
    _tell_the_others(terminalreporter, told)
    for folder, tasks in by_task(judged).items():
        terminalreporter.section(f"{folder.name}: {answers}")
        rows = [_facts(task, tasks[task.name]) for task in load_lab(folder).tasks if task.name in tasks]
        LearnerText(board(rows), "").toterminal(terminalreporter)


def _tell_the_others(terminalreporter: Any, told: Mapping[tuple[str, str], Judged]) -> None:
    """List the facts that don't hold either, a line each, but only count those that fail for the same reason."""
    others = [judged for report in terminalreporter.stats.get("failed as well", []) if (judged := judged_of(report))]
    if not others:
        return
    terminalreporter.section("what doesn't hold either (-v tells each in full)")
    same: Counter[str] = Counter()
    facts: dict[str, list[str]] = {}
    for judged in others:
        if judged.message == told[judged.lab, judged.task].message and not _speaks_of_rows(judged):
            same[judged.task] += 1
        else:
            facts.setdefault(judged.fact, []).append(judged.test.rpartition("::")[2])
    for fact, tests in facts.items():
        terminalreporter.line(f"✗ {fact}", red=True)
        terminalreporter.line(f"  {', '.join(tests)}")
    for task, count in same.items():
        terminalreporter.line(f"✗ {count} more of {task}, for the same reason as the first", red=True)


def _speaks_of_rows(judged: Judged) -> bool:
    """Tell apart the failures whose sentence is the same and whose rows are not."""
    return "✔" in judged.text


def _facts(task: Task, judged: list[Judged]) -> Facts:
    """Sum up what was found about one task: it is right only where every fact was tested and holds."""
    order: tuple[Verdict, ...] = ("not written", "wrong", "could not judge", "right")
    verdict = next(kind for kind in order if any(one.verdict == kind for one in judged))
    partly = verdict == "right" and not all_tested(judged)
    return Facts(task.file, "not all tested" if partly else verdict, holds(judged), asked(judged))
