"""What an object may be called.

A name is a path in a folder, a key in a bucket and part of a URL at once: it holds nothing that any of them
reads as something else. A part never begins with a dot, so that no name leads out of the folder and what does
begin with one is never an object.
"""

from __future__ import annotations

import re

__all__ = ["NAME_MAX_CHARS", "PART_MAX_CHARS", "require_name"]

NAME_MAX_CHARS = 512
PART_MAX_CHARS = 200
"""What file systems take, less what is appended while a file is written."""

_PART = rf"[0-9a-z_-][0-9a-z_.-]{{0,{PART_MAX_CHARS - 1}}}"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


def require_name(name: str) -> str:
    """The name itself. Raises ``ValueError`` for one that the contract of ``Objects`` does not allow."""
    if len(name) > NAME_MAX_CHARS or not _NAME.fullmatch(name):
        raise ValueError(f"an object cannot be called {name[:80]!r}")
    return name
