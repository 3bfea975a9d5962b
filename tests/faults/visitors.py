"""Pages that send without end, whatever becomes of the server, and note what was acknowledged; and the check
of what the server left behind.

What a batch holds follows from its place alone, so that whoever checks needs no copy of what was sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from replay.model.events import Event, Mark
from replay.model.track import Track
from replay.protocol.messages import Ack, Batch, Welcome
from storage.sqlite import open_store
from tests.collector.page import Page, chunk, facts, hello, visiting

__all__ = ["Visitor", "violations"]

AHEAD_COUNT = 8
"""Batches of a track that a page sends before the first of them is acknowledged."""
PICTURE_BYTES = 8_000


def content(name: str, track: Track, number: int) -> Batch:
    """The batch at a place."""
    seed = f"{name} {track} {number}"
    if track is Track.FACTS:
        return facts(number, Event(1_000.0 + number, Mark(name=seed)))
    size = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % PICTURE_BYTES
    return chunk(number, hashlib.shake_256(seed.encode()).digest(size))


@dataclass
class Visitor:
    """One page that says the same hello again and again and sends what was not acknowledged."""

    name: str
    welcome: Welcome | None = None
    sent: dict[Track, int] = field(default_factory=lambda: dict.fromkeys(Track, 0))
    acked: dict[Track, int] = field(default_factory=lambda: dict.fromkeys(Track, 0))
    resent_count: int = 0

    async def visit(self, address: str, heard: asyncio.Event, *, more: bool = True) -> None:
        """Send until the server is gone or, with nothing more to say, until all of it is acknowledged."""
        with suppress(ConnectionClosed, OSError, InvalidHandshake, EOFError):
            async with visiting(address) as page:
                await page.send(hello(load=f"load-{self.name}", tab=self.name, welcome=self.welcome))
                self.welcome = self._greeted(await page.expect(Welcome))
                for track in Track:
                    again = range(self.acked[track] + 1, self.sent[track] + 1)
                    self.resent_count += len(again)
                    await page.send(*(content(self.name, track, number) for number in again))
                await self._converse(page, heard, more)

    def _greeted(self, answer: Welcome) -> Welcome:
        told = {Track.FACTS: answer.facts_acked, Track.PICTURE: answer.picture_acked}
        for track in Track:
            lost = self.acked[track] - told[track]
            assert lost <= 0, f"{self.name}: {lost} acknowledged batches of {track.name} are gone"
            self.acked[track] = told[track]
        return answer

    async def _converse(self, page: Page, heard: asyncio.Event, more: bool) -> None:
        while more or self.acked != self.sent:
            for track in Track:
                room = self.acked[track] + AHEAD_COUNT if more else self.sent[track]
                for number in range(self.sent[track] + 1, room + 1):
                    self.sent[track] = number
                    await page.send(content(self.name, track, number))
            answer = await page.expect(Ack)
            track = Track(answer.track)
            self.acked[track] = max(self.acked[track], answer.number)
            heard.set()


async def violations(database: Path, visitors: Sequence[Visitor]) -> list[str]:
    """What does not hold for the database: lost, changed, twice, never sent, or damaged."""
    found: list[str] = []
    store = await open_store(database)
    try:
        for visitor in visitors:
            if visitor.welcome is None:
                continue
            for track in Track:
                what = f"{visitor.name} {track.name}"
                kept = await store.batches(visitor.welcome.session, track)
                numbers = Counter(batch.number for batch in kept)
                promised = range(1, visitor.acked[track] + 1)
                found += [f"lost although acknowledged: {what} {n}" for n in promised if n not in numbers]
                found += [f"kept twice: {what} {n}" for n, times in numbers.items() if times > 1]
                found += [f"never sent: {what} {n}" for n in numbers if n > visitor.sent[track]]
                found += [
                    f"not what was sent: {what} {batch.number}"
                    for batch in kept
                    if batch.payload != content(visitor.name, track, batch.number).payload
                ]
    finally:
        await store.close()
    with closing(sqlite3.connect(database)) as db:
        found += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"refers to nothing: {row}" for row in db.execute("PRAGMA foreign_key_check")]
    return found
