"""The collector's network edge: sockets and HTTP in, commits out. Only ASGI, asyncio and the ports."""
