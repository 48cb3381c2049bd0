"""One run of pytest over labs: collecting, serving, judging, and what it says at its end."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest

from harness import progress
from harness.answers import AnswerSet, NeverEnds, NotWritten, Origin, choose
from harness.catalogue import Lab, load_lab
from harness.commands import command
from harness.errors import LabsError, UsageError, Wrong
from harness.judging import require_one_reading_statement
from harness.plugin.closing import tell_at_the_end
from harness.plugin.defects import in_words
from harness.plugin.items import LAB, PROBLEM, LabItem, LearnerText, judged_of
from harness.plugin.leased import LeasedServers
from harness.plugin.recursing import recursion_of
from harness.plugin.surroundings import Surroundings, shown
from harness.report import could_not_judge, failure, not_written, told_in_brief
from harness.report.logged import in_short
from harness.services import SERVICES, QueryFailed, QueryTooSlow, TooManyRows
from harness.verdicts import Judged, Verdict, all_tested, asked, by_task, exit_status, holds


class LabRun:
    """One run of pytest: the servers that it leased, and the verdicts that it has seen."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.servers = LeasedServers(lambda: config.getoption("--services"), self.say)
        self.surroundings = Surroundings(config.getoption, self.servers.postgres)
        self.judged: list[Judged] = []
        # How many tests each task has, before any are deselected.
        self.tests: Counter[tuple[Path, str]] = Counter()
        # Which test has told of a task's failure: one clear text a task is what a learner can act on.
        self.told: dict[tuple[str, str], Judged] = {}
        # What all tests of a task would say, once one has said it: their databases need not be made.
        self.said_of_all: dict[tuple[str, str], Wrong] = {}

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker of pytest-xdist, which prints nothing."""
        return hasattr(self.config, "workerinput")

    def say(self, message: str) -> None:
        """Print a line of progress between pytest's own."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None or self.is_worker:
            return
        capturing = self.config.pluginmanager.get_plugin("capturemanager")
        # Within a test pytest keeps what is printed for later; progress is for now.
        with capturing.global_and_fixture_disabled() if capturing else contextlib.nullcontext():
            reporter.ensure_newline()
            reporter.write_line(message)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Find each test's lab and task; what is wrong with a lab is told by its own tests, no others."""
        labs: dict[Path, Lab | LabsError] = {}
        chosen: dict[Path, AnswerSet] = {}  # a gallery of a hundred mistakes is read once, not once a test
        for item in items:
            folder = next((parent for parent in item.path.parents if (parent / "lab.toml").exists()), None)
            if folder is None:
                continue
            if folder not in labs:
                labs[folder] = self._load(folder)
            lab = labs[folder]
            try:
                if isinstance(lab, LabsError):
                    raise lab.with_traceback(None)
                task = lab.task_of_test(cast("pytest.Function", item).originalname)
                if folder not in chosen:
                    wanted = self.config.getoption("--answers")
                    chosen[folder] = choose(lab, wanted, self.config.invocation_params.dir)
            except UsageError as problem:
                raise pytest.UsageError(f"{problem.message}\n{problem.advice}") from None
            except LabsError as problem:
                item.stash[PROBLEM] = problem
                continue
            documentation = cast("pytest.Function", item).function.__doc__ or item.name
            item.stash[LAB] = LabItem(lab, task, chosen[folder], documentation.strip().splitlines()[0])
            self.tests[folder, task.name] += 1
        if any("::" in argument for argument in self.config.args):
            # Tests that were named one by one say nothing of how many there are.
            self.tests.clear()
        if items and all(LAB in item.stash for item in items):
            self._leave_the_telling_to_the_board()

    def _leave_the_telling_to_the_board(self) -> None:
        """Where nothing but labs is run, the closing board and the learner's words say all that pytest would."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter and self.config.option.reportchars == "fE":
            reporter.reportchars = reporter.reportchars.translate({ord(char): None for char in "fE"})
        if self.config.option.tbstyle == "auto":
            # The words take the places of the traces, and pytest's own, with their sources, take long to make.
            self.config.option.tbstyle = "native"

    @staticmethod
    def _load(folder: Path) -> Lab | LabsError:
        try:
            return load_lab(folder)
        except LabsError as problem:
            return problem

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Start the services that the collected tests need before the first of them, where progress can be seen."""
        needed = {name for item in session.items for name in getattr(item, "fixturenames", ())}
        listing = self.config.getoption("collectonly", default=False)
        wanted = [name for name in SERVICES if f"{name}_server" in needed and not listing]
        self.servers.start(wanted)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Stop a test whose lab can't be read, or whose answer isn't written, took too long or gave too much before."""
        if problem := item.stash.get(PROBLEM, None):
            raise problem.with_traceback(None)
        if (lab_item := item.stash.get(LAB, None)) and (said := self.said_of_all.get(lab_item.key)):
            raise said.with_traceback(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a lab's test raised into a verdict and into the learner's words."""
        report = yield
        lab_item = item.stash.get(LAB, None)
        if lab_item is None and PROBLEM not in item.stash:
            return report
        if call.excinfo is not None and report.failed:
            report.sections = in_short(report.sections)
            self._judge(report, item, lab_item, call.excinfo.value)
        elif report.when == "call" and report.passed:
            self._note(report, lab_item, "right")
        return report

    def _judge(
        self, report: pytest.TestReport, item: pytest.Item, lab_item: LabItem | None, error: BaseException
    ) -> None:
        if isinstance(error, NotWritten) and lab_item is not None:
            self.said_of_all[lab_item.key] = error
            lab, task = lab_item.lab, lab_item.task
            text = not_written(
                error,
                task,
                shown(lab_item.answers.path(task), lab),
                hint=command("labs", "hint", task.name),
                again=command("pytest", str(lab.folder.relative_to(lab.root)), "-k", task.name),
            )
            self._note(report, lab_item, "not written", error.message, text)
        elif trouble := self.servers.trouble_of(getattr(item, "fixturenames", ())):
            self._note(report, lab_item, "could not judge", trouble.message, could_not_judge(trouble))
        elif isinstance(error, Wrong) and lab_item is not None:
            error = _told_by_structure(error)
            if isinstance(error, (NeverEnds, QueryTooSlow, TooManyRows)):
                self.said_of_all[lab_item.key] = error
            text, defect = self._told(item, lab_item, error)
            self._note(report, lab_item, "wrong", error.message, text, defect)
        elif isinstance(error, LabsError):
            self._note(report, lab_item, "could not judge", error.message, could_not_judge(error))
        else:
            # Whatever else a lab's test raises is a defect of ours, and no verdict on the answer: it keeps its trace.
            self._note(report, lab_item, "could not judge", f"{type(error).__name__}: {error}")

    def _told(self, item: pytest.Item, lab_item: LabItem, wrong: Wrong) -> tuple[str, str]:
        """Return what a learner reads of a wrong answer, and what of it we could not draw or tell.

        The verdict stands, whatever becomes of the telling; `labs verify` takes no such run for a proof.
        """
        try:
            around = self.surroundings.context(item, lab_item, wrong, recursion_of(wrong))
            return failure(wrong, around), around.defect
        except Exception as error:  # noqa: BLE001 - else it would end pytest itself, and every verdict with it
            defect = in_words("more could not be told", error)
            file = shown(lab_item.answers.path(lab_item.task), lab_item.lab)
            return told_in_brief(wrong, lab_item.fact, file, defect), defect

    def _note(  # noqa: PLR0913, PLR0917 - what a verdict is made of
        self,
        report: pytest.TestReport,
        lab_item: LabItem | None,
        verdict: Verdict,
        message: str = "",
        text: str = "",
        defect: str = "",
    ) -> None:
        """Put the verdict on the report, and the learner's words in the place of the trace."""
        if text:
            report.longrepr = cast("Any", LearnerText(text, message))
        lab, task = lab_item.key if lab_item else ("", "")
        judged = Judged(
            report.nodeid,
            verdict,
            lab,
            task,
            of=self.tests[Path(lab), task],
            fact=lab_item.fact if lab_item else "",
            message=message,
            text=text or str(report.longrepr or ""),
            defect=defect,
        )
        # As plain values, so that it crosses from a worker of pytest-xdist.
        report.lab_judged = asdict(judged)  # type: ignore[attr-defined]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the verdicts, here and from the workers of pytest-xdist."""
        if judged := judged_of(report):
            self.judged.append(judged)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Tell one failure a task in full, the first; show "could not judge" as what it is."""
        judged = judged_of(report)
        if judged is None or judged.verdict == "right":
            return None
        if judged.verdict == "could not judge":
            return "could not judge", "?", ("COULD NOT JUDGE", {"yellow": True})
        told = self.told.setdefault((judged.lab, judged.task), judged)
        if told.test == judged.test or self.config.get_verbosity() > 0:
            return None
        if judged.verdict == "not written":
            return "waiting for your answer", "w", ("WAITS", {"red": True})
        return "failed as well", "f", ("FAILED", {"red": True})

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give the run the status of its verdicts, and write them down where that was asked for."""
        if self.is_worker:
            return
        if self.judged and session.exitstatus == pytest.ExitCode.TESTS_FAILED:
            session.exitstatus = exit_status(self.judged) or session.exitstatus
        if results := self.config.getoption("--labs-results"):
            lines = [json.dumps(asdict(judged), ensure_ascii=False) for judged in self.judged]
            Path(results).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        elif self.config.getoption("--answers") == "exercise":
            # A run whose results are read by a program is nobody's progress, and a part of the tests is no proof.
            for folder, tasks in by_task(self.judged).items():
                scores = {name: (holds(judged), asked(judged)) for name, judged in tasks.items() if all_tested(judged)}
                progress.remember(load_lab(folder), scores)

    def pytest_unconfigure(self) -> None:
        """Let go of the servers; they stay warm."""
        self.servers.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Close with each lab's board, and each reason for which no verdict could be given, once."""
        tell_at_the_end(terminalreporter, self.judged, self.told, answers=self.config.getoption("--answers"))


# What the server says of a statement that writes, or of two, depends on how it got there; the structure names it.
_NOT_ONE_READING_STATEMENT = {"25006", "42501", "42601"}


def _told_by_structure(error: Wrong) -> Wrong:
    """Return the clearer error where the server has refused what is not one reading statement."""
    if isinstance(error, QueryFailed) and error.sqlstate in _NOT_ONE_READING_STATEMENT:
        origin = error.origin
        try:
            require_one_reading_statement(origin.source.text if isinstance(origin, Origin) else "")
        except Wrong as clearer:
            clearer.origin = origin
            return clearer
    return error
