"""The product's counters for Prometheus, on the private listener. They tell nothing of any customer."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from viewer.desk import desk_of
from viewer.errors import DeskError

__all__ = ["metrics_text"]


async def metrics_text(request: Request) -> Response:
    """GET /metrics"""
    registry = desk_of(request).metrics
    if registry is None:
        raise DeskError(404, "This desk counts nothing.", "Ask the collector's own desk.")
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
