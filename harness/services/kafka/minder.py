"""Runs the command that follows for as long as standard input is open, then ends it: SIGTERM, later SIGKILL.

So a server that a test or a start needs for a moment never outlives whoever has started it, however that one ends.
Started by its path, with `python -I -S`: it takes nothing but the standard library.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

_PATIENCE = 90.0  # seconds; Java writes an archive of 60 MB before it ends


def main(command: list[str]) -> int:
    """Run the command; return its exit status, as Python counts them."""
    # Ctrl-C is for whoever holds the other end of standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:

        def end_with_the_input() -> None:
            while os.read(0, 512):
                pass
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(_PATIENCE)
            server.kill()

        threading.Thread(target=end_with_the_input, daemon=True).start()
        return server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) & 0xFF)
