"""What a broker knows of its cluster: one request of Kafka's protocol, and its answer."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REQUEST = (3, 5)  # its key and version; Kafka 4 knows it


@dataclass(frozen=True)
class Partition:
    """Who has a partition, by node id; `leader` is None where it has none."""

    leader: int | None
    replicas: tuple[int, ...]
    in_sync: frozenset[int]


@dataclass(frozen=True)
class Metadata:
    """The ports of the brokers that are not missed, by node id; and the partitions of topics, by name and number."""

    brokers: Mapping[int, int]
    topics: Mapping[str, Mapping[int, Partition]] = field(default_factory=dict)


def about(topics: Sequence[str] | None) -> bytes:
    """Return the body of a request about some topics, or about all for None. None is made by being asked for."""
    if topics is None:
        return struct.pack(">ib", -1, 0)
    return struct.pack(">i", len(topics)) + b"".join(_text(topic) for topic in topics) + b"\0"


def read(answer: bytes) -> Metadata:
    """Read an answer; topics that the broker doesn't know are left out. Raises ConnectionError for anything else."""
    try:
        return _metadata(_Reader(answer))
    except (struct.error, UnicodeDecodeError) as error:
        raise ConnectionError("this is not Kafka") from error


def _metadata(reader: _Reader) -> Metadata:
    reader.number("i")  # for how long this client is held back
    brokers = {}
    for _ in range(reader.number("i")):
        node = reader.number("i")
        reader.text()  # its host
        brokers[node] = reader.number("i")
        reader.text()  # its rack
    reader.text()  # the cluster's id
    reader.number("i")  # the controller, or so clients shall believe
    topics = {}
    for _ in range(reader.number("i")):
        error = reader.number("h")
        name = reader.text()
        reader.number("b")  # whether it is Kafka's own
        partitions = dict(_partition(reader) for _ in range(reader.number("i")))
        if not error:
            topics[name] = partitions
    return Metadata(brokers, topics)


def _partition(reader: _Reader) -> tuple[int, Partition]:
    reader.number("h")  # an error, where it has no leader
    number, leader = reader.number("i"), reader.number("i")
    replicas, in_sync, _ = reader.numbers(), reader.numbers(), reader.numbers()
    return number, Partition(leader if leader >= 0 else None, replicas, frozenset(in_sync))


class _Reader:
    """Takes one value after the other from an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def number(self, kind: str) -> int:
        """Take a number: b, h, i as `struct` calls them."""
        (value,) = struct.unpack_from(f">{kind}", self._content, self._at)
        self._at += struct.calcsize(kind)
        return int(value)

    def numbers(self) -> tuple[int, ...]:
        """Take a list of numbers."""
        return tuple(self.number("i") for _ in range(self.number("i")))

    def text(self) -> str:
        """Take a text, empty where there is none."""
        length = max(0, self.number("h"))
        (value,) = struct.unpack_from(f">{length}s", self._content, self._at)
        self._at += length
        return str(value, "utf-8")


def _text(content: str) -> bytes:
    encoded = content.encode()
    return struct.pack(">h", len(encoded)) + encoded
