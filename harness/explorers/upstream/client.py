"""The client's side: real HTTP, whose waiting plays on the virtual clock."""

from __future__ import annotations

import http.client
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.explorers.clock import VirtualClock
from harness.explorers.interleavings.world import current_gate
from harness.explorers.upstream.server import AFTER, AT, CANCELLED

# Real seconds for the test's own server, which answers at once whatever its script says.
_PATIENCE = 20.0


class Cancelled(BaseException):
    """Whoever waited has been told to stop, as asyncio does: no Exception, so that `except Exception` lets it pass."""


@dataclass(frozen=True)
class Response:
    """An answer, whatever its status."""

    status: int
    text: str

    def json(self) -> Any:
        """Return what its text says as JSON. Raises ValueError where it says nothing such."""
        return json.loads(self.text)


class Upstream:
    """A client. `address` is the server's host and port."""

    def __init__(self, address: tuple[str, int], clock: VirtualClock) -> None:
        self._address, self._clock = address, clock

    def get(self, path: str, *, timeout: float | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """Ask for a path; see `request`."""
        return self.request("GET", path, timeout=timeout, headers=headers)

    def request(
        self, method: str, path: str, *, timeout: float | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request and return the answer, whatever its status.

        `timeout` is in seconds; None waits for ever. Raises TimeoutError where no answer comes in time, ConnectionError
        where the connection is lost, and http.client.HTTPException where the answer can't be read.
        """
        if timeout is not None and not timeout > 0:
            raise ValueError(f"a timeout of {timeout!r} seconds leaves no time for an answer")
        response, told = self._sent(method, path, headers or {})
        after = float(told.get(AFTER, 0.0))
        if timeout is not None and after >= timeout:
            self._clock.advance(timeout)
            raise TimeoutError(f"no answer to {method} {path} within {timeout:g} s")
        if math.isinf(after):
            _waits_for_ever(method, path)
        self._clock.advance(after)
        if CANCELLED in told:
            raise Cancelled(f"{method} {path} was cancelled")
        return response

    def _sent(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[Response, Mapping[str, str]]:
        connection = http.client.HTTPConnection(*self._address, timeout=_PATIENCE)
        try:
            connection.request(method, path, headers={**headers, AT: repr(self._clock.monotonic())})
            answer = connection.getresponse()
            return Response(answer.status, answer.read().decode(errors="replace")), dict(answer.getheaders())
        finally:
            connection.close()


def _waits_for_ever(method: str, path: str) -> None:
    gate = current_gate()
    sentence = f"it waits for ever for the answer to {method} {path}: the request has no timeout"
    if gate is None:
        raise RuntimeError(sentence)
    gate.refuse(sentence)
