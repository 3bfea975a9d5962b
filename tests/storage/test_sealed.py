"""Of sealed sessions that were read the last few stay open, and no more."""

from __future__ import annotations

import hashlib

from replay.ports import SealedObject
from replay.recording.sealed import seal
from storage.objects import MemoryObjects
from storage.sealed import OPEN_MAX_COUNT, Parts, SealedReader


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
        await reader.open(one, known_at=0)
    assert objects.names_asked == [*(one.name for one in sealed), sealed[0].name]


async def test_what_is_erased_while_it_is_read_does_not_stay_open() -> None:
    data = seal("visit", [], [])
    erased = SealedObject(
        name="visit", sha256=hashlib.sha256(data).digest(), size_bytes=len(data), sealed_ms=0
    )

    class Erasing(Asked):
        async def get(self, name: str) -> bytes | None:
            found = await super().get(name)
            if len(self.names_asked) == 1:
                reader.forget(erased)
            return found

    async def read() -> Parts:
        return Parts(sealed=erased, loads=[])

    objects = Erasing()
    await objects.put("visit", data)
    reader = SealedReader(objects)
    for _ in range(3):
        assert await reader.gaps(read) == []
    # Held is only what was opened by somebody who asked after that.
    assert objects.names_asked == ["visit", "visit"]
