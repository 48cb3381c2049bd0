"""Worker processes: what they know, how they end, and that none is left behind."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys

import psutil
import pytest
from homes import has_ended
from learners import ACCOUNTS, STORIES

from harness.answers import NotAllowed
from harness.answers.nowhere import Nowhere
from harness.answers.places import place_of
from harness.explorers.interleavings import Explorer, Story


def workers_of(process):
    """Its workers that live; it may have other children, and those that have ended can't be asked what they were."""
    found = []
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "harness.answers.worker" in child.cmdline():
                found.append(child)
    return found


def pids_of_workers():
    """The workers of this process, whichever test has started them."""
    return {worker.pid for worker in workers_of(psutil.Process())}


# To the socket to the parent, whichever descriptor it is; nonsense for whatever command is at hand.
FORGED = """import os, stat
    for file in range(3, 100):
        try:
            if stat.S_ISSOCK(os.fstat(file).st_mode): os.write(file, {})
        except OSError: pass
"""
NONSENSE = "b''.join(b'[%d, {\"asks\": 1}]\\n' % n for n in range(1, 2000))"

# What a learner's function does, and what is said of it.
ENDS = {
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "killed by SIGSEGV"),
    "it cuts the wire": ("import os; os.closerange(3, 1000)", "its process"),
    "computing where no signal reaches": ("sum(range(10**13))", "computes for more than 2 seconds"),
    "Ctrl-C": ("raise KeyboardInterrupt", "raises KeyboardInterrupt"),
    "nonsense on the wire": (FORGED.format(NONSENSE), "its process says what makes no sense"),
    "too much on the wire": (FORGED.format("bytes(3_000_000)"), "its process sends more than 1 MiB at once"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_worker_that_ends_is_a_verdict_and_the_next_call_has_another(answered, name):
    """What would end or hang pytest in this process is told in a sentence, and harms nothing."""
    body, words = ENDS[name]
    with pytest.raises(NotAllowed, match=words):
        answered(f"def act(connection):\n    {body}\n", "worker").act(Nowhere())
    assert answered("def act(connection):\n    return 7\n", "worker").act(Nowhere()) == 7


def test_a_worker_that_dies_in_an_order_breaks_it_alone(answered, database):
    """The exploration ends with a sentence, and the next one is as if nothing had been."""
    text = "def act(connection):\n    connection.execute('SELECT 1')\n    " + ENDS["killed"][0]
    answers = answered(text, "worker")
    with Explorer(
        Story({"Ann": answers.act.call(), "Bob": answers.act.call()}, ACCOUNTS), place_of(database)
    ) as explorer:
        broken = explorer.explore().shortest.broken
    assert broken.difference.observed == "Ann: its process ends in the middle, killed by SIGKILL"
    good = STORIES["for update"]
    answers = answered(good.text, "worker")
    actors = {name: answers.act.call(1, 70) for name in ("Ann", "Bob")}
    with Explorer(Story(actors, good.given, good.rules), place_of(database)) as explorer:
        assert explorer.explore().broke == 0


def test_a_worker_knows_nothing_of_us(answered, monkeypatch):
    """Neither our environment, nor our descriptors, nor our input and output."""
    monkeypatch.setenv("LABS_SECRET", "x")
    text = """
import os, sys

def act(connection):
    files = sorted(int(name) for name in os.listdir("/dev/fd"))
    kinds = [os.readlink(f"/dev/fd/{file}") for file in files if os.path.exists(f"/dev/fd/{file}")]
    return {
        "environment": sorted(os.environ),
        "files": [kind for kind in kinds if kind != "/dev/null"],
        "input": sys.stdin.read(),
        "isolated": sys.flags.isolated,
    }
"""
    told = answered(text, "worker").act(Nowhere())
    assert set(told["environment"]) <= {"TZ", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH"}
    assert all(kind.startswith(("socket:", "anon_inode:", "/proc")) for kind in told["files"])
    assert len([kind for kind in told["files"] if kind.startswith("socket:")]) == 1
    assert told["input"] == ""
    assert told["isolated"] == 1


def test_workers_are_kept_for_the_next(answered, workers):
    """A second call runs in the process of the first."""
    text = "import os\n\ndef act(connection):\n    return os.getpid()\n"
    workers.close()
    others = pids_of_workers()  # those that tests of another room keep
    kept = answered(text, "worker").act(Nowhere())
    assert answered(text, "worker").act(Nowhere()) == kept
    assert pids_of_workers() - others == {kept}
    workers.close()
    assert pids_of_workers() == others


SCRIPT = """
import sys
from harness.answers.jobs import Job, Module
from harness.answers.nowhere import Nowhere
from harness.answers.worker import InWorkers

transport = InWorkers()
cast = transport.cast("Ann", Job(Module("/a.py", sys.argv[1]), "act"), "run", Nowhere())
player = cast.player()
player.begin()
print("begun", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("body", ["return 1", "while True: pass"])
def test_no_worker_outlives_its_parent(body, eventually):
    """Where pytest is killed, its workers end, whatever they are doing."""
    text = f"def act(connection):\n    {body}\n"
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout.readline() == "begun\n"
        (worker,) = workers_of(psutil.Process(parent.pid))
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: has_ended(worker), seconds=120)
