"""Erasing as plain dictionaries: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replay.ports import Asset, ClockLook, Erased, ErasureIndex, Receipt, asset_object
from storage.memory_assets import MemoryAssets
from storage.memory_problems import MemoryProblems
from storage.memory_server_events import MemoryServerEvents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replay.model.server_event import About
    from replay.ports import IdentifierKind
    from storage.memory_sealing import MemorySealing
    from storage.memory_visit import Visit

__all__ = ["MemoryErasing"]


class MemoryErasing(MemoryAssets, MemoryProblems, MemoryServerEvents, ErasureIndex):
    """What ``MemoryStore`` does about erasing."""

    _visits: dict[str, Visit]
    _sealing: MemorySealing

    def __init__(self) -> None:
        super().__init__()
        MemoryProblems.__init__(self)
        self._receipts: dict[str, Receipt] = {}
        self._erased: dict[str, str] = {}
        """By session that is condemned or gone, its receipt."""
        self._counted: dict[str, tuple[str, int]] = {}
        """By name of an object that is to be deleted for an erasure, its receipt and its size."""
        self._clock_look: ClockLook | None = None

    async def put_asset(self, asset: Asset) -> None:
        await super().put_asset(asset)
        if asset.hash is not None:
            self._sealing.keep(asset_object(asset.hash))

    async def carriers(self, kind: IdentifierKind, value: str) -> Mapping[str, bool]:
        return {
            session: visit.identifiers[kind, value].verified
            for session, visit in self._visits.items()
            if (kind, value) in visit.identifiers
        }

    async def expired(self, before_ms: Mapping[str, int], limit: int) -> Mapping[str, int]:
        sessions = sorted(
            (visit.session for visit in self._visits.values()), key=lambda one: (one.seen_ms, one.id)
        )
        due = [(one.id, before_ms[one.site]) for one in sessions if one.seen_ms < before_ms.get(one.site, 0)]
        return dict(due[:limit])

    async def condemn(
        self,
        receipt: Receipt,
        sessions: Sequence[str],
        about: Sequence[About] = (),
        *,
        site: str | None = None,
    ) -> None:
        dropped = self.drop_about(about, site, receipt.asked_ms)
        self._receipts[receipt.id] = replace(receipt, server_events=dropped)
        for session in sessions:
            if session in self._visits:
                self._erased.setdefault(session, receipt.id)

    async def erase(self, session: str, *, unseen_since_ms: int | None = None) -> Erased | None:
        visit = self._visits.get(session)
        if visit is None or (unseen_since_ms is not None and visit.session.seen_ms >= unseen_since_ms):
            return None
        rows = self._sealing.rows(session)
        held = sum(len(track) for page_load in visit.page_loads.values() for track in page_load.held)
        references, objects = self._drop_references(session)
        sealed = self._sealing.drop(session)
        if sealed is not None:
            objects[sealed.name] = sealed.size_bytes
        for name in objects:
            self._sealing.abandon_one(name)
        self.forget_hits(session)
        brought = self.drop_office(visit)
        del self._visits[session]
        erased = Erased(
            batches=len(rows) + held,
            bytes=sum(len(row.payload) for row in rows),
            references=references,
            abandoned_bytes=sum(objects.values()),
        )
        receipt = self._receipts.get(self._erased.get(session, ""))
        if receipt is not None:
            self._counted.update((name, (receipt.id, size)) for name, size in objects.items())
            self._receipts[receipt.id] = replace(
                receipt,
                batches=receipt.batches + erased.batches,
                bytes=receipt.bytes + erased.bytes,
                server_events=receipt.server_events + brought,
            )
        return erased

    def _drop_references(self, session: str) -> tuple[int, dict[str, int]]:
        """Forget what only this session referred to; how many they were, and name and size of the objects
        that nobody needs any more."""
        site, refs = self._named.pop(session, ("", set()))
        others = {(owner, ref) for owner, named in self._named.values() for ref in named}
        alone = [ref for ref in refs if (site, ref) not in others]
        gone: list[Asset] = []
        for ref in alone:
            del self._kinds[site, ref]
            gone += self._versions.pop((site, ref), {}).values()
        kept = {asset.hash for versions in self._versions.values() for asset in versions.values()}
        return len(alone), {
            asset_object(asset.hash): asset.bytes or 0
            for asset in gone
            if asset.hash is not None and asset.hash not in kept
        }

    def count_object(self, name: str) -> None:
        """An object was deleted."""
        receipt_id, size = self._counted.pop(name, ("", 0))
        receipt = self._receipts.get(receipt_id)
        if receipt is not None:
            self._receipts[receipt_id] = replace(
                receipt, objects=receipt.objects + 1, bytes=receipt.bytes + size
            )

    async def strange_assets(self, names: Sequence[str]) -> list[str]:
        every = (asset for versions in self._versions.values() for asset in versions.values())
        known = {asset_object(asset.hash) for asset in every if asset.hash is not None}
        return [name for name in names if name not in known]

    async def scrub(self) -> None:
        """There are no files."""

    async def finish_erasure(self, receipt: str, finished_ms: int) -> None:
        if self._receipts[receipt].finished_ms is None:
            self._receipts[receipt] = replace(self._receipts[receipt], finished_ms=finished_ms)

    async def put_clock_look(self, look: ClockLook) -> None:
        self._clock_look = look

    async def clock_look(self) -> ClockLook | None:
        return self._clock_look

    async def receipts(self) -> list[Receipt]:
        found = []
        for receipt in sorted(self._receipts.values(), key=lambda one: (one.asked_ms, one.id)):
            mine = sorted(session for session, owner in self._erased.items() if owner == receipt.id)
            gone = tuple(session for session in mine if session not in self._visits)
            left = tuple(session for session in mine if session in self._visits)
            found.append(replace(receipt, sessions=gone, condemned=left))
        return found
