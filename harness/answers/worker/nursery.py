"""A process that has imported what workers need, and forks one in milliseconds: for programs that die often."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys

from harness.answers.worker.serve import serve

_NEEDED = ("psycopg", "pika", "confluent_kafka", "harness.explorers.crashes.kafka", "harness.explorers.crashes.rabbit")


def tend(descriptor: int) -> None:
    """Obey the parent at the other end of a socket: `fork`, with a socket for the new worker; `kill`; `wait`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end is ours
    for name in _NEEDED:
        importlib.import_module(name)
    with socket.socket(fileno=descriptor) as parent:
        while True:
            line, descriptors, _, _ = socket.recv_fds(parent, 1024, 1)
            if not line:
                return
            command, *values = json.loads(line)
            if command == "fork":
                (theirs,) = descriptors
                if (child := os.fork()) == 0:
                    parent.close()
                    serve(theirs)
                    os._exit(0)
                os.close(theirs)
                answer = child
            else:
                (child,) = values
                if command == "kill":
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                answer = os.waitstatus_to_exitcode(status)
            parent.sendall(json.dumps(answer).encode())


if __name__ == "__main__":
    tend(int(sys.argv[1]))
