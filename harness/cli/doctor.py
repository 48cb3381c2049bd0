"""`labs doctor`: what this machine can run the labs on, and how to mend what it can't."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.catalogue import lab_folders, load_lab, project_root
from harness.errors import EXIT_COULD_NOT_JUDGE, LabsError
from harness.services.doctor.checkup import Checkup, examine
from harness.services.doctor.findings import Finding, Level

_MARKS = {Level.OK: "✔", Level.WARNING: "!", Level.MISSING: "✗"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for another program.")] = False,
) -> None:
    """Look at this machine: Docker, images, memory, versions; what is missing comes with the command that mends it.

    Exit status: 0 where some provider has all it needs for every service of today's labs, else 69.
    """
    needed = _needed()
    checkup = examine()
    unserved = checkup.unserved(needed)
    status = EXIT_COULD_NOT_JUDGE if unserved else 0
    if as_json:
        print(json.dumps(_plain(checkup, needed, status), indent=2))
    else:
        _print_findings(checkup.findings)
        _print_outcome(checkup, needed, unserved)
    sys.exit(status)


def _needed() -> list[str]:
    """The services of the labs that are here; of a lab that can't be read, `labs list` tells."""
    needed: set[str] = set()
    try:
        for folder in lab_folders(project_root()):
            needed.update(load_lab(folder).services)
    except LabsError as error:
        print(f"labs: {error.message}", file=sys.stderr)
    return sorted(needed)


def _print_findings(findings: Sequence[Finding]) -> None:
    if sys.stdout.isatty():
        table = Table("", "what", "found", box=None, pad_edge=False)
        table.columns[1].no_wrap = True
        for finding in findings:
            table.add_row(_MARKS[finding.level], finding.about, finding.sentence)
        Console().print(table, markup=False, highlight=False)
    else:
        # A log has no width of its own: one line a finding, for grep as well.
        _print_aligned((f"{_MARKS[finding.level]} {finding.about}", finding.sentence) for finding in findings)
    if to_mend := [(f"  {finding.about}", finding.mend) for finding in findings if finding.mend]:
        # Not in the table: a command that was broken into lines can't be pasted.
        print("\nto mend it:")
        _print_aligned(to_mend)


def _print_aligned(pairs: Iterable[tuple[str, str]]) -> None:
    listed = list(pairs)
    width = max((len(left) for left, _ in listed), default=0)
    for left, right in listed:
        print(f"{left:<{width}}  {right}")


def _print_outcome(checkup: Checkup, needed: Sequence[str], unserved: Sequence[str]) -> None:
    print()
    for service in needed:
        how = " and ".join(checkup.providers.get(service, ()))
        print(f"{service}: ready ({how})" if service not in unserved else f"{service}: no provider has all it needs")


def _plain(checkup: Checkup, needed: Sequence[str], status: int) -> dict[str, object]:
    findings = [
        {"about": each.about, "level": each.level.value, "sentence": each.sentence, "mend": each.mend}
        for each in checkup.findings
    ]
    return {"status": status, "needed": needed, "providers": checkup.providers, "findings": findings}
