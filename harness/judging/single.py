"""One value against another: what a call returned, what is left in a table after it."""

from __future__ import annotations

from harness.errors import Wrong


class WrongValue(Wrong):
    """Something is not what it should be; `what` names it, both values are plain ones."""

    def __init__(self, what: str, expected: object, observed: object, *, ask: str = "") -> None:
        super().__init__(f"{what} is {observed!r}, and should be {expected!r}", ask=ask)
        self.what, self.expected, self.observed = what, expected, observed


def require_same(what: str, expected: object, observed: object, *, ask: str = "") -> None:
    """Raise WrongValue unless both are equal and of one type: 1 is not True."""
    if type(expected) is not type(observed) or expected != observed:
        raise WrongValue(what, expected, observed, ask=ask)
