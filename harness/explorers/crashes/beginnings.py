"""Where a consumer of Kafka's begins to read: asked of the broker at once, for librdkafka takes its time.

For each partition in which its group has no place yet, librdkafka waits 100 ms, whatever its settings, and then does
what `auto.offset.reset` says. A program that is crashed at each of its operations begins forty times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaException, TopicPartition

_FIRST, _END = 0, 1
_RESETS = {"earliest": _FIRST, "beginning": _FIRST, "smallest": _FIRST, "latest": _END, "end": _END, "largest": _END}
_ANSWER = 60.0  # seconds; a broker that gets few turns on its processor may take some of these


class Beginnings:
    """Where consumers of this configuration begin."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        # None: that a group has no place yet is an error to this program, and librdkafka's to tell.
        self._reset = _RESETS.get(str(chosen.get("auto.offset.reset", "latest"))) if "group.id" in chosen else None

    def of(self, consumer: Consumer, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """Return partitions with the offsets at which reading begins, as far as that can be told."""
        unknown = [each for each in partitions if each.offset == OFFSET_INVALID]
        if self._reset is None or not unknown:
            return partitions
        try:
            places = [each for each in consumer.committed(unknown, _ANSWER) if each.error is None]
            for each in places:
                if each.offset == OFFSET_INVALID:
                    each.offset = ends_of(consumer, each.topic, each.partition)[self._reset]
        except KafkaException:  # what the broker won't tell is left to librdkafka, which knows what to make of it
            return partitions
        found = {(each.topic, each.partition): each for each in places}
        return [found.get((each.topic, each.partition), each) for each in partitions]


def ends_of(consumer: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """Return a partition's first offset and the one behind its last message. Raises KafkaException."""
    first, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_ANSWER)
    return int(first), int(end)
