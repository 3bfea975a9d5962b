"""Recorded visits for the desk's tests, put into a store as the collector would."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgpack

from replay.model.cart import CartState
from replay.model.events import Event, Fact, PageLoaded, encode_event
from replay.model.finding import Evidence, Finding
from replay.model.session import mint_code
from replay.ports import (
    AppendBatch,
    EndSession,
    Identifier,
    IdentifierKind,
    Judged,
    MeasureClock,
    OpenLoad,
    OpenSession,
    Operation,
    Session,
    Site,
    Store,
)

__all__ = [
    "SITE",
    "START_MS",
    "Visit",
    "code_number",
    "edge",
    "facts_payload",
    "found",
    "judged",
    "picture_payload",
    "unheard",
]

START_MS = 1_764_000_000_000
SITE = Site(
    key="shop",
    name="Shop Example",
    origins=("https://shop.example",),
    identify_secret="s",
    settings={},
    created_ms=0,
)


def code_number(number: int) -> str:
    """A valid support code of one's own for each number."""
    digits = iter([number // 29_791 % 31, number // 961 % 31, number // 31 % 31, number % 31, 7])
    return mint_code(lambda below: next(digits) % below)


def edge(
    kind: IdentifierKind,
    value: str,
    shown: str | None = None,
    *,
    verified: bool = False,
    at_ms: int = START_MS,
) -> Identifier:
    """An identifier whose shown form is its value unless said otherwise."""
    return Identifier(kind=kind, value=value, shown=shown or value, at_ms=at_ms, verified=verified)


def facts_payload(*facts: tuple[float, Fact]) -> bytes:
    """The payload of a facts batch."""
    payload: bytes = msgpack.packb([encode_event(Event(t, fact)) for t, fact in facts])
    return payload


def picture_payload(data: bytes, *, first_ms: float = START_MS, last_ms: float = START_MS + 1_000) -> bytes:
    """The payload of a picture batch."""
    payload: bytes = msgpack.packb(["rrweb-2/json", "none", len(data), first_ms, last_ms, 1, True, data])
    return payload


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()


@dataclass(kw_only=True)
class Visit:
    """One session of one page load, with facts and picture, until it is put into a store."""

    id: str = "session-1"
    number: int = 1
    seen_ms: int = START_MS + 60_000
    started_ms: int = START_MS
    offset_ms: float | None = 250.0
    ended: bool = False
    url: str = "https://shop.example/cart"
    site: str = SITE.key
    identifiers: Sequence[Identifier] = ()
    facts: Sequence[tuple[float, Fact]] = field(default_factory=list)
    pictures: Sequence[bytes] = (b"[1]", b"[2]", b"[3]")

    @property
    def code(self) -> str:
        return code_number(self.number)

    def operations(self) -> Iterable[Operation]:
        """What the collector would commit."""
        yield OpenSession(
            session=Session(
                id=self.id,
                site=self.site,
                code=self.code,
                token_hash=_digest(self.id.encode()),
                started_ms=self.started_ms,
                seen_ms=self.started_ms,
            )
        )
        yield OpenLoad(session=self.id, id="load-1", tab="tab-1", opened_ms=self.started_ms)
        if self.offset_ms is not None:
            yield MeasureClock(session=self.id, load="load-1", offset_ms=self.offset_ms, error_ms=5.0)
        facts = self.facts or [
            (self.started_ms + 1.0, PageLoaded(url=self.url, title="Cart")),
            (self.started_ms + 2.0, CartState(surface="page", source="displayed")),
        ]
        yield self.batch(0, 1, facts_payload(*facts), identifiers=self.identifiers)
        for number, data in enumerate(self.pictures, start=1):
            yield self.batch(1, number, picture_payload(data))
        if self.ended:
            yield EndSession(session=self.id, ended_ms=self.seen_ms, why="idle")

    def batch(
        self,
        track: int,
        number: int,
        payload: bytes,
        *,
        identifiers: Sequence[Identifier] = (),
        load: str = "load-1",
    ) -> AppendBatch:
        """One batch of this visit's page load."""
        return AppendBatch(
            session=self.id,
            load=load,
            track=track,
            number=number,
            payload=payload,
            digest=_digest(payload),
            received_ms=self.seen_ms,
            first_ms=float(self.started_ms),
            last_ms=float(self.started_ms + 1_000),
            checkpoint=track == 1 and number == 1,
            identifiers=tuple(identifiers),
        )

    async def put(self, store: Store) -> None:
        """Commit the visit, its site first."""
        if await store.site(SITE.key) is None:
            await store.put_site(SITE)
        await store.commit(list(self.operations()))


def found(**differing: Any) -> Finding:
    """A finding with everything that it can have."""
    finding = Finding(
        rule="cart_price",
        version=1,
        subject="HP-15",
        signature="dearer in the cart",
        outcome="fail",
        severity="high",
        said="The product page showed $379.00 for “HP-15”; the cart charged $499.00, $120.00 more.",
        shown=(
            Evidence(role="cart", load="load-1", t=START_MS + 252.25, node=17, raw="$499.00"),
            Evidence(role="product", load="load-1", t=START_MS + 1.0),
        ),
        decided_ms=START_MS + 2_252.5,
        minor=12_000,
        currency="USD",
    )
    return replace(finding, **differing)


async def judged(store: Store, *findings: Finding, session: str = "session-1") -> None:
    """Put findings into a store as the judge would."""
    await store.put_findings([Judged(session=session, changes_count=0, judge_ms=None, findings=findings)])


def unheard(watched: bool) -> None:
    """For a connected page that does not care whether it is watched."""
