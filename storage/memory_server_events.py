"""Server events as plain values: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from replay.model.server_event import CUSTOMER_KINDS, concerning, digest_of
from replay.ports import Appended, Identifier, Match, ServerEventIndex
from replay.ports.server_events import TOLD_MAX_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from replay.model.server_event import About, Concerning
    from replay.ports import KeepServerEvent, Site
    from storage.memory import _Visit

__all__ = ["MemoryServerEvents"]


@dataclass(slots=True)
class _Kept:
    key: int
    told: KeepServerEvent

    @property
    def orders(self) -> set[tuple[str, About]]:
        return {(self.told.site, edge) for edge in self.told.about if edge[0] == "order"}

    @property
    def edges(self) -> set[tuple[str, About]]:
        return {(self.told.site, edge) for edge in self.told.about}


class MemoryServerEvents(ServerEventIndex):
    """What ``MemoryStore`` does about server events."""

    _visits: dict[str, _Visit]
    _sites: dict[str, Site]

    def __init__(self) -> None:
        self._server_events: dict[int, _Kept] = {}
        self._server_event_keys = count(1)

    def keep_server_event(self, operation: KeepServerEvent) -> Appended:
        """Keep it, and have the sessions judged that it concerns."""
        if operation.site not in self._sites:
            return Appended(outcome="gone", acked=0)
        event = operation.event
        for kept in self._server_events.values():
            known = kept.told
            if (known.site, known.event.system, known.event.id) == (operation.site, event.system, event.id):
                same = digest_of(known.event) == digest_of(event)
                return Appended(outcome="duplicate" if same else "conflict", acked=0)
        key = next(self._server_event_keys)
        self._server_events[key] = _Kept(key, operation)
        if event.kind != "price.list":
            self.judge_about([key], operation.judge_ms)
        return Appended(outcome="stored", acked=0)

    def judge_about(self, keys: Iterable[int], judge_ms: int) -> None:
        """Have the sessions judged that these events, or others of the same order, concern."""
        edges = set()
        for key in self._with_their_orders(keys):
            edges |= self._server_events[key].edges
        wanted = {(site, edge) for site, edge in edges if edge[0] in ("order", *CUSTOMER_KINDS)}
        for visit in self._visits.values():
            if any((visit.session.site, carried) in wanted for carried in visit.identifiers):
                visit.judging.tell(judge_ms)

    def drop_server_events(self, keys: Iterable[int]) -> int:
        """Forget them; how many."""
        return sum(self._server_events.pop(key, None) is not None for key in keys)

    def told_in(self, visit: _Visit) -> list[Concerning]:
        """What concerns a visit."""
        mine = {(visit.session.site, carried) for carried in visit.identifiers}
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
            if kept.told.site == site and kept.told.event.kind == "order.created"
        ]
        return min(times, default=None)

    def customers_of(self, order: str, limit: int) -> list[Match]:
        """Visits of customers who are verified there, and whose order it is as a system says."""
        edges = set()
        for kept in self._server_events.values():
            if ("order", order) in kept.told.about:
                edges |= {(site, edge) for site, edge in kept.edges if edge[0] in CUSTOMER_KINDS}
        found = []
        for visit in self._visits.values():
            verified = {(visit.session.site, key) for key, one in visit.identifiers.items() if one.verified}
            if verified & edges:
                at_ms = visit.session.started_ms
                edge = Identifier(kind="order", value=order, shown=order, at_ms=at_ms, verified=True)
                found.append(Match(session=visit.session, identifier=edge))
        return sorted(found, key=lambda one: (one.session.seen_ms, one.session.id), reverse=True)[:limit]

    async def told(self, session: str) -> list[Concerning]:
        visit = self._visits.get(session)
        return self.told_in(visit) if visit else []

    async def server_events_about(self, edges: Sequence[About]) -> Mapping[int, str]:
        wanted = set(edges)
        direct = [key for key, kept in self._server_events.items() if wanted.intersection(kept.told.about)]
        return {key: self._server_events[key].told.site for key in self._with_their_orders(direct)}

    async def expire_server_events(self, before_ms: Mapping[str, int]) -> int:
        due = [
            key
            for key, kept in self._server_events.items()
            if (since := self._kept_from_ms(kept)) is not None and since < before_ms.get(kept.told.site, 0)
        ]
        return self.drop_server_events(due)

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
            and (one.told.site, one.told.about, one.told.event.store) == (told.site, told.about, event.store)
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
