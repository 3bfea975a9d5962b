"""What the shop's own systems say of an exported session's customer, and what it is held against, as it stood
when the session was exported.

It stands in the manifest; files of format 1 and 2 have none. Phones are read by the region of where the
session was recorded, and ``until_ms`` says of when all this is: what a system has not said by then it may
well have said since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from replay.model.bounds import Between, Matching, MaxItems
from replay.model.promo import PROMOS_MAX_COUNT, Promo
from replay.model.server_event import ServerEvent

__all__ = ["EVENTS_MAX_COUNT", "ArchivedEvent", "ArchivedShop", "misfit_of"]

EVENTS_MAX_COUNT = 4_000
"""Events and prices together: as many as a session is ever judged on."""
Milliseconds = Annotated[int, Between(0, 2**53 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEvent:
    """What a system says, and when it came."""

    received_ms: Milliseconds
    event: ServerEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedShop:
    """``orders_since_ms``: since when the shop tells of its orders at all. ``promos``: what is registered of
    the codes and campaigns that the session has."""

    until_ms: Milliseconds
    region: Annotated[str, Matching(r"[A-Z]{2}", "a country such as US (ISO 3166)")]
    currency: Annotated[str, Matching(r"[A-Z]{3}", "a currency such as USD (ISO 4217)")] | None = None
    orders_since_ms: Milliseconds | None = None
    told: Annotated[tuple[ArchivedEvent, ...], MaxItems(EVENTS_MAX_COUNT)] = ()
    promos: Annotated[tuple[Promo, ...], MaxItems(PROMOS_MAX_COUNT)] = ()


def misfit_of(shop: ArchivedShop | None) -> tuple[str, str, str] | None:
    """What does not fit: the place, what was expected and what is there; None if all does."""
    if shop is None:
        return None
    if len({(one.event.system, one.event.id) for one in shop.told}) < len(shop.told):
        return "the server events", "each once", "one twice"
    if any(one.received_ms > shop.until_ms for one in shop.told):
        return "a server event", f"one that came by {shop.until_ms}, when its shop was asked", "a later one"
    if len({promo.id for promo in shop.promos}) < len(shop.promos):
        return "the promos", "each once", "one twice"
    if not all(promo.promises for promo in shop.promos):
        return "a promo", "at least one wording", "none"
    return None
