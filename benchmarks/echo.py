"""The bare limit: uvicorn with the product's own flags, and an application that sends every message back.

Run as a program; it prints where it listens. It is started through the product's own ``run`` and
``run_servers`` so that neither the event loop nor a flag can differ.
"""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from replay.cli.serve import address_of, listen, run, run_servers
from replay.settings import Settings


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Send every WebSocket message back; answer 204 to every request."""
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": message["bytes"]})


async def main() -> None:
    """Serve on a free port until terminated."""
    bound = listen("127.0.0.1", 0)
    print(address_of(bound), flush=True)
    await run_servers([(echo, bound)], Settings())


if __name__ == "__main__":
    run(main(), Settings(log_level="error"))
