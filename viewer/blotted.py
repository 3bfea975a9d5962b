"""Blots pictures in a thread, also those of pages that are nested deeper than Python goes by itself."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Sequence

from replay.model.personal_code import Codes
from replay.recording.blotting import EMPTY, Blotter

__all__ = ["blotted"]

DEPTH_MAX_COUNT = 4_000
"""Calls within calls: four for each element within another, of which browsers make and players show 512."""

_DEEP = threading.Lock()
"""The limit is that of the whole process: it is raised by one at a time."""


async def blotted(blotter: Blotter, payloads: Sequence[bytes], codes: Codes) -> list[bytes]:
    """Payloads of pictures without the codes that are hidden: a chunk may take a second, and nobody's live
    picture is to wait for it."""
    return await asyncio.to_thread(lambda: [_blotted(blotter, payload, codes) for payload in payloads])


def _blotted(blotter: Blotter, payload: bytes, codes: Codes) -> bytes:
    try:
        return blotter.blot(payload, codes)
    except RecursionError:
        return _deeply(blotter, payload, codes)


def _deeply(blotter: Blotter, payload: bytes, codes: Codes) -> bytes:
    with _DEEP:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, DEPTH_MAX_COUNT))
        try:
            return blotter.blot(payload, codes)
        except RecursionError:
            return EMPTY
        finally:
            sys.setrecursionlimit(before)
