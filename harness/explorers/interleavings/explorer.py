"""Explores a story: runs its actors in every order of their steps, and keeps the shortest one that breaks a rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, runtime_checkable

from harness.errors import CouldNotJudge
from harness.explorers.interleavings.hub import Contended, Hub, Slipped
from harness.explorers.interleavings.local import LocalPlayer
from harness.explorers.interleavings.orders import Orders, go_on
from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.player import Player
from harness.explorers.interleavings.remarks import remarks_on
from harness.explorers.interleavings.rules import Look, Rule, fact_of
from harness.explorers.interleavings.steps import Outcome, Ruling
from harness.explorers.interleavings.trace import (
    Broken,
    Choice,
    Difference,
    Event,
    Exploration,
    Run,
    order_of,
    price,
    same_course,
    token_of,
)
from harness.explorers.interleavings.verdicts import (
    WHAT_CALLS_DEPEND_ON,
    BrokenInSomeOrder,
    NothingOverlapped,
    NotTheSameTwice,
)
from harness.explorers.interleavings.world import as_an_actor_sees_it, quiet, same_luck

# Exhaustive for two actors of at most so many steps each, which is 252 orders; else up to two switches.
_EXHAUSTIVE_ACTORS = 2
_EXHAUSTIVE_STEPS = 5
_SWITCHES = 2
MOST_ORDERS = 2_000
# Steps of one order: with more, the calls would never end.
_MOST_STEPS = 120
# Seconds to hold back whoever could close a circle of waits; the longer ones for a machine that is busy.
_HOLDS = (0.004, 0.02, 0.1, 0.5, 2.5)

NO_CALL_FAILS = "No call fails."
NO_TRANSACTION_IS_LEFT_OPEN = "No call leaves its transaction open."
EVERY_CALL_ENDS = "Every call ends."
EACH_TAKES_PART = "Each call asks the server, where the others can see it."
# Not the test's own question, which is about an order of steps.
_SHARES_NOTHING = "What do the others see of what only this call keeps in its memory?"


def _nothing(*_: object) -> None:
    """Be told, and do nothing."""


Given = str | Callable[[Any], object]


class Cast(ABC):
    """One actor over all orders: what it needs is opened once."""

    @abstractmethod
    def player(self) -> Player:
        """Return the actor for one more order; the one before has been dismissed."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""


