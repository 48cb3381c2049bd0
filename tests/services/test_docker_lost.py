"""The Docker engine stops in mid-run: one sentence, no verdict, and nothing left once it is back.

The engine is the machine's own, which others use; so it is the wire to it that is cut, by a proxy of ours. What a
stopping engine does to its containers, the tests do to theirs.
"""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import subprocess
import sys

import pytest
from engine_wire import wire_to_engine
from homes import need

from harness.errors import EXIT_COULD_NOT_JUDGE, ServiceUnavailable
from harness.services import SERVICES, container, docker_engine, images, provide, provide_own, stop_all

STARTED_DOCKER = "start Docker, or take --services embedded, which needs none"


def quiet(_):
    """Progress that nobody reads."""


@pytest.fixture
def engine(own_home, monkeypatch):
    """The wire that leads this process and its keepers to the engine."""
    need("docker", "redis")
    with wire_to_engine(docker_engine.probe().address) as wire:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{wire.host}:{wire.port}")
        yield wire
        wire.restore()


def stop(engine):
    """To whoever asks it, an engine that stops has ended all connections and accepts no new one."""
    engine.refuse()
    engine.cut()


@pytest.mark.parametrize(
    ("room", "step"),
    [
        (images, "choose"),
        (container, "_container"),
        (container, "_run"),
        (container, "_port"),
        (container, "_died"),
    ],
    ids=["before the image is chosen", "before the container is made", "before it runs", "while it runs", "at its end"],
)
def test_an_engine_that_stops_in_a_start_is_said_in_one_sentence(engine, own_home, monkeypatch, room, step):
    """Whatever the start was asking for, a person reads that the engine is gone; when it is back, nothing is left."""
    original = getattr(room, step)

    def stopping(*arguments, **options):
        stop(engine)
        return original(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(room, step, stopping)
        if step == "_died":
            patch.setattr(SERVICES["redis"].container, "look", lambda *_: "")
            patch.setattr(SERVICES["redis"].container, "patience", 0.0)
        with pytest.raises(ServiceUnavailable) as caught:
            provide(SERVICES["redis"], "docker", say=quiet)
    assert caught.value.message == f"the Docker engine at tcp://{engine.host}:{engine.port} stopped answering"
    assert caught.value.advice == STARTED_DOCKER
    engine.restore()
    stop_all()
    assert own_home.traces() == []


def test_the_next_start_sweeps_up_what_a_lost_engine_has_kept(engine, own_home, monkeypatch):
    """A container that ran on while nobody could remove it goes with the next start of its service."""
    with monkeypatch.context() as patch:
        patch.setattr(container, "_port", lambda *_: stop(engine) or docker_engine.client())
        with pytest.raises(ServiceUnavailable, match="stopped answering"):
            provide(SERVICES["redis"], "docker", say=quiet)
    engine.restore()
    (left,) = own_home.containers()
    provide(SERVICES["redis"], "docker", say=quiet).close()
    (there,) = own_home.containers()
    assert there != left


def test_labs_down_without_the_engine_claims_nothing(engine, own_home):
    """What can't be removed is said, with a status of its own; `labs down` does it once the engine is back."""
    provide(SERVICES["redis"], "docker", say=quiet).close()
    stop(engine)
    down = [sys.executable, "-m", "harness", "down"]
    first = subprocess.run(down, capture_output=True, text=True, check=False)
    assert first.returncode == EXIT_COULD_NOT_JUDGE
    assert "stopped Redis" not in first.stdout
    said = " ".join(first.stderr.split())
    assert f"a container of Redis may still be there: no Docker engine answers at tcp://{engine.host}" in said
    assert "start Docker, then labs down once more" in said
    assert "Traceback" not in first.stderr
    engine.restore()
    (left,) = own_home.containers()
    second = subprocess.run(down, capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout) == (0, f"removed the container {left}\n")
    assert own_home.traces() == []


@pytest.mark.parametrize("act", ["pause", "resume", "kill", "start"])
def test_a_server_of_ones_own_can_not_be_hurt_without_the_engine(engine, own_home, act):
    """Faults are the engine's to make: without it the verdict is withheld, in one sentence."""
    with provide_own(SERVICES["redis"], "docker", say=quiet) as own:
        stop(engine)
        with pytest.raises(ServiceUnavailable, match=r"^the Docker engine at \S+ stopped answering$"):
            getattr(own, act)()
        engine.restore()
    assert own_home.traces() == []


def test_a_warm_container_serves_on_without_the_engine(engine, own_home):
    """Where only the way to the engine is lost, a run that has its server, or finds it warm, needs no engine."""
    server = provide(SERVICES["redis"], "docker", say=quiet)
    stop(engine)
    with contextlib.closing(provide(SERVICES["redis"], "docker", say=quiet)) as again:
        database = again.database()
        assert database.client().ping()
        database.drop()
    assert server.trouble() is None
    server.close()
    engine.restore()
