"""From an HTTP request to a `Visit`: who this is, what they sent, and whether it may be trusted.

The shop knows a browser by one random cookie. What the visitor decided about being recorded is a
cookie of its own, readable by the page, because the page has to act on it before anything else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_urlsafe
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakValueDictionary

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from examples.storefront.catalogue import Catalogue
from examples.storefront.database import Database
from examples.storefront.faults import named
from examples.storefront.identify import Identity, identify_call
from examples.storefront.records import browsers, customers
from examples.storefront.records import faults as fault_records
from examples.storefront.shop.visit import Visit

BROWSER_COOKIE = "northlight_browser"
CONSENT_COOKIE = "northlight_consent"
COOKIE_AGE_SECONDS = 180 * 24 * 3600
FAULTS_COOKIE = "northlight_faults"
CONSENT_WORDS = ("granted", "denied")
MAX_FORM_BYTES = 64 * 1024
MAX_FORM_FIELD_COUNT = 400

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """What every request needs, set once when the application starts."""

    db: Database
    catalogue: Catalogue
    snippet: str
    identify_secret: str
    clock: Callable[[], datetime]
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def turn(self, visit: Visit) -> asyncio.Lock:
        """Held while an action runs: what one browser's tabs do happens one after the other, so that no
        action decides on a cart that another is changing."""
        return self._turns.setdefault(visit.browser_id, asyncio.Lock())


async def visit_of(shop: Shop, request: Request) -> Visit:
    browser_id = request.cookies.get(BROWSER_COOKIE) or token_urlsafe(18)
    customer_id = await browsers.customer_of(shop.db, browser_id)
    return Visit(
        db=shop.db,
        catalogue=shop.catalogue,
        browser_id=browser_id,
        customer=None if customer_id is None else await customers.find(shop.db, customer_id),
        faults=await fault_records.load(shop.db) | named(request.cookies.get(FAULTS_COOKIE, "")),
        now=shop.clock(),
        query=dict(request.query_params),
    )


async def signed_in_again(shop: Shop, visit: Visit) -> Visit:
    """The same visit after an action that may have changed who is signed in."""
    customer_id = await browsers.customer_of(shop.db, visit.browser_id)
    customer = None if customer_id is None else await customers.find(shop.db, customer_id)
    return replace(visit, customer=customer, values={}, errors={})


def remember(response: Response, visit: Visit, request: Request) -> Response:
    """Give a browser its cookie with the first answer it gets."""
    if BROWSER_COOKIE not in request.cookies:
        response.set_cookie(
            BROWSER_COOKIE,
            visit.browser_id,
            max_age=COOKIE_AGE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def consent_of(request: Request) -> str:
    """`granted`, `denied`, or empty while the visitor has not decided."""
    word = request.cookies.get(CONSENT_COOKIE, "")
    return word if word in CONSENT_WORDS else ""


def identity_of(shop: Shop, visit: Visit) -> dict[str, str | int] | None:
    """What the page passes to `replay('identify', …)`, None for a guest."""
    customer = visit.customer
    if customer is None:
        return None
    identity = Identity(customer.id, customer.email, customer.phone, customer.name)
    return identify_call(identity, secret=shop.identify_secret, now=int(visit.now.timestamp()))


async def read_form(request: Request) -> Mapping[str, str]:
    """A form's fields, refused when another site's page sent it."""
    refuse_cross_origin(request)
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FORM_FIELD_COUNT))


def refuse_cross_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "This form was sent from another site.")
