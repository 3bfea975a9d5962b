"""Finds sessions by what a caller can say: a code, an e-mail address, a phone or order number, a name.

What was typed is read in every way that makes sense, each reading is looked up by itself, and what was found
is grouped by kind. Who the customer is counts as known only where the shop's backend signed it; what a page
merely claimed about a person stands under a heading of its own, because a caller can edit their own page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from replay.model.finding import Finding
from replay.model.identity import Reading, readings
from replay.model.personal_code import Codes
from replay.model.session import CODE_ALPHABET, is_code, read_code, show_code
from replay.ports import Bus, Identifier, IdentifierKind, Match, Session, Store
from viewer.codes import codes_of_all

__all__ = ["Customer", "Found", "Group", "Row", "find", "opened_by_code", "recent"]

QUERY_MAX_CHARS = 200
GROUP_MAX_COUNT = 20
REGISTERED_MAX_COUNT = 100
"""Registered codes that are tried where the beginning of one was typed."""
_RECENT_COUNT = 20
_RECENT_READ_COUNT = 60
"""More than are shown, because live ones are put first."""

_TITLES = {
    "code": "Support code",
    "email": "E-mail address",
    "phone": "Phone number",
    "customer_id": "Customer id",
    "order": "Order number",
    "name": "Name",
    "sku": "Article number",
    "promo": "Promo code",
    "product": "Product",
    "message": "Message of the shop",
    "error": "Error on the page",
}
"""Kinds in the order in which their groups are shown."""
_PERSONAL: frozenset[IdentifierKind] = frozenset({"customer_id", "email", "phone", "name"})
_MOMENTARY = frozenset({"order", "sku", "promo", "product", "message", "error"})
"""Kinds that are found in the middle of a session: a match opens at the moment they were on the page."""
_MISSPELT = frozenset({"name", "product"})
"""Kinds that are looked up once more, one slip of the keyboard off, where nothing at all was found."""
_PERSON_ORDER = ("name", "email", "phone", "customer_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who the session belongs to as far as it is known: ``names`` are the best first, as shown."""

    names: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session found. ``why`` is the identifier that led here, None in a plain list."""

    session: Session
    site_name: str
    live: bool
    customer: Customer
    why: Identifier | None
    href: str
    worst: Finding | None = None
    """The worst that was found in it."""
    near: bool = False
    """Whether what was found is not what was typed, but one letter off."""

    @property
    def code(self) -> str:
        return show_code(self.session.code)

    @property
    def reason(self) -> str | None:
        """What was found in this session, unless names or heading say it already."""
        if self.why is None or self.why.kind == "code":
            return None
        shown = self.why.shown
        if self.near:
            return f"{_TITLES[self.why.kind]} {shown}{', only claimed' if _is_claimed(self.why) else ''}"
        if shown in self.customer.names:
            return None
        return f"{_TITLES[self.why.kind]} {shown}" if _is_claimed(self.why) else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows under one heading; ``note`` says what the heading means where that is not plain."""

    key: str
    title: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that the Find page shows for a query. ``reason`` explains an empty answer."""

    query: str
    reading: tuple[str, ...]
    groups: tuple[Group, ...]
    reason: str | None = None
    advice: tuple[str, ...] = ()


async def recent(store: Store, bus: Bus) -> Found:
    """The latest sessions, those going on now first."""
    sessions = await store.sessions(limit=_RECENT_READ_COUNT)
    live = [session for session in sessions if _is_live(session, bus)][:_RECENT_COUNT]
    past = [session for session in sessions if not _is_live(session, bus)][: _RECENT_COUNT - len(live)]
    rows = await _rows(store, bus, [(session, None) for session in (*live, *past)])
    groups = (
        Group(key="live", title="Live now", rows=tuple(rows[: len(live)])),
        Group(key="past", title="Recent", rows=tuple(rows[len(live) :])),
    )
    return Found(query="", reading=(), groups=tuple(group for group in groups if group.rows))


async def find(store: Store, bus: Bus, typed: str, phone_region: str) -> Found:
    """Sessions for what an agent typed, best kind first, each session once."""
    query = " ".join(typed.split())[:QUERY_MAX_CHARS]
    ways = [one for way in readings(query, phone_region) for one in await _registered(store, way)]
    matches = await store.find_any(ways, limit=GROUP_MAX_COUNT)
    near = not matches
    if near:
        misspelt = [way for way in ways if way.kind in _MISSPELT]
        matches = await store.find_any(misspelt, near=True, limit=GROUP_MAX_COUNT)
    chosen: dict[str, Match] = {}
    for match in sorted(matches, key=_rank):
        chosen.setdefault(match.session.id, match)
    rows = await _rows(
        store, bus, [(match.session, match.identifier) for match in chosen.values()], near=near
    )
    searched = tuple(dict.fromkeys(_TITLES[way.kind] for way in ways))
    if not rows:
        return Found(
            query=query, reading=searched, groups=(), reason=_reason(query, ways), advice=_advice(query, ways)
        )
    return Found(query=query, reading=searched, groups=_groups(rows))


async def _registered(store: Store, way: Reading) -> list[Reading]:
    """The reading; in place of the beginning of a promo code the codes that are registered and begin so, for
    a store finds codes only whole."""
    if way.kind != "promo" or not way.prefix:
        return [way]
    values = await store.registered_codes(way.value, REGISTERED_MAX_COUNT)
    return [Reading("promo", value, False) for value in values]


async def opened_by_code(store: Store, bus: Bus, typed: str) -> str | None:
    """The id of the live session whose whole support code was typed: it can be opened without a choice."""
    code = read_code(typed)
    if not is_code(code):
        return None
    matches = await store.find("code", code, limit=1)
    return next((match.session.id for match in matches if _is_live(match.session, bus)), None)


def _is_live(session: Session, bus: Bus) -> bool:
    return session.ended_ms is None and bus.live(session.id)


def _is_claimed(identifier: Identifier) -> bool:
    return identifier.kind in _PERSONAL and not identifier.verified


def _rank(match: Match) -> tuple[bool, int, int]:
    kinds = list(_TITLES)
    return _is_claimed(match.identifier), kinds.index(match.identifier.kind), -match.session.seen_ms


def _groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    def of(key: str, title: str, note: str = "") -> Group:
        members = [row for row in rows if _group_key(row) == key][:GROUP_MAX_COUNT]
        members.sort(key=lambda row: (not row.live, -row.session.seen_ms))
        return Group(key=key, title=title, note=note, rows=tuple(members))

    groups = [of(kind, title) for kind, title in _TITLES.items()]
    groups.append(
        of(
            "near",
            "Nearly this",
            "Nothing is written exactly like this. These are one letter off, word by word.",
        )
    )
    groups.append(
        of(
            "claimed",
            "Claimed, not verified",
            "Only the page said so; the shop's server did not sign it. Ask the caller for proof.",
        )
    )
    return tuple(group for group in groups if group.rows)


def _group_key(row: Row) -> str:
    if row.why is None:
        return ""
    if row.near:
        return "near"
    return "claimed" if _is_claimed(row.why) else row.why.kind


async def _rows(
    store: Store, bus: Bus, found: Sequence[tuple[Session, Identifier | None]], *, near: bool = False
) -> list[Row]:
    names = {site.key: site.name for site in await store.sites()}
    ids = [session.id for session, _ in found]
    known, worst = await store.carried(ids, _PERSONAL), await store.worst_findings(ids)
    codes = await codes_of_all(store, [session for session, _ in found])
    return [
        Row(
            session=session,
            site_name=names.get(session.site, session.site),
            live=_is_live(session, bus),
            customer=_customer(known[session.id]),
            why=_told(why, codes[session.id]),
            href=_href(session, why, live=_is_live(session, bus)),
            worst=codes[session.id].told(worst[session.id]) if session.id in worst else None,
            near=near,
        )
        for session, why in found
    ]


def _told(why: Identifier | None, codes: Codes) -> Identifier | None:
    """What led to a session, as it may be read."""
    return None if why is None else replace(why, shown=codes.told_by(why))


def _customer(identifiers: Sequence[Identifier]) -> Customer:
    """The newest identifier of each personal kind; verified ones shut claimed ones out."""
    verified = any(edge.verified for edge in identifiers if edge.kind in _PERSONAL)
    newest = {edge.kind: edge.shown for edge in identifiers if edge.verified == verified}
    return Customer(
        names=tuple(newest[kind] for kind in _PERSON_ORDER if kind in newest),
        verified=verified,
    )


def _href(session: Session, why: Identifier | None, *, live: bool) -> str:
    address = f"/watch/{session.id}"
    if why is not None and why.kind in _MOMENTARY and not live:
        return f"{address}#t={why.at_ms}"
    return address


def _reason(query: str, ways: Sequence[Reading]) -> str:
    code = read_code(query)
    looks_like_code = len(code) == 6 and all(character in CODE_ALPHABET for character in code)
    if looks_like_code and not is_code(code) and any(character.isdigit() for character in code):
        return f"“{show_code(code)}” is not a support code: its last character does not fit the others."
    if not ways:
        return "This is too short to search for."
    titles = [_TITLES[way.kind].lower() for way in ways]
    return f"No session carries “{query}” as {_either(list(dict.fromkeys(titles)))}."


def _advice(query: str, ways: Sequence[Reading]) -> tuple[str, ...]:
    kinds = {way.kind for way in ways}
    advice = []
    if not ways:
        advice.append("Type three characters of a name or product, or a whole code, number or address.")
    if is_code(read_code(query)) or len(read_code(query)) == 6:
        advice.append("Ask the caller to read the code out again: six characters, without 0, 1, I, L and O.")
    if kinds & {"email", "phone", "customer_id"}:
        advice.append(
            "A visit carries a name, e-mail address or phone number only if the shop's page said who the "
            "customer is, usually after signing in. Ask for the support code on the caller's page instead."
        )
    if ways:
        advice.append(
            "A visit is not recorded at all if the customer did not consent, or if their browser blocks the "
            "recorder or asks for privacy (Global Privacy Control)."
        )
        advice.append(
            "Visits are erased some time after they ended, usually 30 days, or when their customer asks."
        )
    return tuple(advice)


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
