"""The house stands as design.md draws it: imports run one way, and only the plugin knows pytest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HARNESS = Path(__file__).resolve().parents[2] / "harness"

# What each room may import of the others. A room that is missing here is a room nobody has planned.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "table": set(),
    "commands": set(),
    "catalogue": {"errors"},
    "gallery": {"errors", "catalogue"},
    "progress": {"catalogue"},
    "verdicts": {"errors"},
    "answers": {"errors", "table", "catalogue", "gallery", "explorers", "judging"},
    "services": {"errors", "table"},
    "explorers": {"errors"},
    "judging": {"errors", "table", "explorers"},
    "report": {"errors", "table", "catalogue", "answers", "services", "explorers", "judging", "verdicts"},
    "__init__": {"errors", "table", "answers", "services", "judging", "explorers"},
    "plugin": {
        *("errors", "catalogue", "gallery", "progress", "answers", "services", "judging", "report", "commands"),
        *("verdicts", "explorers"),
    },
    "runs": {"errors", "catalogue"},
    "verify": {"errors", "catalogue", "gallery", "runs"},
    "cli": {"errors", "catalogue", "progress", "services", "verify"},
    "__main__": {"cli"},
}


def room_of(path: Path) -> str:
    first = path.relative_to(HARNESS).parts[0]
    return first.removesuffix(".py")


def imported_names(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports by a relative path"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


MODULES = sorted(HARNESS.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HARNESS)))
def test_a_room_imports_only_the_rooms_below_it(path):
    """Imports inside the harness run in one direction."""
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is a new room: give it its place in MAY_IMPORT and in the design"
    for name, line in imported_names(path):
        package, _, rest = name.partition(".")
        if package == "harness" and rest:
            other = rest.partition(".")[0]
            assert other == room or other in MAY_IMPORT[room], f"{path}:{line}: {room} may not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HARNESS)))
def test_only_the_plugin_imports_pytest(path):
    """No room but the plugin knows that pytest exists."""
    names = {name.partition(".")[0] for name, _ in imported_names(path)}
    assert room_of(path) == "plugin" or not names & {"pytest", "_pytest"}


def test_no_planned_room_is_missing():
    """Every room of the plan is there."""
    assert {room_of(path) for path in MODULES} == set(MAY_IMPORT)


def test_no_fixture_has_the_name_of_a_module_beside_it():
    """Importing a module makes it an attribute of its package: it would take the place of a fixture of that name."""
    package = HARNESS / "plugin"
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert functions & {path.stem for path in package.iterdir()} == set()
