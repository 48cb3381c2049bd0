"""Kafka without Docker: Maven Central's jars, run by whatever Java there is, on loopback with a random password."""

from __future__ import annotations

import secrets
import shutil
import signal
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from harness.errors import NoRoom
from harness.services.kafka import jars, java, machine, prepared, probe, settings
from harness.services.recipes import Command, EmbeddedRecipe, PortTaken, Say
from harness.services.warm import State


class KafkaEmbedded(EmbeddedRecipe):
    """One start of a server."""

    service = "kafka"
    title = "Kafka"
    ports: ClassVar[tuple[str, ...]] = ("client", "controller")
    patience = 60.0  # it takes 0.9 s with an archive of classes and 2.5 without, on an idle machine

    @cached_property
    def _locked(self) -> jars.Locked:
        return jars.locked()

    @cached_property
    def _java(self) -> java.Java:
        return java.find(ask=True)

    def configuration(self) -> str:
        """Return the settings, the jars and the Java."""
        found = java.find(ask=False)
        return repr((settings.configuration(), self._locked.fingerprint, str(found.program), found.version))

    def prepare(self, say: Say) -> str:
        """Fetch the jars, and make the data folder and the archive that a start begins with."""
        folder = jars.provide(self._locked, say=say)
        prepared.provide(self._java, self._locked, folder, say=say)
        return self._locked.version

    def passwords(self) -> dict[str, str]:
        """Return the password of the one user there is."""
        return {settings.USER: secrets.token_urlsafe(24)}

    def fill(self, data: Path, state: State) -> None:
        """Copy the formatted log folder; write the settings of this very server beside it."""
        ready = prepared.folder_of(self._java, self._locked)
        machine.furnish(data, jars.folder_of(self._locked))
        self.fill_log_folder(ready / machine.LOG_FOLDER, data / machine.LOG_FOLDER)
        if (ready / machine.ARCHIVE).is_file():
            (data / machine.ARCHIVE).symlink_to(ready / machine.ARCHIVE)
        machine.write_properties(data, self.properties(state))

    def fill_log_folder(self, ready: Path, folder: Path) -> None:
        """Make the log folder from the prepared one."""
        shutil.copytree(ready, folder, copy_function=shutil.copyfile)

    def properties(self, state: State) -> dict[str, str]:
        """Return the settings of this very server."""
        return settings.on_loopback(
            state.ports["client"], state.ports["controller"], state.passwords[settings.USER], machine.LOG_FOLDER
        )

    def command(self, state: State) -> Command:
        """Return the Java virtual machine with its flags."""
        ready = prepared.folder_of(self._java, self._locked)
        archive = machine.use_archive(self._java) if (ready / machine.ARCHIVE).is_file() else ""
        arguments = machine.command(self._java, self._locked, "kafka.Kafka", machine.PROPERTIES, archive=archive)
        # Where its temporary files lie elsewhere, it is given the time to remove them.
        kept = machine.may_run_programs(Path(state.data))
        return Command(arguments, machine.ENVIRONMENT, stop_signal=signal.SIGKILL if kept else signal.SIGTERM)

    def look(self, state: State, log: str) -> bool:
        """Ask the server itself, unless it has said that it never will answer."""
        if "Address already in use" in log:
            raise PortTaken
        if "No space left on device" in log:
            raise NoRoom("the folder for Kafka's data ran full", "free some space, or set LABS_DATA")
        try:
            return self.is_ready(state)
        except (OSError, probe.Refused):
            return False

    def is_ready(self, state: State) -> bool:
        """Return whether the server does what it is for. Raises what `probe` raises."""
        return probe.serves(state)
