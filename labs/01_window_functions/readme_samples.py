"""The tables in README.md: a comment names each, and the table under it is what the data set "sample" really gives.

`<!-- in: payment -->` is a table of the shop by its key, `<!-- out: running_total -->` the oracle's answer to a task.
`refreshed` writes all of them anew, so a README is true if that changes nothing. To refresh it by hand:

    python labs/01_window_functions/readme_samples.py
"""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import tea_shop_data
import tea_shop_oracle

README = Path(__file__).with_name("README.md")

# A marker and, if it is there already, the table below it.
SAMPLE = re.compile(r"^<!-- (in|out): (\w+) -->\n(?:\n(?:\|.*\n)+)?", re.MULTILINE)


def refreshed(readme):
    """Give the README's text with every sample table as it should be."""
    shop = tea_shop_data.shop("sample", seed=0)

    def with_table(marker):
        side, name = marker.groups()
        if side == "in":
            header, rows = column_names(shop.schema, name), sorted(shop.tables[name])
        else:
            answer = getattr(tea_shop_oracle, name)(shop)
            header, rows = answer.names, answer.rows
        return f"<!-- {side}: {name} -->\n\n{markdown(header, rows)}"

    return SAMPLE.sub(with_table, readme)


def column_names(schema, table):
    """Read the names of a table's columns from the schema."""
    body = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", schema, re.DOTALL)[1]
    return re.findall(r"^    (\w+)", body, re.MULTILINE)


def markdown(header, rows):
    """Draw a table, its columns aligned; numbers stand to the right."""
    cells = [list(header), *([shown(value) for value in row] for row in rows)]
    numeric = [all(isinstance(row[place], int | Decimal | None) for row in rows) for place in range(len(header))]
    widths = [max(len(line[place]) for line in cells) for place in range(len(header))]
    rule = ["-" * (width - right) + ":" * right for width, right in zip(widths, numeric, strict=True)]
    lines = [
        [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        for line in [cells[0], rule, *cells[1:]]
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def shown(value):
    """Show a value as psql does, with NULL for None; instants are in UTC and to the minute."""
    if value is None:
        return "NULL"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
