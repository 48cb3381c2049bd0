"""The command line: `labs list`, `hint`, `verify`, `psql`, `up`, `down`, `doctor`, `images`."""

from __future__ import annotations

import sys

from harness.cli.app import app
from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_USAGE, CouldNotJudge, LabsError, UsageError

__all__ = ["main"]


def main() -> None:
    """Run the command line; an error of ours ends in its sentence and its status, not in a stack trace."""
    try:
        app(prog_name="labs")
    except LabsError as error:
        print(f"labs: {error.message}", file=sys.stderr)
        if error.advice:
            print(f"      {error.advice}", file=sys.stderr)
        sys.exit(_status(error))
    except OSError as error:
        # A cache folder that is read-only, full, or another user's.
        print(f"labs: {error.strerror}: {error.filename}", file=sys.stderr)
        print("      LABS_HOME names another cache folder.", file=sys.stderr)
        sys.exit(EXIT_COULD_NOT_JUDGE)


def _status(error: LabsError) -> int:
    if isinstance(error, UsageError):
        return EXIT_USAGE
    return EXIT_COULD_NOT_JUDGE if isinstance(error, CouldNotJudge) else 1
