"""Columns against columns: names, order and families of types, each difference named precisely."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.errors import Wrong
from harness.table import Column

# Types within a family hold the same values; which of them a query gives is an accident of its functions.
_FAMILIES = {
    "whole number": "smallint integer bigint int int2 int4 int8",
    "text": "text varchar char name bpchar character",
    "numeric": "numeric decimal",
    "double precision": "double real float float4 float8",
    "boolean": "boolean bool",
    "timestamptz": "timestamptz",
    "timestamp": "timestamp",
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}

Kind = Literal["missing", "extra", "misspelt", "capitals", "unnamed", "other name", "other order", "type"]


@dataclass(frozen=True)
class ColumnFinding:
    """One thing wrong with the columns: `expected` and `observed` are names, or types where kind is "type"."""

    kind: Kind
    column: str
    expected: str = ""
    observed: str = ""
    position: int = 0


class WrongColumns(Wrong):
    """The observed columns differ from the expected ones in name, number, order or family of type."""

    def __init__(
        self,
        expected: tuple[Column, ...],
        observed: tuple[Column, ...],
        findings: tuple[ColumnFinding, ...],
        *,
        ask: str,
    ) -> None:
        super().__init__("The columns are not the ones asked for.", ask=ask)
        self.expected = expected
        self.observed = observed
        self.findings = findings


def family(type_name: str) -> str:
    """Return the family of an SQL type's name: integer and bigint are both "whole number"."""
    words = type_name.strip().lower()
    if words.endswith("[]"):
        return family(words[:-2]) + "[]"
    if "with time zone" in words:
        return words.split()[0] + "tz"
    bare = words.split("(")[0].split()
    return _FAMILY_OF.get(bare[0], " ".join(bare)) if bare else words


def compare_columns(expected: tuple[Column, ...], observed: tuple[Column, ...], *, ask: str) -> None:
    """Raise WrongColumns unless names, their order and the families of types agree."""
    names, seen = [column.name for column in expected], [column.name for column in observed]
    partner, findings = _pair_names(names, seen)
    if not findings and names != seen:
        findings.append(ColumnFinding("other order", "", ", ".join(names), ", ".join(seen)))
    findings += [
        ColumnFinding("type", wanted.name, wanted.type, observed[place].type)
        for wanted, place in zip(expected, partner, strict=True)
        if place is not None and family(wanted.type) != family(observed[place].type)
    ]
    if findings:
        raise WrongColumns(expected, observed, tuple(findings), ask=ask)


def _pair_names(names: list[str], seen: list[str]) -> tuple[list[int | None], list[ColumnFinding]]:
    """Say for each expected name where it was observed, perhaps under a wrong name, and what is wrong with it."""
    partner: list[int | None] = [None] * len(names)
    free = list(range(len(seen)))
    findings: list[ColumnFinding] = []
    # The surest likeness first, so that no name is taken by one that only resembles it.
    for likeness in (_same, _same_but_capitals, _close, _same_place):
        for index, name in enumerate(names):
            place = likeness(index, names, seen, free) if partner[index] is None else None
            if place is None:
                continue
            partner[index] = place
            free.remove(place)
            if seen[place] != name:
                findings.append(ColumnFinding(_kind(likeness, seen[place]), name, name, seen[place], place + 1))
    findings += [ColumnFinding("missing", name) for name, place in zip(names, partner, strict=True) if place is None]
    findings += [ColumnFinding("extra", seen[place]) for place in free]
    return partner, findings


_Likeness = Callable[[int, list[str], list[str], list[int]], int | None]


def _kind(likeness: _Likeness, observed: str) -> Kind:
    if likeness is _same_place:
        return "unnamed" if observed == "?column?" else "other name"
    return "misspelt" if likeness is _close else "capitals"


def _same(index: int, names: list[str], seen: list[str], free: list[int]) -> int | None:
    return next((place for place in free if seen[place] == names[index]), None)


def _same_but_capitals(index: int, names: list[str], seen: list[str], free: list[int]) -> int | None:
    return next((place for place in free if seen[place].lower() == names[index].lower()), None)


def _close(index: int, names: list[str], seen: list[str], free: list[int]) -> int | None:
    close = difflib.get_close_matches(names[index], [seen[place] for place in free], n=1, cutoff=0.7)
    return next((place for place in free if close and seen[place] == close[0]), None)


def _same_place(index: int, names: list[str], seen: list[str], free: list[int]) -> int | None:
    """With as many columns as asked for, the one in the same place is most likely meant, whatever its name."""
    return index if index in free and len(names) == len(seen) else None
