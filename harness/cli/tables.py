"""What the commands print as tables, with progress while the rows are still coming."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from harness.verify import Outcome

_EXPECTED = {"start": "red on every task", "reference": "green", "variant": "green", "mistake": "caught"}


@dataclass(frozen=True)
class Listing:
    """One line of `labs list`."""

    lab: str
    state: str
    title: str
    services: str = ""
    minutes: str = ""


def labs_table(rows: Iterable[Listing]) -> None:
    """Print the labs, one a line."""
    table = Table("lab", "title", "services", "time", "state", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.lab, row.title, row.services, row.minutes, row.state)
    Console().print(table)


def outcomes_table(title: str, count: int, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Show progress while claims are proved, print them as a table, and return them."""
    # A log has no width of its own; names are not cut for the sake of a guess.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("claim", "answers", "proved", "s", "by the test"):
        table.add_column(heading, overflow="fold")
    gathered: list[Outcome] = []
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        running = bar.add_task(f"proving {title}", total=count)
        for outcome in outcomes:
            gathered.append(outcome)
            bar.advance(running)
    for outcome in gathered:
        claim = outcome.claim
        mark = f"✔ {_EXPECTED[claim.kind]}" if not outcome.problem else "✗ see below"
        by = claim.mistake.caught_by if claim.mistake else ""
        table.add_row(claim.kind, claim.name, mark, f"{outcome.seconds:.1f}", by)
    console.print(table)
    held = sum(not outcome.problem for outcome in gathered)
    console.print(f"{held} of {len(gathered)} claims hold", highlight=False)
    return gathered
