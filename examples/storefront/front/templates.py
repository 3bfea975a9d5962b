"""Jinja2 environment of the shop; everything is escaped unless a template says otherwise."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request

from examples.storefront.front.visitor import Shop, consent_of, identity_of
from examples.storefront.shop.basket import load_basket
from examples.storefront.shop.cart_view import view_of
from examples.storefront.shop.visit import Notice, Visit

CART_PATH = "/cart"
TEMPLATES = Path(__file__).parent.parent / "templates"

environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(name: str, context: Mapping[str, object]) -> str:
    return environment.get_template(f"{name}.html").render(context)


async def chrome(shop: Shop, request: Request, visit: Visit, notice: Notice | None) -> dict[str, object]:
    """What stands around every page: header, cart drawer, notices, foot, and the snippet."""
    return {
        "snippet": shop.snippet,
        "categories": shop.catalogue.categories,
        "path": request.url.path,
        "here": here(request),
        "customer": visit.customer,
        "cart": view_of(await load_basket(visit), shop.catalogue, notice),
        "notice": notice if notice is not None and notice.place == "page" and notice.text else None,
        "drawer_open": notice is not None and notice.drawer and request.url.path != CART_PATH,
        "consent": consent_of(request),
        "words": visit.query.get("q", ""),
        "state": {
            "consent": consent_of(request),
            "identify": identity_of(shop, visit),
            "signed_out": notice is not None and notice.signed_out,
        },
    }


def here(request: Request) -> str:
    """This page's address, to come back to after an action. Without a campaign's code: coming back
    must not put a code into the cart again that was just taken out."""
    query = urlencode([(key, value) for key, value in request.query_params.multi_items() if key != "coupon"])
    return f"{request.url.path}?{query}" if query else request.url.path
