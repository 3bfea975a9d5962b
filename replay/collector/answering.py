"""How requests of a shop's own systems are answered: those of its back office and of its platform's webhooks.

Both are programs that send again by what the status says, and both have an engineer who reads the body: each
refusal says what was wrong and what to do. What can be wrong with any request stands here; what is wrong with
a thing that was said in one stands where it is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from replay.collector.keeping import Collector
from replay.collector.quota import OverQuota
from replay.model.bounds import Exceeded
from replay.model.json_reading import Unreadable
from replay.ports import StoreUnavailable

__all__ = ["BODY_LARGE_BYTES", "answer", "off_loop", "refusal"]

BODY_LARGE_BYTES = 32 * 1024
"""A body from which on it is read in a thread: pages must not wait for it."""
RETRY_S = 5
_Read = TypeVar("_Read")


async def answer(
    collector: Collector,
    request: Request,
    take: Callable[[str], Awaitable[Response]],
    *,
    shorten: str,
) -> Response:
    """What ``take`` answers to whoever sends from an address, or why the request is not taken. ``shorten``
    tells how to send less at once."""
    address = request.client.host if request.client else ""
    try:
        with collector.quota.connection(address):
            return await take(address)
    except ClientDisconnect:
        return Response(status_code=499)
    except OverQuota as error:
        collector.metrics.caps.labels(error.cap).inc()
        return refusal(429, str(error), "Send again in a minute.", {"Retry-After": "60"})
    except TimeoutError as error:
        return refusal(408, str(error), "")
    except Exceeded as error:
        return refusal(413, str(error), shorten)
    except Unreadable as error:
        return refusal(400, error.what, error.do)
    except StoreUnavailable as error:
        do = "Nothing of this was kept. Send the same again."
        return refusal(503, str(error), do, {"Retry-After": str(RETRY_S)})


def refusal(status: int, what: str, do: str, headers: Mapping[str, str] | None = None) -> Response:
    """What was wrong with a request as a whole, and what to do."""
    # Whatever is still to come of the body is not waited for.
    always = {"Cache-Control": "no-store", "Connection": "close"}
    return JSONResponse({"error": what, "do": do}, status, {**always, **(headers or {})})


async def off_loop(body: bytes, read: Callable[[], _Read]) -> _Read:
    """What is read of a body, in a thread if it is large."""
    return await asyncio.to_thread(read) if len(body) > BODY_LARGE_BYTES else read()
