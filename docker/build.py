#!/usr/bin/env python3
"""Builds the suite's own container images from Debian's packages: `python docker/build.py postgres`.

Needs Docker and, where no Debian image is here and none can be pulled, debootstrap and root. Standard library
only, so that it runs before anything is installed; but where a service's entry in images.toml names a module for its
`files`, it takes the Python that the suite is installed in. Exit status: 0 built, 1 not built (the last line says
why), 2 called wrongly.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent / "harness" / "services" / "images.toml"

DEBIAN = "trixie"
OFFICIAL_BASE = f"debian:{DEBIAN}-slim"
OUR_BASE = f"backend-labs/debian:{DEBIAN}"

# What is no part of a base image: mounts of the moment, and what apt can fetch again.
LEFT_OUT_OF_BASE = (
    "./proc/*",
    "./sys/*",
    "./dev/*",
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./var/log/*",
)


class NotBuiltError(Exception):
    """An image can't be built; the text says why in one sentence and what to do about it."""


class Progress:
    """Says what is being done: a line a step with the seconds so far, and beneath it what the tools print."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()

    def step(self, text: str) -> None:
        """Say what begins now, or has just ended."""
        print(f"[{time.monotonic() - self._start:6.1f} s] {text}", flush=True)

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
        """Run a command, passing on each line as it comes; true where it ended well."""
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        ) as process:
            assert process.stdout is not None
            # A line that was drawn over with carriage returns (dpkg's percentages) is shown as it ended.
            for line in io.TextIOWrapper(process.stdout, errors="replace", newline="\n"):
                shown = line.rstrip().rpartition("\r")[2]
                print(f"           {shown}", flush=True)
        return process.returncode == 0


def require_docker() -> None:
    """Raise NotBuiltError where there is no docker command or no engine answers it."""
    if shutil.which("docker") is None:
        raise NotBuiltError("the command `docker` is not installed: install Docker, then run this again.")
    answer = subprocess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise NotBuiltError(f"no Docker engine answers: start it, then run this again ({answer.stderr.strip()}).")


def is_here(image: str) -> bool:
    """Whether the engine has the image already."""
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode == 0


def find_or_make_base(progress: Progress) -> str:
    """Return the name of a Debian image that is here: the official one, else our own, made now if need be."""
    if is_here(OFFICIAL_BASE):
        progress.step(f"base: {OFFICIAL_BASE} is here")
        return OFFICIAL_BASE
    if is_here(OUR_BASE):
        progress.step(f"base: {OUR_BASE} is here")
        return OUR_BASE
    progress.step(f"base: pulling {OFFICIAL_BASE}")
    if progress.run(["docker", "pull", OFFICIAL_BASE]):
        return OFFICIAL_BASE
    progress.step(f"base: {OFFICIAL_BASE} can't be pulled; making {OUR_BASE} with debootstrap")
    make_base(progress)
    return OUR_BASE


def make_base(progress: Progress) -> None:
    """Make a minimal Debian with debootstrap and import it as OUR_BASE."""
    if sys.platform != "linux":
        raise NotBuiltError(f"debootstrap runs on Linux only: make {OFFICIAL_BASE} available to Docker some other way.")
    # Root first: to others /usr/sbin, and so debootstrap, may be invisible.
    if os.geteuid() != 0:
        raise NotBuiltError("debootstrap needs root: run this once with sudo.")
    if shutil.which("debootstrap") is None:
        raise NotBuiltError(
            "debootstrap is not installed: `apt-get install debootstrap debian-archive-keyring`, then run this again."
        )
    with empty_tree() as tree:
        # debootstrap knows a mirror of its own; this is for a machine that reaches only another one.
        mirror = [address] if (address := os.environ.get("LABS_DEBIAN_MIRROR")) else []
        if not progress.run(["debootstrap", "--variant=minbase", DEBIAN, str(tree), *mirror]):
            raise NotBuiltError("debootstrap failed: its last lines above say why.")
        progress.step(f"importing the tree as {OUR_BASE}")
        import_tree(tree)


@contextlib.contextmanager
def empty_tree() -> Iterator[Path]:
    """Give an empty folder and remove it afterwards, unless something is still mounted in it."""
    around = Path(tempfile.mkdtemp(prefix="backend-labs-debian-"))
    tree = around / DEBIAN
    tree.mkdir(mode=0o755)
    try:
        yield tree
    finally:
        # Inside a container debootstrap binds the real /dev into the tree. It unmounts it again; were it ever
        # to fail at that, removing the tree would remove the machine's devices.
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8")
        if f" {tree}/" in mounts:
            print(f"something is still mounted under {tree}: unmount it, then remove {around}", file=sys.stderr)
        else:
            shutil.rmtree(around)


def import_tree(tree: Path) -> None:
    """Pack the tree and import it as OUR_BASE."""
    leave_out = [f"--exclude={pattern}" for pattern in LEFT_OUT_OF_BASE]
    pack = ["tar", "--create", "--numeric-owner", "--one-file-system", *leave_out, f"--directory={tree}", "."]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
        imported = subprocess.run(
            ["docker", "import", "--change", 'CMD ["bash"]', "-", OUR_BASE],
            stdin=packing.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if packing.returncode != 0 or imported.returncode != 0:
        raise NotBuiltError(f"the tree could not be imported as {OUR_BASE}: {imported.stderr.strip()}")


def build(service: str, image: str, base: str, provider: str, progress: Progress) -> None:
    """Build the image of one service upon a base that is here; `provider` is the module for its files, or empty."""
    with build_folder(service, provider, progress) as folder:
        progress.step(f"building {image} upon {base}")
        command = ["docker", "build", "--force-rm", "--tag", image, "--build-arg", f"BASE={base}", str(folder)]
        # Without a terminal BuildKit draws nothing legible unless told to; the older builder ignores this.
        if not progress.run(command, {"BUILDKIT_PROGRESS": "plain"}):
            raise NotBuiltError(f"docker build failed for {image}: its last lines above say why.")


@contextlib.contextmanager
def build_folder(service: str, provider: str, progress: Progress) -> Iterator[Path]:
    """Give the folder to build from: the service's own, or a copy of it with the folder `files` filled."""
    if not provider:
        yield HERE / service
        return
    with tempfile.TemporaryDirectory(prefix="backend-labs-build-") as around:
        folder = Path(around) / service
        shutil.copytree(HERE / service, folder)
        progress.step(f"fetching what {service} is made of")
        command = [sys.executable, "-m", provider, str(folder / "files")]
        if not progress.run(command, {"PYTHONPATH": str(HERE.parent)}):
            raise NotBuiltError(
                f"what {service} is made of can't be had: the last lines above say why "
                "(it takes the Python that the suite is installed in)."
            )
        yield folder


def main() -> int:
    """Build what the command line asks for; return the exit status."""
    with IMAGES.open("rb") as file:
        pinned = {service: entry for service, entry in tomllib.load(file).items() if "ours" in entry}
    names = {service: str(entry["ours"]) for service, entry in pinned.items()}
    parser = argparse.ArgumentParser(description="Build the suite's own images from Debian's packages.")
    parser.add_argument("services", nargs="+", choices=sorted(names), metavar="SERVICE", help=", ".join(sorted(names)))
    parser.add_argument("--base", help="a Debian trixie image to build upon; by default one is found or made")
    parser.add_argument("--missing", action="store_true", help="leave alone an image that is already here")
    wanted = parser.parse_args()

    progress = Progress()
    try:
        require_docker()
        for service in wanted.services:
            if wanted.missing and is_here(names[service]):
                progress.step(f"{names[service]} is here")
                continue
            base = wanted.base or find_or_make_base(progress)
            build(service, names[service], base, str(pinned[service].get("files", "")), progress)
            progress.step(f"{names[service]} is ready")
    except NotBuiltError as error:
        print(f"not built: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("not built: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
