"""Which known mistakes show exactly what an answer has shown."""

from __future__ import annotations

from collections.abc import Iterable

from harness.answers.sources import Origin, Queryable
from harness.errors import CouldNotJudge, Wrong
from harness.gallery import Mistake


def recognise(wrong: Wrong, gallery: Iterable[Mistake]) -> list[Mistake]:
    """Return the known mistakes that show exactly what this answer showed, on the same data.

    Each is run where the answer ran: the same rows under the same names, or the same words of the server.
    """
    origin = wrong.origin
    if not isinstance(origin, Origin) or origin.database is None:
        return []
    return [
        mistake
        for mistake in gallery
        if mistake.task == origin.source.task and _shows_the_same(wrong, origin, origin.database, mistake)
    ]


def _shows_the_same(wrong: Wrong, origin: Origin, database: Queryable, mistake: Mistake) -> bool:
    try:
        table = database.query(mistake.file.read_text(encoding="utf-8"))
    except Wrong as other:
        # Some refusals are everybody's first slip; those carry no hint beyond the server's own words.
        return origin.table is None and type(other) is type(wrong) and other.message == wrong.message
    except CouldNotJudge:
        return False
    return origin.table is not None and (table.names, table.rows) == (origin.table.names, origin.table.rows)
