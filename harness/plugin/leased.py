"""The servers that one run has leased: started when they are needed, and given up when one can't serve any more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from harness.errors import BrokenLab, CouldNotJudge
from harness.services import SERVICES, OwnServer, PostgresServer, provide, provide_own
from harness.services.provide import Choice

StartOwn = Callable[[str], OwnServer[Any]]


class LeasedServers:
    """The run's servers, by service. `choice` gives the provider asked for, `say` prints a line of progress."""

    def __init__(self, choice: Callable[[], Choice], say: Callable[[str], None]) -> None:
        self._choice = choice
        self._say = say
        # Why there is none, or none any more, takes a server's place.
        self._servers: dict[str, Any] = {}
        # What the test at hand has to itself.
        self._own: list[OwnServer[Any]] = []

    def start(self, names: Sequence[str]) -> None:
        """Start several at once; whoever asks for one that can't be had is told why."""
        if len(names) > 1:
            # Each start mostly waits for its own server.
            with ThreadPoolExecutor(len(names)) as starts:
                list(starts.map(self._try_to_start, names))
        elif names:
            self._try_to_start(*names)

    def _try_to_start(self, name: str) -> None:
        with contextlib.suppress(CouldNotJudge):
            self.get(name)

    def get(self, name: str) -> object:
        """Return a service's server, started at the first call. Raises CouldNotJudge, each time, if it can't."""
        if name not in self._servers:
            try:
                server = provide(SERVICES[name], self._choice(), say=self._say)
                self._servers[name] = server
                self._say(f"{name}: {server.version}, {server.provider} ({server.why})")
            except CouldNotJudge as problem:
                self._servers[name] = problem
        found = self._servers[name]
        if isinstance(found, CouldNotJudge):
            raise found.with_traceback(None)
        return cast("object", found)

    def postgres(self) -> PostgresServer:
        """Return the Postgres; see `get`."""
        return cast("PostgresServer", self.get("postgres"))

    @contextlib.contextmanager
    def own(self) -> Iterator[StartOwn]:
        """Lend a test a function that starts servers which it alone has, by service; they end with the block."""
        with contextlib.ExitStack() as stack:

            def start(name: str) -> OwnServer[Any]:
                if name not in SERVICES:
                    raise BrokenLab(f"own_server({name!r}): there is no such service; there are {', '.join(SERVICES)}")
                server = stack.enter_context(provide_own(SERVICES[name], self._choice(), say=self._say))
                self._own.append(server)
                return server

            try:
                yield start
            finally:
                self._own.clear()

    def trouble_of(self, fixtures: Collection[str]) -> CouldNotJudge | None:
        """Return why a server that a test has used can't serve: then whatever the test has found is no verdict.

        `fixtures` are the names of the test's. From then on every test that asks for this server gets the same
        sentence, at once.
        """
        for name, server in self._servers.items():
            if f"{name}_server" in fixtures:
                found = server if isinstance(server, CouldNotJudge) else server.trouble()
                if found is not None:
                    self._servers[name] = found
                    return cast("CouldNotJudge", found)
        return next(filter(None, (server.trouble() for server in self._own)), None)

    def is_lost(self, name: str) -> bool:
        """Whether a service's server can't be used, or not any more."""
        return isinstance(self._servers.get(name), CouldNotJudge)

    def close(self) -> None:
        """Remove the databases that were made ahead; the servers stay warm."""
        if isinstance(server := self._servers.get("postgres"), PostgresServer):
            server.close()
