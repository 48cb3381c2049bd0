"""Which orders there are to run: all of them, those with the fewest switches first.

A timer that may run out is one more way to go on: `trace.price` tells what it costs.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict, deque
from collections.abc import Sequence

from harness.explorers.interleavings.trace import Choice, price

Prefix = tuple[int, ...]

# Steps that one actor may take in a row while others could go on: enough for any retry that needs no help. Then the
# others go, one after the other, and no other order branches off.
_FAIR = 16
# The most steps of a round of a loop that polls, and how many rounds that are all the same make it one: of a loop with
# pauses fewer, as it leaves others their turn anyway.
_LONGEST_ROUND = 6
_SAME_ROUNDS = 3
_SAME_ROUNDS_WITH_PAUSES = 2
# A value that is new each time (a random token, a time of day) in a statement that is the same.
_NEW_EACH_TIME = re.compile(r"(?=[\w.:+=-]*\d)[\w.:+=-]{16,}")


class Orders:
    """A work list of beginnings. Each order is begun exactly once; what it meets on its way adds more beginnings.

    An order goes on as it began: the same actor, as long as it can. So every order is its beginning and nothing else.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, deque[Prefix]] = defaultdict(deque)
        self._waiting[0].append(())
        self.switches = 0  # of the orders that `next` is giving out

    def next(self, most_switches: int | None) -> Prefix | None:
        """Return the next beginning; None where none is left that has at most so many switches."""
        waiting = [count for count, prefixes in self._waiting.items() if prefixes]
        if not waiting or (most_switches is not None and min(waiting) > most_switches):
            return None
        self.switches = min(waiting)
        return self._waiting[self.switches].popleft()

    def left(self) -> int | None:
        """Return the fewest switches of an order that is still to be run; None where all were run."""
        return min((count for count, prefixes in self._waiting.items() if prefixes), default=None)

    def add(self, prefix: Prefix, choices: Sequence[Choice]) -> None:
        """Take in what the order that began with `prefix` has met: where else it could have gone."""
        for at, choice in enumerate(choices):
            if choice.forced:
                continue
            moves = [other for other in choice.enabled if other != choice.taken] if at >= len(prefix) else []
            # That it has to wait was not known to whoever began with this step.
            if choice.may_run_out and at >= len(prefix) - 1:
                moves.append(~choice.taken)
            for move in moves:
                begun = (*choices[:at], choice.other(move))
                self._waiting[price(begun)].append(tuple(earlier.move for earlier in begun))


def go_on(enabled: tuple[int, ...], taken: Sequence[Choice], *, has_yielded: bool, goes_round: bool = False) -> Choice:
    """Return who goes on where the beginning has come to its end: whoever went last, unless it sleeps or is greedy.

    `goes_round` tells that its latest rounds were all the same. Nobody else can tell how many there were, so that no
    other order branches off between them: it goes round once as long as is fair, so that one that would give up does,
    and from then on lets the others go whenever it has come round.
    """
    last = taken[-1].taken if taken else None
    if last is None or last not in enabled:
        return Choice(enabled, next((actor for actor in enabled if last is None or actor > last), enabled[0]))
    others = [actor for actor in enabled if actor != last]
    if others and (has_yielded or _is_greedy(last, taken) or (goes_round and _has_been_greedy(last, taken))):
        following = next((actor for actor in others if actor > last), others[0])
        polls = has_yielded and _has_slept_alone(last, taken)
        return Choice(enabled, following, free=True, forced=polls or goes_round or not has_yielded)
    return Choice(enabled, last, forced=goes_round)


def goes_round(steps: Sequence[tuple[str, ...]], *, pauses: bool = False) -> bool:
    """Return whether an actor's latest steps, each with what came of it, are rounds of a loop that are all the same.

    `pauses` tells that it sleeps between them.
    """
    rounds = _SAME_ROUNDS_WITH_PAUSES if pauses else _SAME_ROUNDS
    latest = [tuple(map(_but_for_new_values, step)) for step in steps[-_LONGEST_ROUND * rounds :]]
    return shortest_round(latest, longest=_LONGEST_ROUND, times=rounds) > 0


def shortest_round(steps: Sequence[object], *, longest: int, times: int) -> int:
    """Return how many steps the shortest round has that ends the steps so many times in a row; 0 where none does."""
    return next(
        (
            length
            for length in range(1, longest + 1)
            if len(steps) >= length * times and _repeats(steps[-length * times :], length)
        ),
        0,
    )


@functools.lru_cache(maxsize=1024)  # asked at each step, about the same few texts
def _but_for_new_values(text: str) -> str:
    return _NEW_EACH_TIME.sub("…", text)


def _repeats(steps: Sequence[object], length: int) -> bool:
    return all(step == before for before, step in zip(steps, steps[length:], strict=False))


def _has_slept_alone(actor: int, taken: Sequence[Choice]) -> bool:
    """Return whether an actor has slept, and gone on, since another went: it polls, and nobody has changed anything."""
    alone = list(itertools.takewhile(lambda choice: choice.taken == actor, reversed(taken)))
    return any(choice.free for choice in alone[:-1])  # the first of them may be free because another sleeps


def _is_greedy(actor: int, taken: Sequence[Choice]) -> bool:
    """Return whether an actor has long gone on alone while others could have gone."""
    row = taken[-_FAIR:]
    return len(row) == _FAIR and all(choice.taken == actor and len(choice.enabled) > 1 for choice in row)


def _has_been_greedy(actor: int, taken: Sequence[Choice]) -> bool:
    """Return whether an actor has ever gone on alone for as long as is fair while others could have gone."""
    rows = itertools.groupby(choice.taken if len(choice.enabled) > 1 else None for choice in taken)
    return any(who == actor and len(list(row)) >= _FAIR for who, row in rows)
