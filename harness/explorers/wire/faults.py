"""What is wrong with a wire at the moment."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Literal, get_args

Direction = Literal["to_server", "to_client"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


class Faults:
    """Delays, blackholes and the allowance of `cut_after`; and how many bytes have got through so far."""

    def __init__(self, on_spent: Callable[[socket.socket], None]) -> None:
        """`on_spent` is called with the receiver once the last byte of an allowance has been sent to it."""
        self.on_spent = on_spent
        self.passed: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)
        self.mend()

    def mend(self) -> None:
        """Forget all faults."""
        self.delays: dict[Direction, float] = dict.fromkeys(DIRECTIONS, 0.0)
        self.blackholes: set[Direction] = set()
        self.allow_all()

    def allow_all(self) -> None:
        """Forget the allowance."""
        self.allowance: dict[Direction, int] = {}
        # To whom the last byte of the allowance is on its way, during which nothing else may pass.
        self.cutting: socket.socket | None = None

    def allow(self, direction: Direction, size: int) -> None:
        """Let so many bytes through; an allowance given before is forgotten."""
        self.allow_all()
        self.allowance[direction] = size

    def is_open(self, direction: Direction) -> bool:
        """Whether anything gets through."""
        return self.cutting is None and direction not in self.blackholes

    def is_spent(self, direction: Direction) -> bool:
        """Whether the last byte of the allowance has passed."""
        return self.allowance.get(direction) == 0

    def passable(self, direction: Direction, size: int) -> int:
        """How many of so many bytes the allowance lets through."""
        return min(size, self.allowance.get(direction, size))

    def count(self, direction: Direction, size: int) -> None:
        """Note that so many bytes have passed."""
        self.passed[direction] += size
        if direction in self.allowance:
            self.allowance[direction] -= size
