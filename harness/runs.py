"""One run of a lab's tests, in a process of its own, and the verdicts that it gave."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import runpy
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import Lab
from harness.errors import EXIT_COULD_NOT_JUDGE

# One lab's tests take seconds, a mistake's that is explored in thousands of orders a minute, and ten times that on a
# machine that is busy: nobody waits for more than a run that hangs.
DEADLINE_SECONDS = 1200

# Two thirds of a run's time would go into importing the same packages again. The fork server imports them once, and
# each run is a fork of it: as fresh as a new interpreter, but for these.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    [
        *("harness.plugin", "harness.plugin.crashing", "harness.plugin.exploring", "harness.plugin.storytelling"),
        *("harness.report.orders", "harness.explorers.upstream", "hypothesis.stateful", "sqlglot"),
    ]
)
# pytest would have liked to rewrite the assertions of a plugin that is there already; it has none.
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True)
class Run:
    """What one run of a lab's tests found: pytest's exit status, the verdicts by test, and all that it printed."""

    status: int
    verdicts: dict[str, dict[str, str]]
    output: str

    def tests(self, verdict: str) -> list[str]:
        """Return the names of the tests with this verdict, in the order they ran."""
        return [test for test, entry in self.verdicts.items() if entry["verdict"] == verdict]


def run_lab(lab: Lab, options: tuple[str, ...]) -> Run:
    """Run the lab's tests once, as a learner would with these options of pytest, and read back the verdicts.

    A run that hangs is ended, and could not judge.
    """
    with tempfile.TemporaryDirectory() as scratch:
        results, printed, ended = (Path(scratch) / name for name in ("results.jsonl", "printed", "status"))
        arguments = [
            *(str(lab.folder.relative_to(lab.root)), f"--labs-results={results}"),
            # pytest's cache is the learner's (`--lf`), and their progress isn't touched where results go to a file.
            *("-p", "no:cacheprovider", "-q", *_QUIET, *options),
        ]
        # Golden texts quote commands: they must read the same on every machine.
        environment = {**os.environ, "LABS_PLAIN_COMMANDS": "1", "PYTEST_ADDOPTS": ""}
        process = _PROCESSES.Process(
            target=_pytest, args=(arguments, str(lab.root), environment, str(printed), str(ended))
        )
        process.start()
        process.join(DEADLINE_SECONDS)
        if (status := process.exitcode) is None:
            process.kill()
            process.join()
            hangs = f"The run did not end in {DEADLINE_SECONDS} s, and was ended."
            return Run(EXIT_COULD_NOT_JUDGE, {}, f"{_text(printed)}\n{hangs}")
        # Twice in 1,260 runs the fork server lost the status of a run that had ended well; it says 255 then.
        if ended.exists():
            status = int(_text(ended))
        lines, output = _text(results).splitlines(), _text(printed)
    verdicts = {entry["test"].rpartition("::")[2]: entry for entry in map(json.loads, lines)}
    return Run(status, verdicts, output)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def _pytest(arguments: list[str], folder: str, environment: dict[str, str], printed: str, ended: str) -> None:
    """Be `python -m pytest`: in this folder, with this environment, its output and its status into files."""
    gc.freeze()  # the imported packages are no garbage: pytest looks for some, twice, at its end
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(printed, os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    sys.argv = ["pytest", *arguments]
    try:
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        Path(ended).write_text(f"{int(end.code or 0)}", encoding="ascii")
        raise
