"""What the README of lab 05 shows is what a learner reads of that mistake."""

from __future__ import annotations

import re
from pathlib import Path

from harness.catalogue import find_lab, project_root
from harness.gallery import mistakes

LAB = find_lab(project_root(Path(__file__)), "05")
_BLOCK = re.compile(r"<!-- failure: (\w+) -->\n\n```\n(.*?)```\n", re.DOTALL)


def test_the_failure_in_the_readme_is_the_golden_one():
    """The failure that the README shows is the golden text of its mistake, made by a learner."""
    by_name = {mistake.name: mistake for mistake in mistakes(LAB)}
    shown = _BLOCK.findall((LAB.folder / "README.md").read_text(encoding="utf-8"))
    assert shown
    for name, text in shown:
        mistake = by_name[name]
        golden = mistake.golden.read_text(encoding="utf-8").rstrip() + "\n"
        golden = golden.replace(f" --answers mistake:{name}", "")
        golden = golden.replace(
            str(mistake.file.relative_to(LAB.root)), f"labs/{LAB.slug}/exercise/{mistake.file.name}"
        )
        assert text == golden
