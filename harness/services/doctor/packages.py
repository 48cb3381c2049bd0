"""The versions of Python and of the suite's packages against what the suite asks for."""

from __future__ import annotations

import importlib.metadata
import platform
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.services.doctor.findings import Finding, missing, ok
from harness.services.doctor.machine import Machine

_SUITE = "backend-labs"
_CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Package:
    """A package that the suite needs on this machine, as "redis>=6", and the version that is installed, if any."""

    name: str
    requirement: str
    installed: str
    suits: bool


@dataclass(frozen=True)
class VersionFacts:
    """What is installed, and what is asked for."""

    python: str
    python_wanted: str  # ">=3.11"
    python_suits: bool
    packages: Sequence[Package]


def look() -> VersionFacts:
    """Compare. The checkout's own list counts where there is one: what pip noted may be of an earlier checkout."""
    from packaging.requirements import Requirement  # late: pytest brings it, a warm start has no use for it
    from packaging.specifiers import SpecifierSet

    texts, python_wanted = _wanted(_CHECKOUT)
    python = platform.python_version()
    packages = []
    for text in texts:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            installed = _installed(requirement.name)
            suits = bool(installed) and requirement.specifier.contains(installed, prereleases=True)
            # Without the marker, which only says whether it is needed here.
            requirement.marker = None
            packages.append(Package(requirement.name, str(requirement), installed, suits))
    return VersionFacts(python, python_wanted, SpecifierSet(python_wanted).contains(python, prereleases=True), packages)


def judge(facts: VersionFacts, machine: Machine) -> list[Finding]:
    """Whether everything is installed, and new enough."""
    about = "Python"
    if facts.python_suits:
        found = [ok(about, f"Python {facts.python} (needed: {facts.python_wanted})")]
    else:
        names = {"apt-get": "python3.11", "dnf": "python3.11", "brew": "python@3.13"}
        said = f"Python {facts.python} is too old (needed: {facts.python_wanted})"
        found = [missing(about, said, machine.install("a newer Python", names))]
    wrong = [package for package in facts.packages if not package.suits]
    if not wrong:
        named = f"all {len(facts.packages)} packages that the suite needs are installed and new enough"
        return [*found, ok("packages", named)]
    return found + [_judge(package, machine) for package in wrong]


def _judge(package: Package, machine: Machine) -> Finding:
    how = f"version {package.installed} is installed" if package.installed else "not installed"
    mend = machine.pip_install(package.requirement)
    return missing(f"package {package.name}", f"{package.requirement} is needed: {how}", mend)


def _wanted(checkout: Path) -> tuple[list[str], str]:
    """The requirements of packages, and that of Python."""
    listed = checkout / "pyproject.toml"
    if listed.is_file():
        project = tomllib.loads(listed.read_text(encoding="utf-8"))["project"]
        if project["name"] == _SUITE:
            return list(project["dependencies"]), str(project["requires-python"])
    noted = importlib.metadata.metadata(_SUITE)
    return importlib.metadata.requires(_SUITE) or [], str(noted["Requires-Python"])


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
