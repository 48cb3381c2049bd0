"""`labs images`: the images of the services' containers, also for a classroom without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.catalogue import project_root
from harness.errors import EXIT_COULD_NOT_JUDGE, UsageError
from harness.services.image_file import transfer
from harness.services.pinned import pinned_images

images = typer.Typer(help="Pull, build, save and load the images that services run from.", no_args_is_help=True)

Services = Annotated[list[str] | None, typer.Argument(metavar="SERVICE", help="postgres, ...; all by default.")]


@images.command()
def pull(services: Services = None) -> None:
    """Have an image for each service: the official one, pulled, or else ours where it has been built."""
    pinned = pinned_images(services)
    for each, image in zip(pinned, transfer.pull(pinned, say=_say), strict=True):
        print(f"{each.service}: {image} is here")


@images.command()
def build(services: Services = None) -> None:
    """Build our images from Debian's packages, for where the official ones can't be pulled (see docker/README.md)."""
    script = project_root() / "docker" / "build.py"
    if not script.is_file():
        raise UsageError("our images can only be built from a checkout", "Run this inside the folder that you cloned.")
    names = [each.service for each in pinned_images(services)]
    done = subprocess.run([sys.executable, script, *names], check=False)
    # It has said why; its status would mean a wrong answer here.
    sys.exit(EXIT_COULD_NOT_JUDGE if done.returncode else 0)


@images.command()
def save(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    services: Services = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Save the services' images to one file (the official ones, else ours), with what embedded servers have fetched."""
    saved = transfer.save(file, pinned_images(services), replace=force, say=_say)
    names = [image.name for image in saved.images] + [f"what embedded {each.service} needs" for each in saved.folders]
    print(f"{file}: {file.stat().st_size // 2**20} MB with {', '.join(names)}; elsewhere: labs images load {file.name}")


@images.command()
def load(file: Annotated[Path, typer.Argument(help="A file that labs images save has written.")]) -> None:
    """Load a saved file, if it is whole. Take it only from whom you would take programs: they will run here."""
    loaded = transfer.load(file, say=_say)
    for image in loaded.images:
        print(f"{image.service}: {image.name} is here")
    for folder in loaded.folders:
        print(f"{folder.service}: what the embedded server needs is here")


def _say(line: str) -> None:
    print(line, flush=True)
