"""Packages of Debian or Ubuntu without root: apt fetches and verifies them, into folders of our own.

What apt downloads it holds against the index's checksums, and the index against the signature of the distribution's
archive key, which lies on the machine. Here nothing of that is done again, and nothing of the system's own apt is
touched or used but its mirror, its proxy and its keys. The release may be a newer one than the machine's own.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services.leases import FileLock

_PATIENCE = 600.0  # seconds for one call of apt or dpkg; on a fast line it takes five
_FULL = ("No space left on device", "Wrote only")  # the second is what tar says, which dpkg unpacks with
_KEYRING = "/usr/share/keyrings/{distribution}-archive-keyring.gpg"


@dataclass(frozen=True)
class Release:
    """A distribution's release to fetch from, whatever release the machine itself runs."""

    distribution: str  # as in /etc/os-release: debian, ubuntu
    name: str
    components: str


class Apt:
    """An apt with a folder of its own for everything. `lock` is its programs' as well, to their very end."""

    def __init__(self, folder: Path, release: Release, lock: FileLock) -> None:
        self._folder = folder
        self._release = release
        self._lock = lock

    def update(self) -> None:
        """Fetch the release's index. Raises ServiceUnavailable, and OSError where there is no room for it."""
        for name in ("lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "status").touch()  # nothing is installed
        (self._folder / "apt.conf").write_text(self._settings(), encoding="utf-8")
        keyring = _KEYRING.format(distribution=self._release.distribution)
        source = f"deb [signed-by={keyring} target=Packages] {self._mirror()} {self._release.name}"
        (self._folder / "sources.list").write_text(f"{source} {self._release.components}\n", encoding="utf-8")
        self._run(self._folder, "apt-get", "--config-file", str(self._folder / "apt.conf"), "--quiet", "update")

    def unpack(self, packages: tuple[str, ...], into: Path) -> None:
        """Fetch packages and unpack them, each as it is: no dependency follows, no script of theirs runs.

        Raises ServiceUnavailable, and OSError where there is no room for them.
        """
        archives = self._folder / "packages"
        archives.mkdir()
        self._run(
            archives, "apt-get", "--config-file", str(self._folder / "apt.conf"), "--quiet", "download", *packages
        )
        for archive in sorted(archives.iterdir()):
            self._run(archives, "dpkg-deb", "--extract", str(archive), str(into))

    def _mirror(self) -> str:
        """Return the address from which the machine has its own release."""
        fields = ("$(ORIGIN)", "$(RELEASE)", "$(REPO_URI)")
        listed = self._run(
            self._folder, "apt-get", "indextargets", "--format", " ".join(fields), "Created-By: Packages"
        )
        for line in listed.splitlines():
            origin, release, address = line.split(" ", 2)
            # Security and other updates come from elsewhere, and only from there.
            if origin.lower() == self._release.distribution and "-" not in release:
                return address
        raise ServiceUnavailable(
            "apt knows no mirror of this system's own packages",
            "sudo apt-get update, or take Docker: --services docker",
        )

    def _settings(self) -> str:
        folder = self._folder
        return f"""
            Dir::State "{folder}";
            Dir::State::lists "{folder}/lists";
            Dir::State::status "{folder}/status";
            Dir::Cache "{folder}/cache";
            Dir::Etc::sourcelist "{folder}/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            APT::Sandbox::User "";
            APT::Get::AllowUnauthenticated "false";
            APT::Update::Error-Mode "any";
            Acquire::AllowInsecureRepositories "false";
            Acquire::Languages "none";
            Acquire::Retries "2";
            Acquire::http::Timeout "20";
            Acquire::https::Timeout "20";
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            """

    def _run(self, folder: Path, *command: str) -> str:
        try:
            done = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                cwd=folder,
                env={**os.environ, "LC_ALL": "C"},  # its words are read
                stdin=subprocess.DEVNULL,
                timeout=_PATIENCE,
                pass_fds=[self._lock.fileno()],
            )
        except subprocess.TimeoutExpired as error:
            raise _failed(f"{command[0]} did not end within {_PATIENCE:g} s") from error
        if done.returncode != 0:
            if any(words in done.stderr for words in _FULL):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
            said = [line for line in done.stderr.splitlines() if line.startswith(("E:", "dpkg"))]
            raise _failed(" / ".join(said or [f"{command[0]} failed: {done.stderr.strip()[-200:]}"]))
        return done.stdout


def is_here() -> bool:
    """Whether this machine has apt and dpkg."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def _failed(reason: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"RabbitMQ and Erlang can't be fetched from the mirror that this machine's apt uses: {reason}",
        "run it again with a network, or take Docker: --services docker",
    )
