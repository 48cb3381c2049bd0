"""Machines, described by hand."""

from __future__ import annotations

import dataclasses

from harness.services.doctor.machine import Machine

DEBIAN = Machine(
    system="Linux",
    processor="x86_64",
    libc="glibc 2.36",
    manager="apt-get",
    user="ann",
    is_root=False,
    has_sudo=True,
    has_systemd=True,
    python="/labs/.venv/bin/python",
    has_pip=True,
)
FEDORA = dataclasses.replace(DEBIAN, manager="dnf", libc="glibc 2.41")
MAC = dataclasses.replace(DEBIAN, system="Darwin", processor="arm64", libc="", manager="brew", has_systemd=False)
ALPINE = dataclasses.replace(DEBIAN, manager="apk", libc="", has_systemd=False, has_sudo=False)
CONTAINER = dataclasses.replace(DEBIAN, user="root", is_root=True, has_sudo=False, has_systemd=False)
UNHEARD_OF = dataclasses.replace(DEBIAN, manager="")
