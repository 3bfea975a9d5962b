"""Bytes that leave the customer's page on a shopping trip, beside gzipped rrweb JSON of the same trip.

Facts count on our side, although the peer has nothing like them. The peer's posts are gzipped one by one, as
a page would send them; gzipping the whole trip at once, which no page can, is told in the note.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from benchmarks.report import Row, Spread
from benchmarks.sockets import FRAME_BYTES
from benchmarks.trip import Trip, chromium, peer_trip, product_trip
from examples.storefront.app import Mode
from replay.model.track import Track
from replay.protocol.codec import encode_message
from replay.protocol.messages import Batch

__all__ = ["ROWS", "measure"]

SHARE = 1 / 3
MODES: tuple[Mode, ...] = ("pages", "spa")

SENT = "bytes sent over gzipped rrweb JSON of the same trip"
ROWS = (SENT,)


async def measure(folder: Path) -> list[Row]:
    """Make the same trip with each recorder, in both kinds of shop."""
    ratios, notes = [], []
    async with chromium() as browser:
        for mode in MODES:
            for name in ("peer", "product"):
                (folder / f"{name}-{mode}").mkdir()
            sink = await peer_trip(browser, folder / f"peer-{mode}", mode)
            trip = await product_trip(browser, folder / f"product-{mode}", mode)
            sent = _sent_bytes(trip)
            ratios.append(sent / sink.gzipped_bytes)
            whole = len(gzip.compress(json.dumps(sink.events, separators=(",", ":")).encode(), 6))
            facts = sum(len(batch.payload) for batch in trip.batches if batch.track is Track.FACTS)
            notes.append(
                f"{mode}: {sent:,} bytes ({facts:,} of them facts) in {len(trip.batches)} batches of "
                f"{trip.sessions} sessions over "
                f"{sink.gzipped_bytes:,} in {len(sink.posts)} posts ({whole:,} as one)"
            )
    return [Row(name=SENT, unit="×", target=SHARE, spread=Spread.of(ratios), note="; ".join(notes))]


def _sent_bytes(trip: Trip) -> int:
    messages = (
        encode_message(Batch(track=batch.track, number=number, payload=batch.payload))
        for number, batch in enumerate(trip.batches, start=1)
    )
    return sum(len(message) + FRAME_BYTES for message in messages)
