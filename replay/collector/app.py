"""The public application: the browser code, the two carriers of conversations, and health."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from replay.collector.keeping import Collector
from replay.collector.sdk import Script, sdk_routes
from replay.collector.shells import converse_by_post, converse_by_socket

__all__ = ["create_collector"]


def create_collector(collector: Collector, script: Script) -> Starlette:
    """Build the public application around its parts."""

    async def socket(websocket: WebSocket) -> None:
        await converse_by_socket(collector, websocket)

    async def post(request: Request) -> Response:
        return await converse_by_post(collector, request)

    async def health(request: Request) -> Response:
        failure = collector.writer.failure
        if failure is None:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "cannot store", "why": str(failure)}, status_code=503)

    return Starlette(
        routes=[
            WebSocketRoute("/ingest", socket),
            Route("/ingest", post, methods=["POST"]),
            Route("/healthz", health),
            *sdk_routes(script),
        ]
    )
