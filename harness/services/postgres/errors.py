"""What can be wrong with a statement once a server has seen it."""

from __future__ import annotations

from harness.errors import Wrong


class QueryFailed(Wrong):
    """The server refused the statement, or it gives no rows.

    `sqlstate` is five characters, or empty where the server had no say; `message`, `detail` and `hint` are the
    server's; `position` counts characters of the statement from 1, or is None.
    """

    def __init__(
        self, sqlstate: str, message: str, *, detail: str = "", hint: str = "", position: int | None = None
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint
        self.position = position


class QueryTooSlow(Wrong):
    """The statement took longer than it may: `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the statement was stopped after {seconds:g} seconds")
        self.seconds = seconds


class TooManyRows(Wrong):
    """The statement gave more than `limit` rows, or so much text that nobody would read it."""

    def __init__(self, limit: int, message: str = "") -> None:
        super().__init__(message or f"the statement gave more than {limit:,} rows")
        self.limit = limit
