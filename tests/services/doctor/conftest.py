"""A home and a command for the doctor's tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def labs_doctor(tmp_path):
    """Run `labs doctor` with a home of its own and this environment besides."""

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "harness", "doctor", *options],
            env={**os.environ, "LABS_HOME": str(tmp_path / "home"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A home in which no server has ever run."""
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
