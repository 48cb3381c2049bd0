"""An exploration and a call end the same, whether the learner's code runs in this process or in another."""

from __future__ import annotations

import re

import pytest
from learners import ACCOUNTS, SLIPS, STORIES

from harness.answers import CallFailed
from harness.answers.places import place_of
from harness.explorers.interleavings import Explorer, Story, hub

WAYS = ("here", "worker")


def explored(written, answers, database):
    """Return every order that was run, in every detail but our own frames, and the whole finding."""
    names = ("Ann", "Bob", "Cid")
    actors = {name: answers.act.call(*values) for name, values in zip(names, written.values, strict=False)}
    story = Story(actors, written.given, written.rules, may_fail=written.may_fail)
    runs = []
    with Explorer(story, place_of(database)) as explorer:
        found = explorer.explore(on_run=runs.append, **written.options)
    return runs, found


@pytest.mark.parametrize("name", STORIES)
def test_an_exploration_finds_the_same_both_ways(answered, database, name):
    """Orders, timelines, outcomes, counts and the verdict are equal, and are the known ones."""
    written = STORIES[name]
    here, worker = (explored(written, answered(written.text, way), database) for way in WAYS)
    assert here[0] == worker[0]
    assert here[1] == worker[1]
    found = here[1]
    assert found.broke == written.broke
    assert (found.shortest.broken.fact if found.shortest else "") == written.fact


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_the_same_both_ways(answered, database, name, monkeypatch):
    """The kind, the words and the learner's line are equal, and the next call is as if nothing had been."""
    kind, body, words = SLIPS[name]
    with database.connect() as connection:
        connection.execute(ACCOUNTS)
    seen = []
    for way in WAYS:
        answers = answered(f"def act(connection, *values):\n    {body}\n", way)
        with monkeypatch.context() as patch:
            if name == "a statement without end":
                patch.setattr(hub, "_PATIENCE", 3.0)
            with pytest.raises(kind, match=re.escape(words)) as error:
                answers.act(database, 1, 70)
        wrong = error.value
        frames = wrong.outcome.frames if isinstance(wrong, CallFailed) else getattr(wrong, "frames", ())
        lines = [line for path, line in frames if path == str(wrong.origin.source.path)]
        seen.append((wrong.message, "loop" in name or lines))
        with database.connect() as connection:
            balance = connection.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE NOWAIT").fetchone()
            assert balance == (100,)
        assert answered("def act(connection):\n    return 7\n", way).act(database) == 7
    assert seen[0] == seen[1]


@pytest.mark.parametrize("way", WAYS)
def test_an_order_is_replayed_both_ways(answered, database, way):
    """A token that was found on one way names the same order on the other."""
    written = STORIES["lost update"]
    runs, found = explored(written, answered(written.text, "here"), database)
    shortest = min((run for run in runs if run.broken), key=lambda run: (run.switches, len(run.events)))
    answers = answered(written.text, way)
    story = Story({name: answers.act.call(1, 70) for name in ("Ann", "Bob")}, written.given, written.rules)
    events = []
    with Explorer(story, place_of(database)) as explorer:
        again = explorer.replay(found.token, lambda new, _: events.extend(new))
    assert tuple(events) == shortest.events
    assert again.broke == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_learners_connection_is_like_every_other_of_ours(answered, database, way, monkeypatch):
    """It is not in autocommit, nothing is begun, its role is no superuser's, and the environment has no say."""
    for name, value in {"PGOPTIONS": "-c TimeZone=Asia/Tokyo", "PGCLIENTENCODING": "LATIN1", "PGAPPNAME": "x"}.items():
        monkeypatch.setenv(name, value)
    text = """
def act(connection):
    found = [connection.autocommit, connection.info.transaction_status.name]
    settings = ("TimeZone", "client_encoding", "application_name", "deadlock_timeout", "is_superuser")
    found += [connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0] for name in settings]
    connection.rollback()
    return found
"""
    found = answered(text, way).act(database)
    assert found == [False, "IDLE", "UTC", "UTF8", "backend-labs", "1ms", "off"]


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_may_read_a_data_set(server, shop, answered, way):
    """A database that can only be read is handed over like one of a test's own."""
    text = """
def act(connection):
    with connection.transaction():
        return [row[0] for row in connection.execute("SELECT amount FROM payment ORDER BY id")]
"""
    found = answered(text, way).act(server.dataset(shop))
    assert [int(amount) for amount in found] == [20, 10, 10, -5]
    assert {type(amount).__name__ for amount in found} == {"Decimal"}
