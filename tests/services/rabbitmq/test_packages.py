"""RabbitMQ without Docker and without root: fetched once, verified, kept whole or not at all."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import os
import shutil
import signal
import stat
import subprocess

import pytest

from harness.errors import ServiceUnavailable
from harness.services import folders, sizes
from harness.services.leases import FileLock
from harness.services.rabbitmq import apt, packages, programs
from harness.services.rabbitmq.apt import Apt, Release


@pytest.fixture
def release(with_embedded):
    """The release that this machine's packages come from; skipped where RabbitMQ is installed, or can't be fetched."""
    chosen = packages.release()
    if chosen is None:
        pytest.skip("this machine has no apt: there is nothing to fetch")
    return chosen


@pytest.fixture
def kept(release, own_home):
    """The unpacked packages in the test's own cache, to be harmed."""
    folder = packages.unpacked(release, lambda _: None)
    if folder.is_symlink():
        everyones = folder.resolve()
        folder.unlink()
        shutil.copytree(everyones, folder, symlinks=True)
    return folder


@pytest.fixture
def no_programs(monkeypatch, tmp_path):
    """A PATH with nothing on it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_MORE_FOLDERS", ())
    monkeypatch.setattr(programs, "_PACKAGED", ())


def test_they_are_fetched_once(release, kept):
    """The second start says nothing, fetches nothing and finds the same programs."""
    said = []
    assert packages.unpacked(release, said.append) == kept
    assert said == []


def test_erlang_runs_from_where_it_lies(kept):
    """Nothing in the unpacked programs points outside, and the C library that comes along is theirs."""
    asked = 'io:format("~s ~s", [erlang:system_info(otp_release), code:root_dir()]), crypto:start(), halt().'
    answer = subprocess.run(
        [kept / "usr/lib/erlang/bin/erl", "-noinput", "-eval", asked],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={"HOME": str(kept.parent)},
    ).stdout
    otp, root = answer.split(" ", 1)
    assert int(otp) >= 26
    assert root == str(kept / "usr/lib/erlang")


def test_a_moved_cache_still_runs(kept, tmp_path):
    """The scripts that stand before the programs know no absolute path, and don't mind a space in it."""
    moved = tmp_path / "another place"
    shutil.copytree(kept, moved, symlinks=True)
    asked = [moved / "usr/lib/erlang/bin/erl", "-noinput", "-eval", "halt(7)."]
    assert subprocess.run(asked, check=False, timeout=60, env={"HOME": str(tmp_path)}).returncode == 7


def test_a_missing_file_is_noticed(kept):
    """The cache is whole or it is not taken."""
    next(kept.glob("usr/lib/*/libcrypto.so.3")).unlink()
    assert not sizes.are_as_noted(kept)


def test_a_damaged_cache_is_fetched_again(release, kept):
    """A file that was cut short, as by a full disk, is noticed at the next start and made good."""
    library = next(kept.glob("usr/lib/*/libcrypto.so.3"))
    size = library.stat().st_size
    library.write_bytes(b"")
    said = []
    packages.unpacked(release, said.append)
    assert said[0] == "what is kept of RabbitMQ (embedded) is damaged"
    assert library.stat().st_size == size


def test_a_fetch_that_was_killed_is_done_again(release, own_home, in_process, eventually):
    """SIGKILL in the middle leaves half a download, which the next fetch removes."""
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)
    run = in_process(
        "from harness.services.rabbitmq import packages\npackages.unpacked(packages.release(), lambda _: None)"
    )
    eventually(lambda: list(own_home.home.glob("cache/rabbitmq-*-making-*/packages")), seconds=240)
    run.send_signal(signal.SIGKILL)
    run.wait()
    whole = packages.unpacked(release, lambda _: None)
    left = {path.name for path in whole.parent.iterdir() if path.name.startswith("rabbitmq-")}
    assert left == {whole.name, f"{whole.name}.lock"}


def test_a_changed_package_is_refused(release, own_home, tmp_path, monkeypatch):
    """What a mirror sends in a package's place does not match the signed index, and is not unpacked."""
    with FileLock(tmp_path / "lock") as lock:
        own_apt = Apt(tmp_path, release, lock)
        own_apt.update()
        index = next((tmp_path / "lists").glob("*_Packages*"))
        plain = subprocess.run(
            ["/usr/lib/apt/apt-helper", "cat-file", str(index)], check=True, capture_output=True, timeout=60
        ).stdout.decode()
        index.unlink()
        name = "Package: erlang-asn1\n"
        before, after = plain.split(name, 1)
        digest = after.split("SHA256: ", 1)[1][:64]
        index.with_suffix("").with_name(index.name.split("_Packages")[0] + "_Packages").write_text(
            f"{before}{name}{after.replace(digest, '0' * 64, 1)}"
        )
        with pytest.raises(ServiceUnavailable, match="Hash Sum mismatch"):
            own_apt.unpack(("erlang-asn1",), tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_a_release_that_nobody_has_signed_is_refused(release, tmp_path, monkeypatch):
    """Without the distribution's key nothing is taken from the mirror, whatever it says."""
    monkeypatch.setattr(apt, "_KEYRING", os.devnull)
    with FileLock(tmp_path / "lock") as lock, pytest.raises(ServiceUnavailable, match=r"not signed|NO_PUBKEY"):
        Apt(tmp_path, release, lock).update()


def test_without_a_network_one_sentence_says_what_is_missing(release, own_home, tmp_path, monkeypatch):
    """No mirror, no package: a person reads what can't be fetched, from where, and what to do; nothing stays."""
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)
    monkeypatch.setattr(Apt, "_mirror", lambda _: "http://127.0.0.1:1/")
    with pytest.raises(ServiceUnavailable, match="can't be fetched from the mirror") as raised:
        packages.unpacked(release, lambda _: None)
    assert "--services docker" in raised.value.advice
    assert [path.suffix for path in (folders.home() / "cache").iterdir()] == [".lock"]


def test_a_machine_with_neither_is_told_so(no_programs, own_home):
    """Without apt and without rabbitmq-server on PATH there is one sentence, and it costs nothing to find out."""
    with pytest.raises(ServiceUnavailable, match="rabbitmq-server 4 and erl on PATH"):
        programs.source()


@pytest.mark.parametrize(("version", "taken"), [("3.13.7", False), ("4.0.5", True), ("4.2.1", True)])
def test_an_installed_server_is_taken_where_it_is_new_enough(no_programs, tmp_path, version, taken):
    """RabbitMQ 3 behaves differently from the container's: it is passed over."""
    home = tmp_path / "rabbitmq"
    (home / "plugins" / f"rabbit-{version}").mkdir(parents=True)
    for program in (home / "sbin" / "rabbitmq-server", tmp_path / "erl"):
        program.parent.mkdir(exist_ok=True)
        program.touch()
        program.chmod(stat.S_IRWXU)
    (tmp_path / "rabbitmq-server").symlink_to(home / "sbin" / "rabbitmq-server")
    found = programs._installed()
    assert (found is not None) == taken
    assert found is None or (found.home, found.version) == (home, version)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"ID": "debian"}, "trixie"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "resolute"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "resolute"),
        ({"ID": "fedora"}, None),
    ],
)
def test_the_release_follows_the_distribution(monkeypatch, system, expected):
    """A machine fetches from its own distribution, whose key it has, and from the release with RabbitMQ 4."""
    monkeypatch.setattr(apt, "is_here", lambda: True)
    monkeypatch.setattr(packages.platform, "freedesktop_os_release", lambda: system)
    chosen = packages.release()
    assert (chosen.name if isinstance(chosen, Release) else None) == expected
