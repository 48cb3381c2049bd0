"""What the documents of lab 03 show is what was run: the matrix and the timelines of WHY.md.

`python tests/labs/test_isolation_documents.py` writes them anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalogue import find_lab, project_root
from harness.explorers.interleavings import Anomaly, Exploration, Explorer, Place, PostgresPlace
from harness.gallery import mistakes
from harness.report.timeline.text import text_timeline
from harness.services import SERVICES, PostgresServer, provide

LAB = find_lab(project_root(Path(__file__)), "03")
WHY = LAB.solutions / "WHY.md"
_BLOCK = re.compile(r"(<!-- (run|mistake): ([\w ]+) -->\n)(?:\n```\n.*?\n```\n|\n(?:\|[^\n]*\n)+)?", re.DOTALL)


def refreshed(text: str, place: Place) -> str:
    """Return a document with every marked block as it should be."""
    makers: dict[str, Callable[[str], str]] = {
        "run": lambda what: _run(what, place),
        "mistake": _timeline_of_mistake,
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{makers[found[2]](found[3])}", text)


def _run(what: str, place: Place) -> str:
    orders = _anomaly_orders()
    if what == "matrix":
        return _matrix(orders, place)
    name, level = what.split()
    found, _ = _explored(orders.ANOMALIES[name](orders.LEVELS[level]), place)
    return _fenced(text_timeline(found))


def _matrix(orders, place: Place) -> str:
    rows = [["", *orders.LEVELS], ["---"] * (1 + len(orders.LEVELS))]
    for name, anomaly in orders.ANOMALIES.items():
        cells = [_cell(*_explored(anomaly(level), place)) for level in orders.LEVELS.values()]
        rows.append([name, *cells])
    rows[0] = [cell.replace("_", " ") for cell in rows[0]]
    return "".join(f"| {' | '.join(cell.replace('_', ' ') for cell in row)} |\n" for row in rows)


def _cell(found: Exploration, refused: bool) -> str:  # noqa: FBT001 - it is half of what `_explored` returns
    if found.broke:
        return f"**{found.broke} of {found.ran}**"
    return f"none of {found.ran}" + (", 40001" if refused else "")


def _explored(anomaly: Anomaly, place: Place) -> tuple[Exploration, bool]:
    """Return all orders of an anomaly's story, and whether the server has refused any with 40001."""
    refused = False

    def note(run) -> None:
        nonlocal refused
        refused |= any(outcome.sqlstate == "40001" for outcome in run.outcomes.values())

    with Explorer(anomaly.story, place) as explorer:
        return explorer.explore(on_run=note), refused


def _timeline_of_mistake(name: str) -> str:
    text = _golden(name)
    begins = text.index("\n\n", text.index("Each order begins with")) + 2
    return _fenced(text[begins : text.index("\n\nRead it downwards")].splitlines())


def _golden(name: str) -> str:
    (mistake,) = [mistake for mistake in mistakes(LAB) if mistake.name == name]
    return mistake.golden.read_text(encoding="utf-8")


def _fenced(lines) -> str:
    return "\n".join(["```", *lines, "```", ""])


def _anomaly_orders():
    sys.path.insert(0, str(LAB.folder))
    try:
        import anomaly_orders
    finally:
        sys.path.remove(str(LAB.folder))
    return anomaly_orders


def _place(server: PostgresServer) -> PostgresPlace:
    database = server.fresh(LAB.schema.read_text(encoding="utf-8"))
    return PostgresPlace(database.conninfo, database.control)


def test_the_explanations_of_lab_03_show_what_was_run(services):
    """Every matrix and timeline in WHY.md is what a run of today gives."""
    text = WHY.read_text(encoding="utf-8")
    assert _BLOCK.search(text)
    server = provide(SERVICES["postgres"], services, say=print)
    assert refreshed(text, _place(server)) == text


@pytest.mark.parametrize("mistake", mistakes(LAB), ids=lambda mistake: mistake.name)
def test_a_mistake_of_lab_03_says_in_how_many_orders_it_breaks(mistake):
    """The comment on how many orders break a rule is what the golden text says."""
    assert _orders(mistake.file.read_text(encoding="utf-8")) == _found(mistake.golden.read_text(encoding="utf-8"))


def _orders(text: str) -> str:
    found = re.search(r"^# Breaks: (.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def _found(golden: str) -> str:
    text = " ".join(golden.split())
    if found := re.search(r"([\d,]+ of [\d,]+ orders|All [\d,]+ orders) break", text):
        return found[1].replace("All ", "all ")
    return ""


def refresh() -> None:
    """Write WHY.md, and the comments of the gallery, anew."""
    for mistake in mistakes(LAB):
        text = mistake.file.read_text(encoding="utf-8")
        text = re.sub(r"^# (?:Breaks|Broken): .*\n", "", text, flags=re.MULTILINE)
        if mistake.golden.exists() and (found := _found(_golden(mistake.name))):
            text = re.sub(r"^(# Hint: .*\n)", rf"\1# Breaks: {found}\n", text, count=1, flags=re.MULTILINE)
        mistake.file.write_text(text, encoding="utf-8")
    place = _place(provide(SERVICES["postgres"], "embedded", say=print))
    WHY.write_text(refreshed(WHY.read_text(encoding="utf-8"), place), encoding="utf-8")


if __name__ == "__main__":
    refresh()
