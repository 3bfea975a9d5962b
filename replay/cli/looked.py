"""What the commands work with that read the files themselves and change nothing in them: backup and doctor.

They need no opened store: alone they hold its lock, so that even a store of an earlier version is left as it
is; beside a running server they are run by it, since only its process may have the database open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from replay.ports import Objects
from replay.settings import Settings

__all__ = ["Look", "Looked", "Tell", "tell_nobody"]

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done and how much there is. May raise to give up."""


def tell_nobody(what: str, done: int, of: int) -> None:
    """For those who do not want to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A store to look into. ``served``: by the process that has it open."""

    database: Path
    objects: Objects
    settings: Settings
    served: bool
    tell: Tell = tell_nobody


Look = Callable[[Looked, Mapping[str, object]], Awaitable[object]]
