"""The tables in the READMEs of labs: a comment names each; the table is what the data set "sample" really gives.

`<!-- in: payment -->` is a table of the lab's, `<!-- out: running_total -->` the oracle's answer to a task. `refreshed`
writes all of them anew, so a README is true if that changes nothing. To refresh them by hand:

    python tests/documents/sample_tables.py
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

LABS = Path(__file__).resolve().parents[2] / "labs"
# By lab: the module of its data and the function that makes a data set, and the module of its oracle.
SAMPLED = {
    "01_window_functions": ("tea_shop_data", "shop", "tea_shop_oracle"),
    "02_recursive_ctes": ("factory_data", "factory", "factory_oracle"),
}

# A marker and, if it is there already, the table below it.
SAMPLE = re.compile(r"^<!-- (in|out): (\w+) -->\n(?:\n(?:\|.*\n)+)?", re.MULTILINE)


def refreshed(lab: str, readme: str) -> str:
    """Return the README's text with every sample table as it should be."""
    data, make, oracle = SAMPLED[lab]
    dataset = getattr(_module(lab, data), make)("sample", seed=0)

    def with_table(marker: re.Match[str]) -> str:
        side, name = marker.groups()
        if side == "in":
            header, rows = column_names(dataset.schema, name), sorted(dataset.tables[name])
        else:
            answer = getattr(_module(lab, oracle), name)(dataset)
            header, rows = answer.names, answer.rows
        return f"<!-- {side}: {name} -->\n\n{markdown(header, rows)}"

    return SAMPLE.sub(with_table, readme)


def _module(lab: str, name: str) -> object:
    """Import a helper module of a lab's: no two labs have one of the same name."""
    if str(LABS / lab) not in sys.path:
        sys.path.append(str(LABS / lab))
    return importlib.import_module(name)


def column_names(schema: str, table: str) -> list[str]:
    """Read the names of a table's columns from the schema; what begins with a capital letter is a constraint."""
    body = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", schema, re.DOTALL)
    assert body, f"the schema has no table {table}"
    return re.findall(r"^    ([a-z_]\w*)", body[1], re.MULTILINE)


def markdown(header: Iterable[str], rows: Sequence[Sequence[object]]) -> str:
    """Draw a table, its columns aligned; numbers stand to the right."""
    cells = [list(header), *([shown(value) for value in row] for row in rows)]
    numeric = [all(_is_number(row[place]) for row in rows) for place in range(len(cells[0]))]
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    rule = ["-" * (width - right) + ":" * right for width, right in zip(widths, numeric, strict=True)]
    lines = [
        [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        for line in [cells[0], rule, *cells[1:]]
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool))


def shown(value: object) -> str:
    """Show a value as psql does, with NULL for None and words for booleans; instants are in UTC and to the minute."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    for folder in SAMPLED:
        path = LABS / folder / "README.md"
        path.write_text(refreshed(folder, path.read_text(encoding="utf-8")), encoding="utf-8")
