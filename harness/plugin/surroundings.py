"""What a learner reads around one failure: the file, the data, the likely causes, and the ways to look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.answers import Origin, recognise
from harness.catalogue import Lab
from harness.commands import command
from harness.errors import CouldNotJudge, Wrong
from harness.explorers.crashes.history import CrashRun
from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.explorers.interleavings.verdicts import BrokenInSomeOrder
from harness.explorers.stories import WrongStory
from harness.gallery import Mistake, mistakes
from harness.judging import WrongColumns
from harness.judging.working_table import WorkingTable
from harness.plugin.defects import in_words
from harness.plugin.items import DEFAULT_SEED, LabItem
from harness.report import Context, Likely, describe_data
from harness.services import Database, PostgresServer, QueryTooSlow, TooManyRows

_NO_FILE_NAMES = str.maketrans("/\\:[] ", "______")

# With more causes than these, what has been seen says nothing of the cause; and to tell some of them would be a guess.
_MOST_CAUSES = 3


@dataclass(frozen=True)
class _Look:
    """How to look at a failure: a picture's path, or a command; and the command that replays it, if one can.

    `defect` says why there is no picture, if that is ours.
    """

    path: str = ""
    replay: str = ""
    defect: str = ""


class Surroundings:
    """Gathers what stands around failures. `option` gives the value of an option of pytest's, `postgres` the server."""

    def __init__(self, option: Callable[[str], Any], postgres: Callable[[], PostgresServer]) -> None:
        self._option = option
        self._postgres = postgres
        self._galleries: dict[Path, list[Mistake]] = {}

    def context(self, item: pytest.Item, lab_item: LabItem, wrong: Wrong, recursion: WorkingTable | None) -> Context:
        """Return what stands around a failure: where it is, what is known of it, and how to look at it."""
        origin = wrong.origin if isinstance(wrong.origin, Origin) else None
        path = origin.source.path if origin else lab_item.answers.path(lab_item.task)
        database = origin.database if origin and isinstance(origin.database, Database) else None
        # Columns that aren't the ones asked for say what is wrong; whose rows they hold would be guesswork.
        # And a statement that was stopped tells nothing of its result: only where its recursion runs on is seen.
        silent = isinstance(wrong, WrongColumns) or (isinstance(wrong, (QueryTooSlow, TooManyRows)) and not recursion)
        known = [] if silent else recognise(wrong, self._gallery(lab_item.lab))
        levels = self._picture_of(recursion, item, lab_item)
        look = self._way_to_look(item, lab_item, database, wrong)
        return Context(
            fact=lab_item.fact,
            file=shown(path, lab_item.lab),
            sql=origin.source.text if origin else "",
            data=describe_data(database.dataset, origin.source.text)
            if origin and database and database.dataset
            else "",
            likely=possible_causes(known),
            again=command("pytest", *self._again(item)),
            recursion=recursion,
            mark=origin.mark if origin else None,
            picture=levels.path,
            look=look.path,
            replay=look.replay,
            defect=look.defect or levels.defect,
        )

    def _gallery(self, lab: Lab) -> list[Mistake]:
        if lab.folder not in self._galleries:
            self._galleries[lab.folder] = mistakes(lab)
        return self._galleries[lab.folder]

    def _way_to_look(self, item: pytest.Item, lab_item: LabItem, database: Database | None, wrong: Wrong) -> _Look:
        """Keep what a failure is about, and return how to look at it."""
        from harness.report.timeline.page import write_picture, write_story  # late: most failures have no picture

        if not isinstance(wrong, BrokenInSomeOrder | BrokenByACrash | WrongStory):
            return _Look(self._keep(lab_item, database))
        shortest = wrong.exploration.shortest
        if shortest is None or not shortest.events:  # nobody has taken a step
            return _Look()
        if isinstance(wrong, WrongStory):
            return self._drawn(item, lab_item, lambda path: write_story(wrong.exploration, lab_item.fact, path))
        if not wrong.exploration.token:
            return _Look()
        replay = command("pytest", *self._again(item), "--replay", wrong.token)
        if isinstance(shortest, CrashRun) and not shortest.lanes:
            return _Look(replay=replay)  # a program that did nothing: there is nothing to draw
        look = self._drawn(
            item, lab_item, lambda path: write_picture(wrong.exploration, lab_item.fact, path, again=replay)
        )
        return replace(look, replay=replay)

    def _drawn(
        self, item: pytest.Item, lab_item: LabItem, draw: Callable[[Path], object], folder: str = "timelines"
    ) -> _Look:
        """Draw the picture of a failure, and return its path, as seen from the project's root."""
        root = lab_item.lab.root
        picture = root / ".labs" / folder / lab_item.lab.slug / f"{item.name.translate(_NO_FILE_NAMES)}.html"
        try:
            draw(picture)
        except OSError:  # a checkout that nobody may write to: the verdict stands without a picture
            return _Look()
        except Exception as error:  # noqa: BLE001 - whatever our drawing raises, the verdict stands
            return _Look(defect=in_words("the picture could not be drawn", error))
        return _Look(str(picture.relative_to(root)))

    def _picture_of(self, recursion: WorkingTable | None, item: pytest.Item, lab_item: LabItem) -> _Look:
        """Draw a recursion's working table; nothing where there is none to draw."""
        if recursion is None or not recursion.levels:
            return _Look()
        from harness.report.levels.page import write_levels  # late: most failures have no picture

        return self._drawn(item, lab_item, lambda path: write_levels(recursion, lab_item.fact, path), "recursions")

    def _keep(self, lab_item: LabItem, database: Database | None) -> str:
        if database is None or database.dataset is None:
            return ""
        try:
            name = self._postgres().keep(database, f"{lab_item.task.name}_{database.dataset.name}")
        except CouldNotJudge:
            # The verdict stands without the convenience.
            return ""
        return command("labs", "psql", name)

    def _again(self, item: pytest.Item) -> list[str]:
        options = [item.nodeid]
        for name, default in (("--answers", "exercise"), ("--seed", DEFAULT_SEED)):
            if (value := self._option(name)) != default:
                options += [name, str(value)]
        return options


def possible_causes(known: Sequence[Mistake]) -> tuple[Likely, ...]:
    """Return all the mistakes that show the same, as a failure tells them; none where they are too many."""
    if len(known) > _MOST_CAUSES:
        return ()
    return tuple(Likely(mistake.name, mistake.belief, mistake.hint) for mistake in known)


def shown(path: Path, lab: Lab) -> str:
    """Return a path as a learner would type it from the checkout."""
    return str(path.relative_to(lab.root) if path.is_relative_to(lab.root) else path)
