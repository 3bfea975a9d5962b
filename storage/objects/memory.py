"""Objects as a dictionary: the reference that others are compared with, and the fake that tests use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.objects.gate import Gated
from storage.objects.names import require_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["MemoryObjects"]


class MemoryObjects(Gated):
    """``Objects`` that forget everything when they are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._objects: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        if self._objects.setdefault(require_name(name), bytes(data)) != data:
            raise ValueError(f"other bytes are kept as {name}")

    async def get(self, name: str) -> bytes | None:
        return self._objects.get(require_name(name))

    async def delete(self, name: str) -> None:
        self._objects.pop(require_name(name), None)

    async def names(self, prefix: str = "") -> AsyncIterator[str]:
        for name in list(self._objects):
            if name.startswith(prefix):
                yield name

    async def close(self) -> None:
        """Nothing to let go of."""
