"""Tests read as facts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted([*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("labs/*/test_*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_has_a_sentence_for_a_docstring(path):
    """Each test says in one sentence what holds."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node)
            assert docstring, f"{path}:{node.lineno}: {node.name} has no docstring"
            assert docstring.splitlines()[0].endswith("."), f"{path}:{node.lineno}: no whole sentence"


def test_no_labs_test_sleeps():
    """No test of a lab waits for a time to pass; a virtual clock's `sleep` is no waiting."""
    for path in ROOT.glob("labs/*/*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:import time|from time|time\.sleep|asyncio\.sleep)\b", text), path
