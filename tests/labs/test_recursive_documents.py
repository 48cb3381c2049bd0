"""What the documents of lab 02 show is what was run: working tables and a plan.

`python tests/labs/test_recursive_documents.py` writes them anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.answers.working_table import working_tables
from harness.catalogue import find_lab, project_root
from harness.gallery import mistakes
from harness.report.recursion import working_table
from harness.services import SERVICES, Database, PostgresServer, provide

LAB = find_lab(project_root(Path(__file__)), "02")
WHY = LAB.solutions / "WHY.md"
_BLOCK = re.compile(r"(<!-- (plan|levels): ([\w ]+) -->\n)(?:\n```\n.*?\n```\n)?", re.DOTALL)


def refreshed(text: str, server: PostgresServer) -> str:
    """Return a document with every marked block as it should be."""
    makers: dict[str, Callable[[str], list[str]]] = {
        "plan": lambda what: _plan(*_answer(what, server)),
        "levels": lambda what: _levels(*_answer(what, server)),
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{_fenced(makers[found[2]](found[3]))}", text)


def _answer(what: str, server: PostgresServer) -> tuple[str, Database]:
    task, data = what.split()
    file = next(one.file for one in LAB.tasks if one.name == task)
    return (LAB.solutions / file).read_text(encoding="utf-8"), server.dataset(_factory(data))


def _plan(sql: str, database: Database) -> list[str]:
    return [str(line) for (line,) in database.query(f"EXPLAIN (COSTS OFF) {sql}").rows]


def _levels(sql: str, database: Database) -> list[str]:
    _title, grid, _dropped = working_table(list(working_tables(sql, database))[-1], 120, most_rows=40)
    return [line.removeprefix("  ") for line in grid]


def _fenced(lines) -> str:
    return "\n".join(["```", *lines, "```", ""])


def _factory(name: str):
    sys.path.insert(0, str(LAB.folder))
    try:
        import factory_data
    finally:
        sys.path.remove(str(LAB.folder))
    return factory_data.factory(name, 2026)


def test_the_explanations_of_lab_02_show_what_was_run(services):
    """Every plan and working table in WHY.md is what a run of today gives."""
    text = WHY.read_text(encoding="utf-8")
    assert _BLOCK.search(text)
    assert refreshed(text, provide(SERVICES["postgres"], services, say=print)) == text


@pytest.mark.parametrize("mistake", mistakes(LAB), ids=lambda mistake: mistake.name)
def test_a_mistake_of_lab_02_says_whether_it_ends(mistake):
    """A header says "Ends: never" where the golden text tells of a recursion that doesn't end, and nowhere else."""
    golden = mistake.golden.read_text(encoding="utf-8")
    assert mistake.ends == ("the last still found rows" not in " ".join(golden.split()))


def refresh() -> None:
    """Write the documents anew."""
    server = provide(SERVICES["postgres"], "embedded", say=print)
    WHY.write_text(refreshed(WHY.read_text(encoding="utf-8"), server), encoding="utf-8")


if __name__ == "__main__":
    refresh()
