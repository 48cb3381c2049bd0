"""One run of pytest over labs: collecting, serving, judging, and what it says at its end."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest

from harness import progress
from harness.answers import AnswerSet, NeverEnds, NotWritten, Origin, choose, recognise
from harness.catalogue import Lab, Task, load_lab
from harness.commands import command
from harness.errors import CouldNotJudge, LabsError, UsageError, Wrong
from harness.explorers.crashes.history import CrashRun
from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.explorers.interleavings.verdicts import BrokenInSomeOrder
from harness.explorers.stories import WrongStory
from harness.gallery import Mistake, mistakes
from harness.judging import WrongColumns, require_one_reading_statement
from harness.judging.working_table import WorkingTable
from harness.plugin.items import DEFAULT_SEED, LAB, PROBLEM, LabItem, LearnerText
from harness.plugin.recursing import recursion_of
from harness.report import (
    Context,
    Facts,
    Likely,
    board,
    could_not_judge,
    describe_data,
    failure,
    not_written,
)
from harness.services import (
    SERVICES,
    Database,
    PostgresServer,
    QueryFailed,
    QueryTooSlow,
    TooManyRows,
    provide,
)
from harness.verdicts import Judged, Verdict, all_tested, asked, by_task, exit_status, holds

_NO_FILE_NAMES = str.maketrans("/\\:[] ", "______")

# More than two causes are no help but a list to read.
MOST_CAUSES = 2


class LabRun:
    """One run of pytest: the servers it leased, by service, and the verdicts it has seen."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.servers: dict[str, Any] = {}
        self.judged: list[Judged] = []
        # How many tests each task has, before any are deselected.
        self.tests: Counter[tuple[Path, str]] = Counter()
        # Which test has told of a task's failure: one clear text a task is what a learner can act on.
        self.told: dict[tuple[str, str], Judged] = {}
        self.galleries: dict[Path, list[Mistake]] = {}
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

    def postgres(self) -> PostgresServer:
        """Return the Postgres; see `server`."""
        return cast("PostgresServer", self.server("postgres"))

    def server(self, name: str) -> object:
        """Return a service's server, started at the first call. Raises CouldNotJudge, each time, if it can't."""
        if name not in self.servers:
            try:
                server = provide(SERVICES[name], self.config.getoption("--services"), say=self.say)
                self.servers[name] = server
                self.say(f"{name}: {server.version}, {server.provider} ({server.why})")
            except CouldNotJudge as problem:
                self.servers[name] = problem
        found = self.servers[name]
        if isinstance(found, CouldNotJudge):
            raise found.with_traceback(None)
        return found

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
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        default = self.config.option.reportchars == "fE"
        if reporter and default and items and all(LAB in item.stash for item in items):
            # Where nothing but labs is run, the closing board says all that pytest's list of failures would.
            reporter.reportchars = reporter.reportchars.translate({ord(char): None for char in "fE"})

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
        if len(wanted) > 1:
            # Each start mostly waits for its own server.
            with ThreadPoolExecutor(len(wanted)) as starts:
                list(starts.map(self._try_to_start, wanted))
        elif wanted:
            self._try_to_start(*wanted)

    def _try_to_start(self, service: str) -> None:
        # Each test that asks for a server that can't be had says so itself.
        with contextlib.suppress(CouldNotJudge):
            self.server(service)

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
            self._judge(report, item, lab_item, call.excinfo.value)
        elif report.when == "call" and report.passed:
            self._note(report, lab_item, "right")
        return report

    def _trouble(self, item: pytest.Item) -> CouldNotJudge | None:
        """Return why a server that the test has used can't serve: then whatever the test has found is no verdict.

        From then on every test that asks for this server gets the same sentence, at once.
        """
        for name, server in self.servers.items():
            if f"{name}_server" in getattr(item, "fixturenames", ()):
                found = server if isinstance(server, CouldNotJudge) else server.trouble()
                if found is not None:
                    self.servers[name] = found
                    return cast("CouldNotJudge", found)
        return None

    def is_lost(self, name: str) -> bool:
        """Whether a service's server can't be used, or not any more."""
        return isinstance(self.servers.get(name), CouldNotJudge)

    def _judge(
        self, report: pytest.TestReport, item: pytest.Item, lab_item: LabItem | None, error: BaseException
    ) -> None:
        if isinstance(error, NotWritten) and lab_item is not None:
            self.said_of_all[lab_item.key] = error
            lab, task = lab_item.lab, lab_item.task
            text = not_written(
                error,
                task,
                _shown(lab_item.answers.path(task), lab),
                hint=command("labs", "hint", task.name),
                again=command("pytest", str(lab.folder.relative_to(lab.root)), "-k", task.name),
            )
            self._note(report, lab_item, "not written", error.message, text)
        elif trouble := self._trouble(item):
            self._note(report, lab_item, "could not judge", trouble.message, could_not_judge(trouble))
        elif isinstance(error, Wrong) and lab_item is not None:
            error = _told_by_structure(error)
            if isinstance(error, (NeverEnds, QueryTooSlow, TooManyRows)):
                self.said_of_all[lab_item.key] = error
            found = recursion_of(error)
            self._note(
                report, lab_item, "wrong", error.message, failure(error, self._context(item, lab_item, error, found))
            )
        elif isinstance(error, LabsError):
            self._note(report, lab_item, "could not judge", error.message, could_not_judge(error))
        else:
            # Whatever else a lab's test raises is a defect of ours, and no verdict on the answer: it keeps its trace.
            self._note(report, lab_item, "could not judge", f"{type(error).__name__}: {error}")

    def _note(
        self, report: pytest.TestReport, lab_item: LabItem | None, verdict: Verdict, message: str = "", text: str = ""
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
        )
        # As plain values, so that it crosses from a worker of pytest-xdist.
        report.lab_judged = asdict(judged)  # type: ignore[attr-defined]

    def _context(self, item: pytest.Item, lab_item: LabItem, wrong: Wrong, recursion: WorkingTable | None) -> Context:
        origin = wrong.origin if isinstance(wrong.origin, Origin) else None
        path = origin.source.path if origin else lab_item.answers.path(lab_item.task)
        database = origin.database if origin and isinstance(origin.database, Database) else None
        # Columns that aren't the ones asked for say what is wrong; whose rows they hold would be guesswork.
        # And a statement that was stopped tells nothing of its result: only where its recursion runs on is seen.
        silent = isinstance(wrong, WrongColumns) or (isinstance(wrong, (QueryTooSlow, TooManyRows)) and not recursion)
        known = [] if silent else recognise(wrong, self._gallery(lab_item.lab))[:MOST_CAUSES]
        return Context(
            fact=lab_item.fact,
            file=_shown(path, lab_item.lab),
            sql=origin.source.text if origin else "",
            data=describe_data(database.dataset, origin.source.text)
            if origin and database and database.dataset
            else "",
            likely=tuple(Likely(mistake.name, mistake.belief, mistake.hint) for mistake in known),
            again=command("pytest", *self._again(item)),
            recursion=recursion,
            picture=self._picture_of(recursion, item, lab_item),
            **self._ways_to_look(item, lab_item, database, wrong),
        )

    def _gallery(self, lab: Lab) -> list[Mistake]:
        if lab.folder not in self.galleries:
            self.galleries[lab.folder] = mistakes(lab)
        return self.galleries[lab.folder]

    def _ways_to_look(
        self, item: pytest.Item, lab_item: LabItem, database: Database | None, wrong: Wrong
    ) -> dict[str, str]:
        """Keep what a failure is about, and return how to look at it."""
        from harness.report.timeline.page import write_picture, write_story  # late: most failures have no picture

        if isinstance(wrong, WrongStory):
            return {
                "look": self._drawn(item, lab_item, lambda path: write_story(wrong.exploration, lab_item.fact, path))
            }
        if not isinstance(wrong, BrokenInSomeOrder | BrokenByACrash):
            return {"look": self._keep(lab_item, database)}
        shortest = wrong.exploration.shortest
        if not wrong.exploration.token or shortest is None or not shortest.events:  # nobody has taken a step
            return {"look": ""}
        replay = command("pytest", *self._again(item), "--replay", wrong.token)
        if isinstance(shortest, CrashRun) and not shortest.lanes:
            return {"look": "", "replay": replay}  # a program that did nothing: there is nothing to draw
        look = self._drawn(
            item, lab_item, lambda path: write_picture(wrong.exploration, lab_item.fact, path, again=replay)
        )
        return {"look": look, "replay": replay}

    def _drawn(
        self, item: pytest.Item, lab_item: LabItem, draw: Callable[[Path], object], folder: str = "timelines"
    ) -> str:
        """Draw the picture of a failure, and return its path, as seen from the project's root."""
        root = lab_item.lab.root
        picture = root / ".labs" / folder / lab_item.lab.slug / f"{item.name.translate(_NO_FILE_NAMES)}.html"
        try:
            draw(picture)
        except OSError:  # a checkout that nobody may write to: the verdict stands without a picture
            return ""
        return str(picture.relative_to(root))

    def _picture_of(self, recursion: WorkingTable | None, item: pytest.Item, lab_item: LabItem) -> str:
        """Draw a recursion's working table, and return the path of the picture; nothing where there is none to draw."""
        if recursion is None or not recursion.levels:
            return ""
        from harness.report.levels.page import write_levels  # late: most failures have no picture

        return self._drawn(item, lab_item, lambda path: write_levels(recursion, lab_item.fact, path), "recursions")

    def _keep(self, lab_item: LabItem, database: Database | None) -> str:
        if database is None or database.dataset is None:
            return ""
        try:
            name = self.postgres().keep(database, f"{lab_item.task.name}_{database.dataset.name}")
        except CouldNotJudge:
            # The verdict stands without the convenience.
            return ""
        return command("labs", "psql", name)

    def _again(self, item: pytest.Item) -> list[str]:
        options = [item.nodeid]
        for name, default in (("--answers", "exercise"), ("--seed", DEFAULT_SEED)):
            if (value := self.config.getoption(name)) != default:
                options += [name, str(value)]
        return options

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the verdicts, here and from the workers of pytest-xdist."""
        if judged := _judged(report):
            self.judged.append(judged)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Tell one failure a task in full, the first; show "could not judge" as what it is."""
        judged = _judged(report)
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
        """Remove the databases that were made ahead; the server stays warm."""
        if isinstance(server := self.servers.get("postgres"), PostgresServer):
            server.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Close with each lab's board, and each reason for which no verdict could be given, once."""
        reasons = {judged.text: None for judged in self.judged if judged.verdict == "could not judge"}
        if reasons:
            terminalreporter.section("could not judge", yellow=True)
            for reason in reasons:
                LearnerText(reason, "").toterminal(terminalreporter)
        self._tell_the_others(terminalreporter)
        for folder, tasks in by_task(self.judged).items():
            terminalreporter.section(f"{folder.name}: {self.config.getoption('--answers')}")
            rows = [_facts(task, tasks[task.name]) for task in load_lab(folder).tasks if task.name in tasks]
            LearnerText(board(rows), "").toterminal(terminalreporter)

    def _tell_the_others(self, terminalreporter: Any) -> None:
        """List the facts that don't hold either, a line each, but only count those that fail for the same reason."""
        others = [judged for report in terminalreporter.stats.get("failed as well", []) if (judged := _judged(report))]
        if not others:
            return
        terminalreporter.section("what doesn't hold either (-v tells each in full)")
        same: Counter[str] = Counter()
        facts: dict[str, list[str]] = {}
        for judged in others:
            if judged.message == self.told[judged.lab, judged.task].message and not _speaks_of_rows(judged):
                same[judged.task] += 1
            else:
                facts.setdefault(judged.fact, []).append(judged.test.rpartition("::")[2])
        for fact, tests in facts.items():
            terminalreporter.line(f"✗ {fact}", red=True)
            terminalreporter.line(f"  {', '.join(tests)}")
        for task, count in same.items():
            terminalreporter.line(f"✗ {count} more of {task}, for the same reason as the first", red=True)


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


def _judged(report: pytest.TestReport) -> Judged | None:
    plain = getattr(report, "lab_judged", None)
    return Judged(**plain) if plain else None


def _speaks_of_rows(judged: Judged) -> bool:
    """Tell apart the failures whose sentence is the same and whose rows are not."""
    return "✔" in judged.text


def _facts(task: Task, judged: list[Judged]) -> Facts:
    """Sum up what was found about one task: it is right only where every fact was tested and holds."""
    order: tuple[Verdict, ...] = ("not written", "wrong", "could not judge", "right")
    verdict = next(kind for kind in order if any(one.verdict == kind for one in judged))
    partly = verdict == "right" and not all_tested(judged)
    return Facts(task.file, "not all tested" if partly else verdict, holds(judged), asked(judged))


def _shown(path: Path, lab: Lab) -> str:
    """Return a path as a learner would type it from the checkout."""
    return str(path.relative_to(lab.root) if path.is_relative_to(lab.root) else path)
