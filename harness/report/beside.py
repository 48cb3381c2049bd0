"""What was expected above what was observed, with a mark where they part."""

from __future__ import annotations

from harness.report.grid import MARK
from harness.report.prose import wrapped


def one_above_the_other(expected: str, observed: str, width: int) -> list[str]:
    """Return the two texts as lines; nothing stands above an observation where nothing in particular was expected."""
    wanted, seen = expected.split(), observed.split()
    same = 0
    while same < min(len(wanted), len(seen)) and wanted[same] == seen[same]:
        same += 1
    if wanted and same < len(seen):
        seen[same] = MARK + seen[same]
    lines = wrapped(" ".join(wanted), width, "  ≠ expected  ", " " * 14) if wanted else []
    return lines + wrapped(" ".join(seen), width, "    observed  " if lines else "  ≠ observed  ", " " * 14)
