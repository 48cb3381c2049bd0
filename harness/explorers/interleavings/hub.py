"""Runs one order: lets one actor take one step, waits until nothing moves any more, and writes down what happened.

Four rules make the course of events the same each time:
1. It goes on only when every step in flight has ended, or is confirmed by the server to wait for another actor.
2. Events are written down at that moment, the granted actor's first, then the others' by name.
3. Whoever closes a circle of waits is the one that Postgres ends: nobody begins to wait within `hold` of another.
4. Where two wait at once, Postgres may let either go first, or both together: such an order is given up.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.explorers.interleavings.orders import goes_round
from harness.explorers.interleavings.place import Watch
from harness.explorers.interleavings.player import Player
from harness.explorers.interleavings.remarks import BY_ITSELF
from harness.explorers.interleavings.steps import Outcome, Result, Ruling
from harness.explorers.interleavings.timers import RAN_OUT, SHORT, TOO_EARLY
from harness.explorers.interleavings.trace import Event
from harness.explorers.interleavings.verdicts import WHAT_CALLS_DEPEND_ON, NotTheSameTwice, TookTooLong

# Milliseconds that a step may take before the server is asked whether it waits: most take a fifth of that.
_SOON = 0.6
# Seconds for a step that doesn't wait for another actor.
_PATIENCE = 10.0
_DEADLOCK = "40P01"
# The ends of a transaction wait for nobody, so they close no circle.
_ENDS = ("COMMIT", "ROLLBACK", "END", "ABORT", BY_ITSELF.upper())


class Slipped(Exception):
    """The machine was too slow: run it again, and hold longer.

    Postgres has ended the wrong actor (rule 3), or a timer ran out before anybody had seen that its statement waits, or
    before it was known that it is on.
    """


class Contended(Exception):
    """Rule 4: the order has to be given up."""


@dataclass
class _Seat:
    """A player and its latest step. `waiting` is confirmed by the server, `told` says that it was written down.

    `impatient` tells that a timer is on in its step, `runs_out` that it is to run out in the one that is in flight.
    `happened` is what came of the step, to be written down when nothing moves any more. `taken` are all its steps so
    far: what was done, what came of it, and the error.
    """

    player: Player
    text: str = ""
    session: int | None = None
    steps: int = 0
    in_flight: bool = False
    waiting: bool = False
    told: bool = False
    impatient: bool = False
    runs_out: bool = False
    blockers: tuple[str, ...] = ()
    happened: list[Event] = field(default_factory=list)
    taken: list[tuple[str, ...]] = field(default_factory=list)


class Hub:
    """One order of the players' steps. `events` is what happened; `on_quiet` is called whenever nothing moves."""

    def __init__(
        self, players: Sequence[Player], watch: Watch | None, *, hold: float, on_quiet: Callable[[], None]
    ) -> None:
        self.events: list[Event] = []
        self.overlapped = False
        self._seats = [_Seat(player) for player in players]
        self._watch = watch
        self._hold = hold
        self._on_quiet = on_quiet
        self._last_wait = 0.0  # when the server last confirmed that somebody had begun to wait

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """How the calls ended that have ended, by actor."""
        return {seat.player.name: seat.player.outcome for seat in self._seats if seat.player.outcome is not None}

    @property
    def refused(self) -> str:
        """What an actor did that can't be explored, in a sentence; empty where none did."""
        return next((f"{seat.player.name}: {seat.player.refused}" for seat in self._seats if seat.player.refused), "")

    @property
    def enabled(self) -> tuple[int, ...]:
        """The actors that ask for leave to take a step, counted from 0."""
        return tuple(index for index, seat in enumerate(self._seats) if seat.player.asks is not None)

    @property
    def most_steps(self) -> int:
        """The most steps that one actor has taken."""
        return max(seat.steps for seat in self._seats)

    @property
    def at_work(self) -> int:
        """How many actors have taken a step."""
        return sum(seat.steps > 0 for seat in self._seats)

    @property
    def idle(self) -> tuple[str, ...]:
        """The actors that have taken no step."""
        return tuple(seat.player.name for seat in self._seats if not seat.steps)

    def has_yielded(self, index: int) -> bool:
        """Return whether this actor has slept since its last step."""
        return self._seats[index].player.yielded

    def goes_round(self, index: int) -> bool:
        """Return whether this actor's latest steps are rounds of a loop that are all the same: it polls."""
        seat = self._seats[index]
        return goes_round(seat.taken, pauses=seat.player.yielded)

    def is_impatient(self, index: int) -> bool:
        """Return whether a timer is on in the step that this actor asks leave for."""
        asked = self._seats[index].player.asks
        return asked is not None and asked.impatient

    def may_run_out(self, index: int) -> bool:
        """Return whether this actor waits for another, in a step whose timer could run out."""
        return self._seats[index].waiting and self._seats[index].impatient

    def begin(self) -> None:
        """Run each actor to its first step."""
        for seat in self._seats:
            seat.player.begin()
            seat.in_flight = _is_in_flight(seat)
            self._came(seat, None)
            self._settle()
            self._write_down(seat)
            if self.refused:
                return  # it may hold a lock of Python's at which the next would wait for ever
        self._on_quiet()

    def step(self, index: int, ruling: Ruling = "") -> None:
        """Let an actor take its step, or become of it what `ruling` says, and return when nothing moves any more.

        Raises Slipped and Contended, TookTooLong where a step takes too long, and NotTheSameTwice where a timer is to
        run out and the step waits for nobody.
        """
        granted = self._seats[index]
        asked = granted.player.asks
        if asked is None:
            raise ValueError(f"{granted.player.name} asks for nothing")
        self.overlapped |= any(
            seat is not granted and seat.steps and seat.player.outcome is None for seat in self._seats
        )
        ends = asked.text.upper().startswith(_ENDS)
        if not ends and any(seat.waiting for seat in self._seats):
            # Rule 3: by then the one that waits has looked for a deadlock, and will not look again.
            time.sleep(max(0.0, self._last_wait + self._hold - time.monotonic()))
        granted.text, granted.session = asked.text, asked.session
        granted.steps += 1
        granted.in_flight, granted.told = True, False
        granted.impatient, granted.runs_out = asked.impatient, ruling in SHORT
        self._came(granted, granted.player.grant(ruling))
        self._settle()
        if ruling in SHORT and not granted.told and not self.refused:
            if any(event.error in RAN_OUT for event in granted.happened):
                raise Slipped
            raise NotTheSameTwice(
                f"{granted.player.name} waits for nobody, so that no timer runs out: {granted.text}",
                WHAT_CALLS_DEPEND_ON,
            )
        victims = [seat for seat in self._seats if any(event.error == _DEADLOCK for event in seat.happened)]
        if not ends and any(seat is not granted and seat.told for seat in victims):
            raise Slipped
        self._write_down(granted)
        if sum(seat.waiting for seat in self._seats) > 1:
            raise Contended
        self._on_quiet()

    def dismiss(self) -> None:
        """End all actors, wherever they are, and what they still have in flight on the server."""
        for seat in self._seats:
            # Before it is dismissed: an actor in another process might be done meanwhile, and keep its session for the
            # next order. The process of one that was refused something is killed, and its session, with its locks, may
            # live longer than that.
            if (seat.in_flight or seat.player.refused) and self._watch is not None and seat.session is not None:
                self._watch.end(seat.session)
        for seat in self._seats:
            seat.player.dismiss()

    def _settle(self) -> None:
        """Rule 1: wait until every step in flight has ended, or waits for an actor that has none in flight."""
        began = time.monotonic()
        while flying := [seat for seat in self._seats if seat.in_flight]:
            # In a circle of waits, and where a timer is to run out, the server moves next.
            still = all(seat.waiting and not seat.runs_out for seat in flying) and not _in_a_circle(flying)
            ready = _ready(flying, 0.0 if still else _SOON)
            for seat, what in ready:
                self._came(seat, seat.player.advance(what))
            if ready:
                for seat in flying:  # what has ended may have let others go
                    seat.waiting = False
            elif still:
                return
            else:
                self._ask(flying)
                seconds = time.monotonic() - began
                if seconds > _PATIENCE:
                    slow = next((seat for seat in flying if not seat.waiting), flying[0])
                    if not slow.player.keeps_busy(seconds):
                        raise TookTooLong(slow.player.name, slow.text, _PATIENCE)
                    self._came(slow, None)

    def _ask(self, flying: Sequence[_Seat]) -> None:
        """Ask the server who of those in flight waits for whom."""
        names = {seat.session: seat.player.name for seat in self._seats if seat.session is not None}
        asked_for = [seat.session for seat in flying if seat.session is not None]
        if self._watch is None or not asked_for:
            return
        found = self._watch.blockers(asked_for, list(names))
        for seat in flying:
            if seat.session is None or seat.session not in found:
                seat.waiting = False
                continue
            if not seat.waiting:
                self._last_wait = time.monotonic()
            seat.waiting = True
            seat.blockers = tuple(sorted(names[session] for session in found[seat.session]))
            if seat.runs_out and not seat.told:  # by the time that nothing moves any more, it will be over
                _tell_wait(seat)

    def _came(self, seat: _Seat, result: Result | None) -> None:
        """Note what came of a seat's step, if it is done: nothing, where the actor was refused something in it."""
        if result is None and _is_in_flight(seat):
            return
        if seat.player.refused == TOO_EARLY:
            raise Slipped
        seat.in_flight = seat.waiting = seat.runs_out = False
        if result is not None:
            name, kind = seat.player.name, "goes on" if seat.told else "does"
            seat.taken.append((seat.text, result.text, result.error))
            seat.happened.append(
                Event(name, kind, seat.text, result.text, result.error, result.open)  # type: ignore[arg-type]
            )
        self._note_end(seat)

    @staticmethod
    def _note_end(seat: _Seat) -> None:
        outcome, name = seat.player.outcome, seat.player.name
        if outcome is None:
            return
        if outcome.error:
            error = outcome.sqlstate or outcome.error
            event = Event(name, "raises", result=outcome.message, error=error, open=outcome.open)
        else:
            event = Event(name, "returns", result=repr(outcome.value), open=outcome.open)
        seat.happened.append(event)

    def _write_down(self, granted: _Seat) -> None:
        """Rule 2: write down what has happened since the step was granted."""
        if granted.waiting and not granted.told:
            _tell_wait(granted)
        for seat in sorted(self._seats, key=lambda seat: (seat is not granted, seat.player.name)):
            self.events += seat.happened
            seat.happened.clear()


