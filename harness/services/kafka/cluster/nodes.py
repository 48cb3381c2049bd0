"""The nodes of a cluster, and what is different in their settings from a single server's.

There is one controller, which is no broker, and there are brokers that are nothing else. So a lab may kill and pause
whatever brokers it likes: those that are left, be it one of two, still lose and win leaders and replicas in sync. Were
the brokers the voters as well, two of them could not spare one, for a majority of two is two; and of three, the second
to die would take the elections with it: nobody would tell the last one that its companions are gone, and a write that
lacks replicas would hang where it has to be refused. The controller is nobody's to hurt: without it nothing is elected.
"""

from __future__ import annotations

from harness.errors import UsageError

CONTROLLER = 0  # the controller's node id; the brokers' are 1, 2, ...
FEWEST, MOST = 2, 5  # brokers; each takes a Java virtual machine


def require_a_count(brokers: int) -> None:
    """Raise UsageError for a number of brokers that makes no cluster, or not on one machine."""
    if not FEWEST <= brokers <= MOST:
        raise UsageError(f"{brokers} brokers can't be had", f"ask for {FEWEST} to {MOST}")


def controller_settings(brokers: int, address: str) -> dict[str, str]:
    """Return what the controller of so many brokers is told; `address` is the "host:port" it listens on."""
    return {
        **_shared(brokers),
        "process.roles": "controller",
        "node.id": str(CONTROLLER),
        "controller.quorum.voters": f"{CONTROLLER}@{address}",
    }


def broker_settings(number: int, brokers: int, controller: str) -> dict[str, str]:
    """Return what one of so many brokers is told; `controller` is the "host:port" that it finds the controller at."""
    return {
        **_shared(brokers),
        "process.roles": "broker",
        "node.id": str(number),
        "controller.quorum.voters": f"{CONTROLLER}@{controller}",
    }


def _shared(brokers: int) -> dict[str, str]:
    copies = str(min(3, brokers))
    # Groups and transactions survive any one broker.
    needed = str(min(2, brokers - 1))
    return {
        "default.replication.factor": copies,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": needed,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": needed,
        # A leader changes when a test makes it change, and not because five minutes are over.
        "auto.leader.rebalance.enable": "false",
        # A follower that has lost its leader looks for it again in a tenth of a second, not in one.
        "replica.fetch.backoff.ms": "100",
    }
