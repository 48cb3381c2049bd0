"""What a lab loads into a database: a schema and rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

# Raised whenever a database is filled in another way, so that those made the old way are not taken for new ones.
_RECIPE = "2"


@dataclass(frozen=True)
class Dataset:
    """A named set of rows. Tables are loaded in the mapping's order, rows in the sequence's: the heap keeps that order.

    `schema` is DDL, `tables` maps a table's name (`payment` or `shop.payment`) to rows in the schema's column order,
    `seed` is the number the rows were generated from, or None where they were written by hand.
    """

    name: str
    schema: str
    tables: Mapping[str, Sequence[Sequence[object]]]
    seed: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        """A hash over schema and rows, 32 hexadecimal digits, equal in every run and on every Python."""
        digest = hashlib.sha256()
        for part in self._parts():
            # The length goes first, so that no two different lists of parts run together into one text.
            text = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(text))
            digest.update(text)
        return digest.hexdigest()[:32]

    def _parts(self) -> Iterator[str]:
        yield _RECIPE
        yield self.schema
        for table, rows in self.tables.items():
            yield f"table {table}"
            for row in rows:
                yield f"row {len(row)}"
                for value in row:
                    # repr tells 1 from '1' and Decimal('1.0') from Decimal('1.00'), and hides no digit of a float.
                    yield repr(value)


def schema_fingerprint(schema: str) -> str:
    """A hash over a schema's text, 16 hexadecimal digits."""
    return hashlib.sha256(f"{_RECIPE}\n{schema}".encode()).hexdigest()[:16]
