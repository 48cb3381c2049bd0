"""The tables in README.md: a comment names each, and the table under it is what the data set "sample" really gives.

`<!-- in: employee -->` is a table of the factory, `<!-- out: reporting_lines -->` the oracle's answer to a task.
`refreshed` writes all of them anew, so a README is true if that changes nothing. To refresh it by hand:

    python labs/02_recursive_ctes/factory_samples.py
"""

import re
from pathlib import Path

import factory_data
import factory_oracle

README = Path(__file__).with_name("README.md")

# A marker and, if it is there already, the table below it.
SAMPLE = re.compile(r"^<!-- (in|out): (\w+) -->\n(?:\n(?:\|.*\n)+)?", re.MULTILINE)


def refreshed(readme):
    """Give the README's text with every sample table as it should be."""
    factory = factory_data.factory("sample", seed=0)

    def with_table(marker):
        side, name = marker.groups()
        if side == "in":
            header, rows = column_names(factory.schema, name), sorted(factory.tables[name])
        else:
            answer = getattr(factory_oracle, name)(factory)
            header, rows = answer.names, answer.rows
        return f"<!-- {side}: {name} -->\n\n{markdown(header, rows)}"

    return SAMPLE.sub(with_table, readme)


def column_names(schema, table):
    """Read the names of a table's columns from the schema."""
    body = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", schema, re.DOTALL)[1]
    return re.findall(r"^    ([a-z_]+)", body, re.MULTILINE)


def markdown(header, rows):
    """Draw a table, its columns aligned."""
    cells = [list(header), *([shown(value) for value in row] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(header))]
    lines = [cells[0], ["-" * width for width in widths], *cells[1:]]
    return "".join(
        f"| {' | '.join(text.ljust(width) for text, width in zip(line, widths, strict=True))} |\n" for line in lines
    )


def shown(value):
    """Show a value as psql does, with NULL for None."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
