"""The files of ``session export`` and ``session import``, read and written by the process that was called.

The owner of the database may run under another account and in another folder: paths mean nothing to it, so
content travels, as base64.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from replay.errors import CommandError

__all__ = ["FILE_MAX_BYTES", "read_content", "write_new"]

FILE_MAX_BYTES = 128 * 1024 * 1024
"""Largest exported session. On the owner's socket it is one line, a third longer."""


def read_content(file: Path) -> str:
    """A file as base64. Raises ``CommandError``."""
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.", "Nothing was changed.") from error
    if len(content) > FILE_MAX_BYTES:
        raise CommandError(
            f"{file} is larger than {FILE_MAX_BYTES} bytes, the most that an exported session takes.",
            "Nothing was changed. Choose a file that `replay session export` wrote.",
        )
    return base64.b64encode(content).decode()


def write_new(file: Path, content: str) -> int:
    """Write base64 into a file that does not exist yet; its size. Raises ``CommandError``."""
    data = base64.b64decode(content)
    try:
        # What a customer's browser showed is for nobody else on this machine.
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:  # noqa: PTH123
            try:
                opened.write(data)
                opened.flush()
            except OSError:
                file.unlink()
                raise
    except FileExistsError as error:
        raise CommandError(
            f"{file} exists already.", "Choose another name with --output, or remove it first."
        ) from error
    except OSError as error:
        raise CommandError(
            f"Cannot write {file}: {error.strerror}.", "Choose another place with --output."
        ) from error
    return len(data)
