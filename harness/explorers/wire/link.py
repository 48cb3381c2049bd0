"""One connection over the wire: a client's and the wire's own to the server, and the two flows between them."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable

from harness.explorers.wire import sockets
from harness.explorers.wire.faults import Faults
from harness.explorers.wire.flow import Blocked, Flow
from harness.explorers.wire.loop import Loop


class Link:
    """Passes on bytes, half-closes and resets. Every method runs on the loop's thread; `on_closed` is the last one."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        faults: Faults,
        loop: Loop,
        on_closed: Callable[[Link], None],
    ) -> None:
        self.is_closed = False
        self._is_connected = False
        self._client = client
        self._server = server
        self._to_server = Flow("to_server", client, server, faults)
        self._to_client = Flow("to_client", server, client, faults)
        self._alarms: dict[Flow, float] = {}
        self._loop = loop
        self._on_closed = on_closed
        loop.watch(server, selectors.EVENT_WRITE, self._on_connected)

    @property
    def held(self) -> int:
        """Bytes that the wire holds in both directions."""
        return self._to_server.held + self._to_client.held

    def advance(self) -> None:
        """Pass on what may be passed on by now, and watch for what the rest is waiting for."""
        if self.is_closed or not self._is_connected:
            return
        to_server = self._pass_on(self._to_server, self._to_client)
        to_client = self._pass_on(self._to_client, self._to_server)
        if self.is_closed:
            return
        if self._to_server.is_done and self._to_client.is_done:
            self._close(socket.socket.close)
            return
        self._watch(self._client, self._to_server, to_client, self._on_client)
        self._watch(self._server, self._to_client, to_server, self._on_server)

    def hurry(self) -> None:
        """Let everything that is held pass as soon as it can."""
        self._to_server.hurry()
        self._to_client.hurry()
        self.advance()

    def reset(self) -> None:
        """End both connections by RST."""
        self._close(sockets.reset)

    def _pass_on(self, flow: Flow, back: Flow) -> Blocked:
        blocked = Blocked.HELD_BACK if self.is_closed else flow.pass_on()
        if blocked is Blocked.RESET:
            self.reset()
        elif blocked is Blocked.NOT_DUE and self._alarms.get(flow) != flow.due:
            self._alarms[flow] = flow.due
            self._loop.call_at(flow.due, self.advance)
        elif blocked is Blocked.RECEIVER_GONE:
            flow.abandon()
            back.lose_source()
            self._loop.call_at(0, self.advance)
        return blocked

    def _watch(self, end: socket.socket, sent: Flow, blocked: Blocked, callback: Callable[[int], None]) -> None:
        """Watch one end: what it `sent`, and whether it has room again for what it is to receive."""
        reading = selectors.EVENT_READ if sent.wants_to_read else 0
        writing = selectors.EVENT_WRITE if blocked is Blocked.FULL else 0
        self._loop.watch(end, reading | writing, callback)

    def _on_connected(self, _: int) -> None:
        if self.is_closed:
            return
        self._is_connected = sockets.is_connected(self._server)
        if self._is_connected:
            self.advance()
        else:
            self.reset()

    def _on_client(self, events: int) -> None:
        self._on_ready(events, self._to_server)

    def _on_server(self, events: int) -> None:
        self._on_ready(events, self._to_client)

    def _on_ready(self, events: int, sent: Flow) -> None:
        if self.is_closed:
            return
        if events & selectors.EVENT_READ:
            sent.read()
        self.advance()

    def _close(self, close: Callable[[socket.socket], None]) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        for end in (self._client, self._server):
            self._loop.watch(end, 0, self._on_client)
            close(end)
        for flow in (self._to_server, self._to_client):
            flow.abandon()
        self._on_closed(self)
