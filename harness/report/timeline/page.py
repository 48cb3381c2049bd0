"""The file that a learner opens: the picture, and the story told beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from html import escape as escaped
from pathlib import Path
from tempfile import NamedTemporaryFile

from harness.explorers.crashes.history import CrashExploration
from harness.explorers.interleavings import Exploration
from harness.report.prose import sentence
from harness.report.timeline.crash_words import faults_in_words
from harness.report.timeline.layout import layout_of
from harness.report.timeline.rows import Explored, Row, timeline_of
from harness.report.timeline.style import MONO, PICTURE, SANS, palette
from harness.report.timeline.svg import svg
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import came_of, how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened
from harness.report.values import escape

_SMALLEST = 0.85
PAGE = f"""{palette(":root")}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 {SANS}; }}
main {{ max-width: 1720px; margin: 0 auto; padding: 28px clamp(14px, 3vw, 40px) 40px; }}
h1 {{ font-size: clamp(21px, 2.4vw, 28px); line-height: 1.25; margin: 0 0 4px; max-width: 60ch; text-wrap: balance; }}
h1::before {{ content: "✗ "; color: var(--accent); }}
h2 {{ font-size: 13px; font-weight: 650; color: var(--soft); margin: 26px 0 6px; }}
p {{ margin: 0 0 8px; }}
.rule {{ font-size: 16px; color: var(--soft); margin: 0; max-width: 75ch; }}
.story {{ display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px 44px; }}
.first, aside {{ max-width: 75ch; }}
.share {{ display: flex; gap: 2px; height: 12px; margin: 4px 0 10px; }}
.share span {{ border-radius: 3px; min-width: 3px; }}
.share .broke {{ background: var(--accent); }}
.share .kept {{ background: var(--line); }}
dl {{ display: grid; grid-template-columns: fit-content(50%) minmax(0, 1fr); gap: 2px 14px; margin: 0; }}
dt {{ color: var(--soft); }}
dd {{ margin: 0; font-family: {MONO}; font-size: 13.5px; overflow-wrap: anywhere; padding-top: 1px; }}
dd.observed {{ color: var(--accent); font-weight: 650; }}
ul {{ margin: 0; padding: 0; list-style: none; }}
.holds li {{ padding-left: 1.4em; text-indent: -1.4em; }}
.holds li::before {{ content: "✔"; display: inline-block; width: 1.4em; text-indent: 0; color: var(--lane1); }}
.keys li {{ display: grid; grid-template-columns: 34px 1fr; gap: 10px; align-items: center; margin-bottom: 5px; }}
.keys svg {{ display: block; }}
code, pre {{ font: 13px/1.5 {MONO}; }}
pre {{ margin: 0; padding: 10px 12px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }}
pre.wraps {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
pre.text {{ line-height: 1.3; overflow-x: auto; }}
figure {{ margin: 22px 0 0; overflow-x: auto; }}
figure > svg {{ display: block; max-width: 100%; min-width: var(--least); height: auto; }}
details {{ margin-top: 26px; }}
summary {{ cursor: pointer; color: var(--soft); margin-bottom: 8px; }}
@media (min-width: 1240px) {{
  .story {{ grid-template-columns: 330px minmax(0, 1fr); grid-template-rows: auto auto 1fr; }}
  header, details {{ grid-column: 1 / -1; }}
  figure {{ grid-area: 2 / 2 / span 2; margin-top: 26px; }}
}}
@media print {{
  @page {{ margin: 12mm; }}
  main {{ padding: 0; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .story {{ display: block; }}
  figure {{ overflow: visible; }}
  figure > svg {{ min-width: 0; }}
  section {{ break-inside: avoid; }}
  details {{ display: none; }}
}}
"""

_BAR = '<rect class="span" x="2" width="30" height="22" rx="5"/><rect class="edge" x="2" width="4" height="22" rx="2"/>'


def write_picture(exploration: Explored, title: str, path: Path, *, again: str = "") -> Path:
    """Write the page of a broken rule to `path`, whole or not at all, and return the path.

    `title` is the fact that does not hold, `again` the command that replays the order. Raises OSError where it can't be
    written, and ValueError where no order breaks a rule.
    """
    return write_page(page(exploration, title, again=again), path)


def write_story(exploration: Exploration, title: str, path: Path) -> Path:
    """Write the page of a story that went wrong, and return the path. Raises as `write_picture` does."""
    return write_page(story_page(exploration, title), path)


def write_page(text: str, path: Path) -> Path:
    """Write a page to `path`, whole or not at all, and return the path. Raises OSError where it can't be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name[:60]}-", delete=False
    ) as draft:
        try:
            draft.write(text)
            draft.close()
            os.chmod(draft.name, 0o644)  # noqa: PTH101 - a draft is its owner's alone; what is written is for whoever may enter
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    return path


def page(exploration: Explored, title: str, *, again: str = "") -> str:
    """Return the page as HTML that needs nothing else: no script, no font, no image from elsewhere."""
    first = _numbers(exploration) + _sides(exploration)
    beside = f"{_keys(exploration)}{_given(exploration)}{_calls(exploration)}{_remarks(exploration.remarks)}"
    beside += _replay(exploration, again)
    return _document(exploration, title, first, beside, key_to(exploration))


def story_page(exploration: Exploration, title: str) -> str:
    """Return the page of a story: one course of events, told by itself, without orders, transactions or a database."""
    number = '<text class="number" x="17" y="15.5">1</text>'
    badge = f'<circle class="badge done" cx="17" cy="11" r="10"/>{number}'
    goes_on = "what goes on meanwhile: a call without an answer yet, or a breaker that is not closed"
    keys = "".join(
        f'<li><svg width="34" height="22" aria-hidden="true"><g class="lane0">{sign}</g></svg>{text}</li>'
        for sign, text in ((badge, "something that happens"), (_BAR, goes_on))
    )
    how = "<p>Downwards. No real time passes: the clock is the test's.</p>"
    beside = _section("How to read it", f'{how}<ul class="keys timeline">{keys}</ul>')
    beside += _section("Given", f'<pre class="wraps">{_html(exploration.given)}</pre>' if exploration.given else "")
    return _document(exploration, title, _sides(exploration), beside, "")


def _document(exploration: Explored, title: str, first: str, beside: str, key: str) -> str:
    broken = exploration.shortest.broken if exploration.shortest else None
    rule = f'<p class="rule">{_html(sentence(broken.fact))}</p>' if broken and broken.fact != title else ""
    picture = svg(exploration, title, shown=False)
    text = "\n".join([*text_timeline(exploration), "", key]).rstrip()
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_html(title)}</title>
<style>
{PAGE}{PICTURE}</style>
</head>
<body>
<main>
<div class="story">
<header><h1>{_html(title)}</h1>{rule}</header>
<div class="first">
{first}</div>
<figure style="--least: {_least(exploration)}px">
{picture}</figure>
<aside>
{beside}</aside>
<details><summary>The same as text</summary>
<pre class="text">{escaped(text)}</pre>
</details>
</div>
</main>
</body>
</html>
"""


def _html(text: str) -> str:
    return escaped(escape(text))


def _least(exploration: Explored) -> int:
    """Return the width in pixels below which the picture's text would be too small: there it scrolls instead."""
    return round(layout_of(exploration).width * _SMALLEST)


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>\n" if body else ""


def _numbers(exploration: Explored) -> str:
    broke, kept = exploration.broke, exploration.ran - exploration.broke
    share = ""
    if exploration.ran > 1:
        kept_part = f'<span class="kept" style="flex: {kept}"></span>' if kept else ""
        share = (
            f'<div class="share" aria-hidden="true"><span class="broke" style="flex: {broke}"></span>{kept_part}</div>'
        )
    told = " ".join(which_were_run(exploration))
    holds = "".join(f"<li>{_html(text)}</li>" for text in what_keeps_it(exploration))
    body = f"<p><strong>{_html(how_many_break_it(exploration))}</strong></p>{share}"
    body += f"<p>{_html(told)}</p>" if told else ""
    body += f'<ul class="holds">{holds}</ul>' if holds else ""
    return _section("How often", body)


def _sides(exploration: Explored) -> str:
    broken = exploration.shortest.broken if exploration.shortest else None
    if broken is None or broken.difference is None:
        return ""
    expected, observed = broken.difference.expected, broken.difference.observed
    body = f"<dt>expected</dt><dd>{_html(expected)}</dd>" if expected else ""
    body += f'<dt>observed</dt><dd class="observed">{_html(observed)}</dd>'
    return _section("What is wrong", f"<dl>{body}</dl>")


def _keys(exploration: Explored) -> str:
    rows = timeline_of(exploration).rows
    keys = "".join(
        f'<li><svg width="34" height="22" aria-hidden="true">{sign}</svg>{text}</li>' for sign, text in _signs(rows)
    )
    return _section("How to read it", f'<p>Downwards, a step at a time.</p><ul class="keys timeline">{keys}</ul>')


def _signs(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    number = '<text class="number" x="17" y="15.5">1</text>'
    crashed = any(row.whole for row in rows)
    yield (
        f'<g class="lane0"><circle class="badge done" cx="17" cy="11" r="10"/>{number}</g>',
        "an operation of a program on a server" if crashed else "a step: one statement, sent and answered",
    )
    if any(row.marked for row in rows):
        ring = '<circle class="mark" cx="17" cy="11" r="9"/>'
        yield ring, "it is about what is lost, or comes twice"
    if any(row.event.kind == "crashes" for row in rows):
        tear = '<path class="tear" d="M 3 13 l 7 -4 l 7 4 l 7 -4 l 7 4"/>'
        yield f'<g class="crashes">{tear}</g>', "a crash: the program ends wherever it is, its connections are cut"
    if any(row.opens for row in rows):
        yield f'<g class="lane0">{_BAR}</g>', "a transaction, from its first statement to its end"
    if any(row.event.kind == "waits" for row in rows):
        yield (
            '<rect x="2" width="30" height="22" rx="3" fill="url(#timeline-wait-0)"/>',
            "a statement that waits for a lock that another holds",
        )
    if any(row.switch for row in rows):
        yield (
            '<path class="thread" d="M 5 0 V 11 H 29 V 22"/>',
            "whose turn it is; a switch leaves a call that could have gone on",
        )
    if not crashed and any(row.closes for row in rows):
        dot = '<circle class="in" cx="17" cy="11" r="6"/>'
        yield (
            f'<line class="base" x1="17" y1="0" x2="17" y2="22"/><g class="lane0">{dot}</g>',
            "the moment when others can see what a transaction has done; hollow: it is undone",
        )


def _given(exploration: Explored) -> str:
    statements = [part.strip() for part in shortened(escape(exploration.given)).split("; ")]
    text = ";\n".join(escaped(part) for part in statements)
    title = "Each run begins with" if isinstance(exploration, CrashExploration) else "Each order begins with"
    return _section(title, f'<pre class="wraps">{text}</pre>' if exploration.given else "")


def _calls(exploration: Explored) -> str:
    if isinstance(exploration, CrashExploration):
        return ""  # a row of the picture says it
    timeline, run = timeline_of(exploration), exploration.shortest
    ended = {
        row.event.actor: ", ".join(came_of(row, run.outcomes.get(row.event.actor) if run else None))
        for row in timeline.rows
        if row.event.kind in {"returns", "raises"}
    }
    calls = "".join(
        f"<dt>{_html(name)}</dt><dd>{_html(ended.get(name, 'did not end'))}</dd>" for name in timeline.actors
    )
    return _section("How the calls ended", f"<dl>{calls}</dl>")


def _remarks(remarks: Sequence[str]) -> str:
    return _section("Remarks", "".join(f"<p>{_html(sentence(remark))}</p>" for remark in remarks))


def _replay(exploration: Explored, again: str) -> str:
    if not exploration.token:
        return ""
    crashed = isinstance(exploration, CrashExploration)
    means = faults_in_words(exploration.token) if crashed else "a letter a step"
    body = f"<p>Its name is <code>{_html(exploration.token)}</code>, {means}.</p>"
    return _section(
        "Run this very crash again" if crashed else "Run this very order again",
        body + (f'<pre class="wraps">{_html(again)}</pre>' if again else ""),
    )
