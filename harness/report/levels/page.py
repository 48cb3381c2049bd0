"""The file that a learner opens: the working table of their recursion as a picture, and how to read it."""

from __future__ import annotations

from html import escape as escaped
from pathlib import Path

from harness.judging.working_table import WorkingTable
from harness.report.levels.layout import layout_of
from harness.report.levels.svg import STYLE, svg
from harness.report.recursion import in_one_line, left_out
from harness.report.timeline.page import PAGE, write_page
from harness.report.values import escape

_SMALLEST = 0.85
_WIDE = "figure > svg { display: block; max-width: 100%; min-width: var(--least); height: auto; }\n"


def write_levels(table: WorkingTable, title: str, path: Path) -> Path:
    """Write the page of a working table that has rows to `path`, whole or not at all, and return the path.

    `title` is the fact that does not hold. Raises OSError where it can't be written.
    """
    return write_page(page(table, title), path)


def page(table: WorkingTable, title: str) -> str:
    """Return the page as HTML that needs nothing else: no script, no font, no image from elsewhere."""
    least = round(layout_of(table).width * _SMALLEST)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_html(title)}</title>
<style>
{PAGE}{STYLE}{_WIDE}</style>
</head>
<body>
<main>
<div class="story">
<header><h1>{_html(title)}</h1></header>
<div class="first">
{_what_happened(table)}</div>
<figure style="--least: {least}px">
{svg(table, title)}</figure>
<aside>
{_how_to_read(table)}</aside>
</div>
</main>
</body>
</html>
"""


def _what_happened(table: WorkingTable) -> str:
    name = f"<code>{_html(table.name)}</code>"
    count = len(table.levels)
    if table.ended:
        levels = "1 level" if count == 1 else f"{count:,} levels"
        dropped = f"<p>{_html(left_out(table))}</p>" if any(table.left_out) else ""
        found = f"<p>{name} found {_rows(table.size)} on {levels}, then no more.</p>"
        return _section("What was found", found + dropped)
    if table.goes_on:
        return _section("What was found", f"<p>{name} goes on beyond the first {count:,} levels, which are these.</p>")
    body = f"<p><strong>{name} did not come to an end.</strong> It was followed for {count:,} levels.</p>"
    if table.circle is not None:
        body += f"<p>It runs in a circle: {_html(in_one_line(table, table.circle))}.</p>"
    return _section("What was found", body)


def _how_to_read(table: WorkingTable) -> str:
    told = [
        "Downwards, a level at a time. Level 0 is the first SELECT.",
        "Each further level is the second SELECT, which sees the rows of the level above only: the working table.",
        "A thread leads from each row to those that came of it.",
    ]
    if table.distinct:
        told.append("UNION: a row that is equal to one found before is left out, and nothing comes of it.")
    if table.circle is not None:
        told.append("Red: the rows of the circle. The last one is where the first one was, and so it all begins again.")
    return _section("How to read it", "".join(f"<p>{_html(text)}</p>" for text in told))


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>\n"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _html(text: str) -> str:
    return escaped(escape(text))
