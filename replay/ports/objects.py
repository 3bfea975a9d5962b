"""Objects: large bytes that never change, beside the store's rows.

The contract stands in the docstrings; one conformance suite runs it over every implementation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

__all__ = ["Objects"]


class Objects(Protocol):
    """Bytes by name. A name is one or more parts of ``[0-9a-z_-]`` (and, but for the first character, ``.``),
    joined by ``/``; anything else raises ``ValueError``. Everything raises ``StoreUnavailable`` when the
    place where objects are kept cannot be used."""

    def putting(self) -> AbstractAsyncContextManager[None]:
        """Inside, nobody deletes. Whoever puts an object and then writes down in the store whose it is does
        both in here, and does not enter twice."""
        ...

    def deleting(self) -> AbstractAsyncContextManager[None]:
        """Inside, nobody else is in here or in ``putting``. Whoever learns from the store that an object is
        nobody's and then deletes it does both in here."""
        ...

    async def put(self, name: str, data: bytes) -> None:
        """Keep ``data``; it is durable when this returns, and nobody ever sees half of it. The same bytes
        again change nothing; other bytes under a name that is taken raise ``ValueError``."""
        ...

    async def get(self, name: str) -> bytes | None:
        """All bytes of an object, or None where there is none."""
        ...

    async def delete(self, name: str) -> None:
        """Remove an object, durably; one that is not there stays so."""
        ...

    def names(self, prefix: str = "") -> AsyncIterator[str]:
        """The names that start with ``prefix``, in no order."""
        ...

    async def close(self) -> None:
        """Let go of everything; nothing else is asked after."""
        ...
