"""Of sealed sessions that were read the last few stay open, and no more."""

from __future__ import annotations

import hashlib

from replay.ports import SealedObject
from replay.recording.sealed import seal
from storage.objects import MemoryObjects
from storage.sealed import OPEN_MAX_COUNT, SealedReader


class Asked(MemoryObjects):
    """Notes what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names_asked: list[str] = []

    async def get(self, name: str) -> bytes | None:
        self.names_asked.append(name)
        return await super().get(name)


async def test_only_the_last_few_objects_stay_open_however_small() -> None:
    objects = Asked()
    reader = SealedReader(objects)
    sealed = []
    for name in map(str, range(OPEN_MAX_COUNT + 1)):
        data = seal(name, [], [])
        await objects.put(name, data)
        sha256 = hashlib.sha256(data).digest()
        sealed.append(SealedObject(name=name, sha256=sha256, size_bytes=len(data), sealed_ms=0))
    for one in [*sealed, *sealed[1:], sealed[0]]:
        await reader.open(one)
    assert objects.names_asked == [*(one.name for one in sealed), sealed[0].name]
