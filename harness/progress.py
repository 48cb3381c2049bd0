"""What the learner's last runs found, so that `labs list` can tell how far they have come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.catalogue import Lab

# verdicts by task: (facts that hold, facts tested)
Score = tuple[int, int]


def remember(lab: Lab, scores: Mapping[str, Score]) -> None:
    """Write down the verdicts on the tasks that were judged; a file that can't be written is let go."""
    path = _path(lab)
    known = _load(path)
    known |= {name: {"holds": holds, "of": of, "file": _digest(lab, name)} for name, (holds, of) in scores.items()}
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")
    except OSError:
        # A read-only checkout is no reason to disturb a verdict.
        return


def recall(lab: Lab) -> dict[str, Score]:
    """Return the last verdict on each task whose file hasn't been changed since."""
    return {
        name: (entry["holds"], entry["of"])
        for name, entry in _load(_path(lab)).items()
        if entry.get("file") == _digest(lab, name)
    }


def _path(lab: Lab) -> Path:
    return lab.root / ".labs" / f"{lab.slug}.json"


def _load(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _digest(lab: Lab, name: str) -> str | None:
    file = next((task.file for task in lab.tasks if task.name == name), None)
    if file is None or not (lab.exercise / file).is_file():
        return None
    return hashlib.sha256((lab.exercise / file).read_bytes()).hexdigest()
