"""``backup`` and ``restore``: parameters in, plain answers out (see ``storage.backup``)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from replay.cli.looked import Looked, Tell
from replay.errors import CommandError
from replay.ports import Objects, StoreUnavailable
from replay.settings import BUCKET, Settings
from storage.backup import Lost, back_up, restore

__all__ = ["make_backup", "restore_backup"]


async def make_backup(looked: Looked, parameters: Mapping[str, object]) -> object:
    """Back up into ``folder``, an absolute path."""
    folder = Path(str(parameters["folder"]))
    _require_apart(folder, looked.settings)
    started = time.monotonic()
    made = await back_up(
        looked.database,
        looked.objects,
        folder,
        alone=not looked.served,
        reserve_bytes=looked.settings.disk_reserve_mib * 2**20,
        now=lambda: datetime.now(UTC),
        tell=looked.tell,
    )
    manifest = made.manifest
    return {
        "folder": str(folder),
        "began_ms": manifest.began_ms,
        "sessions": manifest.sessions,
        "database_bytes": manifest.database_bytes,
        "database_sha256": manifest.database_sha256,
        "objects": manifest.objects,
        "object_bytes": manifest.object_bytes,
        "copied": made.copied,
        "copied_bytes": made.copied_bytes,
        "removed": made.removed,
        "lost": _told(manifest.lost),
        "seconds": round(time.monotonic() - started, 1),
    }


async def restore_backup(
    settings: Settings,
    database: Path,
    open_objects: Callable[[], Awaitable[Objects]],
    folder: Path,
    tell: Tell,
) -> object:
    """Restore into the data folder, which nobody uses. Raises ``CommandError``."""
    try:
        restored = await restore(folder, database, open_objects, tell=tell)
    except StoreUnavailable as error:
        raise CommandError(str(error), "") from error
    return {
        "data": str(settings.data),
        "began_ms": restored.manifest.began_ms,
        "sessions": restored.manifest.sessions,
        "objects": restored.objects,
        "lost": _told(restored.lost),
        "lost_count": restored.lost_count,
    }


def _require_apart(folder: Path, settings: Settings) -> None:
    """A backup inside of what it is a backup of is lost with it."""
    places = [settings.data]
    if settings.objects and not settings.objects.startswith(BUCKET):
        places.append(Path(settings.objects))
    for place in places:
        if folder.resolve().is_relative_to(place.resolve()):
            raise CommandError(
                f"{folder} lies in {place.resolve()}, which is to be backed up.",
                "Name a folder outside of it, best on another disk.",
            )


def _told(lost: tuple[Lost, ...]) -> list[dict[str, object]]:
    return [dataclasses.asdict(one) for one in lost]
