"""What runs of a Kafka without Docker."""

import contextlib

import psutil


def machines_of(home):
    """The Java virtual machines that work in the home's data."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd().startswith(f"{home.data}/") and process.name() == "java":
                found.append(process)
    return found
