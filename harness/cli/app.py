"""The commands, each a few lines over the room that does the work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, cast

import typer

from harness import progress
from harness.catalogue import Lab, Task, find_lab, lab_folders, load_lab, project_root
from harness.cli.doctor import doctor
from harness.cli.images import images
from harness.cli.tables import Listing, labs_table, tell_outcomes
from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_WRONG, BrokenLab, CouldNotJudge, UsageError
from harness.services import SERVICES, address, open_psql, provide, running_servers, stop_all
from harness.verify import Outcome, claims
from harness.verify import verify as prove_all

if TYPE_CHECKING:
    from harness.services.provide import Choice

# Shell completion would offer to edit the learner's shell profile: not ours to touch.
app = typer.Typer(
    help="Backend Labs: hands-on labs for backend developers.", add_completion=False, no_args_is_help=True
)


@app.command("list")
def list_labs() -> None:
    """List the labs, how far you have come with each, and the servers that are kept warm."""
    root = project_root()
    rows: list[Listing] = []
    for folder in lab_folders(root):
        try:
            lab = load_lab(folder)
        except BrokenLab as problem:
            rows.append(Listing(folder.name, "can't be read", problem.message))
            continue
        scores = progress.recall(lab)
        right = sum(holds == of for holds, of in scores.values())
        state = f"{right} of {len(lab.tasks)} tasks right" if scores else "not begun"
        rows.append(Listing(lab.slug, state, lab.title, ", ".join(lab.services), f"{lab.minutes} min"))
    labs_table(rows)
    for server in running_servers():
        place = f"{server.provider}, port {server.port}"
        print(f"\nkept warm: {server.service} {server.version} ({place}); labs down stops it")


@app.command()
def hint(
    task: Annotated[str, typer.Argument(help="The task's name, as in latest_address.")],
    number: Annotated[int, typer.Argument(help="Which hint: 1 is the faintest.", min=1)] = 1,
) -> None:
    """Show one hint for a task; ask for the next only when the last has not helped."""
    lab, found = _task(task)
    if number > len(found.hints):
        raise UsageError(
            f"{found.name} has {len(found.hints)} hints", f"What is left is {lab.solutions.name}'s WHY.md."
        )
    print(f"{found.file}: {found.sentence}\n\nhint {number} of {len(found.hints)}: {found.hints[number - 1]}")
    if number < len(found.hints):
        print(f"next:  labs hint {found.name} {number + 1}")


def _task(name: str) -> tuple[Lab, Task]:
    labs = [load_lab(folder) for folder in lab_folders(project_root())]
    for lab in labs:
        for task in lab.tasks:
            if name in (task.name, task.file):
                return lab, task
    names = ", ".join(task.name for lab in labs for task in lab.tasks)
    raise UsageError(f'there is no task called "{name}"', f"There are: {names}.")


@app.command()
def verify(  # noqa: PLR0913, PLR0917 - each is an option of the command's
    lab: Annotated[str, typer.Argument(help="The lab: 01, 01_window_functions or its path.")],
    services: Annotated[str, typer.Option(help="auto, docker or embedded.", envvar="LABS_SERVICES")] = "auto",
    seed: Annotated[
        int | None, typer.Option(help="Generate the data from another seed; the failure texts are then not compared.")
    ] = None,
    times: Annotated[int, typer.Option(help="Prove everything so many times in a row.", min=1)] = 1,
    answers_in: Annotated[
        str, typer.Option(help="Where answers in Python run: here or worker.", envvar="LABS_ANSWERS_IN")
    ] = "here",
    bless: Annotated[bool, typer.Option(help="Write the failure texts down as the golden ones.")] = False,
) -> None:
    """Prove that a lab's tests tell right from wrong: start red, reference and variants green, each mistake caught."""
    found = find_lab(project_root(), lab)
    if bless and seed is not None:
        raise UsageError("golden texts are of the seed that learners have", "Leave --seed or --bless away.")
    options = ("--services", services, "--answers-in", answers_in)
    failed: list[Outcome] = []
    for time in range(1, times + 1):
        title = found.slug if times == 1 else f"{found.slug}, {time} of {times}"
        proving = prove_all(found, options, seed=seed, bless=bless)
        outcomes = tell_outcomes(title, claims(found), proving, whole=times == 1)
        failed += [outcome for outcome in outcomes if outcome.problem]
    for outcome in failed:
        print(f"\n✗ {outcome.claim.kind} {outcome.claim.name}: {outcome.problem}")
    if any(outcome.problem.startswith("could not judge") for outcome in failed):
        sys.exit(EXIT_COULD_NOT_JUDGE)
    sys.exit(EXIT_WRONG if failed else 0)


@app.command()
def psql(
    database: Annotated[str, typer.Argument(help="The kept database, as a failure names it.")],
    url: Annotated[bool, typer.Option("--url", help="Print its address instead, for another program.")] = False,
) -> None:
    """Open the database that a failed test has kept, with psql; change in it what you like."""
    if url:
        print(address(database))
    else:
        sys.exit(open_psql(database))


@app.command()
def up(
    wanted: Annotated[list[str] | None, typer.Argument(metavar="SERVICE...", help="Which; all by default.")] = None,
    services: Annotated[str, typer.Option(help="auto, docker or embedded.", envvar="LABS_SERVICES")] = "auto",
) -> None:
    """Start servers before you need them; they are kept warm for 20 idle minutes."""
    unknown = [name for name in wanted or () if name not in SERVICES]
    if unknown:
        raise UsageError(f'there is no service called "{unknown[0]}"', f"There are: {', '.join(SERVICES)}.")
    problems = 0
    for name in wanted or SERVICES:
        try:
            server = provide(SERVICES[name], cast("Choice", services), say=print)
        except CouldNotJudge as problem:  # the others may still start
            problems += 1
            print(f"{name}: {problem.message}; {problem.advice}", file=sys.stderr)
        else:
            print(f"{name}: {server.version}, {server.provider} ({server.why})")
            server.close()
    sys.exit(EXIT_COULD_NOT_JUDGE if problems else 0)


@app.command()
def down() -> None:
    """Stop every server that is kept warm, and delete its data."""
    if not stop_all(say=print):
        print("nothing was running")


app.command()(doctor)
app.add_typer(images, name="images")
