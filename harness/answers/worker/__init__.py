"""The learner's code in a process of its own: one worker an actor, asked and answering in lines of JSON over a socket.

The worker drives its actor as the explorer would in its own process, greenlet, gate and all, and tells the parent
where it has stopped. So both transports run the same code, and the explorer can't tell them apart. A worker decides
nothing: whether a rule holds is found out by the parent, over connections of its own.

Each line that the parent sends is a command with a number: `cast` (a job, a place, what to do there), `begin`, `grant`,
`dismiss`, `leave`. Each line that the worker sends is an answer with the number of the command that it answers.
"""

from harness.answers.worker.transport import InWorkers

__all__ = ["InWorkers"]
