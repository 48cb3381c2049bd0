"""SQL as a tree of queries: statements, the levels that the result is made of, and what each name refers to."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.judging.comments import blanked

if TYPE_CHECKING:
    from sqlglot import exp

    Tree = exp.Expr
    Node = TypeVar("Node", bound=exp.Expr)


class Unreadable(Exception):
    """Sqlglot can't read the text. That says nothing about whether the server can."""


@dataclass(frozen=True)
class Word:
    """A token of the text and its 0-based offsets; `text` is empty for a string, a number or a quoted name."""

    text: str
    start: int
    end: int  # of its last character


# One answer is read by several rules, and reading it takes longer than any of them.
_ANSWERS = 4


@functools.lru_cache(_ANSWERS)
def words(sql: str) -> tuple[Word, ...]:
    """Return the tokens; what stands in comments, strings and quoted names is no keyword. Raises Unreadable."""
    import sqlglot  # late: it takes 0.12 s, and most runs need no structure
    from sqlglot.errors import SqlglotError

    try:
        tokens = sqlglot.tokenize(blanked(sql), dialect="postgres")
    except (SqlglotError, RecursionError) as error:
        raise Unreadable from error
    # A token that opens with a quote stands without it in `text`.
    return tuple(
        Word(token.text if sql.startswith(token.text, token.start) else "", token.start, token.end) for token in tokens
    )


@functools.lru_cache(_ANSWERS)
def statements(sql: str) -> tuple[exp.Expr, ...]:
    """Return the tree of each statement in the text, not to be changed. Raises Unreadable."""
    import logging

    import sqlglot  # late: it takes 0.12 s
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    # It would warn about statements that it knows only by name; what to make of those is for the judge to say.
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        trees = [tree for tree in sqlglot.parse(_readable(sql), dialect="postgres") if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise Unreadable from error
    finally:
        logger.setLevel(level)
    return tuple(tree for tree in trees if not isinstance(tree, exp.Semicolon))


@dataclass(frozen=True)
class Clause:
    """A SEARCH or CYCLE clause behind a recursive query: its words, from the keyword to the last name."""

    words: tuple[Word, ...]

    @property
    def kind(self) -> str:
        """SEARCH or CYCLE."""
        return self.words[0].text.upper()


def clauses_at(found: Sequence[Word], at: int) -> list[Clause]:
    """Return the SEARCH and CYCLE clauses that begin with the word at this place; none where others stand there."""
    clauses: list[Clause] = []
    while at < len(found) and found[at].text.upper() in {"SEARCH", "CYCLE"}:
        last = "USING" if found[at].text.upper() == "CYCLE" else "SET"
        end = next((place for place in range(at, len(found)) if found[place].text.upper() == last), None)
        texts = {word.text.upper() for word in found[at : end + 2]} if end is not None else set()
        if end is None or "SET" not in texts or texts & {"(", ")"} or end + 1 >= len(found):
            break  # an alias or a column of that name
        clauses.append(Clause(tuple(found[at : end + 2])))
        at = end + 2
    return clauses


def _readable(sql: str) -> str:
    """Blank out what sqlglot can't read: comments, and SEARCH and CYCLE behind a recursive query.

    Neither says anything about which tables are read, and every other character keeps its offset.
    """
    text = blanked(sql)
    found = words(sql)
    for at, word in enumerate(found):
        if word.text == ")":
            for clause in clauses_at(found, at + 1):
                start, end = clause.words[0].start, clause.words[-1].end + 1
                text = text[:start] + " " * (end - start) + text[end:]
    return text


def folded(identifier: exp.Expr | None) -> str:
    """Return a name as Postgres reads it: in lower case, unless it was quoted."""
    if identifier is None:
        return ""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def alias(source: exp.Expr) -> str:
    """Return the name by which the columns of an entry in FROM are called, or an empty text."""
    from sqlglot import exp

    given = source.args.get("alias")
    if isinstance(given, exp.TableAlias) and given.this is not None:
        return folded(given.this)
    return folded(source.this) if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) else ""


def unwrapped(query: exp.Expr) -> exp.Expr:
    """Return a query without the parentheses round it."""
    from sqlglot import exp

    while isinstance(query, exp.Subquery) and not query.args.get("joins") and isinstance(query.this, exp.Expr):
        query = query.this
    return query


def sources(select: exp.Expr) -> Iterator[exp.Expr]:
    """Give the entries of one FROM: tables, derived tables, LATERAL and functions; joins in parentheses are opened."""
    from sqlglot import exp

    entries = [join.this for join in select.args.get("joins") or ()]
    opening = select.args.get("from_")
    if opening is not None:
        entries.insert(0, opening.this)
    while entries:
        entry = entries.pop(0)
        joined = [join.this for join in entry.args.get("joins") or ()]
        if isinstance(entry, exp.Subquery) and isinstance(entry.this, exp.Table | exp.Subquery):
            entries = [entry.this, *joined, *entries]
            continue
        entries = joined + entries
        yield entry


def definition(table: exp.Table) -> exp.CTE | None:
    """Return the WITH query that a name in FROM refers to; None for a table of the database or a function."""
    from sqlglot import exp

    if not isinstance(table.this, exp.Identifier) or table.args.get("db"):
        return None
    name = folded(table.this)
    node: exp.Expr | None = table
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None:
            found = _visible(clause, name, table)
            if found is not None:
                return found
        node = node.parent
    return None


def _visible(clause: exp.With, name: str, table: exp.Table) -> exp.CTE | None:
    """Find a name in one WITH: there a query sees the ones before it, and itself where it is recursive."""
    for query in clause.expressions:
        inside = _is_within(table, query)
        if inside and not clause.args.get("recursive"):
            return None
        if folded(query.args["alias"].this) == name:
            found: exp.CTE = query
            return found
    return None


def _is_within(node: exp.Expr, ancestor: exp.Expr) -> bool:
    current: exp.Expr | None = node
    while current is not None and current is not ancestor:
        current = current.parent
    return current is not None


def parts(query: exp.Expr) -> list[exp.Expr]:
    """Return the query and every WITH query it refers to, directly or through another: what the result is made of."""
    from sqlglot import exp

    found = [query]
    for part in found:
        for table in nodes(part, exp.Table):
            target = definition(table)
            if target is not None and not any(target.this is known for known in found):
                found.append(target.this)
    return found


def nodes(part: exp.Expr, kind: type[Node]) -> Iterator[Node]:
    """Give a part's nodes of one kind, outer ones first; the WITH queries under it are parts of their own."""
    from sqlglot import exp

    for node in part.walk(prune=lambda node: isinstance(node, exp.With)):
        if isinstance(node, kind):
            yield node


def target(entry: exp.Expr) -> exp.Expr | None:
    """Return the query behind an entry of FROM; None for a table of the database or a function."""
    from sqlglot import exp

    if isinstance(entry, exp.Table):
        found = definition(entry)
        return found.this if found is not None else None
    if isinstance(entry, exp.Lateral):
        entry = entry.this
    if isinstance(entry, exp.Values):
        return entry
    inner = unwrapped(entry)
    return inner if isinstance(inner, exp.Query) else None
