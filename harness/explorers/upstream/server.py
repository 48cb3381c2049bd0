"""The server's side: a thread of the test's that answers as its script says, and keeps what it was asked.

A delay isn't waited for. It goes along in a header, and the client plays it on its clock (client.py): so that a request
to a server that hangs ends by its timeout at once.
"""

from __future__ import annotations

import math
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Literal, Self

AFTER, CANCELLED, AT = "Labs-After", "Labs-Cancelled", "Labs-Time"
# How long to wait for the thread to end, in seconds; it is at rest whenever nobody asks.
_ENDING = 5.0


@dataclass(frozen=True)
class Answer:
    """What the server does with one request: `status` and `text` of its answer, `after` so many seconds.

    `kind` is what else can happen: it accepts the request and `hangs`, it `resets` the connection, it `garbles` (its
    answer is no HTTP), or whoever waits for it is `cancelled` meanwhile.
    """

    status: int = 200
    text: str = ""
    after: float = 0.0
    kind: Literal["answers", "hangs", "resets", "garbles", "cancelled"] = "answers"


@dataclass(frozen=True)
class Request:
    """What the server was asked: `at` is the virtual time at which it was sent, headers have names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    at: float


class ScriptedUpstream:
    """A server on a free port of loopback. `requests` is what it was asked, in order. A context manager.

    Requests beyond the script are answered with `otherwise`.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.otherwise = Answer()
        self._life: tuple[Answer, ...] = ()
        self._script: deque[Answer] = deque()
        self._server = _Server(self)
        self.address: tuple[str, int] = ("127.0.0.1", self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Nothing more: it serves."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop serving."""
        self.close()

    def script(self, answers: Iterable[Answer], otherwise: Answer | None = None) -> None:
        """Begin a new life: forget what was asked, and answer like this from now on."""
        self._life = tuple(answers)
        self.otherwise = otherwise or Answer()
        self.begin_again()

    def begin_again(self) -> None:
        """Begin the same life once more."""
        self.requests.clear()
        self._script = deque(self._life)

    def next_answer(self, request: Request) -> Answer:
        """Note a request, and return what is to be done with it."""
        self.requests.append(request)
        return self._script.popleft() if self._script else self.otherwise

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_ENDING)


class _Server(HTTPServer):
    """One request after the other, one connection each: the order of what was asked is the order in which it came."""

    def __init__(self, upstream: ScriptedUpstream) -> None:
        self.upstream = upstream
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the standard library would."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone away."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items() if name != AT}
        self.rfile.read(int(headers.get("content-length") or 0))
        at = float(self.headers.get(AT) or 0)
        answer = self.server.upstream.next_answer(Request(self.command, self.path, headers, at))
        self.close_connection = True
        if answer.kind == "resets":
            # A linger of no time makes the end of the connection a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        if answer.kind == "garbles":
            self.wfile.write(b"<html>this is no status line</html>\r\n\r\n")
            return
        body = answer.text.encode()
        self.send_response(answer.status)
        self.send_header(AFTER, repr(math.inf if answer.kind == "hangs" else float(answer.after)))
        if answer.kind == "cancelled":
            self.send_header(CANCELLED, "yes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - names of the standard library's

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""
