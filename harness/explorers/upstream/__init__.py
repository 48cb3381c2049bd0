"""An upstream with a scripted life: a real HTTP server on loopback whose delays play on a virtual clock."""

from harness.explorers.upstream.client import Cancelled, Response, Upstream
from harness.explorers.upstream.server import Answer, Request, ScriptedUpstream
from harness.explorers.upstream.world import World, WorldPlace

__all__ = ["Answer", "Cancelled", "Request", "Response", "ScriptedUpstream", "Upstream", "World", "WorldPlace"]
