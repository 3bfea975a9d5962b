"""``session erase``, ``customer erase`` and ``erasure list``: what would go, what went, and the receipts.

A request is asked twice: first what would go, which a person reads and confirms, and then, ``confirmed``, to
erase it. What only a page claimed is never erased without being asked for: anybody can say in their own
browser that they are somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import cast

from replay.cli.sessions import find_session
from replay.errors import CommandError
from replay.model.identity import IdentifierKind, normalise
from replay.model.server_event import About
from replay.model.session import show_code
from replay.ports import Receipt, Session, Store, StoreUnavailable
from replay.settings import Settings
from storage.eraser import Eraser

__all__ = ["ASKED_BY", "erase_customer", "erase_sessions", "list_erasures", "receipt_of"]

ASKED_BY: Mapping[str, IdentifierKind] = {
    "customer_id": "customer_id",
    "email": "email",
    "phone": "phone",
    "order": "order",
}
"""Parameters by which a customer's sessions are found, and as what."""

_OF_ONE_SITE = frozenset({"customer_id", "order"})
"""Numbers that two shops may both give."""

_PERSONAL: tuple[IdentifierKind, ...] = ("customer_id", "email", "phone")
_ALSO_COUNT = 20
"""Most further identifiers that are told."""


async def erase_sessions(store: Store, eraser: Eraser, parameters: Mapping[str, object]) -> object:
    """``sessions``: ids or codes. Not ``confirmed``: what would go; else the receipt, ``by`` whom."""
    if parameters["confirmed"]:
        await _finish_earlier(eraser)
    sessions: list[Session] = []
    before: list[Receipt] = []
    for wanted in cast("list[object]", parameters["sessions"]):
        receipt = await receipt_of(store, str(wanted))
        if receipt is not None:
            before.append(receipt)
        else:
            sessions.append(await find_session(store, str(wanted)))
    if not parameters["confirmed"]:
        plan = {"claimed": 0, "also": [], "server_events": 0}
        return {"sessions": [_told(one) for one in sessions], **plan}
    if before and not sessions:
        return asdict(before[-1])
    return await _erase(eraser, [one.id for one in sessions], "session erase", parameters)


async def erase_customer(
    store: Store, eraser: Eraser, settings: Settings, parameters: Mapping[str, object]
) -> object:
    """Sessions that carry one of ``ASKED_BY``, of one ``site`` if given; those that only claim it if
    ``claimed``; and what back offices said of it and of the same orders. Not ``confirmed``: what would go;
    else the receipt, ``by`` whom."""
    if parameters["confirmed"]:
        await _finish_earlier(eraser)
    asked = _asked(settings, parameters)
    carriers: dict[str, bool] = {}
    for kind, value in asked.items():
        for session, verified in (await store.carriers(kind, value)).items():
            carriers[session] = carriers.get(session, False) or verified
    found = [one for session in carriers if (one := await store.session(session)) is not None]
    site = None if parameters.get("site") is None else str(parameters["site"])
    matches = sorted(
        (one for one in found if site in (None, one.site)), key=lambda one: (one.seen_ms, one.id)
    )
    about = await store.server_events_about(list(asked.items()))
    told = {key: owner for key, owner in about.items() if site in (None, owner)}
    sites = sorted({*(one.site for one in matches), *told.values()})
    if len(sites) > 1 and _OF_ONE_SITE & asked.keys():
        raise CommandError(
            f"Sessions or server events of {len(sites)} sites carry this: {', '.join(sites)}.",
            "Two shops may give the same number to two customers: name the site with --site.",
        )
    claimed = [one for one in matches if not carriers[one.id]]
    going = matches if parameters["claimed"] else [one for one in matches if carriers[one.id]]
    if not going and not told:
        raise _nothing(len(claimed))
    if parameters["confirmed"]:
        options = [*asked, *(name for name in ("site", "claimed") if parameters.get(name))]
        command = " ".join(["customer erase", *(f"--{option.replace('_', '-')}" for option in options)])
        return await _erase(eraser, [one.id for one in going], command, parameters, list(asked.items()), site)
    return {
        "server_events": len(told),
        "sessions": [{**_told(one), "verified": carriers[one.id]} for one in going],
        "claimed": 0 if parameters["claimed"] else len(claimed),
        "also": await _also(store, asked, going, {one.id for one in matches}),
    }


async def list_erasures(store: Store) -> object:
    """All receipts, oldest first."""
    return [asdict(one) for one in await store.receipts()]


async def receipt_of(store: Store, session: str) -> Receipt | None:
    """The receipt of a session that was erased on request."""
    return next((one for one in await store.receipts() if session in one.sessions), None)


def _asked(settings: Settings, parameters: Mapping[str, object]) -> dict[IdentifierKind, str]:
    asked: dict[IdentifierKind, str] = {}
    for name, kind in ASKED_BY.items():
        given = parameters.get(name)
        if given is not None:
            asked[kind] = normalise(kind, str(given), settings.phone_region)
            if not asked[kind]:
                option = f"--{name.replace('_', '-')}"
                raise CommandError(f"What {option} gives cannot be looked for.", "Give it as it was typed.")
    if not asked:
        raise CommandError("Nothing says which customer.", "Give --email, --phone, --customer-id or --order.")
    return asked


def _nothing(claimed: int) -> CommandError:
    if claimed == 0:
        return CommandError("No session and no server event carries this.", "Nothing was erased.")
    return CommandError(
        f"Nothing is verified: {claimed} {'session carries' if claimed == 1 else 'sessions carry'} this, "
        "but only the page said so, or the order's number stood on it.",
        "Nothing was erased. Look at them in the desk; --claimed erases them, too.",
    )


async def _also(
    store: Store, asked: Mapping[IdentifierKind, str], going: Sequence[Session], matches: set[str]
) -> list[dict[str, object]]:
    """What else the sessions that go are verified as, where others carry that, too."""
    also: dict[tuple[IdentifierKind, str], dict[str, object]] = {}
    known = await store.carried([one.id for one in going], _PERSONAL)
    for edge in (edge for edges in known.values() for edge in edges if edge.verified):
        if asked.get(edge.kind) == edge.value or (edge.kind, edge.value) in also or len(also) == _ALSO_COUNT:
            continue
        others = set(await store.carriers(edge.kind, edge.value)) - matches
        if others:
            also[edge.kind, edge.value] = {"kind": edge.kind, "shown": edge.shown, "sessions": len(others)}
    return list(also.values())


async def _finish_earlier(eraser: Eraser) -> None:
    """What somebody was killed over goes first: then it is not found any more."""
    try:
        await eraser.finish()
    except StoreUnavailable as error:
        raise CommandError(
            f"An earlier erasure cannot be finished: {error}", "Nothing else was erased. Try again."
        ) from error


async def _erase(
    eraser: Eraser,
    sessions: Sequence[str],
    command: str,
    parameters: Mapping[str, object],
    about: Sequence[About] = (),
    site: str | None = None,
) -> object:
    try:
        receipt = await eraser.erase(
            sessions, command=command, asked_by=str(parameters["by"]), about=about, site=site
        )
    except StoreUnavailable as error:
        raise CommandError(
            f"The erasure has begun and is not finished: {error}",
            "A running `replay serve` goes on with it by itself. Else repeat this command; "
            "`replay erasure list` shows how far it is.",
        ) from error
    return asdict(receipt)


def _told(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "code": show_code(session.code),
        "site": session.site,
        "started_ms": session.started_ms,
        "seen_ms": session.seen_ms,
    }