@runtime_checkable
class Actor(Protocol):
    """What can be an actor beside a plain callable that takes a connection: whatever knows how to play."""

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor called `name`, at work in this place."""
        ...


class LocalCast(Cast):
    """An actor in this process, with one connection that is made as new for each order."""

    def __init__(self, name: str, call: Callable[[Any], object], place: Place) -> None:
        self._name, self._call, self._place = name, call, place
        self._handle = place.open()

    def player(self) -> Player:
        """Return it, on a connection as good as new."""
        if not self._place.renew(self._handle):
            self._place.close(self._handle)
            self._handle = self._place.open()
        return LocalPlayer(self._name, self._call, self._place, self._handle)

    def cut(self) -> None:
        """Cut the connection, and leave the actor where it is."""
        self._place.cut(self._handle)

    def close(self) -> None:
        """Close the connection."""
        self._place.close(self._handle)


@dataclass(frozen=True)
class Story:
    """What is explored: who does what, from where, and what must hold.

    `actors` are calls by name: functions that take a connection, or Actors. `given` is how each order begins: SQL, or a
    function that takes the test's own connection. `always` holds whenever nothing moves, `at_the_end` when all calls
    have ended. `may_fail` names the exceptions (by class or SQLSTATE) with which a call may end. `each_takes_part` says
    that the calls have to share something: one that takes no step at the server is wrong, where it would else be no
    proof of anything.
    """

    actors: Mapping[str, Callable[[Any], object] | Actor]
    given: Given
    at_the_end: Sequence[Rule] = ()
    always: Sequence[Rule] = ()
    may_fail: Collection[str] = ()
    each_takes_part: bool = False


class Explorer:
    """A story on its stage. A context manager: what it opens, it closes."""

    def __init__(self, story: Story, place: Place) -> None:
        self._story = story
        self._names = tuple(story.actors)
        self._hold = 0
        with ExitStack() as opened:
            self._look = place.look()
            opened.callback(place.close, self._look)
            self._watch: Watch | None = place.watch()
            if self._watch is not None:
                opened.callback(self._watch.close)
            self._casts: list[Cast] = []
            for name, actor in story.actors.items():
                cast = actor.cast(name, place) if isinstance(actor, Actor) else LocalCast(name, actor, place)
                opened.callback(cast.close)
                self._casts.append(cast)
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        """Nothing more: it is open."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was opened."""
        self._opened.close()

    def explore(
        self,
        *,
        switches: int | None = None,
        most_orders: int = MOST_ORDERS,
        on_run: Callable[[Run], object] = _nothing,
    ) -> Exploration:
        """Run the orders and return what was found; `on_run` is told of each.

        All orders with up to `switches` switches are run; if None, all there are for two actors of up to five steps,
        else those with up to two, as also where a timer may run out. Raises CouldNotJudge and its like.
        """
        orders, pruned = Orders(), Counter[str]()
        ran = broke = longest = most_at_work = 0
        overlapped = False
        shortest: Run | None = None
        bound = switches
        has_timers = False
        while ran + pruned.total() < most_orders and (prefix := orders.next(bound)) is not None:
            with quiet():
                run, hub = self._one_order(prefix)
            orders.add(prefix, run.choices)
            on_run(run)
            if orders.switches == 0:
                longest = max(longest, hub.most_steps)
            # Whoever gives up a wait and tries again would make orders without end.
            has_timers |= any(choice.may_run_out for choice in run.choices)
            small = len(self._names) <= _EXHAUSTIVE_ACTORS and longest <= _EXHAUSTIVE_STEPS and not has_timers
            bound = switches if switches is not None or small else _SWITCHES
            if run.pruned:
                pruned[run.pruned] += 1
                continue
            ran += 1
            overlapped |= run.overlapped
            most_at_work = max(most_at_work, hub.at_work)
            if run.broken is not None:
                broke += 1
                if shortest is None or _length(run) < _length(shortest):
                    shortest = run
                if run.refused or run.broken.fact == EVERY_CALL_ENDS:
                    break  # it takes long, and every other order would say the same
        left = orders.left()
        found = Exploration(
            actors=self._names,
            given=self._story.given if isinstance(self._story.given, str) else "",
            ran=ran,
            broke=broke,
            pruned=dict(pruned),
            bound=None if left is None else left - 1,
            shortest=shortest,
            token=token_of(shortest.order) if shortest else "",
            remarks=remarks_on(shortest) if shortest else (),
        )
        if shortest is not None:
            if not shortest.refused:
                self._confirm(shortest)
        elif most_at_work < min(len(self._names), 2) or (longest > 1 and not overlapped):
            raise NothingOverlapped(
                f"{' and '.join(self._names)} were never at work at the same time: {ran} orders have proved nothing",
                "Does each call use the connection that it is given?",
            )
        return found

    def replay(self, token: str, on_event: Callable[[Sequence[Event], Look], object]) -> Exploration:
        """Run exactly the order that a token names. `on_event` is told what happened in each step, and may look.

        Raises ValueError for a token that is none, NotTheSameTwice where the order can't be followed.
        """
        order = order_of(token)
        run, _ = self._one_order(order, on_event=on_event)
        broken = int(run.broken is not None)
        return Exploration(
            self._names, "", 1, broken, {}, run.switches, shortest=run if broken else None, token=token_of(run.order)
        )

    def _confirm(self, run: Run) -> None:
        """Run an order again: what a learner is told must be what happens, each time."""
        again, _ = self._one_order(run.order)
        if not same_course(run, again):
            raise NotTheSameTwice(
                f"the order {token_of(run.order)}, run twice, went two different ways",
                WHAT_CALLS_DEPEND_ON,
            )

    def _one_order(
        self, prefix: tuple[int, ...], on_event: Callable[[Sequence[Event], Look], object] = _nothing
    ) -> tuple[Run, Hub]:
        while True:
            try:
                return self._one_order_once(prefix, on_event)
            except Slipped:
                self._hold += 1
                if self._hold == len(_HOLDS):
                    raise CouldNotJudge(
                        "this machine is too busy: what Postgres does after a time came too early or too late",
                        "run it again when less is going on",
                    ) from None

    def _one_order_once(
        self, prefix: tuple[int, ...], on_event: Callable[[Sequence[Event], Look], object]
    ) -> tuple[Run, Hub]:
        players = [cast.player() for cast in self._casts]
        self._reset()
        broken: list[Broken] = []
        told = 0

        def on_quiet() -> None:
            nonlocal told
            look = Look(self._look, hub.outcomes, hub.events)
            if not broken and (found := _first_broken(self._story.always, look, len(hub.events))):
                broken.append(found)
            on_event(hub.events[told:], look)
            told = len(hub.events)

        hub = Hub(players, self._watch, hold=_HOLDS[self._hold], on_quiet=on_quiet)
        choices: list[Choice] = []
        pruned = ""
        try:
            with as_an_actor_sees_it(), same_luck():
                hub.begin()
                while (enabled := hub.enabled) and len(choices) < _MOST_STEPS and not hub.refused:
                    last = choices[-1].taken if choices else None
                    choice = go_on(
                        enabled,
                        choices,
                        has_yielded=last is not None and hub.has_yielded(last),
                        goes_round=last is not None and hub.goes_round(last),
                    )
                    if len(choices) < len(prefix):
                        choice = choice.other(_followed(prefix, len(choices), hub))
                    choices.append(choice)
                    late: Ruling = "runs out late" if self._hold else "runs out"
                    try:
                        hub.step(choice.taken, late if choice.runs_out else "")
                    finally:
                        choices[-1] = replace(choice, may_run_out=hub.may_run_out(choice.taken))
        except Contended:
            pruned = "two actors waited at once, and Postgres may let either go first"
        finally:
            hub.dismiss()
        run = Run(
            choices=tuple(choices),
            events=tuple(hub.events),
            outcomes=hub.outcomes,
            pruned=pruned,
            refused=hub.refused,
            overlapped=hub.overlapped,
        )
        if not pruned and not broken and (found := self._broken_at_the_end(hub)):
            broken.append(found)
        return replace(run, broken=broken[0] if broken else None), hub

    def _broken_at_the_end(self, hub: Hub) -> Broken | None:
        after = len(hub.events)
        if hub.refused:
            return Broken("Each call does only what can be explored.", Difference("", hub.refused), after)
        if hub.enabled:
            seen = Difference("each call ends", f"after {_MOST_STEPS} steps they were still at it")
            return Broken(EVERY_CALL_ENDS, seen, after)
        for name, outcome in hub.outcomes.items():
            if outcome.error and not {outcome.error, outcome.sqlstate} & set(self._story.may_fail):
                seen = Difference(f"{name}'s call returns", f"{name}'s call {_raised(outcome)}")
                return Broken(NO_CALL_FAILS, seen, _end_of(name, hub.events))
        for name, outcome in hub.outcomes.items():
            if outcome.open:
                seen = Difference(
                    "COMMIT or ROLLBACK before it returns", f"{name}'s call ends, but not its transaction"
                )
                return Broken(NO_TRANSACTION_IS_LEFT_OPEN, seen, _end_of(name, hub.events))
        if self._story.each_takes_part and hub.idle:
            seen = Difference("each call takes a step at the server", f"{' and '.join(hub.idle)} took none")
            return Broken(EACH_TAKES_PART, seen, after, ask=_SHARES_NOTHING)
        return _first_broken(self._story.at_the_end, Look(self._look, hub.outcomes, hub.events), after)

    def _reset(self) -> None:
        given = self._story.given
        if callable(given):
            given(self._look)
        else:
            self._look.execute(given)


