"""Writes the cases that the page's own msgpack is held to: ``python -m tests.protocol.msgpack_cases``.

``page`` is what a page must write byte for byte, ``collector`` what it must read. The cases are the edges of
every width of head, every message of the wire, and values drawn with a fixed seed. JSON has no bytes, and a
long value would drown the file: ``{"$bytes": hex}``, ``{"$text": n}``, ``{"$long": n}`` and ``{"$map": n}``
stand for them.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgpack

from replay.protocol.codec import encode_message
from replay.protocol.messages import (
    Ack,
    CheckpointWanted,
    CloseCode,
    Refused,
    ServerMessage,
    Token,
    Watched,
    Welcome,
)

__all__ = ["OUTPUT", "generate", "main"]

OUTPUT = Path(__file__).parents[1] / "golden" / "msgpack.json"

_SEED = 20_260_101
_DRAWN_COUNT = 60
_EDGES = (0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1)
_PAGE_ONLY = (-1, -32, -33, -128, -32_769, 2**32, 2**53 - 1, -(2**53) + 1)
_FLOATS = (0.5, -0.5, 1.1, 1e-300, 1.7976931348623157e308, 1_763_790_000_123.4)
_TEXTS = ("", "a", "7K3-QF9", "ä" * 15, "ä" * 16, "€ 1.234,50", "漢字", "🛒", "line\nbreak \u0000")
_WELCOME = Welcome(
    session="a" * 32,
    token="b" * 22,
    code="7K3QF9",
    server_ms=1_763_790_000_123,
    facts_acked=0,
    picture_acked=70_000,
    settings={"flush_ms": 2_000, "zones": [{"selector": "#cart", "zone": "cart"}], "code_selector": None},
)
_SAID: tuple[ServerMessage, ...] = (
    _WELCOME,
    Ack(track=1, number=300),
    Watched(on=True),
    Watched(on=False),
    CheckpointWanted(),
    Token(token="c" * 22),
    Refused(code=CloseCode.FORBIDDEN, reason="Unknown site key. `replay site list` shows the keys."),
)


def generate() -> str:
    """The file's text."""
    draw = random.Random(_SEED)
    shared: list[object] = [None, True, False, *_EDGES, *_FLOATS, *_TEXTS, [], {}]
    shared += [[1] * 15, {"$long": 16}, {"$text": 120}, {"$text": 150}, {"$map": 15}]
    shared += [{"$map": 16}, {"$map": 70}]
    shared += [_value(draw, depth=0) for _ in range(_DRAWN_COUNT)]
    page = [*shared, *_PAGE_ONLY, {"$bytes": ""}, {"$bytes": "00ff" * 130}, ["cart", 1.5, {"lines": [{}]}]]
    said = [encode_message(message) for message in _SAID]
    cases = {
        "page": [{"value": value, "hex": _packed(_as_page_writes(_whole(value)))} for value in page],
        "collector": [{"value": value, "hex": _packed(_whole(value))} for value in [*shared, 2**53 - 1]]
        + [{"value": msgpack.unpackb(message), "hex": message.hex()} for message in said],
    }
    return json.dumps(cases, ensure_ascii=True, indent=1) + "\n"


def _value(draw: random.Random, depth: int) -> object:
    if depth < 4 and draw.random() < 0.5:
        count = draw.choice((0, 1, 3, 17))
        if draw.random() < 0.5:
            return [_value(draw, depth + 2) for _ in range(count)]
        return {f"key {index}": _value(draw, depth + 2) for index in range(count)}
    return draw.choice((None, True, draw.choice(_EDGES), draw.choice(_TEXTS), draw.uniform(-1e6, 1e6)))


def _whole(value: object) -> object:
    match value:
        case {"$bytes": str(digits)}:
            return bytes.fromhex(digits)
        case {"$long": int(count)}:
            return [index % 100 for index in range(count)]
        case {"$text": int(count)}:
            return "ä" * count
        case {"$map": int(count)}:
            return {f"key {index}": index for index in range(count)}
    return value


def _as_page_writes(value: object) -> object:
    """Integers that a page writes as floats, because that is as exact and needs less code."""
    if isinstance(value, int) and not isinstance(value, bool) and not -32 <= value < 2**32:
        return float(value)
    return value


def _packed(value: object) -> str:
    data: bytes = msgpack.packb(value)
    return data.hex()


def main() -> None:
    """Write the file."""
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
