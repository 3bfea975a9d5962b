"""The shop as classic pages: every click is a page load, every change a form and a redirect.

What an action has to say waits in the database for the page that its redirect leads to. Forms with
errors show their page again at once, with status 422 and what was typed.
"""

import json
from dataclasses import asdict, replace
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.storefront.front.templates import chrome, render
from examples.storefront.front.visitor import (
    CONSENT_COOKIE,
    CONSENT_WORDS,
    COOKIE_AGE_SECONDS,
    MAX_FORM_BYTES,
    Endpoint,
    Shop,
    read_form,
    remember,
    visit_of,
)
from examples.storefront.records import browsers
from examples.storefront.shop.cart_pages import arrive
from examples.storefront.shop.routes import ACTIONS, PAGES, ActionFunction, PageFunction
from examples.storefront.shop.visit import Elsewhere, NotHere, Notice, Page, Visit, local_path

MISSING = Page(
    name="problem",
    title="Page not found",
    zone="catalogue",
    status=404,
    data={
        "heading": "There is nothing here",
        "text": "The page may have moved, or the product is no longer sold.",
        "go": "/c/all",
        "go_name": "See everything we sell",
    },
)


def classic_routes(shop: Shop) -> list[Route]:
    pages = dict(PAGES)
    routes = [Route(path, _page(shop, function), methods=["GET"]) for path, function in PAGES]
    routes += [
        Route(
            path,
            _action(shop, function, pages.get(path)),
            methods=["POST"],
            max_body_size=MAX_FORM_BYTES,
        )
        for path, function in ACTIONS
    ]
    routes.append(Route("/consent", _consent, methods=["POST"], max_body_size=MAX_FORM_BYTES))
    routes.append(Route("/{path:path}", _missing(shop), methods=["GET"]))
    return routes


async def show(shop: Shop, request: Request, visit: Visit, page: Page, notice: Notice | None) -> Response:
    """The page with everything around it."""
    context = await chrome(shop, request, visit, notice)
    html = render(page.name, {**context, "page": page, **page.data})
    return remember(HTMLResponse(html, page.status), visit, request)


async def _answer(
    shop: Shop, request: Request, visit: Visit, answer: Page | Elsewhere, notice: Notice | None
) -> Response:
    if isinstance(answer, Elsewhere):
        return await _redirect(visit, request, answer.go, answer.notice or notice)
    return await show(shop, request, visit, answer, notice)


async def _redirect(visit: Visit, request: Request, go: str, notice: Notice | None) -> Response:
    if notice is not None:
        await browsers.leave_notice(visit.db, visit.browser_id, json.dumps(asdict(notice)))
    return remember(RedirectResponse(go, HTTPStatus.SEE_OTHER), visit, request)


def _page(shop: Shop, function: PageFunction) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        waiting = await browsers.take_notice(shop.db, visit.browser_id)
        arrived = await arrive(visit)
        notice = arrived or (None if waiting is None else Notice(**json.loads(waiting)))
        try:
            answer = await function(visit, *request.path_params.values())
        except NotHere:
            answer = MISSING
        return await _answer(shop, request, visit, answer, notice)

    return endpoint


def _action(shop: Shop, function: ActionFunction, page: PageFunction | None) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(shop, request)
        form = await read_form(request)
        keys = request.path_params.values()
        try:
            async with shop.turn(visit):
                outcome = await function(visit, form, *keys)
            if outcome.errors and page is not None:
                again = replace(visit, values=form, errors=outcome.errors)
                return await _refused(shop, request, again, await page(again, *keys))
        except NotHere:
            return await show(shop, request, visit, MISSING, None)
        return await _redirect(visit, request, outcome.go or request.url.path, outcome.notice)

    return endpoint


async def _refused(shop: Shop, request: Request, visit: Visit, answer: Page | Elsewhere) -> Response:
    if isinstance(answer, Page):
        answer = replace(answer, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await _answer(shop, request, visit, answer, None)


async def _consent(request: Request) -> Response:
    """The banner's buttons without scripts; with them the page sets the cookie itself."""
    form = await read_form(request)
    response = RedirectResponse(local_path(form.get("back", "")), HTTPStatus.SEE_OTHER)
    if form.get("answer") in CONSENT_WORDS:
        response.set_cookie(CONSENT_COOKIE, form["answer"], max_age=COOKIE_AGE_SECONDS, samesite="lax")
    return response


def _missing(shop: Shop) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await show(shop, request, await visit_of(shop, request), MISSING, None)

    return endpoint