def explore(  # noqa: PLR0913 - a story has so many parts, each named where it is told
    actors: Mapping[str, Callable[[Any], object] | Actor],
    *,
    on: Place,
    given: Given,
    at_the_end: Sequence[Rule] = (),
    always: Sequence[Rule] = (),
    may_fail: Collection[str] = (),
    each_takes_part: bool = False,
    switches: int | None = None,
    ask: str = "",
) -> Exploration:
    """Hold a story against its rules in every order of its steps; see `Story` and `Explorer.explore`.

    `ask` is the one question that leads on. Raises BrokenInSomeOrder with the shortest counterexample, and
    CouldNotJudge and its like where nothing was proved.
    """
    story = Story(actors, given, at_the_end, always, may_fail, each_takes_part)
    with Explorer(story, on) as explorer:
        found = explorer.explore(switches=switches)
    return required(found, ask)


def required(found: Exploration, ask: str = "") -> Exploration:
    """Return an exploration that found nothing wrong. Raises BrokenInSomeOrder for another."""
    if found.shortest is not None and (broken := found.shortest.broken) is not None:
        raise BrokenInSomeOrder(broken.fact, found, ask=broken.ask or ask)
    return found


def _first_broken(rules: Sequence[Rule], look: Look, after: int) -> Broken | None:
    for rule in rules:
        if (difference := rule(look)) is not None:
            return Broken(fact_of(rule), difference, after)
    return None


def _end_of(actor: str, events: Sequence[Event]) -> int:
    """Return after how many events an actor's call had ended."""
    ends = {"returns", "raises"}
    return next(at for at, event in enumerate(events, start=1) if event.actor == actor and event.kind in ends)


def _raised(outcome: Outcome) -> str:
    code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
    return f"raised {outcome.error}{code}: {outcome.message}"


def _followed(prefix: tuple[int, ...], at: int, hub: Hub) -> int:
    move = prefix[at]
    if move not in hub.enabled and not (~move in hub.enabled and hub.is_impatient(~move)):
        raise NotTheSameTwice(
            f"the order {token_of(prefix)} can't be followed beyond step {at}: the calls did something else this time",
            WHAT_CALLS_DEPEND_ON,
        )
    return move


def _length(run: Run) -> tuple[int, int, tuple[int, ...]]:
    # A wait makes two events of one step: of two that are as long, the one without is easier to read.
    return price(run.choices), len(run.events), run.order
