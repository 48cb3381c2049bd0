"""What the commands print line by line: the labs, and claims while they are being proved."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from harness.verify import Claim, Outcome

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


def tell_outcomes(title: str, about: Sequence[Claim], outcomes: Iterable[Outcome], *, whole: bool) -> list[Outcome]:
    """Print each outcome as it comes, with progress below, close with how many hold, and return them.

    Unless `whole`, claims that hold have no line of their own.
    """
    # A log has no width of its own; lines are not cut for the sake of a guess.
    console = Console(soft_wrap=True, highlight=False)
    width = max(len(claim.name) for claim in about)
    started = time.monotonic()
    gathered: list[Outcome] = []
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        running = bar.add_task(f"proving {title}", total=len(about))
        for outcome in outcomes:
            gathered.append(outcome)
            if whole or outcome.problem:
                console.print(_line(outcome, width))
            bar.advance(running)
    held = sum(not outcome.problem for outcome in gathered)
    seconds = time.monotonic() - started
    console.print(f"{title}: {held} of {len(gathered)} claims hold, {seconds:.0f} s")
    return gathered


def _line(outcome: Outcome, width: int) -> Text:
    claim = outcome.claim
    mark = "✗ see below" if outcome.problem else f"✔ {_EXPECTED[claim.kind]}"
    by = claim.mistake.caught_by if claim.mistake else ""
    return Text(f"{claim.kind:<9}  {claim.name:<{width}}  {mark:<18}  {outcome.seconds:5.1f} s  {by}".rstrip())
