"""The jars are the very files of the list: fetched once, checked, and fetched again where they have changed."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import http.server
import os
import shutil
import threading

import pytest
from jgo.maven import _core as jgo_core

from harness.errors import ServiceUnavailable
from harness.services.kafka import jars

LOCKED = jars.locked()
TWO = jars.Locked(LOCKED.version, tuple(sorted(LOCKED.jars, key=lambda jar: jar.size)[:2]))


@pytest.fixture
def repository(kafka_cache, tmp_path, own_home, monkeypatch):
    """A repository of Maven's on this machine that has all the jars, and no network."""
    folder = jars.provide(LOCKED, say=lambda _: None)
    place = tmp_path / "m2"
    for jar in LOCKED.jars:
        group, artifact, version = jar.coordinates.split(":")
        path = place.joinpath(*group.split("."), artifact, version, jar.name)
        path.parent.mkdir(parents=True)
        path.hardlink_to((folder / jar.name).resolve())
    monkeypatch.setenv("M2_REPO", str(place))
    no_network(monkeypatch)
    empty_home(monkeypatch, tmp_path)
    return place


@pytest.fixture
def nothing(own_home, tmp_path, monkeypatch):
    """A home without jars, and no Maven repository on this machine."""
    monkeypatch.setenv("M2_REPO", str(tmp_path / "none"))
    empty_home(monkeypatch, tmp_path)


def empty_home(monkeypatch, tmp_path):
    home = tmp_path / "empty"
    home.mkdir()
    monkeypatch.setenv("LABS_HOME", str(home))


def no_network(monkeypatch):
    monkeypatch.setattr(jgo_core, "DEFAULT_REMOTE_REPOS", {"central": "http://127.0.0.1:1"})


