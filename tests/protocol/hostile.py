"""Messages that only an attacker or a broken page would send, each with the code that it is refused with.

They are sent after a good hello. The list is for every carrier: the machine alone, a socket, a post.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

import msgpack

from replay.model.events import MAX_EVENTS_COUNT, MAX_TIME_MS
from replay.model.track import Track
from replay.protocol.limits import Limits
from replay.protocol.messages import PROTOCOL_VERSION, CloseCode

__all__ = ["HOSTILE", "Hostile"]

MALFORMED, TOO_LARGE = CloseCode.MALFORMED, CloseCode.TOO_LARGE
LIMITS = Limits()
NAN, INFINITY = float("nan"), float("inf")


class Hostile(NamedTuple):
    """One message as bytes."""

    name: str
    message: bytes
    code: CloseCode


def pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed


def batch(payload: bytes, number: int = 1, track: int = Track.FACTS) -> bytes:
    return pack([2, track, number, payload])


def event(fields: bytes, kind: str = "mark", t: bytes | None = None) -> bytes:
    """A facts batch of one event whose fields (and time) are raw msgpack."""
    return batch(b"\x91\x93" + pack(kind) + (pack(5.0) if t is None else t) + fields)


def mark(value: bytes) -> bytes:
    """A mark whose data holds one raw value."""
    return event(b"\x82" + pack("name") + pack("m") + pack("data") + b"\x81" + pack("k") + value)


def newer(value: bytes) -> bytes:
    """A mark with a field of a newer version, whose value is raw."""
    return event(b"\x82" + pack("name") + pack("m") + pack("newer") + value)


def chunk(*, tail: bytes | None = None, **changes: object) -> bytes:
    fields: dict[str, object] = {
        "format": "rrweb-2/json",
        "codec": "none",
        "raw_bytes": 3,
        "first_ms": 1.0,
        "last_ms": 2.0,
        "count": 1,
        "checkpoint": True,
    }
    head = b"".join(pack(value) for value in {**fields, **changes}.values())
    return batch(b"\x98" + head + (pack(b"abc") if tail is None else tail), track=Track.PICTURE)


def cart(**changes: object) -> bytes:
    return event(pack({"surface": "page", "source": "displayed", **changes}), kind="cart")


def not_msgpack() -> Iterator[tuple[str, bytes, CloseCode]]:
    yield "nothing", b"", MALFORMED
    yield "reserved byte", b"\xc1", MALFORMED
    yield "text instead of a message", pack("hello"), MALFORMED
    yield "JSON", b'[1, 2, {"t": 1}]', MALFORMED
    yield "two messages in one", pack([1, 1.0, 2.0]) * 2, MALFORMED
    yield "half a message", pack([1, 1.0, 2.0])[:-1], MALFORMED
    yield "array32 of four billion", b"\xdd\xff\xff\xff\xff" + b"\x01" * 10, TOO_LARGE
    yield "map32 of four billion", b"\xdf\xff\xff\xff\xff" + b"\x01" * 10, TOO_LARGE
    yield "str32 of four billion", b"\xdb\xff\xff\xff\xff" + b"\x01" * 10, MALFORMED
    yield "bin32 of four billion", b"\xc6\xff\xff\xff\xff" + b"\x01" * 10, MALFORMED
    yield "ext32 of four billion", b"\xc9\xff\xff\xff\xff\x05" + b"\x01" * 10, TOO_LARGE
    yield "thousand nested lists", b"\x91" * 1_000 + b"\xc0", MALFORMED
    yield "thousands of nested lists", b"\x91" * 4_000 + b"\xc0", TOO_LARGE
    yield "ten thousand nested lists", b"\x91" * 10_000 + b"\xc0", TOO_LARGE
    yield "ten thousand nested maps", b"\x81\xa1a" * 10_000 + b"\xc0", TOO_LARGE
    yield "nested lists that each claim thousands", b"\xdc\x0f\xa0" * 1_300, TOO_LARGE


def messages() -> Iterator[tuple[str, bytes, CloseCode]]:
    hello = [0, PROTOCOL_VERSION, "shop", "tab", "load", "granted", 1.0]
    yield "second hello", pack(hello), MALFORMED
    yield "hello of another version", pack([0, 2, *hello[2:]]), MALFORMED
    yield "hello with a path for an id", pack([*hello[:4], "../x", *hello[5:]]), MALFORMED
    yield "hello with an empty id", pack([*hello[:3], "", *hello[4:]]), MALFORMED
    yield "hello without consent", pack([*hello[:5], "denied", 1.0]), MALFORMED
    yield "empty list", pack([]), MALFORMED
    yield "unknown number", pack([5, 1]), MALFORMED
    yield "negative number", pack([-1]), MALFORMED
    yield "true as number", pack([True, 1.0, 2.0]), MALFORMED
    yield "float as number", pack([1.0, 1.0, 2.0]), MALFORMED
    yield "map as message", pack({"0": 1}), MALFORMED
    yield "clock of nan", pack([1, NAN, 2.0]), MALFORMED
    yield "clock of infinity", pack([1, 1.0, INFINITY]), MALFORMED
    yield "clock at 1e308", pack([1, 1.0, 1e308]), MALFORMED
    yield "clock of text", pack([1, "now", 2.0]), MALFORMED
    yield "clock with a field of nan", pack([1, 1.0, 2.0, NAN]), MALFORMED
    yield "batch number zero", batch(pack([["tab", 1, {"visible": True}]]), number=0), MALFORMED
    yield "negative batch number", batch(b"\x90", number=-1), MALFORMED
    yield "batch number beyond the limit", batch(b"\x90", number=LIMITS.number_max_count + 1), TOO_LARGE
    yield "batch number beyond what a browser holds", batch(b"\x90", number=2**53), MALFORMED
    yield "third track", batch(b"\x90", track=2), MALFORMED
    yield "style without data", pack([4, "0" * 64]), MALFORMED
    yield "style of text", pack([4, "0" * 64, "a{}"]), MALFORMED
    yield "style without a hash", pack([4, b"", b"a{}"]), MALFORMED
    yield "style with half a hash", pack([4, "0" * 63, b"a{}"]), MALFORMED
    yield "style with a hash in capitals", pack([4, "A" * 64, b"a{}"]), MALFORMED
    yield "style beyond the limit", pack([4, "0" * 64, bytes(LIMITS.style_bytes + 1)]), TOO_LARGE
    yield "payload as text", pack([2, 0, 1, "[]"]), MALFORMED
    yield "payload as list", pack([2, 0, 1, []]), MALFORMED
    yield "batch without payload", pack([2, 0, 1]), MALFORMED
    yield "batch with more behind its payload", pack([2, 0, 1, b"\x90", 1]), MALFORMED
    yield "payload shorter than it says", pack([2, 0, 1, b"abc"])[:-1], MALFORMED
    yield "payload longer than it says", pack([2, 0, 1, b"abc"]) + b"d", MALFORMED
    yield "gap that ends before it begins", pack([3, 0, 5, 4, "full"]), MALFORMED
    yield "gap from zero", pack([3, 0, 0, 4, "full"]), MALFORMED
    yield "gap beyond the limit", pack([3, 0, 1, LIMITS.number_max_count + 1, "full"]), TOO_LARGE
    yield "gap of a third track", pack([3, 2, 1, 1, "full"]), MALFORMED
    yield "gap with a long story", pack([3, 0, 1, 1, "x" * 121]), TOO_LARGE
    yield "message beyond the limit", batch(b"x" * LIMITS.message_bytes), TOO_LARGE
    yield "large message that is no batch", pack([3, 0, 1, 1, "x" * 5_000]), TOO_LARGE


def values() -> Iterator[tuple[str, bytes, CloseCode]]:
    for place, wrap in (("value", mark), ("newer field", newer)):
        yield f"extension as {place}", wrap(b"\xd4\x05x"), MALFORMED
        yield f"timestamp as {place}", wrap(b"\xd6\xff\x00\x00\x00\x01"), MALFORMED
        yield f"nan as {place}", wrap(pack(NAN)), MALFORMED
        yield f"infinity as {place}", wrap(pack(-INFINITY)), MALFORMED
        yield f"float32 nan as {place}", wrap(b"\xca\x7f\xc0\x00\x00"), MALFORMED
        yield f"2**53 as {place}", wrap(pack(2**53)), MALFORMED
        yield f"uint64 as {place}", wrap(b"\xcf" + b"\xff" * 8), MALFORMED
        yield f"int64 as {place}", wrap(struct.pack(">Bq", 0xD3, -(2**63))), MALFORMED
        yield f"broken UTF-8 as {place}", wrap(b"\xa2\xc3\x28"), MALFORMED
        yield f"surrogate as {place}", wrap(b"\xa3\xed\xa0\x80"), MALFORMED
    yield "timestamp of a wrong length", newer(b"\xd4\xffx"), MALFORMED
    yield "list as value", mark(b"\x90"), MALFORMED
    yield "binary as value", mark(pack(b"x")), MALFORMED
    yield "binary key", event(b"\x82" + pack("name") + pack("m") + pack(b"newer") + b"\x01"), MALFORMED
    yield "integer key", event(b"\x82" + pack("name") + pack("m") + b"\x01\x01"), MALFORMED
    yield "extension as key", event(b"\x82" + pack("name") + pack("m") + b"\xd4\x05x\x01"), MALFORMED
    yield "list as key", event(b"\x82" + pack("name") + pack("m") + b"\x90\x01"), MALFORMED
    yield "field twice", event(b"\x82" + (pack("name") + pack("m")) * 2), MALFORMED
    yield (
        "newer field twice",
        event(b"\x83" + pack("name") + pack("m") + (pack("n") + b"\x01") * 2),
        MALFORMED,
    )
    yield "key twice in a newer field", newer(b"\x82" + (pack("k") + b"\x01") * 2), MALFORMED
    twice = b"\x82" + (pack("k") + b"\x01") * 2
    yield "key twice in data", event(b"\x82" + pack("name") + pack("m") + pack("data") + twice), MALFORMED
    yield "__proto__", event(pack({"name": "m", "data": {"__proto__": 1}})), MALFORMED
    yield "newer field nested deep", newer(b"\x91" * 9 + b"\xc0"), TOO_LARGE
    yield "newer kind nested deep", event(b"\x91" * 9 + b"\xc0", kind="newer"), TOO_LARGE
    yield "newer field nested to the stack's end", newer(b"\x91" * 5_000 + b"\xc0"), TOO_LARGE
    yield "newer kind holding nan", event(pack({"x": NAN}), kind="newer"), MALFORMED


def facts() -> Iterator[tuple[str, bytes, CloseCode]]:
    tab = ["tab", 1, {"visible": True}]
    yield "no facts", batch(pack([])), MALFORMED
    yield "facts as map", batch(pack({"a": 1})), MALFORMED
    yield "facts that are no msgpack", batch(b"\xc1"), MALFORMED
    yield "too many facts", batch(pack([tab] * (MAX_EVENTS_COUNT + 1))), TOO_LARGE
    yield "far too many facts", batch(pack([0] * 100_000)), TOO_LARGE
    yield "too many bytes of facts", batch(b"\x90" * (LIMITS.facts_bytes + 1)), TOO_LARGE
    yield "event without fields", batch(pack([["tab", 1]])), MALFORMED
    yield "event as map", batch(pack([{"kind": "tab"}])), MALFORMED
    yield "kind as number", batch(pack([[1, 1, {}]])), MALFORMED
    yield "fields as list", event(pack(["m"])), MALFORMED
    yield "fields as nil", event(pack(None)), MALFORMED
    yield "time before 1970", event(pack({"name": "m"}), t=pack(-1)), MALFORMED
    yield "time of nan", event(pack({"name": "m"}), t=pack(NAN)), MALFORMED
    yield "time at 1e308", event(pack({"name": "m"}), t=pack(1e308)), MALFORMED
    yield "time beyond every calendar", event(pack({"name": "m"}), t=pack(MAX_TIME_MS + 1)), MALFORMED
    yield "time of true", event(pack({"name": "m"}), t=pack(True)), MALFORMED
    yield "time of newer kind", event(pack({}), kind="newer", t=pack("now")), MALFORMED
    yield "name missing", event(pack({})), MALFORMED
    yield "name too long", event(pack({"name": "m" * 121})), TOO_LARGE
    yield "too many values", event(pack({"name": "m", "data": {str(n): n for n in range(65)}})), TOO_LARGE
    yield "map of thousands", event(pack({str(n): n for n in range(2_000)})), TOO_LARGE
    yield "surface of one's own", cart(surface="moon"), MALFORMED
    yield "too many lines", cart(lines=[{}] * 501), TOO_LARGE
    empty = ["cart", 1, {"surface": "page", "source": "displayed", "lines": [{}] * 500}]
    yield "tens of thousands of empty lines", batch(pack([empty] * 60)), TOO_LARGE
    yield "hundreds of thousands of items", batch(pack([["newer", 1, [[0] * 2_000] * 60]])), TOO_LARGE
    yield "line that is none", cart(lines=[{"sku": "A"}, "B"]), MALFORMED
    yield "line with bytes for a name", cart(lines=[{"name": b"HP"}]), MALFORMED
    yield "node 2**53", cart(node=2**53), MALFORMED
    yield "node zero", cart(node=0), MALFORMED
    yield "node of a fraction", cart(node=1.5), MALFORMED
    yield "currency of four letters", cart(currency="EURO"), TOO_LARGE
    yield (
        "minor beyond all money",
        event(pack({"id": "1", "total": {"minor": 2**63}}), kind="order"),
        MALFORMED,
    )
    wide = {"url": "/", "circumstances": {"width": 10**9}}
    yield "viewport of a billion pixels", event(pack(wide), kind="page"), MALFORMED
    yield "click far off the page", event(pack({"x": 10**9}), kind="click"), MALFORMED
    seen = {"url": "https://shop.example/a.png", "kind": "image"}
    yield "too many assets", event(pack({"items": [seen] * 201}), kind="assets"), TOO_LARGE
    yield (
        "asset of one's own kind",
        event(pack({"items": [seen | {"kind": "page"}]}), kind="assets"),
        MALFORMED,
    )
    yield "asset of negative size", event(pack({"items": [seen | {"bytes": -1}]}), kind="assets"), MALFORMED
    long = {"items": [seen | {"url": "https://" + "x" * 2_000}]}
    yield "asset with an endless address", event(pack(long), kind="assets"), TOO_LARGE
    yield "too many styles", event(pack({"hashes": ["0" * 64] * 201}), kind="styles"), TOO_LARGE
    yield "style that is no hash", event(pack({"hashes": ["../etc"]}), kind="styles"), MALFORMED
    yield "visible as number", event(pack({"visible": 1}), kind="tab"), MALFORMED


def chunks() -> Iterator[tuple[str, bytes, CloseCode]]:
    yield "chunk of a wrong format", chunk(format="rrweb-9/xml"), MALFORMED
    yield "chunk of a wrong codec", chunk(codec="zip"), MALFORMED
    yield "chunk that inflates beyond the limit", chunk(codec="gzip", raw_bytes=2**30), TOO_LARGE
    yield "chunk that lies about its size", chunk(raw_bytes=4), MALFORMED
    yield "chunk of a negative size", chunk(codec="gzip", raw_bytes=-1), MALFORMED
    yield "chunk that ends before it begins", chunk(last_ms=0.0), MALFORMED
    yield "chunk at nan", chunk(first_ms=NAN), MALFORMED
    yield "chunk before 1970", chunk(first_ms=-1.0), MALFORMED
    yield "chunk of no events", chunk(count=0), MALFORMED
    yield "checkpoint as number", chunk(checkpoint=1), MALFORMED
    yield "checkpoint as extension", chunk(checkpoint=msgpack.ExtType(5, b"x")), MALFORMED
    yield "data as text", chunk(tail=pack("abc")), MALFORMED
    yield "data missing", chunk(tail=b""), MALFORMED
    yield "data shorter than it says", chunk(tail=b"\xc4\x04abc"), MALFORMED
    yield "data longer than it says", chunk(tail=b"\xc4\x02abc"), MALFORMED
    yield "data of four billion", chunk(tail=b"\xc6\xff\xff\xff\xffabc"), MALFORMED
    yield "chunk with a head beyond reading", chunk(format="x" * 300), MALFORMED
    yield "chunk as map", batch(pack({"format": "rrweb-2/json"}), track=Track.PICTURE), MALFORMED
    yield "empty chunk", batch(b"", track=Track.PICTURE), MALFORMED


HOSTILE = [Hostile(*row) for rows in (not_msgpack(), messages(), values(), facts(), chunks()) for row in rows]
