"""All services that a lab can ask for, by name."""

from __future__ import annotations

from typing import Any

from harness.services.postgres.start import SERVICE as POSTGRES
from harness.services.provide import Service
from harness.services.redis.server import SERVICE as REDIS

SERVICES: dict[str, Service[Any]] = {service.name: service for service in (POSTGRES, REDIS)}
