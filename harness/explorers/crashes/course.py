"""One run of programs with the faults of a plan: who is started, what is done, who dies, and what is written down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from harness.explorers.crashes.faults import RULINGS, WORDS, Fault, Plan
from harness.explorers.crashes.history import Operation
from harness.explorers.crashes.story import CrashStory
from harness.explorers.interleavings.explorer import NO_CALL_FAILS, Cast
from harness.explorers.interleavings.hub import Hub
from harness.explorers.interleavings.place import Watch
from harness.explorers.interleavings.steps import Drained, Outcome, Step
from harness.explorers.interleavings.trace import Broken, Difference, Event

# Operations of one life: many times what the messages of a lab ask for.
MOST_OPERATIONS = 200
# Lives that may end with an exception that the test allows, without a fault, before the program counts as broken.
_MOST_FAILURES = 3
IT_COMES_TO_REST = "It comes to rest."
IT_WORKS_AGAIN = "It works again when it is started again."
ONLY_WHAT_CAN_BE_EXPLORED = "Each program does only what can be explored."

TITLES = {"postgres": "Postgres", "rabbitmq": "RabbitMQ", "kafka": "Kafka", "redis": "Redis"}


class Course:
    """One run: each program from its first start to its end, with the faults of a plan on the way."""

    def __init__(
        self,
        story: CrashStory,
        casts: Mapping[str, Cast],
        plan: Plan,
        on_event: Callable[[Sequence[Event]], object],
    ) -> None:
        self.operations: list[Operation] = []
        self.events: list[Event] = []
        self.lanes: list[str] = []
        self.broken: Broken | None = None
        self.refused = ""
        self._story, self._casts, self._plan, self._on_event = story, casts, list(plan), on_event

    def run(self) -> None:
        """Run all programs, or up to the first that breaks."""
        for name in self._casts:
            life, failures, goes_on = 0, 0, True
            while goes_on and self.broken is None:
                life += 1
                if life > 1:
                    self._tell(Event(name, "starts", f"{name} is started again"))
                faulty, outcome = self._live(name, life)
                goes_on = outcome is None or (bool(outcome.error) and outcome.error != Drained.__name__)
                if outcome is None or self.broken is not None:
                    continue
                self._tell_end(name, outcome)
                if goes_on and not faulty:
                    failures += 1
                    self._judge_failure(name, life, failures, outcome)

    def _live(self, name: str, life: int) -> tuple[bool, Outcome | None]:
        """Run one life. Return whether it met a fault, and how it ended; None: by a crash."""
        player = self._casts[name].player()
        hub = Hub([player], _NobodyElse(), hold=0, on_quiet=lambda: None)
        faulty, begun = False, len(self.operations)
        try:
            hub.begin()
            while (asked := player.asks) is not None and not player.refused:
                if len(self.operations) - begun >= MOST_OPERATIONS:
                    seen = f"after {MOST_OPERATIONS} operations {name} is still at it"
                    self._break(IT_COMES_TO_REST, Difference("it ends, or waits for messages in vain", seen))
                    return faulty, None
                fault = self._due()
                faulty |= fault is not None
                if fault is not None and fault.kind == "b":
                    self._crashed(name, fault)
                    return faulty, None
                count = len(hub.events)
                hub.step(0, RULINGS[fault.kind] if fault else "")
                done = next((event for event in hub.events[count:] if event.kind in {"does", "goes on"}), None)
                if done is None:
                    break  # it was refused something in the middle
                self._note(name, life, asked, done, fault)
                if fault is not None and fault.crashes:
                    self._crashed(name, fault)
                    return faulty, None
            if player.refused:
                self.refused = f"{name}: {player.refused}"
                self._break(ONLY_WHAT_CAN_BE_EXPLORED, Difference("", self.refused))
            return faulty, player.outcome
        finally:
            player.crash()

    def _due(self) -> Fault | None:
        """Return the fault of the operation that comes next, and cross it off."""
        if self._plan and self._plan[0].number == len(self.operations) + 1:
            return self._plan.pop(0)
        return None

    def _note(self, name: str, life: int, asked: Step, done: Event, fault: Fault | None) -> None:
        """Write an operation down, and the row that shows it."""
        ambiguous = fault is not None and fault.kind in {"e", "l"}
        outcome = "unknown" if ambiguous else "failed" if done.error else "ok"
        operation = Operation(
            name,
            life,
            len(self.operations) + 1,
            asked.server,
            asked.kind,
            asked.text,
            asked.message,
            outcome,  # type: ignore[arg-type] # one of the three
        )
        self.operations.append(operation)
        lane = f"{name} at {TITLES[asked.server]}"
        if lane not in self.lanes:
            self.lanes.append(lane)
        self._tell(replace(done, actor=lane, kind="does", text=asked.text, result=self._result(done, operation, fault)))

    def _result(self, done: Event, operation: Operation, fault: Fault | None) -> str:
        if fault is not None and fault.kind == "l":
            return "lost on the way, and nobody has noticed"
        if fault is not None and fault.kind in {"e", "f"}:
            return f"{done.result} ({'it was done' if fault.kind == 'e' else 'it was not done'})"
        if operation.kind in {"publish", "send"}:
            same = [
                other
                for other in self.operations
                if other.kind == operation.kind and other.text == operation.text and other.outcome != "failed"
            ]
            if len(same) > 1:
                return f"{done.result + ', ' if done.result else ''}for the {_ordinal(len(same))} time"
        return done.result

    def _crashed(self, name: str, fault: Fault) -> None:
        when = WORDS[fault.kind].removeprefix("crash ")
        undone = ": its transaction is undone" if self._has_open(name) else ""
        self._tell(Event(name, "crashes", f"{name} crashes {when} operation {fault.number}{undone}"))

    def _has_open(self, name: str) -> bool:
        """Return whether this life of a program has a transaction open."""
        for event in reversed(self.events):
            if event.kind == "starts" or event.actor == f"{name} at {TITLES['postgres']}":
                return event.open
        return False

    def _tell_end(self, name: str, outcome: Outcome) -> None:
        if outcome.error == Drained.__name__:
            text = f"{name} waits for more, and none will come"
        elif outcome.error:
            text = f"{name} ends with {outcome.error}: {outcome.message}"
        else:
            text = f"{name} is done"
        self._tell(Event(name, "ends", text, error=outcome.error if outcome.error != Drained.__name__ else ""))

    def _judge_failure(self, name: str, life: int, failures: int, outcome: Outcome) -> None:
        allowed = {outcome.error, outcome.sqlstate} & set(self._story.may_fail)
        if allowed and failures <= _MOST_FAILURES:
            return
        fact = NO_CALL_FAILS if life == 1 else IT_WORKS_AGAIN
        code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
        raised = f"{name} raised {outcome.error}{code}: {outcome.message}"
        self._break(fact, Difference(f"{name} does its work", raised))

    def _break(self, fact: str, difference: Difference) -> None:
        self.broken = Broken(fact, difference, len(self.events))

    def _tell(self, event: Event) -> None:
        self.events.append(event)
        self._on_event([event])


class _NobodyElse(Watch):
    """Knows that nobody waits where nobody else is."""

    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:  # noqa: ARG002 - nobody is there
        """Return none."""
        return {}

    def end(self, session: int) -> None:
        """Do nothing: a session ends with its connection."""

    def close(self) -> None:
        """There is nothing to close."""


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th")
