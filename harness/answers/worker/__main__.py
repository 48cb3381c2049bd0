"""A worker process: `python -I -m harness.answers.worker FD`, where FD is its end of the socket."""

from __future__ import annotations

import sys

from harness.answers.worker.serve import serve

serve(int(sys.argv[1]))
