"""What a page loads: the snippet, and the SDK beside the bare recorder that pages would otherwise load."""

from __future__ import annotations

import gzip
from pathlib import Path

from benchmarks.bundling import ROOT, bundle
from benchmarks.report import Row, Spread
from replay.cli.snippet import snippet

__all__ = ["ROWS", "measure"]

ALLOWED_OVER_PEER_KIB = 12.0
LOADER_KIB = 1.0
_KIB = 1024
_URL = "https://replay.shop.example"
_KEY = "site_0123456789abcdef"

SCRIPT = "SDK over @rrweb/record alone, gzip"
LOADER = "snippet with its address and key"
ROWS = (SCRIPT, LOADER)


async def measure(folder: Path) -> list[Row]:
    """Bundle both by the same settings and weigh them."""
    ours, peer = bundle(Path("sdk_js/src/script.ts")), bundle(Path("benchmarks/peer/alone.js"))
    served = (ROOT / "replay/collector/static/replay.js").read_bytes()
    packed = len((ROOT / "replay/collector/static/replay.js.br").read_bytes())
    stale = "" if _code(served) == _code(ours) else " (the built file is older: run `make build`)"
    ours_packed, peer_packed = len(gzip.compress(ours, 9)), len(gzip.compress(peer, 9))
    loader = len(snippet(_URL, _KEY).encode())
    return [
        Row(
            name=SCRIPT,
            unit="KiB",
            target=ALLOWED_OVER_PEER_KIB,
            spread=Spread.of([(ours_packed - peer_packed) / _KIB]),
            note=(
                f"SDK {len(ours):,} bytes minified, {ours_packed:,} gzip -9; "
                f"@rrweb/record {len(peer):,} and {peer_packed:,}; served by brotli {packed:,}{stale}"
            ),
        ),
        Row(
            name=LOADER,
            unit="KiB",
            target=LOADER_KIB,
            spread=Spread.of([loader / _KIB]),
            note=f"{loader:,} bytes",
        ),
    ]


def _code(script: bytes) -> bytes:
    """The script without the notices that the build adds at its end."""
    return script.partition(b"\n/*! contains")[0].rstrip()
