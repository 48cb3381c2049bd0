"""The project's own tests: `.venv/bin/nox` runs everything this machine can, `nox -l` lists the parts.

No session makes a virtual environment of its own: the README's command has just installed every package,
pinned by constraints.txt, into the one that runs nox, and nobody should wait for that twice. So the tools are
run as modules of this very Python, and are found without the environment being activated.

Where Docker can't be had, the session that needs it is skipped, and the last lines say why. Where that would
make a green run worth less (in CI), LABS_REQUIRE_ALL=1 turns it into a failure.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys

import nox

nox.options.default_venv_backend = "none"

# The sessions with servers wait much for them and for other processes: more tests at a time than there are cores. Each
# worker begins with a stretch of the tests of its own, so that a server is started by those that need it (dealt out one
# by one, by all of them), and takes some of the others' when it has done its own.
SIDE_BY_SIDE = ("-n", "4", "--dist", "worksteal")


def run(session: nox.Session, module: str, *arguments: str, services: str | None = None) -> None:
    """Run a module of this Python; `services` chooses the provider of the services for it."""
    session.run(sys.executable, "-m", module, *arguments, env={"LABS_SERVICES": services} if services else None)


def test_services(session: nox.Session, *arguments: str) -> None:
    """Run the services' tests once, with more arguments for pytest."""
    run(session, "pytest", "tests/services", *SIDE_BY_SIDE, *arguments)


def why_no_docker() -> str:
    """Return in a few words why the labs can't run on Docker here, or nothing where they can.

    Pulls the official image of a service that they use where there is none yet, as the services' own start does.
    """
    # Imported late: most sessions need neither, and those that check the harness must run when it is broken.
    from harness.catalogue import lab_folders, load_lab, project_root
    from harness.errors import ImageMissing
    from harness.services import docker_engine, images

    # nox logs whatever any library says, down to each request.
    for talkative in ("docker", "urllib3", "testcontainers"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    if why_not := docker_engine.probe().why_not:
        return why_not
    with contextlib.closing(docker_engine.client()) as engine:
        for service in sorted({name for folder in lab_folders(project_root()) for name in load_lab(folder).services}):
            try:
                images.choose(images.Images.of(service), engine, say=lambda line: print(line, flush=True))
            except ImageMissing as missing:
                return f"{missing.message}: {missing.advice}"
    return ""


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style: ruff's rules and its format."""
    run(session, "ruff", "check")
    run(session, "ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types: mypy, strict."""
    run(session, "mypy")


@nox.session
def unit(session: nox.Session) -> None:
    """Test what needs no service: units, the architecture, the documents."""
    run(session, "pytest", "tests/unit", "tests/architecture", "tests/documents", *session.posargs)


@nox.session
def services(session: nox.Session) -> None:
    """Test the services themselves, on each provider that is here, and the contract of our images."""
    test_services(session, *session.posargs)


@nox.session
def labs(session: nox.Session) -> None:
    """Prove every lab on embedded servers: starter red, reference green, each mistake caught."""
    run(session, "pytest", "tests/labs", *SIDE_BY_SIDE, *session.posargs, services="embedded")


@nox.session
def docker(session: nox.Session) -> None:
    """Prove every lab on Docker: what is right, and a mistake of each task (`labs verify` proves them all)."""
    if not (reason := why_no_docker()):
        run(session, "pytest", "tests/labs", *SIDE_BY_SIDE, *session.posargs, services="docker")
    elif os.environ.get("LABS_REQUIRE_ALL"):
        session.error(reason)
    else:
        session.skip(reason)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Test the services again and again, until a round fails: `nox -s soak -- 100`, without a number ten rounds."""
    asked = session.posargs or ["10"]
    if len(asked) != 1 or not asked[0].isdigit():
        session.error("after -- comes how many rounds, and nothing else: nox -s soak -- 100")
    rounds = int(asked[0])
    for number in range(1, rounds + 1):
        session.log(f"round {number} of {rounds}")
        test_services(session)
