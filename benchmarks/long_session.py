"""A visit of an hour on one page of a single-page shop, made up rather than recorded: nobody waits an hour.

A list of 200 cards of which some change every second, the mouse that moves, a shelf that is drawn anew every
ten seconds, a cart that is read every half minute; cut into batches and checkpoints as the SDK cuts them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from replay.model.cart import Amount, CartState, Line, Text, Total
from replay.model.events import Event, PageLoaded
from replay.ports import AppendBatch, MeasureClock, OpenLoad, OpenSession, Operation, Session, Store
from replay.protocol.chunk import Chunk
from replay.protocol.codec import encode_chunk, encode_facts

__all__ = ["LENGTH_MS", "SESSION", "START_MS", "TAB", "put_long_session"]

START_MS = 1_764_000_000_000
LENGTH_MS = 60 * 60 * 1_000
SESSION = "0123456789abcdef0123456789abcdef"
TAB = "tab-1"
_LOAD = "load-1"
_CARDS_COUNT = 200
_SHELF_COUNT = 20
_BATCH_MS = 2_000
_SHELF_MS = 10_000
_CART_MS = 30_000
_CHECKPOINT_AFTER_CHARS = 1024 * 1024
_URL = "https://shop.example/c/all"

Json = dict[str, Any]


async def put_long_session(store: Store, site: str) -> None:
    """Commit it all."""
    session = Session(
        id=SESSION, site=site, code="7K3QF9", token_hash=bytes(32), started_ms=START_MS, seen_ms=START_MS
    )
    opening: list[Operation] = [
        OpenSession(session=session),
        OpenLoad(session=SESSION, id=_LOAD, tab=TAB, opened_ms=START_MS),
        MeasureClock(session=SESSION, load=_LOAD, offset_ms=0.0, error_ms=1.0),
    ]
    await store.commit(opening)
    await store.commit([*_pictures(), *_carts()])


class _Page:
    """The page and the numbers of its nodes."""

    def __init__(self) -> None:
        self._last = 0
        self._texts: list[int] = []
        self._shelf = 0
        self._on_shelf: list[int] = []
        self._render = 0

    def _number(self) -> int:
        self._last += 1
        return self._last

    def _element(self, tag: str, *children: Json, **attributes: str) -> Json:
        return {
            "type": 2,
            "tagName": tag,
            "attributes": attributes,
            "childNodes": [*children],
            "id": self._number(),
        }

    def _text(self, content: str) -> Json:
        return {"type": 3, "textContent": content, "id": self._number()}

    def _card(self, at: int) -> Json:
        price = self._text(f"${at + 19}.99")
        self._texts.append(price["id"])
        return self._element(
            "li",
            self._element("h3", self._text(f"Product {at}, rendered {self._render} times")),
            self._element("p", self._element("b", price), self._text(" In stock")),
            **{"class": "card"},
        )

    def checkpoint(self, t: int) -> list[Json]:
        """The page's size and its whole content, numbered anew."""
        self._last = 0
        self._texts = []
        shelf = self._element("ul", *(self._card(at) for at in range(_SHELF_COUNT)))
        self._shelf, self._on_shelf = shelf["id"], [card["id"] for card in shelf["childNodes"]]
        cards = self._element("ul", *(self._card(at) for at in range(_CARDS_COUNT)))
        body = self._element("body", shelf, cards)
        html = self._element("html", self._element("head"), body)
        document = {"type": 0, "childNodes": [html], "id": self._number()}
        return [
            {"type": 4, "data": {"href": _URL, "width": 1280, "height": 800}, "timestamp": t},
            {"type": 2, "data": {"node": document, "initialOffset": {"left": 0, "top": 0}}, "timestamp": t},
        ]

    def change(self, t: int) -> list[Json]:
        """What happens in one second."""
        second = t // 1_000
        mutation: Json = {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []}
        if (t - START_MS) % _SHELF_MS == 0:
            self._render += 1
            mutation["removes"] = [{"parentId": self._shelf, "id": card} for card in self._on_shelf]
            self._texts = self._texts[_SHELF_COUNT:]
            cards = [self._card(at) for at in range(_SHELF_COUNT)]
            self._texts = self._texts[-_SHELF_COUNT:] + self._texts[:-_SHELF_COUNT]
            self._on_shelf = [card["id"] for card in cards]
            mutation["adds"] = [added for card in cards for added in _flat(card, self._shelf)]
        else:
            mutation["texts"] = [
                {"id": self._texts[(second * 7 + at) % len(self._texts)], "value": f"${second % 900}.{at}9"}
                for at in range(5)
            ]
        moves = [
            {
                "x": (second * 13 + at * 40) % 1280,
                "y": (second * 7 + at * 30) % 800,
                "id": self._shelf,
                "timeOffset": -at * 100,
            }
            for at in range(5)
        ]
        return [
            {"type": 3, "data": mutation, "timestamp": t},
            {"type": 3, "data": {"source": 1, "positions": moves}, "timestamp": t + 500},
        ]


def _flat(node: Json, parent: int) -> Iterator[Json]:
    """A subtree as the recorder tells of what was added: node by node, each after its parent."""
    yield {
        "parentId": parent,
        "nextId": None,
        "node": {**node, "childNodes": []} if "childNodes" in node else node,
    }
    for child in node.get("childNodes", ()):
        yield from _flat(child, node["id"])


def _pictures() -> Iterator[AppendBatch]:
    page = _Page()
    since = 0
    for number, start in enumerate(range(START_MS, START_MS + LENGTH_MS, _BATCH_MS), start=1):
        whole = start == START_MS or since > _CHECKPOINT_AFTER_CHARS
        events = page.checkpoint(start) if whole else []
        for t in range(start, start + _BATCH_MS, 1_000):
            events += page.change(t)
        raw = json.dumps(events, separators=(",", ":")).encode()
        since = 0 if whole else since + len(raw)
        chunk = Chunk(
            format="rrweb-2/json",
            codec="gzip",
            raw_bytes=len(raw),
            first_ms=float(start),
            last_ms=float(events[-1]["timestamp"]),
            count=len(events),
            checkpoint=whole,
            data=gzip.compress(raw, 6),
        )
        yield _batch(1, number, encode_chunk(chunk), chunk.first_ms, chunk.last_ms, checkpoint=whole)


def _carts() -> Iterator[AppendBatch]:
    yield _batch(0, 1, encode_facts((Event(float(START_MS), PageLoaded(url=_URL)),)), START_MS, START_MS)
    for number, t in enumerate(range(START_MS + _CART_MS, START_MS + LENGTH_MS, _CART_MS), start=2):
        lines = tuple(
            Line(
                sku=f"SKU-{at}",
                name=Text(raw=f"Product {at}"),
                quantity=Text(raw=str(1 + number % 5)),
                unit=Amount(raw=f"${at + 19}.99"),
            )
            for at in range(3)
        )
        total = Total(key="total", label=Text(raw="Total"), amount=Amount(raw=f"${number}.99"))
        cart = CartState(surface="drawer", source="displayed", lines=lines, totals=(total,))
        yield _batch(0, number, encode_facts((Event(float(t), cart),)), t, t)


def _batch(
    track: int, number: int, payload: bytes, first_ms: float, last_ms: float, *, checkpoint: bool = False
) -> AppendBatch:
    return AppendBatch(
        session=SESSION,
        load=_LOAD,
        track=track,
        number=number,
        payload=payload,
        digest=hashlib.sha256(payload).digest(),
        received_ms=int(last_ms) + 50,
        first_ms=float(first_ms),
        last_ms=float(last_ms),
        checkpoint=checkpoint,
        identifiers=(),
    )
