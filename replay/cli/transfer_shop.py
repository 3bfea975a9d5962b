"""What a shop's systems say of a session that goes from one installation to another.

It is what the desk shows beside the session and what its findings are held against: the events of its
customers and orders, prices of the articles that it saw, and what is registered of its codes and campaigns,
as all of it stood at the export. Whose they are is in it, like the session's own identifiers. Where it is
taken in it belongs to that session alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from replay.errors import CommandError
from replay.model.events import Event, PageLoaded, PageViewed, PromoSeen
from replay.model.promo import Registry
from replay.model.promo_reading import Faults, as_given, read_promise
from replay.model.server_event import about
from replay.model.server_reading import Refused, read_event
from replay.model.server_writing import as_given as event_as_given
from replay.model.track import Track
from replay.ports import Brought, KeepServerEvent, Session, Store
from replay.protocol.codec import decode_facts
from replay.recording.archive import Recording
from replay.recording.archived_shop import ArchivedEvent, ArchivedShop

__all__ = ["brought_by", "events_of", "require_sound_shop", "shop_of"]


async def shop_of(
    store: Store, session: Session, recording: Recording, region: str, now_ms: int
) -> ArchivedShop:
    """How the session's shop stands now, or stood at its export elsewhere. ``region`` is for phones."""
    told = tuple(
        ArchivedEvent(received_ms=one.received_ms, event=one.event) for one in await store.told(session.id)
    )
    own = (await store.brought([session.id])).get(session.id)
    if own is None:
        own = await _stands(store, session, recording, region, now_ms)
    return ArchivedShop(
        # What came while this was asked belongs to it.
        until_ms=max([own.until_ms, *(one.received_ms for one in told)]),
        region=own.region,
        currency=own.currency,
        orders_since_ms=own.orders_since_ms,
        told=told,
        promos=own.promos,
    )


async def _stands(store: Store, session: Session, recording: Recording, region: str, now_ms: int) -> Brought:
    site = await store.site(session.site)
    # Its batches are in the recording already.
    after = {load.id: load.facts_acked for load in await store.loads(session.id)}
    facts = (await store.session_facts({session.id: after})).get(session.id)
    return Brought(
        until_ms=now_ms,
        region=region,
        orders_since_ms=None if facts is None else facts.orders_since_ms,
        currency=None if site is None else site.currency,
        promos=_held_against(Registry(promos=await store.promos(session.site)), recording).promos,
    )


def _held_against(registry: Registry, recording: Recording) -> Registry:
    codes = {one.shown for one in recording.identifiers if one.kind == "promo"}
    links: set[str] = set()
    campaigns: set[tuple[str, str]] = set()
    for event in _facts(recording):
        fact = event.fact
        if isinstance(fact, PromoSeen) and fact.code:
            codes.add(fact.code)
        elif isinstance(fact, (PageLoaded, PageViewed)):
            links.add(fact.url)
        if isinstance(fact, PageLoaded):
            given = fact.circumstances.campaign or {}
            campaigns.update((parameter, str(value)) for parameter, value in given.items())
    return Registry(promos=registry.about(codes, links, campaigns))


def _facts(recording: Recording) -> Iterator[Event]:
    for batch in recording.batches:
        if batch.track == Track.FACTS:
            try:
                yield from decode_facts(batch.payload).events
            except ValueError:
                # What is damaged is left out, as it is at the desk.
                continue


def require_sound_shop(recording: Recording) -> None:
    """What would not have been taken from a back office or for a registry is not taken from a file. Raises
    ``CommandError``."""
    shop = recording.shop
    if shop is None:
        return
    for told in shop.told:
        event = told.event
        try:
            same = read_event(event_as_given(event), told.received_ms) == event
        except Refused as error:
            raise _refused(f"server event {event.id} of {event.system}", str(error)) from error
        if not same:
            raise _refused(f"server event {event.id} of {event.system}", "no back office writes it so")
    for promo in shop.promos:
        for promise in promo.promises:
            try:
                given = as_given(promise)
                read = read_promise(given, currency=shop.currency, since_ms=promise.since_ms, by=promise.by)
            except (Faults, ValueError, OverflowError) as error:
                raise _refused(f"promo {promo.id}", str(error)) from error
            if read != promise:
                raise _refused(f"promo {promo.id}", "no registry words it so")


def brought_by(recording: Recording) -> Brought | None:
    """What the session brought; None of a file that has no place for it."""
    shop = recording.shop
    if shop is None:
        return None
    return Brought(
        until_ms=shop.until_ms,
        region=shop.region,
        orders_since_ms=shop.orders_since_ms,
        currency=shop.currency,
        promos=shop.promos,
    )


def events_of(recording: Recording, now_ms: int) -> Iterator[KeepServerEvent]:
    """Its events; they are the session's alone."""
    shop = recording.shop
    for told in () if shop is None else shop.told:
        yield KeepServerEvent(
            site=recording.site.key,
            event=told.event,
            about=about(told.event, shop.region if shop else ""),
            received_ms=told.received_ms,
            judge_ms=now_ms,
            session=recording.session.id,
        )


def _refused(what: str, why: str) -> CommandError:
    return CommandError(
        f"The {what} in the file is not what could be told here: {why}",
        "Nothing was changed. Export the session again with the version that recorded it.",
    )
