"""Which answers are under test: what `--answers` means."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import Lab, Task
from harness.errors import UsageError
from harness.gallery import mistakes, variants


@dataclass(frozen=True)
class AnswerSet:
    """The answers under test: `label` as the command line names it, and the folders a file is looked for in."""

    label: str
    folders: tuple[Path, ...]

    def path(self, task: Task) -> Path:
        """Return the file that answers `task`: the first there is, or where the first would be."""
        paths = [folder / task.file for folder in self.folders]
        return next((path for path in paths if path.exists()), paths[0])


def choose(lab: Lab, wanted: str, here: Path) -> AnswerSet:
    """Return the answers that `--answers wanted` means for `lab`; a relative path counts from `here`.

    `wanted` is `exercise`, `solutions`, `mistake NAME`, `variant NAME` (or with a colon), a bare name of either, or a
    folder. Raises UsageError where it is none of these, with the names there are.
    """
    if wanted == "exercise":
        return AnswerSet("exercise", (lab.exercise,))
    if wanted == "solutions":
        return AnswerSet("solutions", (lab.solutions,))
    kind, _, name = wanted.replace(":", " ", 1).partition(" ")
    galleries = {
        "mistake": {mistake.name: mistake.folder for mistake in mistakes(lab)},
        "variant": {variant.name: variant.folder for variant in variants(lab)},
    }
    if kind in galleries:
        return _from_gallery(lab, kind, name.strip(), galleries[kind])
    folder = (here / Path(wanted).expanduser()).resolve()
    if wanted and folder.is_dir():
        own = folder / lab.slug if (folder / lab.slug).is_dir() else folder
        if not any((own / task.file).exists() for task in lab.tasks):
            raise UsageError(
                f"{own} holds no answer to {lab.slug}", f"Answers are called {', '.join(t.file for t in lab.tasks)}."
            )
        return AnswerSet(wanted, (own,))
    for kind, gallery in galleries.items():
        if wanted in gallery:
            return _from_gallery(lab, kind, wanted, gallery)
    names = ["exercise", "solutions", *(name for gallery in galleries.values() for name in gallery)]
    raise UsageError(
        f'--answers "{wanted}" is no folder, and {lab.slug} has no mistake or variant of that name',
        _did_you_mean(wanted, names),
    )


def _did_you_mean(wanted: str, names: list[str]) -> str:
    """Return the names that look like the one that was given; where none does, all there are."""
    if near := difflib.get_close_matches(wanted, names):
        return f"Did you mean {' or '.join(near)}?"
    return f"There are: {', '.join(names)}; or name a folder."


def _from_gallery(lab: Lab, kind: str, name: str, gallery: dict[str, Path]) -> AnswerSet:
    if name not in gallery:
        raise UsageError(f'{lab.slug} has no {kind} called "{name}"', _did_you_mean(name, [*gallery]))
    return AnswerSet(f"{kind}:{name}", (gallery[name], lab.solutions))
