"""What a start begins with is prepared once: whole or not at all, and again where it was harmed."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import shutil
import signal
from pathlib import Path

import pytest
from java_machines import machines_of

from harness.services.kafka import jars, java, prepared
from harness.services.kafka.embedded import KafkaEmbedded

# Prepares what a start begins with, and says so before it does.
PREPARE = """
from harness.services.kafka.embedded import KafkaEmbedded
KafkaEmbedded().prepare(lambda line: print(line, flush=True))
"""


def folder():
    return prepared.folder_of(java.find(ask=True), jars.locked())


@pytest.fixture
def own_cache(own_home, tmp_path, with_embedded):
    """A cache of the test's own, with the jars and nothing else."""
    there = jars.provide(jars.locked(), say=lambda _: None)
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / there.name).symlink_to(there.resolve())
    (own_home.home / "cache").unlink()
    (own_home.home / "cache").symlink_to(cache)
    return cache


def test_a_start_that_is_killed_while_it_prepares_is_swept(own_home, own_cache, in_process, eventually):
    """Where the first start is killed in the middle, its server ends with it, and the next one prepares anew."""
    killed = in_process(PREPARE)
    assert killed.stdout.readline() == "preparing Kafka (embedded), once ...\n"
    eventually(lambda: machines_of(own_home))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    eventually(lambda: not machines_of(own_home))
    left = list(own_home.data.iterdir())
    assert left
    assert not folder().exists()
    assert KafkaEmbedded().prepare(lambda _: None) == "4.4.0"
    assert list(own_home.data.iterdir()) == []
    assert {path.suffix for path in own_cache.iterdir()} == {"", ".lock"}, "no draft is left"


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def altered(path):
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])


@pytest.mark.parametrize("harm", [cut, altered, Path.unlink])
@pytest.mark.parametrize("file", ["archive", "log/meta.properties", "log/__consumer_offsets-0/*.log", "seal"])
def test_any_harm_is_noticed(own_home, with_embedded, tmp_path, file, harm):
    """A file that was cut short, altered or removed since it was made is noticed, be it the last byte of a log."""
    KafkaEmbedded().prepare(lambda _: None)
    copy = shutil.copytree(folder(), tmp_path / "copy")
    assert prepared._is_sound(copy)
    (path,) = copy.glob(file)
    harm(path)
    assert not prepared._is_sound(copy)


def test_what_was_harmed_is_made_anew(own_cache, kafka_cache, start):
    """A harmed archive, on which Java 17 would not even start, is replaced before the next start."""
    made = kafka_cache / folder().name
    if made.is_dir():
        shutil.copytree(made, folder())
    KafkaEmbedded().prepare(lambda _: None)
    cut(folder() / "archive")
    said = []
    KafkaEmbedded().prepare(said.append)
    assert said == ["preparing Kafka (embedded), once ..."]
    server = start("embedded")
    with server.space() as space:
        assert space.topic("orders") in server.admin.topics()


def test_what_is_kept_is_small_and_holds_no_password(own_home, with_embedded):
    """The prepared start holds a log folder of some hundred kilobytes, without settings, and the class archive."""
    recipe = KafkaEmbedded()
    recipe.prepare(lambda _: None)
    ready = prepared.folder_of(recipe._java, recipe._locked)
    assert {path.name for path in ready.iterdir()} == {"log", "archive", "seal"}
    assert sum(path.stat().st_size for path in (ready / "log").rglob("*") if path.is_file()) < 500_000


def test_a_start_uses_the_archive(own_home, start, with_embedded):
    """The server maps the archive of classes: without it a start takes a second more."""
    start("embedded")
    (process,) = machines_of(own_home)
    mapped = {Path(area.path).name for area in process.memory_maps()}
    assert "archive" in mapped
