"""Looking at the recursion of an answer that has failed."""

from __future__ import annotations

from dataclasses import replace

from harness.answers import Origin
from harness.answers.working_table import EndlessTrial, endless, working_tables
from harness.errors import Wrong
from harness.judging import WrongOrder, WrongRows
from harness.judging.working_table import WorkingTable
from harness.services import Database, QueryTooSlow, TooManyRows

# Of rows that are wrong the first levels are shown. Where a statement never ended, a circle has to be found.
_MOST_LEVELS = 40


def recursion_of(wrong: Wrong) -> WorkingTable | None:
    """Return the working table of the recursion that a failure may come of; None where nobody can say.

    Where the statement didn't end, this is the recursion that doesn't; and known mistakes are then told by theirs.
    """
    origin = wrong.origin
    if not isinstance(origin, Origin) or not isinstance(origin.database, Database):
        return None
    if isinstance(origin.trial, EndlessTrial):  # a test of the same task has found it already
        return origin.trial.table
    if isinstance(wrong, (QueryTooSlow, TooManyRows)):
        table = endless(origin)
        if table is not None:
            wrong.origin = replace(origin, trial=EndlessTrial(table, origin.database))
        return table
    if isinstance(wrong, (WrongRows, WrongOrder)):
        found = list(working_tables(origin.source.text, origin.database, most_levels=_MOST_LEVELS))
        # Of several the last one is nearest to the result.
        return replace(found[-1], goes_on=not found[-1].ended) if found else None
    return None
