"""The wire: a TCP proxy between a client and a real server, which a test can hurt.

What it can't show, because it speaks TCP to both sides and is itself a healthy peer to each:
- packets: loss, reordering, retransmission, a smaller MTU. Both sides see a byte stream without holes, or its end;
- a connect that hangs or is dropped: while the wire listens, connecting to it succeeds at once, also under a
  blackhole. What fails then is the first answer. A server that is down shows as a connection that is reset at
  once, while the client connects or right after, not as a refused one: for that there is `refuse`;
- a peer that has lost power: the wire's kernel acknowledges what is sent to it, so that keep-alive probes are answered
  and TCP_USER_TIMEOUT never expires. What is "sent" may be lost all the same, as it may in any network;
- the true client: the server sees the wire's address and port;
- a server that tells its clients other addresses (Kafka's advertised listeners, a Redis cluster's nodes): they go round
  the wire, unless the server advertises the wire's port;
- the sizes of pieces: TCP keeps no boundaries, and the wire may split and join what was sent at once.
"""

from harness.explorers.wire.faults import Direction
from harness.explorers.wire.wire import Wire

__all__ = ["Direction", "Wire"]
