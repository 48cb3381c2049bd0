"""The pytest plugin: options, the fixtures that a lab's tests use, and verdicts in place of stack traces.

The only module that imports pytest. It acts on tests below a folder that holds a `lab.toml`, and on no others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Literal, cast

import pytest

from harness import progress
from harness.answers import Answers, AnswerSet, NotWritten, Origin, choose, recognise
from harness.catalogue import Lab, Task, load_lab
from harness.commands import command
from harness.errors import EXIT_COULD_NOT_JUDGE, CouldNotJudge, LabsError, UsageError, Wrong
from harness.gallery import mistakes
from harness.judging import require_one_reading_statement
from harness.report import Context, Facts, Likely, board, could_not_judge, describe_data, failure, not_written
from harness.services import Database, PostgresServer, QueryFailed, QueryTooSlow, start_postgres

PROVIDERS = ("auto", "docker", "embedded")
DEFAULT_SEED = 2026

Verdict = Literal["right", "wrong", "not written", "could not judge"]


class LabItem:
    """What the plugin knows of one collected test of a lab."""

    def __init__(self, lab: Lab, task: Task, answers: AnswerSet) -> None:
        self.lab, self.task, self.answers = lab, task, answers
        self.key = (str(lab.folder), task.name)


LAB = pytest.StashKey[LabItem]()
PROBLEM = pytest.StashKey[LabsError]()
RUN = pytest.StashKey["LabRun"]()


class LearnerText:
    """A failure as the learner reads it, in the place where pytest would print a stack trace."""

    def __init__(self, text: str, summary: str) -> None:
        self.text = text
        # pytest's short summary looks for its one line here.
        self.reprcrash = type("Summary", (), {"message": summary})

    def __str__(self) -> str:
        """Return the plain text; it crosses from a worker of pytest-xdist as this."""
        return self.text

    def toterminal(self, writer: Any) -> None:
        """Write the text, its marks coloured where the terminal has colours."""
        colours = {
            "✗": {"red": True, "bold": True},
            "✔": {"green": True},
            "?": {"yellow": True, "bold": True},
        }
        for line in self.text.splitlines():
            writer.line(line, **colours.get(line.lstrip()[:1], {}))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which answers, which provider, which data."""
    group = parser.getgroup("labs", "backend labs")
    group.addoption(
        "--answers",
        default="exercise",
        metavar="WHICH",
        help="the answers under test: exercise (default), solutions, mistake:NAME, variant:NAME, or a folder",
    )
    group.addoption(
        "--services",
        default=os.environ.get("LABS_SERVICES", "auto"),
        metavar="PROVIDER",
        help="auto (default: Docker where an engine answers), docker or embedded; also LABS_SERVICES",
    )
    group.addoption(
        "--seed",
        type=int,
        default=DEFAULT_SEED,
        help=f"what the data is generated from (default: {DEFAULT_SEED})",
    )
    group.addoption("--labs-results", metavar="FILE", help="write each verdict to this file, as lines of JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that mean nothing before any test runs."""
    provider = config.getoption("--services")
    if provider not in PROVIDERS:
        raise pytest.UsageError(f'--services (or LABS_SERVICES) is {", ".join(PROVIDERS)}, not "{provider}"')
    run = LabRun(config)
    config.stash[RUN] = run
    config.pluginmanager.register(run, "labs-run")


class LabRun:
    """One run of pytest: the server it leased, and the verdicts it has seen."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.server: PostgresServer | CouldNotJudge | None = None
        self.verdicts: list[dict[str, Any]] = []
        # Which test has told of a task's failure: one clear text a task is what a learner can act on.
        self.told: dict[tuple[str, str], str] = {}
        self.too_slow: dict[tuple[str, str], QueryTooSlow] = {}

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker of pytest-xdist, which prints nothing."""
        return hasattr(self.config, "workerinput")

    def say(self, message: str) -> None:
        """Print a line of progress between pytest's own."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self.is_worker:
            reporter.ensure_newline()
            reporter.write_line(message)

    def postgres(self) -> PostgresServer:
        """Return the server, started at the first call. Raises CouldNotJudge, the same each time, where it can't."""
        if self.server is None:
            try:
                self.server = start_postgres(self.config.getoption("--services"), say=self.say)
                self.say(f"postgres: {self.server.version}, {self.server.provider} ({self.server.why})")
            except CouldNotJudge as problem:
                self.server = problem
        if isinstance(self.server, CouldNotJudge):
            raise self.server
        return self.server

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Find each test's lab and task; what is wrong with a lab is told by its own tests, no others."""
        labs: dict[Path, Lab | LabsError] = {}
        for item in items:
            folder = next((parent for parent in item.path.parents if (parent / "lab.toml").exists()), None)
            if folder is None:
                continue
            if folder not in labs:
                labs[folder] = self._load(folder)
            lab = labs[folder]
            try:
                if isinstance(lab, LabsError):
                    raise lab
                task = lab.task_of_test(cast("pytest.Function", item).originalname)
                answers = choose(lab, self.config.getoption("--answers"), self.config.invocation_params.dir)
            except UsageError as problem:
                raise pytest.UsageError(f"{problem.message}\n{problem.advice}") from None
            except LabsError as problem:
                item.stash[PROBLEM] = problem
                continue
            item.stash[LAB] = LabItem(lab, task, answers)
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
        if "postgres_server" in needed and not listing:
            try:
                self.postgres()
            except CouldNotJudge:
                # Each test that asks for the server says so itself.
                return

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Stop a test whose lab can't be read, or whose answer has run out of time before: nobody waits twice."""
        if problem := item.stash.get(PROBLEM, None):
            raise problem
        if (lab_item := item.stash.get(LAB, None)) and (slow := self.too_slow.get(lab_item.key)):
            raise slow

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
            _mark(report, lab_item, "right")
        return report

    def _judge(
        self, report: pytest.TestReport, item: pytest.Item, lab_item: LabItem | None, error: BaseException
    ) -> None:
        if isinstance(error, NotWritten) and lab_item is not None:
            _mark(report, lab_item, "not written")
            lab, task = lab_item.lab, lab_item.task
            text = not_written(
                error,
                task,
                _shown(lab_item.answers.path(task), lab),
                hint=command("labs", "hint", task.name),
                again=command("pytest", str(lab.folder.relative_to(lab.root)), "-k", task.name),
            )
            report.longrepr = cast("Any", LearnerText(text, error.message))
        elif isinstance(error, Wrong) and lab_item is not None:
            error = _told_by_structure(error)
            if isinstance(error, QueryTooSlow):
                self.too_slow[lab_item.key] = error
            _mark(report, lab_item, "wrong")
            text = failure(error, self._context(item, lab_item, error))
            report.longrepr = cast("Any", LearnerText(text, error.message))
        else:
            # Whatever else a lab's test raises is no verdict on the answer. Only a defect of ours keeps its trace.
            _mark(report, lab_item, "could not judge")
            if isinstance(error, LabsError):
                text = could_not_judge(error)
                report.longrepr = cast("Any", LearnerText(text, error.message))

    def _context(self, item: pytest.Item, lab_item: LabItem, wrong: Wrong) -> Context:
        origin = wrong.origin if isinstance(wrong.origin, Origin) else None
        path = origin.source.path if origin else lab_item.answers.path(lab_item.task)
        database = origin.database if origin and isinstance(origin.database, Database) else None
        known = recognise(wrong, mistakes(lab_item.lab))
        return Context(
            fact=(item.function.__doc__ or item.name).strip().splitlines()[0],  # type: ignore[attr-defined]
            file=_shown(path, lab_item.lab),
            sql=origin.source.text if origin else "",
            data=describe_data(database.dataset, origin.source.text)
            if origin and database and database.dataset
            else "",
            likely=tuple(Likely(mistake.name, mistake.belief, mistake.hint) for mistake in known),
            again=command("pytest", *self._again(item)),
            look=self._keep(lab_item, database),
        )

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
        if verdict := getattr(report, "lab_verdict", None):
            self.verdicts.append(verdict | {"test": report.nodeid, "text": str(report.longrepr or "")})

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Tell one failure a task in full, the first; show "could not judge" as what it is."""
        verdict = getattr(report, "lab_verdict", {"verdict": "right"})
        if verdict["verdict"] == "could not judge":
            return "could not judge", "?", ("COULD NOT JUDGE", {"yellow": True})
        if verdict["verdict"] == "right" or self.config.get_verbosity() > 0:
            return None
        if self.told.setdefault((verdict["lab"], verdict["task"]), report.nodeid) == report.nodeid:
            return None
        if verdict["verdict"] == "not written":
            return "waiting for your answer", "w", ("WAITS", {"red": True})
        return "failed as well", "f", ("FAILED", {"red": True})

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give the run the status of its verdicts, and write them down where that was asked for."""
        if self.is_worker:
            return
        kinds = {entry["verdict"] for entry in self.verdicts}
        if "could not judge" in kinds and not kinds & {"wrong", "not written"} and session.exitstatus in (0, 1):
            session.exitstatus = EXIT_COULD_NOT_JUDGE
        if results := self.config.getoption("--labs-results"):
            lines = [json.dumps(entry, ensure_ascii=False) for entry in self.verdicts]
            Path(results).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        elif self.config.getoption("--answers") == "exercise":
            # A run whose results are read by a program is nobody's progress.
            for folder, tasks in self._by_task().items():
                scores = {name: (verdicts.count("right"), len(verdicts)) for name, verdicts in tasks.items()}
                progress.remember(load_lab(folder), scores)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Close with each lab's board, and each reason for which no verdict could be given, once."""
        reasons = {entry["text"]: None for entry in self.verdicts if entry["verdict"] == "could not judge"}
        if reasons:
            terminalreporter.section("could not judge", yellow=True)
            for reason in reasons:
                LearnerText(reason, "").toterminal(terminalreporter)
        self._tell_the_others(terminalreporter)
        for folder, tasks in self._by_task().items():
            terminalreporter.section(f"{folder.name}: {self.config.getoption('--answers')}")
            rows = [_facts(task, tasks[task.name]) for task in load_lab(folder).tasks if task.name in tasks]
            LearnerText(board(rows), "").toterminal(terminalreporter)

    def _tell_the_others(self, terminalreporter: Any) -> None:
        """List the facts that don't hold either, a line each, with the word that shows them in full."""
        others = terminalreporter.stats.get("failed as well", [])
        if others:
            terminalreporter.section("what doesn't hold either (-v tells each in full)")
            for report in others:
                terminalreporter.line(f"{str(report.longrepr).splitlines()[0]}", red=True)
                terminalreporter.line(f"  {report.nodeid.rpartition('::')[2]}")

    def _by_task(self) -> dict[Path, dict[str, list[Verdict]]]:
        """Return the verdicts on each lab's tasks; a lab that can't be read has none."""
        found: dict[Path, dict[str, list[Verdict]]] = {}
        for entry in self.verdicts:
            if entry["lab"]:
                found.setdefault(Path(entry["lab"]), {}).setdefault(entry["task"], []).append(entry["verdict"])
        return found


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


def _facts(task: Task, verdicts: list[Verdict]) -> Facts:
    """Sum up what was found about one task: it is right only where every fact holds."""
    kinds: tuple[Verdict, ...] = ("not written", "wrong", "could not judge", "right")
    verdict = next(kind for kind in kinds if kind in verdicts)
    return Facts(task.file, verdict, verdicts.count("right"), len(verdicts))


def _shown(path: Path, lab: Lab) -> str:
    """Return a path as a learner would type it from the checkout."""
    return str(path.relative_to(lab.root) if path.is_relative_to(lab.root) else path)


def _mark(report: pytest.TestReport, lab_item: LabItem | None, verdict: Verdict) -> None:
    # A plain dictionary, so that it crosses from a worker of pytest-xdist.
    report.lab_verdict = {  # type: ignore[attr-defined]
        "lab": str(lab_item.lab.folder) if lab_item else "",
        "task": lab_item.task.name if lab_item else "",
        "verdict": verdict,
    }


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> Answers:
    """The answers under test: `answers.running_total(database)` runs that task's query there."""
    lab_item = request.node.stash[LAB]
    return Answers(lab_item.lab, lab_item.answers)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What the data is generated from: `--seed`."""
    return cast("int", request.config.getoption("--seed"))


@pytest.fixture
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """A real Postgres: `postgres_server.dataset(...)` gives a database that holds exactly that data."""
    return request.config.stash[RUN].postgres()


@pytest.fixture
def postgres(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of this test's own, with the lab's tables and no rows, dropped when the test has passed."""
    schema = request.node.stash[LAB].lab.schema.read_text(encoding="utf-8")
    database = postgres_server.fresh(schema)
    yield database
    database.drop()
