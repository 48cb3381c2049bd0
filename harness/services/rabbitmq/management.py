"""The HTTP API of RabbitMQ's management plugin, as far as labs and their tests need it."""

from __future__ import annotations

import base64
import http.client
import json
from http import HTTPStatus
from typing import Any

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq import settings
from harness.services.warm import State

_PATIENCE = 60.0  # seconds; a vhost with a hundred queues in it is deleted in less than one, where nothing else goes on


class Management:
    """The API under the administrator's name. Every method raises ServiceUnavailable where the server is gone.

    Each request has a connection of its own (0.3 ms on loopback), so that threads and forked processes can share this.
    """

    def __init__(self, state: State, *, patience: float = _PATIENCE) -> None:
        self._host = state.host
        self._port = state.ports["management"]
        self._patience = patience
        login = f"{settings.ADMINISTRATOR}:{state.passwords[settings.ADMINISTRATOR]}"
        self._headers = {
            "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> Any:
        """Return what the API has under a path below /api/, as plain JSON."""
        return json.loads(self._request("GET", path, None))

    def put(self, path: str, body: dict[str, object]) -> None:
        """Make, or change, what is under the path."""
        self._request("PUT", path, body)

    def delete(self, path: str) -> None:
        """Remove what is under the path; nothing happens where it isn't there."""
        self._request("DELETE", path, None)

    def _request(self, method: str, path: str, body: dict[str, object] | None) -> bytes:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._patience)
        try:
            connection.request(method, f"/api/{path}", json.dumps(body) if body is not None else None, self._headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServiceUnavailable(
                f"RabbitMQ's management API at {self._host}:{self._port} does not answer: {error or type(error)}",
                "run it again: a dead server is replaced",
            ) from error
        finally:
            connection.close()
        already_gone = method == "DELETE" and answer.status == HTTPStatus.NOT_FOUND
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES and not already_gone:
            raise ServiceUnavailable(
                f"RabbitMQ refuses {method} /api/{path}: {answer.status} {content.decode(errors='replace')[:200]}",
                "labs down, then run it again",
            )
        return content
