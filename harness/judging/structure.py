"""What kind of statement an answer is: one, and one that only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import Wrong
from harness.judging import sql as reading

if TYPE_CHECKING:
    from harness.judging.sql import Tree, Word


@dataclass(frozen=True)
class Place:
    """A part of the answer's text: its line (1-based) as written, and where in that line it starts (0-based)."""

    line: int
    text: str
    start: int
    length: int

    @classmethod
    def of(cls, sql: str, start: int, end: int) -> Place:
        """Name the place from offset `start` to `end` (both 0-based and included) in the text."""
        line_start = sql.rfind("\n", 0, start) + 1
        text = sql[line_start:].split("\n", 1)[0].rstrip("\r")
        first = start - line_start
        return cls(sql.count("\n", 0, start) + 1, text, first, max(1, min(end + 1 - start, len(text) - first)))


class WrongStructure(Wrong):
    """The answer is built in a way that its task rules out: `rule` names the rule, `why` says what it is for."""

    def __init__(  # noqa: PLR0913 - all that there is to say of it
        self, rule: str, message: str, *, why: str, places: Sequence[Place] = (), advice: str = "", ask: str = ""
    ) -> None:
        super().__init__(message, advice, ask=ask)
        self.rule = rule
        self.why = why
        self.places = tuple(places)


_READERS = {"SELECT", "WITH", "VALUES", "TABLE", "("}
_WHY_ONE = "the answer is one result, and only one statement can give it."
_WHY_READING = "the answer is a question to the data; it leaves the data as it was."
# Each is told from a column of the same name by the word behind it.
_WRITERS = {
    "INSERT": {"INTO"},
    "DELETE": {"FROM"},
    "MERGE": {"INTO"},
    "UPDATE": set[str](),
    "INTO": set[str](),
    "FOR": {"UPDATE", "NO", "SHARE", "KEY"},
}


def require_one_reading_statement(sql: str) -> None:
    """Raise WrongStructure unless the text is exactly one statement that only reads.

    SELECT, WITH .. SELECT, set operations, VALUES and TABLE read; a change to data anywhere, SELECT INTO and
    FOR UPDATE don't. What sqlglot can't read passes: the server will judge it, in a transaction that can't write.
    """
    try:
        words = reading.words(sql)
        _require_one(sql, words)
        first = next(word for word in words if word.text != ";")
        if first.text.upper() not in _READERS:
            message = f"The statement begins with {first.text.upper()}; it has to be a query."
            raise _writes(message, [_place(sql, first)])
        trees = reading.statements(sql)
    except reading.Unreadable:
        return
    for keyword in _writing_keywords(trees):
        raise _writes(f"{_name(keyword)} does more than read.", _places_of(sql, words, keyword))


def _require_one(sql: str, words: Sequence[Word]) -> None:
    begins = [
        word for index, word in enumerate(words) if word.text != ";" and (index == 0 or words[index - 1].text == ";")
    ]
    if len(begins) == 1:
        return
    message = f"There are {len(begins)} statements in this file." if begins else "There is no statement in this file."
    raise WrongStructure(
        "one statement",
        message,
        why=_WHY_ONE,
        places=[_place(sql, word) for word in begins],
        advice="Keep one SELECT; the steps before it can become WITH queries." if begins else "Write one SELECT.",
    )


def _writing_keywords(trees: Sequence[Tree]) -> list[str]:
    from sqlglot import exp

    kinds: dict[type[Tree], str] = {
        exp.Insert: "INSERT",
        exp.Update: "UPDATE",
        exp.Delete: "DELETE",
        exp.Merge: "MERGE",
        exp.Into: "INTO",
        exp.Lock: "FOR",
    }
    return [kinds[type(node)] for tree in trees for node in tree.walk() if type(node) in kinds]


def _places_of(sql: str, words: Sequence[Word], keyword: str) -> list[Place]:
    followers = _WRITERS[keyword]
    return [
        _place(sql, word)
        for word, behind in zip(words, [*words[1:], None], strict=True)
        if word.text.upper() == keyword and (not followers or (behind and behind.text.upper() in followers))
    ][:1]


def _name(keyword: str) -> str:
    return {"INTO": "SELECT INTO", "FOR": "A locking clause (FOR UPDATE, FOR SHARE)"}.get(keyword, keyword)


def _writes(message: str, places: Sequence[Place]) -> WrongStructure:
    return WrongStructure("only reads", message, why=_WHY_READING, places=places, advice="Write one SELECT.")


def _place(sql: str, word: Word) -> Place:
    return Place.of(sql, word.start, word.start + len(word.text) - 1)
