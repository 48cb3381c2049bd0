"""RabbitMQ and Erlang from the packages of Debian or Ubuntu, unpacked into the cache: no root, nothing installed.

The release is not the machine's but one with RabbitMQ 4, as in the container: 3 differs in what it allows and how
often it delivers. Its programs want a newer C library than an older machine has, so it comes along, with its loader:
each program is replaced by a script that runs it under them.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.services import folders, sizes
from harness.services.embedded import no_room_or
from harness.services.leases import FileLock
from harness.services.rabbitmq import apt
from harness.services.rabbitmq.apt import Apt, Release

Say = Callable[[str], None]

# Both have RabbitMQ 4.0.5 and Erlang 27.
_RELEASES = (Release("debian", "trixie", "main"), Release("ubuntu", "resolute", "main universe"))
_ERLANG = (
    *("asn1", "base", "crypto", "eldap", "inets", "mnesia", "os-mon", "parsetools", "public-key", "runtime-tools"),
    *("ssl", "syntax-tools", "tools", "xmerl"),
)
_LIBRARIES = (
    *("libc6", "libcap2", "libgcc-s1", "libssl3t64", "libstdc++6", "libsystemd0", "libtinfo6", "libzstd1", "zlib1g"),
)
_PACKAGES = ("rabbitmq-server", *(f"erlang-{name}" for name in _ERLANG), *_LIBRARIES)
_NEEDED = ("usr/lib/erlang", "usr/lib/rabbitmq", "usr/lib/*-linux-*/*.so*")

# Raised whenever what is made of the packages changes.
_LAYOUT = "1"

_LOADER = "usr/lib/*-linux-*/ld-linux-*.so.*"
_UNDER_THE_LOADER = """#!/bin/sh
here=${{0%/*}}
exec "$here/{loader}" --library-path "$here/{libraries}" --argv0 "$0" "$here/{program}" "$@"
"""
# Debian's own has the path /usr/lib/erlang written into it.
_ERL = """#!/bin/sh
ROOTDIR=${{0%/*/*}}
BINDIR=$ROOTDIR/{machine}/bin
EMU=beam
PROGNAME=erl
export ROOTDIR BINDIR EMU PROGNAME
exec "$BINDIR/erlexec" "$@"
"""


def release() -> Release | None:
    """Return the release to fetch from on this machine, or None where there is none."""
    if not apt.is_here():
        return None
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        return None
    family = [system["ID"], *system.get("ID_LIKE", "").split()]
    return next((each for name in family for each in _RELEASES if each.distribution == name), None)


def unpacked(chosen: Release, say: Say) -> Path:
    """Return the folder with the unpacked packages, `usr` and all that is below it; fetched once.

    Raises ServiceUnavailable and NoRoom; then, and on Ctrl-C, nothing half-made stays.
    """
    mark = hashlib.sha256(repr((_LAYOUT, chosen, _PACKAGES, platform.machine())).encode()).hexdigest()[:12]
    cache = folders.home() / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    kept = cache / f"rabbitmq-{mark}"
    with FileLock(cache / f"{kept.name}.lock") as lock:
        if not sizes.are_as_noted(kept):
            if kept.exists():
                say("what is kept of RabbitMQ (embedded) is damaged")
            _fetch(chosen, kept, lock, say)
    return kept


def _fetch(chosen: Release, kept: Path, lock: FileLock, say: Say) -> None:
    """Fetch and unpack the packages into the cache, whole or not at all."""
    prefix = f"{kept.name}-making-"
    for abandoned in kept.parent.glob(f"{prefix}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=prefix, dir=kept.parent))
    try:
        say(f"fetching RabbitMQ (embedded) from {chosen.distribution} {chosen.name}, 55 MB, once ...")
        own_apt = Apt(workshop, chosen, lock)
        own_apt.update()
        tree = workshop / "tree"
        tree.mkdir()
        own_apt.unpack(_PACKAGES, tree)
        draft = workshop / "draft"
        _take_what_is_needed(tree, draft)
        _make_it_run_from_here(draft)
        sizes.note(draft)
        shutil.rmtree(kept, ignore_errors=True)
        draft.rename(kept)
    except OSError as error:
        raise no_room_or(error, kept.parent, "RabbitMQ") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _take_what_is_needed(tree: Path, draft: Path) -> None:
    for pattern in _NEEDED:
        for found in tree.glob(pattern):
            place = draft / found.relative_to(tree)
            place.parent.mkdir(parents=True, exist_ok=True)
            found.rename(place)


def _make_it_run_from_here(draft: Path) -> None:
    (loader,) = (path for path in draft.glob(_LOADER) if not path.is_symlink())
    erlang = draft / "usr/lib/erlang"
    for program in [path for path in erlang.rglob("*") if _is_program(path)]:
        folder = program.parent / "elf"
        folder.mkdir(exist_ok=True)
        program.rename(folder / program.name)
        script = _UNDER_THE_LOADER.format(
            loader=os.path.relpath(loader, program.parent),
            libraries=os.path.relpath(loader.parent, program.parent),
            program=f"elf/{program.name}",
        )
        _write_script(program, script)
    (machine,) = erlang.glob("erts-*")
    _write_script(erlang / "bin/erl", _ERL.format(machine=machine.name))


def _is_program(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.suffix == ".so" or not os.access(path, os.X_OK):
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _write_script(path: Path, text: str) -> None:
    path.write_text(text, encoding="ascii")
    path.chmod(0o755)
