"""How the person at the keyboard calls us, so that a command we print can be pasted as it stands."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path


def command(program: str, *arguments: str) -> str:
    """Return a command line for `program` (`pytest` or `labs`) that works in the shell this run was started from."""
    return " ".join([_prefix(program), *(shlex.quote(argument) for argument in arguments)])


def _prefix(program: str) -> str:
    if os.environ.get("LABS_PLAIN_COMMANDS"):
        return program
    if os.environ.get("UV_RUN_RECURSION_DEPTH"):
        # uv puts the environment on PATH for its child only: the shell outside has none.
        return f"uv run {program}"
    own = Path(sys.prefix) / "bin" / program
    on_path = shutil.which(program)
    if on_path and Path(on_path).parent.resolve() == own.parent.resolve():
        return program
    if own.is_file():
        here = Path.cwd()
        return shlex.quote(str(own.relative_to(here) if own.is_relative_to(here) else own))
    return f"{shlex.quote(sys.executable)} -m {program}"