@pytest.fixture
def central(monkeypatch):
    """A server in Maven Central's place: `files` maps a jar's name to what it gives, `asked` is what it was asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.rpartition("/")[2]
            server.asked.append(name)
            content = server.files.get(name)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.asked = {}, []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(jgo_core, "DEFAULT_REMOTE_REPOS", {"central": f"http://127.0.0.1:{server.server_port}"})
    yield server
    server.shutdown()
    server.server_close()


def contents(kafka_cache):
    if not all((kafka_cache / jars.folder_of(LOCKED).name / jar.name).is_file() for jar in TWO.jars):
        reason = "Kafka's jars can't be fetched here"
        (pytest.fail if os.environ.get("LABS_REQUIRE_ALL") else pytest.skip)(reason)
    return {jar.name: (kafka_cache / jars.folder_of(LOCKED).name / jar.name).read_bytes() for jar in TWO.jars}


def test_the_list_names_every_jar_once():
    """Forty-five files with different names, each with a size and a SHA-256."""
    assert len(LOCKED.jars) == len({jar.name for jar in LOCKED.jars}) == 45
    assert all(jar.size > 0 and len(jar.sha256) == 64 for jar in LOCKED.jars)
    assert LOCKED.jars[0].name == f"kafka_2.13-{LOCKED.version}.jar"
    assert "://" not in jars.LIST.read_text()


def test_mavens_own_repository_serves_without_network(repository):
    """Whoever has built something with Kafka has the jars: they are checked and copied, and nothing is downloaded."""
    said = []
    folder = jars.provide(LOCKED, say=said.append)
    assert said == []
    assert all(jar.is_at(folder / jar.name) for jar in LOCKED.jars)
    assert {path.name for path in folder.iterdir()} == {"verified.json", *(jar.name for jar in LOCKED.jars)}


def test_the_second_time_nothing_is_read(repository, monkeypatch):
    """A folder that was verified and has not changed since is taken as it is."""
    folder = jars.provide(LOCKED, say=lambda _: None)
    monkeypatch.setattr(jars.Jar, "is_at", lambda *_: pytest.fail("a jar was read"))
    assert jars.provide(LOCKED, say=lambda _: None) == folder


@pytest.mark.parametrize("harm", ["cut", "altered", "gone"])
def test_a_jar_that_was_harmed_is_fetched_again(repository, harm):
    """A jar that was cut short, altered at its size, or removed is noticed at the next start and replaced."""
    folder = jars.provide(LOCKED, say=lambda _: None)
    jar = LOCKED.jars[0]
    path = folder / jar.name
    content = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(content[:1000] if harm == "cut" else content[:-1] + bytes([content[-1] ^ 1]))
    jars.provide(LOCKED, say=lambda _: None)
    assert path.read_bytes() == content


def test_a_jar_that_was_only_touched_stays(repository, monkeypatch):
    """A new time alone, as after a copy of the folder, makes it be read again and not fetched again."""
    folder = jars.provide(LOCKED, say=lambda _: None)
    for jar in LOCKED.jars:
        os.utime(folder / jar.name, (1, 1))
    shutil.rmtree(repository)
    said = []
    assert jars.provide(LOCKED, say=said.append) == folder
    assert said == []


def test_a_wrong_jar_in_mavens_repository_is_not_taken(repository, central, kafka_cache):
    """A file of another content under the right name is left where it is, and the right one is downloaded."""
    wanted = TWO.jars[0]
    (wrong,) = repository.rglob(wanted.name)
    content = wrong.read_bytes()
    wrong.unlink()
    wrong.write_bytes(content[::-1])
    central.files[wanted.name] = content
    folder = jars.provide(TWO, say=lambda _: None)
    assert wanted.is_at(folder / wanted.name)
    assert wanted.name in central.asked


def test_jars_are_downloaded_with_progress(nothing, central, kafka_cache):
    """Each is fetched once; what and how much is said before."""
    central.files.update(contents(kafka_cache))
    said = []
    folder = jars.provide(TWO, say=said.append)
    assert all(jar.is_at(folder / jar.name) for jar in TWO.jars)
    assert said == ["downloading 2 of Kafka's 2 jars (0 MB), once ..."]
    assert sorted(name for name in central.asked if name.endswith(".jar")) == sorted(jar.name for jar in TWO.jars)


def test_what_came_through_is_kept_where_the_rest_fails(nothing, central, kafka_cache):
    """A download that breaks off goes on where it was: a jar that is here is not asked for again."""
    first, second = TWO.jars
    files = contents(kafka_cache)
    central.files[first.name] = files[first.name]
    with pytest.raises(ServiceUnavailable, match="does not give them"):
        jars.provide(TWO, say=lambda _: None)
    assert first.is_at(jars.folder_of(TWO) / first.name)
    central.asked.clear()
    central.files.update(files)
    jars.provide(TWO, say=lambda _: None)
    assert [name for name in central.asked if name.endswith(".jar")] == [second.name]


def test_another_file_than_the_locked_one_is_refused(nothing, central, kafka_cache):
    """Whatever the network gives under a jar's name, only the very file of the list is ever put into the folder."""
    files = contents(kafka_cache)
    bad = TWO.jars[0]
    central.files.update({**files, bad.name: files[bad.name][:-1] + b"!"})
    with pytest.raises(ServiceUnavailable, match="gave another file") as caught:
        jars.provide(TWO, say=lambda _: None)
    assert bad.coordinates in caught.value.message
    assert not (jars.folder_of(TWO) / bad.name).exists()


def test_without_network_one_sentence_helps(nothing, monkeypatch):
    """At first use without network it is said what is missing, from where, and the three ways to get it."""
    no_network(monkeypatch)
    with pytest.raises(ServiceUnavailable) as caught:
        jars.provide(LOCKED, say=lambda _: None)
    assert caught.value.message == (
        "Kafka without Docker needs jars that are not all here, and Maven Central can't be reached"
    )
    assert caught.value.advice == (
        "go online once, or labs images load a file saved where they are, or take Docker: --services docker"
    )
    assert list(jars.folder_of(LOCKED).iterdir()) == []


def test_two_that_fetch_at_once_fetch_once(nothing, central, kafka_cache):
    """Two first starts at once download each jar once."""
    central.files.update(contents(kafka_cache))
    threads = [threading.Thread(target=jars.provide, args=(TWO,), kwargs={"say": lambda _: None}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(name for name in central.asked if name.endswith(".jar")) == sorted(jar.name for jar in TWO.jars)
