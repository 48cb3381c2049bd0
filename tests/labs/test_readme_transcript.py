"""The README's transcript is what a learner really sees.

`python tests/labs/test_readme_transcript.py` writes it anew into README.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness.catalogue import project_root

ROOT = project_root(Path(__file__))
TASK = "2_running_total.sql"
ATTEMPT = """\
select payment_id, customer_id, paid_at, amount,
       sum(amount) over (partition by customer_id order by paid_at) as balance
from payment
order by paid_at, payment_id;
"""


def transcript() -> dict[str, str]:
    """Live through the three runs in a copy of the lab and return what each printed, as the README shows it."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for folder in ("labs/01_window_functions", "solutions/01_window_functions"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        exercise = root / "labs/01_window_functions/exercise" / TASK
        said = {"red": _pytest(root, "-k", "running_total or sessions"), "attempt": f"```sql\n{ATTEMPT}```"}
        exercise.write_text(ATTEMPT, encoding="utf-8")
        said["wrong"] = _pytest(root, "-k", "running_total")
        shutil.copy(root / "solutions/01_window_functions" / TASK, exercise)
        said["green"] = _pytest(root, "-k", "running_total")
        return said


def _pytest(root: Path, *options: str) -> str:
    arguments = ["labs/01_window_functions", *options]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "--services", "embedded", "-p", "no:cacheprovider"],
        cwd=root,
        env=os.environ | {"LABS_PLAIN_COMMANDS": "1", "COLUMNS": "100", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    shown = " ".join(f"'{word}'" if " " in word else word for word in arguments)
    # Versions, paths and the choice of the provider differ from machine to machine, seconds from run to run.
    body = done.stdout[done.stdout.index("labs/01_window_functions/test_window_functions.py") :]
    return f"```\n$ pytest {shown}\n{re.sub(r' in [0-9.]+s', '', body).strip()}\n```"


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- transcript: {name} -->\n)(```.*?\n```\n)?", re.DOTALL)


def _without_rules(text: str) -> str:
    # pytest pads its rules to the width of what stands in them, seconds included.
    return re.sub(r"={3,}|_{3,}", "===", text)


def test_the_readme_shows_what_a_learner_sees():
    """Red, nearly and green read in the README as they do on a terminal."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, said in transcript().items():
        shown = _block(name).search(readme)
        assert shown is not None
        assert shown.group(2), f"README.md shows no transcript called {name}"
        assert _without_rules(shown.group(2).strip()) == _without_rules(said)


if __name__ == "__main__":
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block, content in transcript().items():
        text = _block(block).sub(lambda match, content=content: f"{match.group(1)}{content}\n", text)
    (ROOT / "README.md").write_text(text, encoding="utf-8")