def _tell_wait(seat: _Seat) -> None:
    seat.told = True
    seat.happened.append(Event(seat.player.name, "waits", seat.text, blockers=seat.blockers))


def _is_in_flight(seat: _Seat) -> bool:
    return seat.player.waits_on[0] >= 0


def _ready(flying: Sequence[_Seat], milliseconds: float) -> list[tuple[_Seat, int]]:
    """Return the seats whose server has something for them, each with what it is ready for."""
    poll = select.poll()
    by_file = {}
    for seat in flying:
        file, wanted = seat.player.waits_on
        by_file[file] = seat
        poll.register(file, (select.POLLIN if wanted & 1 else 0) | (select.POLLOUT if wanted & 2 else 0))
    found = dict(poll.poll(milliseconds))
    # In the seats' order, not in that of the machine's files.
    return [
        (seat, (1 if found[file] & ~select.POLLOUT else 0) | (2 if found[file] & select.POLLOUT else 0))
        for file, seat in by_file.items()
        if file in found
    ]


def _in_a_circle(flying: Sequence[_Seat]) -> bool:
    """Return whether some of those that wait all wait for each other."""
    waits_for = {seat.player.name: set(seat.blockers) for seat in flying if seat.waiting}
    while free := [name for name, others in waits_for.items() if not others & waits_for.keys()]:
        for name in free:
            del waits_for[name]
    return bool(waits_for)
