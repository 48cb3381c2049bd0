"""A lab with crashes, as a learner runs it: verdicts, texts, pictures, replaying, and a mistake that is recognised."""

from __future__ import annotations

import programs
import pytest

from harness.catalogue import load_lab
from harness.runs import run_lab

LAB = """
id = "relay"
title = "Relay"
branch = "data"
services = ["postgres", "rabbitmq"]
minutes = 10
[[tasks]]
name = "act"
file = "1_act.py"
sentence = "Publish."
hints = ["Look."]
"""
SCHEMA = "CREATE TABLE outbox (id int PRIMARY KEY, body text NOT NULL, sent boolean NOT NULL DEFAULT false);"
TESTS = '''
from harness import nothing_is_lost


def test_act_loses_nothing(answers, crash, postgres, rabbitmq):
    """A relay that crashes anywhere publishes all."""
    channel = rabbitmq.connect().channel()
    channel.queue_declare("packed", durable=True)

    def observe():
        found = []
        while (got := channel.basic_get("packed", auto_ack=True))[0] is not None:
            found.append(got[2].decode())
        return {"published": found}

    crash(
        answers.act.program((postgres, rabbitmq), "packed"),
        given="TRUNCATE outbox; INSERT INTO outbox VALUES (1, 'parcel 1')",
        observe=observe,
        at_the_end=[nothing_is_lost("published", ["parcel 1"])],
        ask="What is done, and what is not?",
    )
'''
MISTAKE = """# Belief: once it is marked, nobody publishes it twice
# Caught by: test_act_loses_nothing
# Hint: what has happened when it dies in between?

""" + programs.RELAY_MARKS_FIRST.replace("SELECT id, body", "SELECT id, body ")


@pytest.fixture
def run(tmp_path, servers, shared_home):
    """Lend a function: the verdict on what was written, the output of its run, and the lab's root."""
    servers.get("postgres"), servers.get("rabbitmq")
    folder = tmp_path / "labs" / "94_relay"
    mistake = tmp_path / "solutions" / "94_relay" / "mistakes" / "marks_first"
    (folder / "exercise").mkdir(parents=True)
    mistake.mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / "test_relay.py").write_text(TESTS)
    (mistake / "1_act.py").write_text(MISTAKE)

    def run_it(text, *options):
        (folder / "exercise" / "1_act.py").write_text(text)
        done = run_lab(load_lab(folder), ("--services", servers.provider, *options))
        return list(done.verdicts.values()), done.output, tmp_path

    with shared_home.entered():
        yield run_it


def test_a_relay_that_loses_is_told_drawn_and_recognised(run):
    """The text has the timeline, the token and the hint of the mistake, and is the same from a worker."""
    (here,), output, root = run(programs.RELAY_MARKS_FIRST)
    (worker,), _, _ = run(programs.RELAY_MARKS_FIRST, "--answers-in", "worker")
    assert here == worker
    assert here["verdict"] == "wrong", output
    for words in ("1_act.py", "parcel 1 never", "--replay 3a", "relay", "What is done, and what is not?"):
        assert words in here["text"]
    assert "hint: what has happened when it dies in between?" in here["text"]
    assert "Traceback" not in output
    picture = (root / ".labs" / "timelines" / "94_relay" / "test_act_loses_nothing.html").read_text()
    assert "act crashes after operation 3" in picture


def test_a_right_relay_passes(run):
    """Published before it is marked, nothing is lost."""
    (found,), output, _ = run(programs.RELAY_PUBLISHES_FIRST)
    assert found["verdict"] == "right", output


def test_a_crash_is_replayed_by_its_token(run):
    """The very run again, step by step; and a token that means nothing is refused."""
    (found,), output, _ = run(programs.RELAY_MARKS_FIRST, "--replay", "3a")
    assert found["verdict"] == "wrong"
    assert "replaying 3a: crash after operation 3" in output
    assert " ↯  act crashes after operation 3" in output
    (found,), output, _ = run(programs.RELAY_MARKS_FIRST, "--replay", "3z")
    assert found["verdict"] == "could not judge"
    assert "names no run" in output


def test_what_can_not_be_crashed_is_refused_in_a_sentence(run):
    """A thread would make each run a matter of luck."""
    text = "import threading\n" + programs.RELAY_PUBLISHES_FIRST.replace(
        "    while", "    threading.Thread(target=print).start()\n    while"
    )
    (found,), output, _ = run(text)
    assert found["verdict"] == "wrong"
    assert "it starts a thread" in found["text"]
    assert "Traceback" not in output
