"""Bytes that leave the customer's page on a shopping trip, beside gzipped rrweb JSON of the same trip.

Facts count on our side, although the peer has nothing like them. Its events are gzipped in posts of its
cadence, as a page would send them; gzipping the whole trip at once, which no page can, is told in the note.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from benchmarks.report import Row, Spread
from benchmarks.sockets import FRAME_BYTES
from benchmarks.style_bytes import NAME, measure_styles
from benchmarks.trip import Trip, chromium, peer_trip, product_trip
from examples.storefront.app import Mode
from replay.model.track import Track
from replay.protocol.codec import encode_message
from replay.protocol.messages import Batch

__all__ = ["MODES", "ROWS", "measure", "sent_bytes"]

SHARE = 1 / 3
PEER_FLUSH_MS = 2_000
GZIP_LEVEL = 6
"""What a browser's CompressionStream uses."""
META = 4
"""Type of the recorder's event with which a page load begins."""
MODES: tuple[Mode, ...] = ("pages", "spa")

SENT = "bytes sent over gzipped rrweb JSON of the same trip"
ROWS = (SENT, NAME)


async def measure(folder: Path) -> list[Row]:
    """Make the same trip with each recorder, in both kinds of shop."""
    ratios, notes = [], []
    async with chromium() as browser:
        for mode in MODES:
            events = await peer_trip(browser, folder, mode)
            trip = await product_trip(browser, folder, mode)
            sent = sent_bytes(trip)
            posts = _posts(events)
            peer_sent = sum(_gzipped_bytes(post) for post in posts)
            ratios.append(sent / peer_sent)
            facts = sum(len(batch.payload) for batch in trip.batches if batch.track is Track.FACTS)
            notes.append(
                f"{mode}: {sent:,} bytes ({facts:,} of them facts, {trip.style_bytes:,} styles) "
                f"in {len(trip.batches)} batches of {trip.sessions} sessions over "
                f"{peer_sent:,} in {len(posts)} posts ({_gzipped_bytes(events):,} as one)"
            )
        (folder / "styles").mkdir()
        styles = await measure_styles(browser, folder / "styles")
    return [Row(name=SENT, unit="×", target=SHARE, spread=Spread.of(ratios), note="; ".join(notes)), styles]


def sent_bytes(trip: Trip) -> int:
    """All that the page sent of its own accord: batches, and styles that the site did not have."""
    messages = (
        encode_message(Batch(track=batch.track, number=number, payload=batch.payload))
        for number, batch in enumerate(trip.batches, start=1)
    )
    return trip.style_bytes + sum(len(message) + FRAME_BYTES for message in messages)


def _posts(events: list[str]) -> list[list[str]]:
    """The events as a page would post them: at its cadence, and of each page load by itself."""
    posts: list[list[str]] = []
    began_ms = 0
    for event in events:
        read = json.loads(event)
        if not posts or read["type"] == META or read["timestamp"] - began_ms >= PEER_FLUSH_MS:
            posts.append([])
            began_ms = read["timestamp"]
        posts[-1].append(event)
    return posts


def _gzipped_bytes(events: list[str]) -> int:
    return len(gzip.compress(f"[{','.join(events)}]".encode(), GZIP_LEVEL))
