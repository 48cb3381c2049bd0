"""Which known mistakes show exactly what an answer has shown."""

from __future__ import annotations

from collections.abc import Iterable

from harness.answers.sources import Origin, Queryable, Source
from harness.answers.working_table import EndlessTrial
from harness.errors import CouldNotJudge, Wrong
from harness.gallery import Mistake


def recognise(wrong: Wrong, gallery: Iterable[Mistake]) -> list[Mistake]:
    """Return the known mistakes that show exactly what this answer showed, on the same data.

    Each is run where the answer ran: the same rows under the same names, the same words of the server, or the same
    course of events in the very order that has broken a rule.
    """
    origin = wrong.origin
    if not isinstance(origin, Origin):
        return []
    of_this_task = [mistake for mistake in gallery if mistake.task == origin.source.task]
    if origin.trial is not None:
        trial = origin.trial
        if isinstance(trial, EndlessTrial):
            # The same recursion may be cut short by a LIMIT: what ends is another mistake.
            of_this_task = [mistake for mistake in of_this_task if not mistake.ends]
        return [mistake for mistake in of_this_task if trial.shows_the_same(_source(mistake))]
    if origin.database is None:
        return []
    database = origin.database
    return [mistake for mistake in of_this_task if _shows_the_same(wrong, origin, database, mistake)]


def _source(mistake: Mistake) -> Source:
    return Source(mistake.task, mistake.file, mistake.file.read_text(encoding="utf-8"))


def _shows_the_same(wrong: Wrong, origin: Origin, database: Queryable, mistake: Mistake) -> bool:
    if not mistake.ends:
        return False  # it would be run until it's stopped; what it has in common with an endless answer, a trial knows
    try:
        table = database.query(mistake.file.read_text(encoding="utf-8"))
    except Wrong as other:
        # Some refusals are everybody's first slip; those carry no hint beyond the server's own words.
        return origin.table is None and type(other) is type(wrong) and other.message == wrong.message
    except CouldNotJudge:
        return False
    return origin.table is not None and (table.names, table.rows) == (origin.table.names, origin.table.rows)
