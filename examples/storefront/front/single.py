"""The shop as a single-page application: one shell for every address, and a JSON API beside it.

`GET /api<address>` answers with the page of that address as data, `POST /api<action>` with what the
action did. Every answer carries the cart as it is now and who is signed in, so that one answer is
always enough to bring the whole page up to date.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from examples.storefront.front.classic import MISSING
from examples.storefront.front.templates import chrome, render
from examples.storefront.front.visitor import (
    MAX_FORM_BYTES,
    Endpoint,
    Shop,
    identity_of,
    refuse_cross_origin,
    remember,
    signed_in_again,
    visit_of,
)
from examples.storefront.shop.basket import load_basket
from examples.storefront.shop.cart_pages import arrive
from examples.storefront.shop.cart_view import view_of
from examples.storefront.shop.routes import ACTIONS, PAGES, ActionFunction, PageFunction
from examples.storefront.shop.visit import Elsewhere, NotHere, Notice, Page, Visit

GONE = Notice("This is no longer here.", "bad")


def single_routes(shop: Shop) -> list[Route]:
    routes = [Route(f"/api{path}", _page(shop, function), methods=["GET"]) for path, function in PAGES]
    routes += [
        Route(f"/api{path}", _action(shop, function), methods=["POST"], max_body_size=MAX_FORM_BYTES)
        for path, function in ACTIONS
    ]
    routes.append(Route("/api/{path:path}", _missing(shop), methods=["GET"]))
    routes.append(Route("/{path:path}", _shell(shop), methods=["GET"]))
    return routes


def _shell(shop: Shop) -> Endpoint:
    """The same empty page for every address; the script in it asks the API for the contents."""

    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        page = Page(name="shell", title="Northlight: electronics and home", zone="catalogue")
        html = render("shell", {**await chrome(shop, request, visit, None), "page": page})
        return remember(HTMLResponse(html), visit, request)

    return endpoint


def _page(shop: Shop, function: PageFunction) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        notice = await arrive(visit)
        try:
            answer = await function(visit, *request.path_params.values())
        except NotHere:
            answer = MISSING
        if isinstance(answer, Elsewhere):
            return await _send(shop, request, visit, {"go": answer.go}, answer.notice or notice)
        body = {
            "page": {"name": answer.name, "title": answer.title, "zone": answer.zone, "data": answer.data}
        }
        return await _send(shop, request, visit, body, notice, answer.status)

    return endpoint


def _action(shop: Shop, function: ActionFunction) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        form = await _read_json(request)
        try:
            async with shop.turn(visit):
                outcome = await function(visit, form, *request.path_params.values())
        except NotHere:
            return await _send(shop, request, visit, {"ok": False}, GONE, HTTPStatus.NOT_FOUND)
        ok = not outcome.errors
        body = {"ok": ok, "go": outcome.go, "errors": dict(outcome.errors)}
        after = await signed_in_again(shop, visit)
        status = HTTPStatus.OK if ok else HTTPStatus.UNPROCESSABLE_ENTITY
        return await _send(shop, request, after, body, outcome.notice, status)

    return endpoint


def _missing(shop: Shop) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        body = {
            "page": {"name": MISSING.name, "title": MISSING.title, "zone": MISSING.zone, "data": MISSING.data}
        }
        return await _send(shop, request, visit, body, None, MISSING.status)

    return endpoint


async def _send(
    shop: Shop,
    request: Request,
    visit: Visit,
    body: Mapping[str, object],
    notice: Notice | None,
    status: int = 200,
) -> Response:
    customer = visit.customer
    everything = {
        **body,
        "notice": notice,
        "cart": view_of(await load_basket(visit), shop.catalogue, notice),
        "customer": None if customer is None else {"first_name": customer.first_name},
        "identify": identity_of(shop, visit),
    }
    text = json.dumps(everything, default=_plain, ensure_ascii=False)
    return remember(Response(text, status, media_type="application/json"), visit, request)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"cannot send {type(value).__name__} as JSON")


async def _read_json(request: Request) -> Mapping[str, str]:
    """A flat object of strings, as a form would be. JSON needs no token: other sites cannot send it."""
    refuse_cross_origin(request)
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return {}
    try:
        value = json.loads(await request.body())
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}
