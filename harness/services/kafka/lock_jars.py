"""Writes `jars.toml`: which jars a version of Kafka is made of, as Maven Central resolves them today.

    python -m harness.services.kafka.lock_jars 4.4.0

A program for whoever raises Kafka's version; nothing else uses it. Look at the difference before you commit it: from
then on these very files, and no others, run on learners' machines.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from harness.services.kafka import jars

_HEADER = """\
# The jars of Kafka without Docker, and of our own image: these very files or none, in the order of the class path.
# Written by `python -m harness.services.kafka.lock_jars VERSION`, never by hand.
"""
# Kafka leaves to us what is behind its interface for logging. This prints to standard error, with nothing to set up.
_LOGGING = "org.slf4j:slf4j-simple:1.7.36"


def lock(version: str) -> str:
    """Return the text of the list for a version of Kafka; all of its jars are downloaded for that."""
    from jgo.maven import MavenContext  # late: 0.3 s

    lines = [_HEADER, f'version = "{version}"', "", "[jars]"]
    with tempfile.TemporaryDirectory() as folder:
        maven = MavenContext(repo_cache=Path(folder))
        wanted = [f"org.apache.kafka:kafka_2.13:{version}", _LOGGING]
        named, others = maven.resolver.resolve([maven.create_dependency(each) for each in wanted])
        for each in (*named, *others):
            content = each.artifact.resolve().read_bytes()
            coordinates = f"{each.groupId}:{each.artifactId}:{each.version}"
            digest = hashlib.sha256(content).hexdigest()
            lines.append(f'"{coordinates}" = {{ size = {len(content)}, sha256 = "{digest}" }}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    jars.LIST.write_text(lock(sys.argv[1]), encoding="utf-8")
