"""What kind of machine this is, and how things are installed on it."""

from __future__ import annotations

import getpass
import importlib.util
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.services.doctor.findings import Finding, missing, ok

# In the order in which they are looked for: a Mac or a Linux with Homebrew has it on purpose, the others come along.
MANAGERS = {
    "apt-get": "apt-get install --yes",
    "dnf": "dnf install --assumeyes",
    "zypper": "zypper --non-interactive install",
    "pacman": "pacman --sync --noconfirm",
    "apk": "apk add",
    "brew": "brew install",
}
# The processors that the wheels with the embedded servers exist for, under the names that systems call them by.
_PROCESSORS = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_OLDEST_GLIBC = (2, 28)


@dataclass(frozen=True)
class Machine:
    """The facts that tell one machine's commands from another's."""

    system: str  # "Linux" or "Darwin"
    processor: str  # as the system calls it: "x86_64", "aarch64", "arm64"
    libc: str  # "glibc 2.36", or nothing: another one, or none to be asked
    manager: str  # the one of MANAGERS that is here, or nothing
    user: str
    is_root: bool
    has_sudo: bool
    has_systemd: bool
    python: str  # the interpreter's path
    has_pip: bool

    def as_root(self, command: str) -> str:
        """The command as this user has to type it."""
        if self.is_root:
            return command
        return f"sudo {command}" if self.has_sudo else f"su --command {shlex.quote(command)}"

    def install(self, what: str, names: Mapping[str, str]) -> str:
        """The command that installs a package, whose `names` are given by package manager; else a sentence."""
        if name := names.get(self.manager):
            command = f"{MANAGERS[self.manager]} {name}"
            return command if self.manager == "brew" else self.as_root(command)
        return f"# install {what} with this system's package manager"

    def pip_install(self, *what: str) -> str:
        """The command that installs Python packages into this very environment."""
        if self.has_pip:
            return shlex.join([self.python, "-m", "pip", "install", *what])
        return shlex.join(["uv", "pip", "install", "--python", self.python, *what])


# For a machine that can't even be looked at.
UNKNOWN = Machine("", "", "", "", "", is_root=False, has_sudo=True, has_systemd=False, python="python3", has_pip=True)


def look() -> Machine:
    """The machine that this process runs on."""
    system = platform.system()
    managers = ["brew", *MANAGERS] if system == "Darwin" else list(MANAGERS)
    return Machine(
        system=system,
        processor=platform.machine(),
        libc=" ".join(platform.libc_ver()).strip(),
        manager=next((name for name in managers if shutil.which(name)), ""),
        user=_user(),
        is_root=os.geteuid() == 0,
        has_sudo=shutil.which("sudo") is not None,
        has_systemd=Path("/run/systemd/system").is_dir(),
        python=sys.executable,
        has_pip=importlib.util.find_spec("pip") is not None,
    )


def judge(machine: Machine) -> list[Finding]:
    """Whether wheels with the embedded servers exist for such a machine."""
    about = "architecture"
    named = " ".join(word for word in (machine.system, machine.processor, machine.libc) if word)
    if why := _why_no_wheels(machine):
        return [missing(about, f"{named}: the embedded servers come as wheels, and {why}", "labs images pull")]
    return [ok(about, f"{named}: the wheels with the embedded servers are made for it")]


def _why_no_wheels(machine: Machine) -> str:
    if machine.system not in {"Linux", "Darwin"}:
        return "none is for this system: use WSL2"
    if machine.processor.lower() not in _PROCESSORS:
        return "none is for this processor"
    if machine.system == "Linux":
        family, _, version = machine.libc.partition(" ")
        if family != "glibc":
            return "none is for a Linux without glibc"
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_GLIBC:
            return "none is for a glibc older than 2.28"
    return ""


def same_processor(one: str, other: str) -> bool:
    """Whether two names mean the same: Docker says amd64 where Linux says x86_64."""
    return _PROCESSORS.get(one.lower(), one.lower()) == _PROCESSORS.get(other.lower(), other.lower())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an id without a name, as in many a container
        return str(os.geteuid())
