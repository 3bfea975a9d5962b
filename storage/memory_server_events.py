"""Server events as plain values: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from replay.model.server_event import CUSTOMER_KINDS, concerning, digest_of, name_digest
from replay.ports import Appended, Identifier, Match, ServerEventIndex
from replay.ports.server_events import TOLD_MAX_COUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from replay.model.server_event import About, Concerning
    from replay.ports import Brought, KeepServerEvent, Site
    from storage.memory_visit import Visit

__all__ = ["MemoryServerEvents"]


@dataclass(slots=True)
class _Kept:
    key: int
    told: KeepServerEvent
    office: str
    """The site, or of what a session brought the session: see ``Visit.office``."""

    @property
    def orders(self) -> set[tuple[str, About]]:
        return {(self.office, edge) for edge in self.told.about if edge[0] == "order"}

    @property
    def edges(self) -> set[tuple[str, About]]:
        return {(self.office, edge) for edge in self.told.about}


class MemoryServerEvents(ServerEventIndex):
    """What ``MemoryStore`` does about server events."""

    _visits: dict[str, Visit]
    _sites: dict[str, Site]

    def __init__(self) -> None:
        self._server_events: dict[int, _Kept] = {}
        self._server_event_keys = count(1)
        self._erased_events: set[bytes] = set()

    def keep_server_event(self, operation: KeepServerEvent) -> Appended:
        """Keep it, and have the sessions judged that it concerns."""
        event, office = operation.event, operation.site
        if operation.session is not None:
            visit = self._visits.get(operation.session)
            office = "" if visit is None or visit.brought is None else visit.office
        if not office or (operation.session is None and office not in self._sites):
            return Appended(outcome="gone", acked=0)
        for kept in self._server_events.values():
            known = kept.told
            if (kept.office, known.event.system, known.event.id) == (office, event.system, event.id):
                same = digest_of(known.event) == digest_of(event)
                return Appended(outcome="duplicate" if same else "conflict", acked=0)
        if name_digest(office, event) in self._erased_events:
            return Appended(outcome="duplicate", acked=0)
        key = next(self._server_event_keys)
        self._server_events[key] = _Kept(key, operation, office)
        if event.kind != "price.list" and operation.session is None:
            self.judge_about([key], operation.judge_ms)
        return Appended(outcome="stored", acked=0)

    def judge_about(self, keys: Iterable[int], judge_ms: int) -> None:
        """Have the sessions judged that these events, or others of the same order, concern."""
        edges = set()
        for key in self._with_their_orders(keys):
            edges |= self._server_events[key].edges
        wanted = {(site, edge) for site, edge in edges if edge[0] in ("order", *CUSTOMER_KINDS)}
        for visit in self._visits.values():
            if any((visit.office, carried) in wanted for carried in visit.identifiers):
                visit.judging.tell(judge_ms)

    def drop_about(self, edges: Sequence[About], site: str | None, judge_ms: int) -> int:
        """Forget what is about them for good, of one site if given; how many."""
        keys = [key for key in self._keys_about(edges) if site in (None, self._server_events[key].told.site)]
        self.judge_about(keys, judge_ms)
        for key in keys:
            kept = self._server_events.pop(key)
            self._erased_events.add(name_digest(kept.office, kept.told.event))
        return len(keys)

    def drop_office(self, visit: Visit) -> int:
        """Forget what the visit brought; how many."""
        keys = [key for key, kept in self._server_events.items() if kept.told.session == visit.session.id]
        for key in keys:
            del self._server_events[key]
        return len(keys)

    def told_in(self, visit: Visit) -> list[Concerning]:
        """What concerns a visit."""
        mine = {(visit.office, carried) for carried in visit.identifiers}
        direct = [key for key, kept in self._server_events.items() if kept.edges & mine]
        every = [self._server_events[key] for key in self._with_their_orders(direct)]
        newest = sorted(every, key=lambda one: (one.told.event.occurred_ms, one.key), reverse=True)
        prices = [one for one in newest if one.told.event.kind == "price.list"]
        others = [one for one in newest if one.told.event.kind != "price.list"]
        kept = [*prices[:TOLD_MAX_COUNT], *others[:TOLD_MAX_COUNT]]
        events = [(one.told.event, one.told.received_ms, one.told.about) for one in kept]
        return concerning(events, list(visit.identifiers.values()))

    def orders_since_ms(self, site: str) -> int | None:
        """When the first order came from a site."""
        times = [
            kept.told.received_ms
            for kept in self._server_events.values()
            if kept.office == site and kept.told.event.kind == "order.created"
        ]
        return min(times, default=None)

    def customers_of(self, order: str, limit: int) -> list[Match]:
        """Visits of customers who are verified there, and whose order it is as a system says."""
        edges = set()
        for kept in self._server_events.values():
            if ("order", order) in kept.told.about:
                edges |= {(office, edge) for office, edge in kept.edges if edge[0] in CUSTOMER_KINDS}
        found = []
        for visit in self._visits.values():
            verified = {(visit.office, key) for key, one in visit.identifiers.items() if one.verified}
            if verified & edges:
                at_ms = visit.session.started_ms
                edge = Identifier(kind="order", value=order, shown=order, at_ms=at_ms, verified=True)
                found.append(Match(session=visit.session, identifier=edge))
        return sorted(found, key=lambda one: (one.session.seen_ms, one.session.id), reverse=True)[:limit]

    def named_otherwise(self, order: str) -> list[Match]:
        """Visits that name the order by another of its numbers, as a system says."""
        edges: set[tuple[str, About]] = set()
        for kept in self._server_events.values():
            if ("order", order) in kept.told.about:
                edges |= kept.orders - {(kept.office, ("order", order))}
        found = []
        for visit in self._visits.values():
            carried = [one for key, one in visit.identifiers.items() if (visit.office, key) in edges]
            if carried:
                at_ms, verified = visit.session.started_ms, any(one.verified for one in carried)
                edge = Identifier(kind="order", value=order, shown=order, at_ms=at_ms, verified=verified)
                found.append(Match(session=visit.session, identifier=edge))
        return found

    async def told(self, session: str) -> list[Concerning]:
        visit = self._visits.get(session)
        return self.told_in(visit) if visit else []

    async def brought(self, sessions: Collection[str]) -> Mapping[str, Brought]:
        found = ((session, self._visits[session].brought) for session in sessions if session in self._visits)
        return {session: own for session, own in found if own is not None}

    async def server_events_about(self, edges: Sequence[About]) -> Mapping[int, str]:
        return {key: self._server_events[key].told.site for key in self._keys_about(edges)}

    def _keys_about(self, edges: Sequence[About]) -> list[int]:
        wanted = set(edges)
        direct = [key for key, kept in self._server_events.items() if wanted.intersection(kept.told.about)]
        return self._with_their_orders(direct)

    async def expire_server_events(self, before_ms: Mapping[str, int]) -> int:
        due = [
            key
            for key, kept in self._server_events.items()
            if (since := self._kept_from_ms(kept)) is not None and since < before_ms.get(kept.office, 0)
        ]
        for key in due:
            del self._server_events[key]
        return len(due)

    def _kept_from_ms(self, kept: _Kept) -> int | None:
        """From when its time counts; None while it is a price without an end."""
        told, event = kept.told, kept.told.event
        if event.kind != "price.list":
            return told.received_ms
        if event.to_ms is not None:
            return max(told.received_ms, event.to_ms)
        others = [
            one
            for one in self._server_events.values()
            if one.told.event.kind == "price.list"
            and (one.office, one.told.about, one.told.event.store) == (kept.office, told.about, event.store)
        ]
        later = [one for one in others if _since(one) > _since(kept)]
        return max(told.received_ms, min(one.told.received_ms for one in later)) if later else None

    def _with_their_orders(self, keys: Iterable[int]) -> list[int]:
        found = set(keys)
        orders = {order for key in found for order in self._server_events[key].orders}
        return sorted(found | {key for key, kept in self._server_events.items() if kept.orders & orders})


def _since(kept: _Kept) -> tuple[int, int]:
    event = kept.told.event
    return (event.occurred_ms if event.from_ms is None else event.from_ms, kept.key)
