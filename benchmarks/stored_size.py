"""What ordinary sessions take when they are sealed, beside their rrweb JSON, gzipped.

The same trips are made with each recorder, of different lengths and in both kinds of shop. On the peer's
side the whole session is one gzipped file, which is the least that gzip can make of it; it holds neither
images nor fonts, and the styles again with every page load. On ours count the object that a session is sealed
into, its facts included, and the site's styles, images and fonts, kept once, however many sessions show them.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from benchmarks.report import Row, Spread
from benchmarks.trip import STEPS_COUNT, chromium, peer_trip, product_trip
from benchmarks.trip_bytes import MODES

__all__ = ["ROWS", "measure"]

SHARE = 1 / 4
STEPS_COUNTS = (10, STEPS_COUNT, 40)
GZIP_LEVEL = 9

STORED = "stored size of a sealed session over its gzipped rrweb JSON"
ALL = "the same of all sessions together, with the site's assets once"
ROWS = (STORED, ALL)


async def measure(folder: Path) -> list[Row]:
    """Make the trips that were not made yet, and weigh what was kept of each."""
    sealed: list[int] = []
    peer: list[int] = []
    notes: list[str] = []
    assets: dict[str, int] = {}
    async with chromium() as browser:
        for mode in MODES:
            for steps in STEPS_COUNTS:
                events = await peer_trip(browser, folder, mode, steps)
                trip = await product_trip(browser, folder, mode, steps)
                assets |= trip.assets
                sealed.append(trip.sealed_bytes)
                peer.append(len(gzip.compress(f"[{','.join(events)}]".encode(), GZIP_LEVEL)))
                notes.append(f"{mode}, {steps} steps: {sealed[-1]:,} over {peer[-1]:,} bytes")
    kept = sum(assets.values())
    return [
        Row(
            name=STORED,
            unit="×",
            target=SHARE,
            spread=Spread.of([ours / theirs for ours, theirs in zip(sealed, peer, strict=True)]),
            note="; ".join(notes),
        ),
        Row(
            name=ALL,
            unit="×",
            target=SHARE,
            spread=Spread.of([(sum(sealed) + kept) / sum(peer)]),
            note=f"{sum(sealed):,} bytes and {kept:,} of {len(assets)} assets over {sum(peer):,}",
        ),
    ]
