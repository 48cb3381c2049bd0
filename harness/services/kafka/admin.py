"""What the suite itself does on a server: topics made and removed, groups removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from typing import TYPE_CHECKING, TypeVar

from harness.errors import NoRoom, ServiceUnavailable
from harness.services.kafka.settings import Setting

if TYPE_CHECKING:
    from confluent_kafka.admin import ClusterMetadata  # type: ignore[attr-defined]  # an oversight of theirs

_PATIENCE = 60.0  # seconds for one request; it takes milliseconds, and many seconds where forty want each processor
_SILENCE = 2.0  # seconds without an answer, after which the server is asked whether it still lives
_LOOK_EVERY = 0.005

_Result = TypeVar("_Result")


class Admin:
    """One connection of an administrator's. Every method raises ServiceUnavailable where the server is gone.

    The library waits alike for a server that is slow and for one that is gone. Here a slow one is waited for, and one
    that is gone isn't: `lives` tells the two apart.
    """

    def __init__(self, client_settings: Mapping[str, Setting], lives: Callable[[], bool]) -> None:
        from confluent_kafka.admin import AdminClient  # late: 0.1 s

        self._lives = lives
        self._client = AdminClient(dict(client_settings))

    def create_topic(
        self, name: str, partitions: int, configuration: Mapping[str, str], *, replicas: int | None = None
    ) -> None:
        """Make a topic with so many replicas, or as many as the server makes, and return when clients can use it.

        Raises KafkaException where the server refuses the name or a setting.
        """
        from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]  # an oversight of theirs

        # For -1 the server takes its own default.
        topic = NewTopic(name, num_partitions=partitions, replication_factor=replicas or -1, config=dict(configuration))
        _patiently(lambda: self._wait_for(self._client.create_topics([topic], request_timeout=_PATIENCE)[name]))
        deadline = time.monotonic() + _PATIENCE
        while not self._is_ready(name, partitions):
            if time.monotonic() > deadline:
                raise ServiceUnavailable(f"the Kafka server made the topic {name} and then did not serve it", _AGAIN)
            time.sleep(_LOOK_EVERY)

    def topics(self) -> set[str]:
        """Return the names of all topics."""
        return set(self._metadata().topics)

    def groups(self) -> set[str]:
        """Return the names of all groups, of whatever protocol."""
        from confluent_kafka import KafkaException

        def listed() -> set[str]:
            found = self._wait_for(self._client.list_consumer_groups(request_timeout=_PATIENCE))
            if found.errors:
                raise KafkaException(found.errors[0])
            return {group.group_id for group in found.valid}

        try:
            return _patiently(listed)
        except KafkaException as error:
            raise lost(error) from error

    def delete_topics(self, names: Iterable[str]) -> None:
        """Remove topics, and return when clients don't see them any more; one that is gone already is no error."""
        from confluent_kafka import KafkaError, KafkaException

        wanted = sorted(names)
        if not wanted:
            return
        for future in self._client.delete_topics(wanted, request_timeout=_PATIENCE).values():
            try:
                self._wait_for(future)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise lost(error) from error
        deadline = time.monotonic() + _PATIENCE
        while not self.topics().isdisjoint(wanted):
            if time.monotonic() > deadline:
                raise ServiceUnavailable("the Kafka server removed topics and then still showed them", _AGAIN)
            time.sleep(_LOOK_EVERY)

    def delete_groups(self, names: Iterable[str]) -> set[str]:
        """Remove groups, and return those that can't be removed yet, because they have a member."""
        return {name for name in sorted(names) if not self._delete_group(name)}

    def _delete_group(self, name: str) -> bool:
        from confluent_kafka import KafkaError, KafkaException

        try:
            _patiently(
                lambda: self._wait_for(self._client.delete_consumer_groups([name], request_timeout=_PATIENCE)[name])
            )
        except KafkaException as error:
            code = error.args[0].code()
            if code not in {KafkaError.NON_EMPTY_GROUP, KafkaError.GROUP_ID_NOT_FOUND}:
                raise lost(error) from error
            return bool(code == KafkaError.GROUP_ID_NOT_FOUND)
        return True

    def _is_ready(self, name: str, partitions: int) -> bool:
        """Whether the server knows the topic and leads all of its partitions."""
        found = self._metadata(name).topics[name].partitions
        return len(found) == partitions and all(each.leader >= 0 for each in found.values())

    def _metadata(self, topic: str | None = None) -> ClusterMetadata:
        """Return what the server knows of one topic, or of all."""
        from confluent_kafka import KafkaException

        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._client.list_topics(topic, timeout=_SILENCE)
            except KafkaException as error:
                if not self._lives() or time.monotonic() > deadline:
                    raise lost(error) from error
            time.sleep(_LOOK_EVERY)

    def _wait_for(self, future: Future[_Result]) -> _Result:
        """Return the result, or raise the KafkaException that names the server's refusal."""
        from confluent_kafka import KafkaException

        while True:
            try:
                return future.result(_SILENCE)
            except TookTooLong as error:
                if not self._lives():
                    raise ServiceUnavailable("the Kafka server was lost: it stopped answering", _AGAIN) from error
            except KafkaException as error:
                if error.args[0].code() in _gone():
                    raise lost(error) from error
                raise


_AGAIN = "run it again: a new one will be started"


def lost(error: Exception) -> ServiceUnavailable:
    """Return the verdict where the server doesn't do what it must be able to."""
    from confluent_kafka import KafkaError, KafkaException

    cause = error.args[0] if isinstance(error, KafkaException) else error
    if isinstance(cause, KafkaError) and cause.code() == KafkaError.KAFKA_STORAGE_ERROR:
        return NoRoom("Kafka's data folder ran full", "labs down, or set LABS_DATA to a folder with more room")
    text = cause.str() if isinstance(cause, KafkaError) else str(error)
    return ServiceUnavailable(f"the Kafka server was lost: {text}", _AGAIN)


def _patiently(request: Callable[[], _Result]) -> _Result:
    """Ask again while the server says "not yet": it has just come up, or was stopped for a moment.

    Raises KafkaException for any other refusal.
    """
    from confluent_kafka import KafkaError, KafkaException

    not_yet = {
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.NOT_CONTROLLER,
        KafkaError.INVALID_REPLICATION_FACTOR,  # it doesn't count itself among the brokers
    }
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return request()
        except KafkaException as error:
            if error.args[0].code() not in not_yet or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_EVERY)


def _gone() -> set[int]:
    """Return the codes of a request that got no answer."""
    from confluent_kafka import KafkaError

    return {KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError.REQUEST_TIMED_OUT}  # noqa: SLF001 - the library's own public codes begin so
