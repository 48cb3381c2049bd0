"""Whether a query says each thing once: what is needed twice is a step with a name."""

from __future__ import annotations

from collections.abc import Sequence

from harness.judging import sql as reading
from harness.judging.queries import base_tables, place_of, refuse_literals, require_tables, the_query, unreadable
from harness.judging.structure import WrongStructure

_WHY_ONCE = (
    "what is written twice drifts apart when one of the two is changed; "
    "a step behind WITH is written once, and may be asked as often as you like."
)


def require_tables_named_once(sql: str, *, tables: Sequence[str], ask: str) -> None:
    """Raise WrongStructure unless the answer is made out of the tables named, each named once in the text.

    Steps behind WITH, derived tables and windows are welcome; a step may be asked as often as one likes. Raises
    CouldNotJudge where sqlglot can't read the text.
    """
    query = the_query(sql)
    try:
        refuse_literals(sql, query, ask)
        require_tables(reading.parts(query), tables, ask)
        mentions = [table for part in reading.parts(query) for table in base_tables(part)]
    except RecursionError as error:
        raise unreadable() from error
    for name in tables:
        named = [table for table in mentions if reading.folded(table.this) == name]
        if len(named) > 1:
            places = sorted(filter(None, (place_of(sql, table) for table in named)), key=lambda place: place.line)
            raise WrongStructure(
                "each table once",
                f"{name} is named {len(named)} times.",
                why=_WHY_ONCE,
                places=places,
                ask=ask,
            )
