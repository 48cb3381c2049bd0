"""Whether a window's value is used: it is a column of the result, or something that decides about the result.

Columns are followed from the outermost query inwards. Where a name could mean two things it is taken to mean both, so
that no window in use is overlooked; a window that is found nowhere on the way is a decoy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.judging import sql as reading

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Tree

# The columns of a query that are asked for, by name; None stands for all of them.
Wanted = frozenset[str] | None
_Seen = set[tuple[int, Wanted]]

_FUNCTION = re.compile(r"(\w+)\(")


def uses_window(query: Tree) -> bool:
    """Return whether the value of some window function has a part in the result of the query."""
    return _uses(query, None, set())


def outputs(select: exp.Select) -> list[str | None]:
    """Return the names of a query's columns; None for * and where only the server knows the name."""
    return [_name(item) for item in select.expressions]


def _uses(query: Tree, wanted: Wanted, seen: _Seen) -> bool:
    from sqlglot import exp

    query = reading.unwrapped(query)
    if (id(query), wanted) in seen:
        return False
    seen.add((id(query), wanted))
    if isinstance(query, exp.SetOperation):
        # Its columns go by position, and all of them decide which rows are the same.
        return _uses(query.left, None, seen) or _uses(query.right, None, seen)
    return isinstance(query, exp.Select) and _select_uses(query, wanted, seen)


def _select_uses(select: exp.Select, wanted: Wanted, seen: _Seen) -> bool:
    from sqlglot import exp

    deciding = list(_deciding(select))
    used = [*_wanted_items(select, wanted, deciding), *deciding]
    if any(_has_window(expression, seen) for expression in used):
        return True
    entries = list(reading.sources(select))
    # What stands in a function or a LATERAL of this FROM may be a column of its neighbours.
    beside = [entry for entry in entries if isinstance(entry, exp.Lateral) or reading.target(entry) is None]
    references: list[Tree] = [expression for expression in used if isinstance(expression, exp.Star)]
    references += [column for expression in (*used, *beside) for column in expression.find_all(exp.Column)]
    passed = None if wanted is None else wanted.difference(outputs(select))
    for entry in entries:
        target = reading.target(entry)
        if target is not None:
            asked = _asked_of(entry, references, passed, _using(select))
            if _uses(target, _by_own_names(entry, target, asked), seen):
                return True
    return False


def _has_window(expression: Tree, seen: _Seen) -> bool:
    from sqlglot import exp

    for node in _own_nodes(expression):
        if isinstance(node, exp.Window):
            return True
        if isinstance(node, exp.Select | exp.SetOperation):
            asked: Wanted = frozenset() if isinstance(node.parent, exp.Exists) else None
            if _uses(node, asked, seen):
                return True
    return False


def _own_nodes(expression: Tree) -> Iterator[Tree]:
    """Give the nodes of one level; a subquery is given, but not what is in it."""
    from sqlglot import exp

    return expression.walk(prune=lambda node: isinstance(node, exp.Select | exp.SetOperation))


def _deciding(select: exp.Select) -> Iterator[Tree]:
    """Give what decides which rows there are: not ORDER BY, unless it says which rows are cut off."""
    from sqlglot import exp

    for clause in ("where", "group", "having"):
        if select.args.get(clause) is not None:
            yield select.args[clause]
    for join in _joins(select):
        if join.args.get("on") is not None:
            yield join.args["on"]
    distinct = select.args.get("distinct")
    chosen = isinstance(distinct, exp.Distinct) and distinct.args.get("on")
    if chosen:
        yield chosen
    if select.args.get("order") is not None and (chosen or select.args.get("limit") or select.args.get("offset")):
        yield select.args["order"]


def _joins(select: exp.Select) -> Iterator[exp.Join]:
    from sqlglot import exp

    for part in (select.args.get("from_"), *(select.args.get("joins") or ())):
        for node in _own_nodes(part) if part is not None else ():
            if isinstance(node, exp.Join):
                yield node


def _using(select: exp.Select) -> Wanted:
    """Return the names that rows are joined by; all names where a NATURAL JOIN doesn't tell them."""
    names: set[str] = set()
    for join in _joins(select):
        if str(join.args.get("method") or "").upper() == "NATURAL":
            return None
        names.update(reading.folded(name) for name in join.args.get("using") or ())
    return frozenset(names)


def _wanted_items(select: exp.Select, wanted: Wanted, deciding: Iterable[Tree]) -> list[Tree]:
    """Return the items of the list behind SELECT that are asked for, or that GROUP BY or ORDER BY mean by a name."""
    from sqlglot import exp

    if wanted is None:
        return list(select.expressions)
    names = outputs(select)
    unknown = bool(wanted - {name for name in names if name is not None})
    meant: set[object] = set(wanted)
    for clause in deciding:
        if isinstance(clause, exp.Group | exp.Order | exp.Tuple):
            meant.update(reading.folded(column.this) for column in clause.find_all(exp.Column))
            meant.update(int(literal.name) for literal in clause.find_all(exp.Literal) if literal.name.isdigit())
    return [
        item
        for place, (item, name) in enumerate(zip(select.expressions, names, strict=True), 1)
        if place in meant or (unknown if name is None else name in meant)
    ]


def _asked_of(entry: Tree, references: Iterable[Tree], passed: Wanted, using: Wanted) -> Wanted:
    """Return the names under which an entry of FROM is asked for something; a * asks it for what is `passed` on."""
    from sqlglot import exp

    own = reading.alias(entry)
    asked: Wanted = using
    for reference in references:
        name, qualifier = reading.folded(reference.this), reading.folded(reference.args.get("table"))
        if asked is None or (not qualifier and name == own):
            return None  # the row as a whole
        if qualifier not in ("", own):
            continue
        if isinstance(reference, exp.Star) or isinstance(reference.this, exp.Star):
            asked = None if passed is None else asked | passed
        else:
            asked |= {name}
    return asked


def _by_own_names(entry: Tree, target: Tree, asked: Wanted) -> Wanted:
    """Translate the names given behind AS t (a, b) or WITH t (a, b) into those that the query has inside."""
    from sqlglot import exp

    definition = reading.definition(entry) if isinstance(entry, exp.Table) else None
    for given in (entry.args.get("alias"), definition.args.get("alias") if definition is not None else None):
        names = [reading.folded(name) for name in given.args.get("columns") or ()] if given is not None else []
        if not names or asked is None:
            continue
        inner = reading.unwrapped(target)
        inside = outputs(inner) if isinstance(inner, exp.Select) else []
        if len(inside) < len(names) or None in inside:
            return None
        asked = frozenset(inside[names.index(name)] or name if name in names else name for name in asked)
    return asked


def _name(item: Tree) -> str | None:
    from sqlglot import exp

    if isinstance(item, exp.Alias):
        return reading.folded(item.args["alias"])
    while isinstance(item, exp.Paren):
        item = item.this
    if isinstance(item, exp.Column) and not isinstance(item.this, exp.Star):
        return reading.folded(item.this)
    if isinstance(item, exp.Window):
        # A window without a name is called by its function.
        call = _FUNCTION.match(item.sql("postgres", comments=False))
        return call[1].lower() if call else None
    return None
