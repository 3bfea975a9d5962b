"""Lets many put objects at a time, or one delete some.

An object is put before the store says whose it is, and deleted after the store says that it is nobody's. The
second pair of steps, coming between the first, would take away what is just about to be used. Since one
process owns everything, it is enough to keep them apart in there.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from replay.ports import Objects

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Gated"]


class Gated(Objects):
    """The part of ``Objects`` that keeps them apart, in order of their coming."""

    def __init__(self) -> None:
        self._entrance = asyncio.Lock()
        self._putting_count = 0
        self._nobody_puts = asyncio.Event()
        self._nobody_puts.set()

    @asynccontextmanager
    async def putting(self) -> AsyncIterator[None]:
        async with self._entrance:
            self._putting_count += 1
            self._nobody_puts.clear()
        try:
            yield
        finally:
            self._putting_count -= 1
            if self._putting_count == 0:
                self._nobody_puts.set()

    @asynccontextmanager
    async def deleting(self) -> AsyncIterator[None]:
        async with self._entrance:
            await self._nobody_puts.wait()
            yield
