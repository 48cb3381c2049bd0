"""Which answers are under test, and the boundary to them: plain values in and out, slips turned into clear errors."""

from harness.answers.choosing import AnswerSet, choose
from harness.answers.chosen_transport import HERE, TRANSPORTS, ChosenTransport
from harness.answers.lookup import Answers
from harness.answers.recognising import recognise
from harness.answers.slips import (
    CallFailed,
    DoesNotLoad,
    NeverEnds,
    NoSuchFunction,
    NotAllowed,
    NotPython,
    NotToml,
    TransactionLeftOpen,
)
from harness.answers.sources import MOST_BYTES, Mark, NotWritten, Origin, Queryable, Source, Trial, UnusableAnswer
from harness.answers.sql import QueryResult

__all__ = [
    "HERE",
    "MOST_BYTES",
    "TRANSPORTS",
    "AnswerSet",
    "Answers",
    "CallFailed",
    "ChosenTransport",
    "DoesNotLoad",
    "Mark",
    "NeverEnds",
    "NoSuchFunction",
    "NotAllowed",
    "NotPython",
    "NotToml",
    "NotWritten",
    "Origin",
    "QueryResult",
    "Queryable",
    "Source",
    "TransactionLeftOpen",
    "Trial",
    "UnusableAnswer",
    "choose",
    "recognise",
]
