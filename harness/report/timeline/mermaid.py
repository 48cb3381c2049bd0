"""A timeline as a Mermaid sequence diagram, for reports in Markdown: each step is a message to the database."""

from __future__ import annotations

from collections.abc import Iterator

from harness.explorers.crashes.history import CrashExploration
from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Broken
from harness.report.timeline.rows import Explored, Row, timeline_of
from harness.report.timeline.words import ACROSS_SIGNS, BROKEN_HERE, MARKED, came_of
from harness.report.timeline.wrapping import wrap_statement, wrap_words
from harness.report.values import escape

_WIDTH = 48  # columns of a line within the diagram
_DATABASE = "db"
# Beside letters, digits and blanks, what means nothing to Mermaid. All else is written as the number of its character.
_PLAIN = set(" .,()=*+-/'_!?→✗…↯↻·◆")
# Half transparent, so that it suits light pages and dark ones.
_ACCENT = "rgba(220, 38, 38, 0.25)"


def mermaid(exploration: Explored) -> str:
    """Return the shortest order that breaks a rule as a `sequenceDiagram`; an empty text where no order does."""
    timeline, run = timeline_of(exploration), exploration.shortest
    if run is None:
        return ""
    ids = [f"a{index}" for index in range(len(timeline.actors))]
    if isinstance(exploration, CrashExploration):
        return _crashed(exploration)
    columns = [f"actor {id_} as {_line(name)}" for id_, name in zip(ids, timeline.actors, strict=True)]
    middle = (len(columns) + 1) // 2
    columns.insert(middle, f"participant {_DATABASE} as database")
    whole = [*ids[:middle], _DATABASE, *ids[middle:]]
    edges = f"{whole[0]},{whole[-1]}"
    lines = columns
    if exploration.given:
        lines.append(f"Note over {edges}: {_text('Each order begins with: ' + exploration.given, 2 * _WIDTH)}")
    for row in timeline.rows:
        lines += _messages(row, ids[row.actor], run.outcomes.get(row.event.actor))
        if row.breaks and timeline.broken is not None:
            lines += [f"rect {_ACCENT}", f"Note over {edges}: {_broken(timeline.broken)}", "end"]
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in lines)]) + "\n"


def _crashed(exploration: CrashExploration) -> str:
    """Return a run with a crash: each operation is a message from its program to a server."""
    timeline = timeline_of(exploration)
    pairs = {lane: lane.split(" at ", 1) for lane in timeline.actors}
    # In the order of the message's way: a server stands where it is first reached.
    names = list(dict.fromkeys(name for pair in pairs.values() for name in pair))
    ids = {name: f"p{at}" for at, name in enumerate(names)}
    programs = {program for program, _ in pairs.values()}
    lines = [f"{'actor' if name in programs else 'participant'} {ids[name]} as {_line(name)}" for name in names]
    edges = f"{ids[names[0]]},{ids[names[-1]]}"
    if exploration.given:
        lines.append(f"Note over {edges}: {_text('Each run begins with: ' + exploration.given, 2 * _WIDTH)}")
    for row in timeline.rows:
        if row.whole:
            sign = ACROSS_SIGNS[row.event.kind]
            note = f"Note over {edges}: {_text(f'{sign} {row.event.text}', 2 * _WIDTH)}"
            lines += [f"rect {_ACCENT}", note, "end"] if row.event.kind == "crashes" else [note]
        else:
            program, server = (ids[name] for name in pairs[row.event.actor])
            mark = f"{MARKED} " if row.marked else ""
            lines.append(
                f"{program}->>{server}: {_text(f'{mark}{row.number}. {row.event.text}', _WIDTH, statement=True)}"
            )
            arrow = "--x" if row.event.error else "-->>"
            lines += [f"{server}{arrow}{program}: {_text(said, _WIDTH)}" for said in came_of(row)]
        if row.breaks and timeline.broken is not None:
            lines += [f"rect {_ACCENT}", f"Note over {edges}: {_broken(timeline.broken)}", "end"]
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in lines)]) + "\n"


def _messages(row: Row, actor: str, outcome: Outcome | None) -> Iterator[str]:
    event = row.event
    if event.kind in {"does", "waits"}:
        yield f"{actor}->>{_DATABASE}: {_text(f'{row.number}. {event.text}', _WIDTH, statement=True)}"
    if row.opens:
        yield f"activate {actor}"
    for said in came_of(row, outcome):
        if event.kind in {"does", "goes on"}:
            arrow = "--x" if event.error else "-->>"
            number = f"({row.number}) " if event.kind == "goes on" else ""
            yield f"{_DATABASE}{arrow}{actor}: {_text(number + said, _WIDTH)}"
        else:
            yield f"Note over {actor}: {_text(said, _WIDTH // 2)}"
    if row.closes:
        yield f"deactivate {actor}"


def _broken(broken: Broken) -> str:
    told = [f"✗ {BROKEN_HERE}: {broken.fact}"]
    if broken.difference is not None:
        sides = [("expected", broken.difference.expected), ("observed", broken.difference.observed)]
        told += [f"{name} {text}" for name, text in sides if text]
    return "<br/>".join(_text(text, 2 * _WIDTH) for text in told)


def _text(text: str, width: int, *, statement: bool = False) -> str:
    lines = wrap_statement(text, width) if statement else wrap_words(text, width)
    return "<br/>".join(_line(line.strip()) for line in lines)


def _line(text: str) -> str:
    return "".join(
        character if character.isalnum() or character in _PLAIN else f"#{ord(character)};" for character in escape(text)
    )
