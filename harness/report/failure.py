"""The report of one failed test: what does not hold, what does, where they part, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING

from harness.errors import CouldNotJudge, LabsError, Wrong
from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.explorers.interleavings.verdicts import BrokenInSomeOrder, SeenInNoOrder
from harness.explorers.stories import WrongStory
from harness.judging import WrongColumns, WrongOrder, WrongRows, WrongStructure, WrongValue
from harness.report.beside import one_above_the_other
from harness.report.carets import at_position, excerpt
from harness.report.columns import show_columns, tell_columns
from harness.report.context import Context
from harness.report.prose import sentence, wrapped
from harness.report.recursion import endless_recursion, working_table
from harness.report.slips import SLIPS
from harness.report.story import Story
from harness.report.tables import show_order, show_pairs, show_table
from harness.report.values import escape
from harness.services import QueryFailed, QueryTooSlow, TooManyRows

if TYPE_CHECKING:
    from harness.report.context import Likely
    from harness.table import Table

_RUNS = "your query runs"


def failure(wrong: LabsError, context: Context, width: int = 100) -> str:
    """Return the whole report in plain text, in lines of at most `width` columns except for names and commands."""
    story = _story(wrong, context, width)
    sign = "?" if isinstance(wrong, CouldNotJudge) else "✗"
    mark = context.mark
    line = mark.line if mark else story.line
    where = f"{context.file}:{line}" if context.file and line else context.file
    fact = context.fact or sentence(wrong.message)
    opening = [*wrapped(fact, width, f"{sign} ", "  "), *(f"  {line}" for line in (where, context.data) if line)]
    holds = [line for text in story.holds for line in wrapped(text, width, "  ✔ ", "    ")]
    advice = wrapped(story.advice or wrong.advice, width, "  ", "  ")
    ask = wrong.ask if isinstance(wrong, Wrong) else ""
    meant = excerpt(mark.line, mark.text, mark.start, mark.length, width) if mark else []
    blocks = [opening, meant, holds, wrapped(sentence(story.sentence), width), *story.blocks, advice]
    blocks += [_likely(context.likely, width), _question(ask, width), _commands(context)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


@singledispatch
def _story(wrong: LabsError, context: Context, width: int) -> Story:
    if isinstance(wrong, CouldNotJudge):
        return Story(f"Could not judge: {wrong.message}")
    return Story(wrong.message)


@_story.register
def _(wrong: WrongColumns, context: Context, width: int) -> Story:
    findings = tell_columns(wrong.findings, width)
    table = show_columns(wrong.expected, wrong.observed, wrong.findings, width)
    return Story(wrong.message, [_RUNS], [findings, table])


@_story.register
def _(wrong: WrongRows, context: Context, width: int) -> Story:
    expected, observed = wrong.expected, wrong.observed
    holds = [_RUNS, _columns_hold(expected)]
    if not observed.rows:
        told = f"Your query gave no rows; {_rows(len(expected.rows))} {_were(len(expected.rows))} expected."
        return Story(told, holds, [show_table(expected, "expected", width), *working_table(context.recursion, width)])
    if not expected.rows:
        told = f"Your query gave {_rows(len(observed.rows))}; none was expected."
        return Story(told, holds, [show_table(observed, "observed", width)])
    difference = wrong.difference
    if len(expected.rows) == len(observed.rows):
        holds.append(_right_columns(wrong))
    parts = []
    if difference.differing:
        total = len(expected.rows)
        parts.append(f"{difference.differing} of {_rows(total)} {'differs' if difference.differing == 1 else 'differ'}")
    if difference.missing:
        parts.append(f"{_rows(difference.missing)} {_is(difference.missing)} missing")
    if difference.surplus:
        parts.append(f"{_rows(difference.surplus)} {_is(difference.surplus)} too many")
    table = show_pairs(expected, observed, difference.pairs, width)
    return Story("; ".join(parts) + ".", holds, [table, *working_table(context.recursion, width)])


@_story.register
def _(wrong: WrongOrder, context: Context, width: int) -> Story:
    expected, observed, first = wrong.expected, wrong.observed, wrong.first
    table = show_order(expected, observed, first, width)
    holds = [_RUNS, _columns_hold(expected), f"all {len(expected.rows)} rows are right"]
    sentence = f"{wrong.message[:-1]}: row {first + 1} is the first out of place."
    blocks = [table, *working_table(context.recursion, width)]
    return Story(sentence, holds, blocks, advice="Only an ORDER BY at the end of the query sorts its result.")


@_story.register
def _(wrong: WrongValue, context: Context, width: int) -> Story:
    expected, observed = f"{wrong.what}: {wrong.expected!r}", f"{wrong.what}: {wrong.observed!r}"
    return Story("", blocks=[one_above_the_other(expected, observed, width)])


@_story.register
def _(wrong: WrongStructure, context: Context, width: int) -> Story:
    places = [
        line for place in wrong.places for line in excerpt(place.line, place.text, place.start, place.length, width)
    ]
    why = wrapped(f"Why it matters: {wrong.why}", width)
    return Story(wrong.message, [], [places, why], wrong.places[0].line if wrong.places else None)


@_story.register
def _(wrong: QueryFailed, context: Context, width: int) -> Story:
    told = wrong.message
    if wrong.sqlstate:
        told = f"PostgreSQL could not run it: {told} ({wrong.sqlstate})"
    line, lines = at_position(context.sql, wrong.position, width) if wrong.position and context.sql else (None, [])
    remarks = [("detail", wrong.detail), ("hint", wrong.hint)]
    notes = [
        note for name, text in remarks if text for note in wrapped(f"PostgreSQL's {name}: {text}", width, "  ", "  ")
    ]
    return Story(told, [], [lines, notes], line)


@_story.register
def _(wrong: QueryTooSlow, context: Context, width: int) -> Story:
    unit = "second" if wrong.seconds == 1 else "seconds"
    if context.recursion is not None:
        return endless_recursion(f"Your query was stopped after {wrong.seconds:g} {unit}", context.recursion, width)
    advice = "Does a join or a recursion have no end, or pair every row with every other?"
    return Story(f"Your query was stopped after {wrong.seconds:g} {unit}, before it was done.", advice=advice)


@_story.register
def _(wrong: TooManyRows, context: Context, width: int) -> Story:
    if context.recursion is not None:
        return endless_recursion(f"Your query was stopped: {wrong.message}", context.recursion, width)
    advice = "Does a join lack its condition?"
    return Story(f"Your query was stopped: {wrong.message}.", advice=advice)


@_story.register
def _(wrong: BrokenInSomeOrder, context: Context, width: int) -> Story:
    from harness.report.orders import broken_order  # late: timelines are for labs with an explorer

    return broken_order(wrong, context, width)


@_story.register
def _(wrong: BrokenByACrash, context: Context, width: int) -> Story:
    from harness.report.crashes import broken_by_a_crash  # late, as above

    return broken_by_a_crash(wrong, context, width)


@_story.register
def _(wrong: SeenInNoOrder, context: Context, width: int) -> Story:
    from harness.report.orders import in_no_order  # late, as above

    return in_no_order(wrong, context, width)


@_story.register
def _(wrong: WrongStory, context: Context, width: int) -> Story:
    from harness.report.stories import wrong_story  # late, as above

    return wrong_story(wrong, context, width)


for slip, told in SLIPS.items():
    _story.register(slip, told)


def _columns_hold(expected: Table) -> str:
    return f"the columns are right: {', '.join(map(escape, expected.names))}"


def _right_columns(wrong: WrongRows) -> str:
    """Tell the number of rows, and the columns that are right throughout."""
    count = len(wrong.expected.rows)
    text = f"there {'is 1 row' if count == 1 else f'are {count} rows'}, as there should be"
    if wrong.difference.missing:
        return text
    differing = {cell for pair in wrong.difference.pairs for cell in pair.cells}
    right = [escape(name) for at, name in enumerate(wrong.expected.names) if at not in differing]
    if not right:
        return text
    names = right[0] if len(right) == 1 else f"{', '.join(right[:-1])} and {right[-1]}"
    return f"{text}, and {names} {_is(len(right))} right in {'it' if count == 1 else 'each'}"


def _likely(likely: Sequence[Likely], width: int) -> list[str]:
    if not likely:
        return []
    heading = "The likely cause" if len(likely) == 1 else "Possible causes, which look just the same here"
    lines = wrapped(heading, width)
    for index, mistake in enumerate(likely):
        lines += [""] if index else []
        lines += wrapped(f"easy to believe: {mistake.belief}", width, "  ", "    ")
        lines += wrapped(f"hint: {mistake.hint}", width, "  ", "    ")
    return lines


def _question(ask: str, width: int) -> list[str]:
    return wrapped(f"Ask yourself: {ask}", width) if ask else []


def _commands(context: Context) -> list[str]:
    told = [
        ("look:  ", context.look),
        ("see:   ", context.picture),
        ("replay:", context.replay),
        ("again: ", context.again),
        ("defect:", context.defect),
    ]
    return [f"{name} {command}" for name, command in told if command]


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count:,} rows"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
