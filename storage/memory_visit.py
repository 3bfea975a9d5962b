"""One visit as plain values: page loads and their batches, what it is found by, and what was judged of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from replay.model.identity import TEXT_KINDS, TEXTS_MAX_COUNT
from replay.model.session import show_code
from replay.model.track import Track
from replay.ports import (
    Appended,
    Gap,
    Identifier,
    Load,
    MeasureClock,
    RotateToken,
    StoredBatch,
)

if TYPE_CHECKING:
    from replay.model.finding import Finding
    from replay.model.shown_price import ShownPrice
    from replay.ports import (
        AppendBatch,
        Brought,
        DeclareGap,
        EndSession,
        IdentifierKind,
        OpenLoad,
        Session,
    )

__all__ = ["Judging", "PageLoad", "Visit"]


@dataclass(slots=True)
class Judging:
    """What a visit knows of being judged."""

    facts_count: int = 0
    clocks_count: int = 0
    told_count: int = 0
    judge_ms: int | None = None
    findings: tuple[Finding, ...] = ()
    shown: tuple[ShownPrice, ...] = ()

    @property
    def changes_count(self) -> int:
        """How often anything changed."""
        return self.facts_count + self.clocks_count + self.told_count

    def tell(self, judge_ms: int) -> None:
        """Something came that concerns the visit, or went."""
        self.told_count += 1
        self.judge_ms = judge_ms if self.judge_ms is None else min(self.judge_ms, judge_ms)

    def take(self, change: AppendBatch | MeasureClock) -> None:
        """A batch was stored, or a clock turned out to be another."""
        if isinstance(change, MeasureClock):
            self.clocks_count += 1
        elif change.track == Track.FACTS:
            self.facts_count += 1
        else:
            return
        times = [one for one in (self.judge_ms, change.judge_ms) if one is not None]
        self.judge_ms = min(times, default=None)


@dataclass(slots=True)
class Visit:
    """A session and everything that hangs on it."""

    session: Session
    page_loads: dict[str, PageLoad] = field(default_factory=dict)
    identifiers: dict[tuple[IdentifierKind, str], Identifier] = field(default_factory=dict)
    judging: Judging = field(default_factory=Judging)
    brought: Brought | None = None

    def __post_init__(self) -> None:
        session = self.session
        code = Identifier(
            kind="code",
            value=session.code,
            shown=show_code(session.code),
            at_ms=session.started_ms,
            verified=True,
        )
        self.carry(code)

    @property
    def office(self) -> str:
        """Under which name what its shop's systems say is kept; a site's key has no blank."""
        return self.session.site if self.brought is None else f"session {self.session.id}"

    def open_load(self, operation: OpenLoad) -> Load:
        if operation.id not in self.page_loads:
            load = Load(
                session=operation.session,
                id=operation.id,
                tab=operation.tab,
                ordinal=len(self.page_loads) + 1,
                opened_ms=operation.opened_ms,
            )
            self.page_loads[operation.id] = PageLoad(load)
        return self.page_loads[operation.id].as_load()

    def append(self, page_load: PageLoad, operation: AppendBatch) -> Appended:
        outcome = page_load.append(operation)
        if outcome == "stored":
            seen_ms = max(self.session.seen_ms, operation.received_ms)
            self.session = replace(self.session, seen_ms=seen_ms)
            self.judging.take(operation)
            for identifier in operation.identifiers:
                self.carry(identifier)
            for consequence in operation.then:
                if isinstance(consequence, RotateToken):
                    self.rotate(consequence)
                else:
                    self.end(consequence)
        return Appended(outcome=outcome, acked=page_load.acked(operation.track))

    def rotate(self, operation: RotateToken) -> None:
        before = self.session
        self.session = replace(before, token_hash=operation.token_hash)
        if not operation.unheard:
            self.session = replace(
                self.session, previous_token_hash=before.token_hash, rotated_ms=operation.rotated_ms
            )

    def end(self, operation: EndSession) -> None:
        if self.session.ended_ms is None:
            self.session = replace(self.session, ended_ms=operation.ended_ms, ended_why=operation.why)

    def carry(self, identifier: Identifier) -> None:
        """Keep one of each kind and value: the earliest, verified if any of them was."""
        key = identifier.kind, identifier.value
        texts_count = sum(kind == identifier.kind in TEXT_KINDS for kind, _ in self.identifiers)
        if texts_count >= TEXTS_MAX_COUNT and key not in self.identifiers:
            return
        known = self.identifiers.setdefault(key, identifier)
        earliest = identifier if identifier.at_ms < known.at_ms else known
        self.identifiers[key] = replace(earliest, verified=known.verified or identifier.verified)

    def oldest_identifiers(self) -> list[Identifier]:
        return sorted(self.identifiers.values(), key=lambda one: (one.at_ms, one.kind, one.value))


@dataclass(slots=True)
class PageLoad:
    """A page load with its two tracks; ``load`` leaves the acknowledgements to ``as_load``."""

    load: Load
    batches: tuple[dict[int, StoredBatch], dict[int, StoredBatch]] = field(default_factory=lambda: ({}, {}))
    held: tuple[dict[int, bytes], dict[int, bytes]] = field(default_factory=lambda: ({}, {}))
    """Digests of what is in the session's object."""
    gaps: list[Gap] = field(default_factory=list)

    def as_load(self) -> Load:
        return replace(self.load, facts_acked=self.acked(0), picture_acked=self.acked(1))

    def acked(self, track: int) -> int:
        kept = [(number, number) for number in (*self.batches[track], *self.held[track])]
        lost = [(gap.first, gap.last) for gap in self.gaps if gap.track == track]
        acked = 0
        for first, last in sorted(kept + lost):
            if first > acked + 1:
                break
            acked = max(acked, last)
        return acked

    def append(self, operation: AppendBatch) -> Literal["stored", "duplicate", "conflict"]:
        row = self.batches[operation.track].get(operation.number)
        known = row.digest if row else self.held[operation.track].get(operation.number)
        if known is not None:
            return "duplicate" if known == operation.digest else "conflict"
        self.batches[operation.track][operation.number] = StoredBatch(
            load=operation.load,
            track=operation.track,
            number=operation.number,
            payload=operation.payload,
            digest=operation.digest,
            received_ms=operation.received_ms,
            first_ms=operation.first_ms,
            last_ms=operation.last_ms,
            checkpoint=operation.checkpoint,
        )
        return "stored"

    def declare(self, operation: DeclareGap) -> Appended:
        gap = Gap(
            load=operation.load,
            track=operation.track,
            first=operation.first,
            last=operation.last,
            reason=operation.reason,
        )
        known = any((one.track, one.first, one.last) == (gap.track, gap.first, gap.last) for one in self.gaps)
        if not known:
            self.gaps.append(gap)
        return Appended(outcome="duplicate" if known else "stored", acked=self.acked(gap.track))

    def measure(self, operation: MeasureClock) -> bool:
        """Take a measurement if it is better; whether that changes the offset."""
        known = self.load
        if known.offset_error_ms is None or operation.error_ms < known.offset_error_ms:
            self.load = replace(known, offset_ms=operation.offset_ms, offset_error_ms=operation.error_ms)
        return self.load.offset_ms != known.offset_ms
