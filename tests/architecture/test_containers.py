"""Containers go with their volumes."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("benchmarks", "docker", "harness", "labs", "tests")


def calls_that_keep_volumes(text: str) -> list[int]:
    """The lines of calls that remove a container, in the words of the docker package, and leave its volumes."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            told = {each.arg: ast.unparse(each.value) for each in node.keywords}
            alone = node.func.attr == "remove" and "force" in told and told.get("v") != "True"
            if alone or (node.func.attr == "run" and "remove" in told):
                found.append(node.lineno)
    return found


def test_no_container_is_removed_without_its_volumes():
    """An image's volumes are nameless, and nobody removes them later; run(remove=True) of the package leaves them."""
    kept = {
        f"{path.relative_to(ROOT)}:{line}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for line in calls_that_keep_volumes(path.read_text(encoding="utf-8"))
    }
    assert kept == set()


def test_what_keeps_volumes_is_found():
    """The rule knows both ways to leave them, and the way that doesn't."""
    assert calls_that_keep_volumes("engine.containers.run(image, remove=True)") == [1]
    assert calls_that_keep_volumes("container.remove(force=True)") == [1]
    assert calls_that_keep_volumes("container.remove(force=True, v=True)\nnames.remove(name)") == []
