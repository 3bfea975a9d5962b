"""What a peer sent is searched for a text through whatever it packs it in."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest

from benchmarks.peers import tells

TEXT = "Product 399 in colour 10"
EVENTS = json.dumps([{"text": f"Product {number} in colour 1"} for number in range(40)] + [TEXT]).encode()


@pytest.mark.parametrize(
    "body",
    [
        EVENTS,
        gzip.compress(EVENTS),
        b'{"type":"replay_recording"}\n' + zlib.compress(EVENTS),
        json.dumps({"data": base64.b64encode(zlib.compress(EVENTS)).decode()}).encode(),
        gzip.compress(json.dumps({"data": [gzip.compress(EVENTS).decode("latin-1")]}).encode()),
    ],
    ids=["plain", "gzip", "zlib in an envelope", "base64 in JSON", "bytes as characters in gzipped JSON"],
)
def test_a_text_is_found_however_it_was_packed(body: bytes) -> None:
    assert tells(body, TEXT)
    assert not tells(body, "Product 399 in colour 9")


def test_what_only_looks_packed_is_passed_over() -> None:
    assert not tells(b"\x1f\x8b\x08 no gzip, \x78\x9c no zlib, " + b"QUJD" * 40, TEXT)
