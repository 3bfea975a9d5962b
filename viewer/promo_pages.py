"""The promo registry at the desk: everybody reads what was promised, admins register, reword and end it.

The forms are plain HTML and work without any script. What does not do is said beside its field, with
everything that was typed still there.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from replay.model.promo import Promo, say_moment, say_promise
from replay.model.promo_reading import Faults, as_given
from replay.ports import Site
from replay.promo_registry import PromoError, PromoRegistry, State, state_of
from viewer.desk import Desk, desk_of, page_response, read_form, signed_in
from viewer.errors import DeskError, not_found
from viewer.pages import PromoFormPage, PromosPage

__all__ = ["PromoRow", "SitePromos", "promo_end", "promo_form", "promos_page"]

_LISTS = ("codes", "campaigns", "only_skus", "except_skus")
_FLAGS = ("free_shipping", "first_order")
_TEXTS = ("title", "percent", "amount", "gift", "currency", "min", "from", "until", "zone")
_ORDER: Sequence[State] = ("open", "early", "over")


@dataclass(frozen=True, slots=True)
class PromoRow:
    """One entry in words."""

    site: str
    promo: Promo
    state: State

    @property
    def href(self) -> str:
        return f"/promises/{self.site}/{self.promo.id}"

    @property
    def promised(self) -> str:
        return say_promise(self.promo.latest)

    @property
    def times(self) -> str:
        promise = self.promo.latest
        begins = promise.from_ms is not None and f"from {say_moment(promise.from_ms, promise)}"
        ends = promise.until_ms is not None and f"until {say_moment(promise.until_ms, promise)}"
        return " ".join(one for one in (begins, ends) if one)


@dataclass(frozen=True, slots=True)
class SitePromos:
    """What one site promised."""

    key: str
    name: str
    rows: tuple[PromoRow, ...]


async def promos_page(request: Request) -> Response:
    """GET /promises"""
    desk, now_ms = desk_of(request), desk_of(request).now_ms()
    sites = []
    for site in await desk.store.sites():
        rows = [PromoRow(site.key, one, state_of(one, now_ms)) for one in await desk.store.promos(site.key)]
        rows.sort(key=lambda row: (_ORDER.index(row.state), row.promo.id))
        sites.append(SitePromos(site.key, site.name, tuple(rows)))
    return page_response(request, PromosPage(sites=tuple(sites), may_edit=_may_edit(request)))


async def promo_form(request: Request) -> Response:
    """GET and POST /promises/<site>, where one is added, and /promises/<site>/<id>"""
    desk, site = desk_of(request), await _site(request)
    _require_admin(request)
    name: str | None = request.path_params.get("promo")
    promo = None if name is None else await _known(desk, site, name)
    if request.method == "POST":
        return await _save(request, site, promo)
    return _form(request, site, promo, _typed(promo) if promo else {"currency": site.currency or ""}, {})


async def promo_end(request: Request) -> Response:
    """POST /promises/<site>/<id>/end"""
    site = await _site(request)
    _require_admin(request)
    await _own_form(request)
    try:
        await _registry(request, site).end(request.path_params["promo"])
    except PromoError as error:
        raise DeskError(409, error.what, error.do) from error
    return RedirectResponse("/promises", 303)


async def _save(request: Request, site: Site, promo: Promo | None) -> Response:
    typed = await _own_form(request)
    registry, given = _registry(request, site), _given(typed)
    try:
        if promo is None:
            await registry.add(typed.get("id", "").strip(), given)
        else:
            seen = typed.get("seen", "")
            seen_ms = int(seen) if seen.isdecimal() and len(seen) < 17 else -1
            await registry.reword(promo.id, given, seen_ms=seen_ms)
    except Faults as error:
        faults: dict[str, str] = {}
        for fault in error.faults:
            faults.setdefault(fault.field, fault.said)
        return _form(request, site, promo, typed, faults, 422)
    except PromoError as error:
        return _form(request, site, promo, typed, {"form": f"{error.what} {error.do}"}, 409)
    return RedirectResponse("/promises", 303)


def _form(
    request: Request,
    site: Site,
    promo: Promo | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    status: int = 200,
) -> Response:
    known = None if promo is None else PromoRow(site.key, promo, state_of(promo, desk_of(request).now_ms()))
    names = ("id", *_TEXTS, *_LISTS, *_FLAGS)
    page = PromoFormPage(
        site=site.key,
        site_name=site.name,
        row=known,
        typed={name: typed.get(name, "") for name in names},
        seen=typed.get("seen") or str(promo.latest.since_ms if promo else 0),
        faults=dict(faults),
    )
    return page_response(request, page, status)


def _typed(promo: Promo) -> dict[str, str]:
    """The entry as it stands in the form."""
    given = as_given(promo.latest)
    return {
        name: "\n".join(value) if isinstance(value, list) else "yes" if value is True else str(value)
        for name, value in given.items()
    }


def _given(typed: Mapping[str, str]) -> dict[str, object]:
    """What was typed, as ``read_promise`` takes it: lists are one a line."""
    return {
        **{name: typed.get(name) for name in _TEXTS},
        **{name: typed.get(name, "").splitlines() for name in _LISTS},
        **{name: bool(typed.get(name)) for name in _FLAGS},
    }


def _registry(request: Request, site: Site) -> PromoRegistry:
    desk = desk_of(request)
    return PromoRegistry(desk.store, site, by=signed_in(request).agent.login, now_ms=desk.now_ms())


def _may_edit(request: Request) -> bool:
    return signed_in(request).agent.role == "admin"


def _require_admin(request: Request) -> None:
    if not _may_edit(request):
        do = "Somebody who is an admin can: replay agent add LOGIN --role admin makes one."
        raise DeskError(403, "You may read what was promised, and not change it.", do)


async def _own_form(request: Request) -> Mapping[str, str]:
    form = await read_form(request)
    if not hmac.compare_digest(form.get("csrf", "").encode(), signed_in(request).login.csrf.encode()):
        raise DeskError(403, "This form is not from your own desk.", "Open the page anew and try again.")
    return form


async def _site(request: Request) -> Site:
    site = await desk_of(request).store.site(request.path_params["site"])
    if site is None:
        raise not_found("There is no such storefront.")
    return site


async def _known(desk: Desk, site: Site, id: str) -> Promo:
    found = next((one for one in await desk.store.promos(site.key) if one.id == id), None)
    if found is None:
        raise not_found("There is no such promise (any more).")
    return found
