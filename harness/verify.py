"""Proves that a lab's tests tell right from wrong: start red, reference and variants green, each mistake caught.

Every claim is one run of pytest in a process of its own, as a learner would run it, so nothing is proved about a
machinery that learners don't use.
"""

from __future__ import annotations

import difflib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import Lab
from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_RIGHT, EXIT_WRONG
from harness.gallery import Mistake, mistakes, variants
from harness.runs import Run, run_lab

# A run and the server take turns, and some runs wait for a server's start: one run a core, and two even on one. All
# share one server, which more than eight would only queue at.
MOST_RUNS = 8
RUNS_AT_ONCE = max(2, min(os.cpu_count() or 1, MOST_RUNS))


@dataclass(frozen=True)
class Claim:
    """One thing to prove about a lab. `kind` is start, reference, variant or mistake.

    `folder` holds the files of a variant or a mistake, which are those in which its answers differ from the reference.
    """

    lab: Lab
    kind: str
    answers: str
    check: Callable[[Run], str]
    folder: Path | None = None
    mistake: Mistake | None = None

    @property
    def name(self) -> str:
        """What the claim is about, in a word or two."""
        return self.answers.partition(":")[2] or self.answers


@dataclass(frozen=True)
class Outcome:
    """A claim and whether it holds: `problem` is empty, or says what doesn't."""

    claim: Claim
    problem: str
    seconds: float


def claims(lab: Lab) -> list[Claim]:
    """Return all that must hold for `lab`. Raises BrokenLab where its gallery can't be read."""
    return [
        Claim(lab, "start", "exercise", lambda run: _start_is_red(lab, run)),
        Claim(lab, "reference", "solutions", _is_green),
        *(Claim(lab, "variant", f"variant:{each.name}", _is_green, each.folder) for each in variants(lab)),
        *(_caught(lab, mistake) for mistake in mistakes(lab)),
    ]


def verify(
    lab: Lab, options: tuple[str, ...] = (), *, seed: int | None = None, bless: bool = False
) -> Iterator[Outcome]:
    """Prove each claim about `lab` and yield the outcomes in order. `options` go to pytest (`--services docker`).

    Where the data comes from another `seed`, a mistake must be caught by its test all the same, but the learner reads
    other rows: the golden texts are of the seed that learners have. With `bless`, what is read of each caught mistake
    becomes the golden text, to be reviewed in the diff.
    """
    with ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
        yield from pool.map(lambda claim: prove(claim, options, seed=seed, bless=bless), claims(lab))


def prove(claim: Claim, options: tuple[str, ...] = (), *, seed: int | None = None, bless: bool = False) -> Outcome:
    """Run the lab's tests against the claim's answers and say whether the claim holds."""
    started = time.perf_counter()
    data = () if seed is None else ("--seed", str(seed))
    run = run_lab(claim.lab, ("--answers", claim.answers, *_tests_of(claim), *data, *options))
    if run.status == EXIT_COULD_NOT_JUDGE or run.tests("could not judge"):
        problem = f"could not judge:\n{run.output}"
    elif not run.verdicts:
        problem = f"no test ran:\n{run.output}"
    elif defects := [f"{test}: {entry['defect']}" for test, entry in run.verdicts.items() if entry["defect"]]:
        problem = "\n".join(defects)
    else:
        if bless and claim.mistake and claim.mistake.caught_by in run.tests("wrong"):
            claim.mistake.golden.write_text(_read_by_learners(claim.mistake, run), encoding="utf-8")
        problem = claim.check(run)
        if claim.mistake and not problem and seed is None:
            problem = _is_golden(claim.mistake, _read_by_learners(claim.mistake, run))
    return Outcome(claim, problem, time.perf_counter() - started)


def _tests_of(claim: Claim) -> tuple[str, ...]:
    """Return pytest's options for the tests that the claim is about.

    Where a variant or a mistake is the reference, the tests of its tasks are proved with that.
    """
    if claim.folder is None:
        return ()
    tasks = [task.name for task in claim.lab.tasks if (claim.folder / task.file).is_file()]
    return ("-k", " or ".join(f"test_{name}_" for name in tasks))


def _start_is_red(lab: Lab, run: Run) -> str:
    for test, entry in run.verdicts.items():
        task = lab.task_of_test(test)
        expected = f"not written yet: exercise/{task.file}"
        if entry["verdict"] != "not written" or expected not in entry["text"]:
            return f'{test} should say "{expected}", its verdict is {entry["verdict"]}:\n{entry["text"]}'
    if untested := [task.file for task in lab.tasks if task.name not in {e["task"] for e in run.verdicts.values()}]:
        return f"no test is about {untested[0]}"
    return _status(run, EXIT_WRONG)


def _is_green(run: Run) -> str:
    for test, entry in run.verdicts.items():
        if entry["verdict"] != "right":
            return f"{test} rejects it:\n{entry['text']}"
    return _status(run, EXIT_RIGHT)


def _caught(lab: Lab, mistake: Mistake) -> Claim:
    def check(run: Run) -> str:
        wrong = run.tests("wrong")
        if mistake.caught_by not in run.verdicts:
            return f"there is no test called {mistake.caught_by}"
        if not wrong:
            return "it survives: every test passes"
        if mistake.caught_by not in wrong:
            return f"{mistake.caught_by} lets it pass; caught by {', '.join(wrong)}"
        return _status(run, EXIT_WRONG)

    return Claim(lab, "mistake", f"mistake:{mistake.name}", check, mistake.folder, mistake)


def _read_by_learners(mistake: Mistake, run: Run) -> str:
    return run.verdicts[mistake.caught_by]["text"] + "\n"


def _is_golden(mistake: Mistake, observed: str) -> str:
    if not mistake.golden.exists():
        return f"{mistake.golden} is missing: run verify with --bless and review what it writes"
    golden = mistake.golden.read_text(encoding="utf-8")
    if golden == observed:
        return ""
    difference = difflib.unified_diff(golden.splitlines(), observed.splitlines(), "golden", "observed", lineterm="")
    return "the learner reads something else than the golden text:\n" + "\n".join(difference)


def _status(run: Run, expected: int) -> str:
    if run.status == expected:
        return ""
    return f"pytest ended with status {run.status}, not {expected}:\n{run.output}"
