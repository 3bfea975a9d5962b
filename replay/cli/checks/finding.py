"""What a check works with, and what it finds."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from replay.ports import StoreUnavailable
from replay.settings import Settings

__all__ = ["LISTED_COUNT", "Check", "Examined", "Finding", "listed"]

_WORK_S = 0.005
"""Beside a server, work goes on for about so long before as long a pause: its event loop runs in between."""

LISTED_COUNT = 5
"""Names that a sentence holds."""

_UNREAD_COUNT = 3
"""So many objects, one after the other, that cannot be read are no matter of single objects any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``what`` was found, and what to ``do`` about it. ``wrong`` is what should not be; a ``note`` is good to
    know."""

    level: Literal["wrong", "note"]
    what: str
    do: str = ""


@dataclass(kw_only=True)
class Examined:
    """A store under examination. Everything is called in one thread."""

    db: sqlite3.Connection
    database: Path
    objects_folder: Path | None
    """None where objects are in a bucket."""
    settings: Settings
    served: bool
    quick: bool
    now_ms: int
    get: Callable[[str], bytes | None]
    """An object; raises ``StoreUnavailable``."""
    tell: Callable[[str, int, int], None]
    go_on: Callable[[], None]
    """Raises when the examination is to be given up."""
    _rested_at: float = field(default_factory=time.monotonic)
    _unread_count: int = 0

    def breathe(self) -> None:
        """Called between small pieces of work."""
        self.go_on()
        if self.served:
            worked_s = time.monotonic() - self._rested_at
            if worked_s > _WORK_S:
                time.sleep(worked_s)
                self._rested_at = time.monotonic()

    def read(self, name: str, sha256: str, size: int) -> tuple[bytes | None, str | None]:
        """An object that is what its hash (hexadecimal) says, or what is wrong with it. Raises
        ``StoreUnavailable`` when one after the other cannot be read."""
        try:
            data = self.get(name)
        except StoreUnavailable as error:
            self._unread_count += 1
            if self._unread_count >= _UNREAD_COUNT:
                raise
            return None, f"cannot be read: {error}"
        self._unread_count = 0
        if data is None:
            return None, "is missing"
        if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
            return None, "is damaged: its checksum differs"
        return data, None

    def is_there(self, name: str) -> bool:
        """Whether there is an object of this name; it is read only where that was not seen before."""
        seen = self.db.execute("SELECT 1 FROM present WHERE name = ?", (name,)).fetchone()
        return seen is not None or self.get(name) is not None


Check = Callable[[Examined], Iterator[Finding]]


def listed(names: list[str], count: int | None = None) -> str:
    """Some names, and how many more there are."""
    shown = ", ".join(names[:LISTED_COUNT])
    more = (len(names) if count is None else count) - len(names[:LISTED_COUNT])
    return f"{shown} and {more} more" if more > 0 else shown
