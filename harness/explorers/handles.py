"""What a function is handed that works on several servers at once."""

from __future__ import annotations

from typing import Any


class Handles(tuple[Any, ...]):
    """One handle a server, in order: the function takes them one by one."""

    __slots__ = ()
