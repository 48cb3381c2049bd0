"""A recursive query taken apart as text, so that it can be run one level at a time.

PostgreSQL makes the rows of `WITH RECURSIVE t AS (first UNION ALL next)` level by level: the working table holds the
last level only, and `next` sees nothing else of t. So each level comes of running `next` on the rows of the level
before; and since `next` may not aggregate over t, it can be run for each of these rows apart, which tells which row
comes of which. The learner's text stays as it is: only the name of t in its FROM is replaced by the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.judging import sql as reading

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Clause, Word
    from harness.table import Column

_FROM = "labs_from"
# Alone, these names mean one character and one bit.
_ANY_LENGTH = {"char": "bpchar", "bit": "varbit"}


@dataclass(frozen=True)
class Reference:
    """Where, in the recursive part, the query names itself (offsets, the last one excluded)."""

    start: int
    end: int
    has_alias: bool


@dataclass(frozen=True)
class RecursionText:
    """One recursive query. `before` is the text from its WITH to its name, `distinct` tells that UNION joins its parts.

    `columns` are the names in parentheses behind its own, or an empty text. `body` is the whole query with its SEARCH
    and CYCLE; `path` and `mark` are the columns that a CYCLE makes, `order` that of a SEARCH, or None.
    """

    before: str
    name: str
    columns: str
    first: str
    next: str
    body: str
    references: tuple[Reference, ...]
    distinct: bool
    path: str | None = None
    order: str | None = None

    def first_level(self, what: str = "*") -> str:
        """Return the statement that gives the rows which the recursion begins with."""
        kept = "DISTINCT *" if self.distinct else "*"
        rows = f"(SELECT {kept} FROM ({self.first}\n) AS labs_first)"
        return f"{self.before} {self.name}{self.columns} AS {rows} SELECT {what} FROM {self.name}"

    def next_level(self, columns: Sequence[Column], rows: Iterable[Sequence[str | None]]) -> str:
        """Return the statement that gives what comes of the rows of one level, each with the number of its origin.

        `rows` are values as PostgreSQL writes them. The columns are: the number (from 0), the values, then the values
        as text.
        """
        names = [quoted(column.name) for column in columns]
        values = ", ".join(
            f"({number}, {', '.join(_literal(value, column) for value, column in zip(row, columns, strict=True))})"
            for number, row in enumerate(rows)
        )
        own = f"(SELECT {', '.join(f'labs_row.{name} AS {name}' for name in names)})"
        text = self.next
        for reference in sorted(self.references, key=lambda reference: -reference.start):
            alias = "" if reference.has_alias else f" AS {self.name}"
            text = f"{text[: reference.start]}{own}{alias}{text[reference.end :]}"
        listed = ", ".join(names)
        return (
            f"{self.before} labs_nothing AS (SELECT 1) "
            f"SELECT labs_row.{_FROM}, {', '.join(f'labs_next.{name}' for name in names)}, {as_text(columns)} "
            f"FROM (VALUES {values}) AS labs_row ({_FROM}, {listed}) "
            f"CROSS JOIN LATERAL ({text}\n) AS labs_next ({listed}) "
            f"ORDER BY {', '.join(str(place) for place in range(1, len(names) + 2))}"
        )

    def all_levels(self, columns: Sequence[Column], most_rows: int) -> str:
        """Return the statement that gives all levels at once, of a query with CYCLE, but at most so many rows.

        The columns are: the path down to the row, that to the row it came of, the values but for the path. The path has
        one entry a level.
        """
        path = f"labs_all.{quoted(self.path or '')}"
        shown = [f"labs_all.{quoted(column.name)}" for column in columns]
        parent = f"{path}[: cardinality({path}) - 1]"
        inner = ", ".join(quoted(name) for name in (*(column.name for column in columns), self.path or ""))
        order = ", ".join(str(place) for place in range(1, len(shown) + 4) if place != 3)  # noqa: PLR2004 - of the parent
        return (
            f"{self.before} {self.body} "
            f"SELECT cardinality({path}) - 1, {path}::text, {parent}::text, {', '.join(shown)} "
            # PostgreSQL makes no more rows of a recursion than are asked for. Below the top, * leaves its path out.
            f"FROM (SELECT {inner} FROM {self.name} LIMIT {most_rows}) AS labs_all ORDER BY {order}"
        )


def recursions(sql: str) -> list[RecursionText]:
    """Return the recursive queries of a statement, in order, wherever they stand; plain forms only."""
    try:
        return list(_recursions(sql, reading.words(sql)))
    except (reading.Unreadable, IndexError, KeyError, ValueError, RecursionError):
        return []


def as_text(columns: Sequence[Column], source: str = "labs_next") -> str:
    """Return a list of columns, each turned into text."""
    return ", ".join(f"{source}.{quoted(column.name)}::text" for column in columns)


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str | None, column: Column) -> str:
    written = "NULL" if value is None else "'" + value.replace("'", "''") + "'"
    return f"{written}::{_ANY_LENGTH.get(column.type, column.type)}"


@dataclass(frozen=True)
class _Query:
    """A query behind WITH: the places of its words. `opens` is that of its WITH, `end` the place behind all of it."""

    opens: int
    begin: int
    columns: tuple[int, int] | None
    opening: int
    closing: int
    clauses: tuple[Clause, ...]
    end: int


def _recursions(sql: str, words: Sequence[Word]) -> Iterator[RecursionText]:
    from sqlglot import exp

    (tree,) = reading.statements(sql)
    definitions = {definition.args["alias"].this.meta["start"]: definition for definition in tree.find_all(exp.CTE)}
    for at, (word, after) in enumerate(pairwise(words)):
        if (word.text.upper(), after.text.upper()) == ("WITH", "RECURSIVE"):
            for query in _queries(words, at):
                found = _recursion(sql, words, query, definitions[words[query.begin].start])
                if found is not None:
                    yield found


def _queries(words: Sequence[Word], opens: int) -> Iterator[_Query]:
    """Give the queries of the WITH RECURSIVE at this place."""
    at = opens + 2
    while True:
        begin, columns = at, None
        at += 1
        if words[at].text == "(":
            columns = (at, _closing(words, at))
            at = columns[1] + 1
        while words[at].text.upper() in {"AS", "NOT", "MATERIALIZED"}:
            at += 1
        closing = _closing(words, at)
        clauses = tuple(reading.clauses_at(words, closing + 1))
        end = closing + 1 + sum(len(clause.words) for clause in clauses)
        yield _Query(opens, begin, columns, at, closing, clauses, end)
        if end >= len(words) or words[end].text != ",":
            return
        at = end + 1


def _recursion(sql: str, words: Sequence[Word], query: _Query, definition: exp.CTE) -> RecursionText | None:
    """Take one query apart; None where it isn't recursive, or not two parts joined by UNION."""
    split = _last_union(words, query)
    if split is None:
        return None
    behind = split + 1 if words[split + 1].text.upper() in {"ALL", "DISTINCT"} else split
    start = words[behind].end + 1
    references = tuple(_references(definition, start))
    if not references:
        return None
    made = {clause.kind: _name(sql, clause.words[-1]) for clause in query.clauses}
    return RecursionText(
        before=sql[words[query.opens].start : words[query.begin].start],
        name=sql[words[query.begin].start : words[query.begin].end + 1],
        columns=f" {_slice(sql, words, *query.columns)}" if query.columns else "",
        first=sql[words[query.opening].end + 1 : words[split].start],
        next=sql[start : words[query.closing].start],
        body=_slice(sql, words, query.begin, query.end - 1),
        references=references,
        distinct=words[behind].text.upper() != "ALL",
        path=made.get("CYCLE"),
        order=made.get("SEARCH"),
    )


def _last_union(words: Sequence[Word], query: _Query) -> int | None:
    """Return the place of the UNION that joins the two parts; it's the last one that stands in no parentheses."""
    depth, found = 0, None
    for at in range(query.opening, query.closing):
        text = words[at].text.upper()
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth == 1 and text in {"UNION", "INTERSECT", "EXCEPT"}:
            found = at if text == "UNION" else None
    return found


def _references(definition: exp.CTE, start: int) -> Iterator[Reference]:
    from sqlglot import exp

    for table in definition.this.find_all(exp.Table):
        if reading.definition(table) is definition:
            where = table.this.meta
            if where["start"] >= start:
                yield Reference(where["start"] - start, where["end"] + 1 - start, bool(table.args.get("alias")))


def _slice(sql: str, words: Sequence[Word], first: int, last: int) -> str:
    return sql[words[first].start : words[last].end + 1]


def _name(sql: str, word: Word) -> str:
    """Return a name as the server gives it."""
    text = sql[word.start : word.end + 1]
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.lower()


def _closing(words: Sequence[Word], opening: int) -> int:
    depth = 0
    for at in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at].text, 0)
        if depth == 0:
            return at
    raise IndexError(opening)
