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


def imported_names(path: Path, *, when_it_runs: bool = False) -> Iterator[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if when_it_runs:  # what is there for type hints only is never imported
        tree.body = [
            node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        ]
    for node in ast.walk(tree):
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


def module_of(path: Path) -> str:
    parts = path.relative_to(HARNESS.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_imports_one_that_imports_it():
    """No circle of imports, early or late, among all modules; those that only stand for their package are none."""
    packages = {module_of(path) for path in MODULES if path.name == "__init__.py"}
    names = {module_of(path) for path in MODULES} - packages
    imports = {
        module_of(path): {
            next(module for module in (name, name.rpartition(".")[0]) if module in names)
            for name, _ in imported_names(path, when_it_runs=True)
            if {name, name.rpartition(".")[0]} & names
        }
        for path in MODULES
        if module_of(path) in names
    }
    # Whoever imports nothing that is left is in no circle: what remains is one, or leads to one.
    while free := {module for module, others in imports.items() if not others & imports.keys()}:
        for module in free:
            del imports[module]
    assert not imports, {module: others & imports.keys() for module, others in imports.items()}
