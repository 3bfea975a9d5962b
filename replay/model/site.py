"""What a site may set for its pages. The collector pushes these to every page in its welcome.

A shop whose markup carries ``data-replay-*`` attributes needs none of it; the selectors here say the same
for a shop that cannot change its markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from replay.model.bounds import Between, Matching, MaxChars, MaxItems
from replay.model.cart import Surface

__all__ = ["CartSelectors", "Origin", "PageSettings", "ProductSelectors", "SiteSettings"]
__all__ += ["WEBHOOK_SECRET_PREFIX", "Zone", "ZoneRule"]

Selector = Annotated[str, MaxChars(400)]
Origin = Annotated[
    str,
    Matching(
        r"https?://([0-9a-z._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?",
        "an origin such as https://cdn.shop.example",
    ),
]
WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 (what such secrets begin with)
FlushMs = Annotated[int, Between(1, 60_000)]
Zone = Literal["catalogue", "cart", "account", "payment", "private"]
"""``payment`` records no picture at all; ``private`` and everything without a zone masks all text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRule:
    """Elements that match ``selector`` (and what is inside) belong to ``zone``."""

    selector: Selector
    zone: Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CartSelectors:
    """Where one cart surface stands on the page. All but ``root`` are looked for inside it (or a line)."""

    surface: Surface
    root: Selector
    line: Selector | None = None
    sku_attribute: Annotated[str, MaxChars(80)] | None = None
    name: Selector | None = None
    quantity: Selector | None = None
    unit: Selector | None = None
    was: Selector | None = None
    total: Selector | None = None
    total_was: Selector | None = None
    note: Selector | None = None
    count: Selector | None = None
    total_row: Selector | None = None
    """A row of the totals; ``total_label`` and ``total_amount`` are inside it. Where there
    is no ``total_amount`` the amount is what the row says outside of every element in it: ``<p><b>Total:</b>
    £12.00</p>``."""
    total_label: Selector | None = None
    total_amount: Selector | None = None
    promo: Selector | None = None
    promo_amount: Selector | None = None
    promo_input: Selector | None = None
    promo_submit: Selector | None = None
    message: Selector | None = None
    empty: Selector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSelectors:
    """Where prices outside the cart stand."""

    context: Annotated[str, MaxChars(40)]
    root: Selector
    sku_attribute: Annotated[str, MaxChars(80)] | None = None
    name: Selector | None = None
    current: Selector | None = None
    was: Selector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """Settings of one site that its pages follow. Times are milliseconds."""

    consent: Literal["required", "managed"] = "required"
    """``required``: nothing happens until the page says ``replay('consent', 'granted')``. ``managed``: the
    shop's consent tool is read. The snippet carries it, because it holds before settings can be fetched."""
    flush_ms: FlushMs = 2_000
    """How long facts and picture may wait in the page while nobody watches."""
    flush_watched_ms: FlushMs = 100
    zones: Annotated[tuple[ZoneRule, ...], MaxItems(200)] = ()
    carts: Annotated[tuple[CartSelectors, ...], MaxItems(40)] = ()
    products: Annotated[tuple[ProductSelectors, ...], MaxItems(40)] = ()
    code_selector: Selector | None = None
    """Elements into which the support code is written, beside ``[data-replay-code]``."""
    payment_paths: Annotated[tuple[Annotated[str, MaxChars(200)], ...], MaxItems(100)] = (
        "*/checkout/payment*",
        "*/payment*",
        "*/pay/*",
    )
    """Paths (``*`` is any text) on which no picture is recorded."""
    url_keys: Annotated[tuple[Annotated[str, MaxChars(80)], ...], MaxItems(200)] = ()
    """Query keys that may be kept, beside utm_*, coupon, promo, discount, variant, page and q."""
    asset_origins: Annotated[tuple[Origin, ...], MaxItems(50)] = ()
    """Origins beside the site's own whose images, fonts and style sheets are fetched and kept, such as the
    shop's content delivery network. A welcome names the site's own among them."""
    global_privacy_control: Literal["off", "ignore"] = "off"
    """``off``: a browser that says Global Privacy Control is not recorded. ``ignore`` is the shop's own
    decision and responsibility."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings(PageSettings):
    """Everything that can be set for a site: also what is none of its pages' business."""

    currency: Annotated[str, Matching(r"[A-Z]{3}", "a currency such as USD (ISO 4217)")] | None = None
    """What its prices are in where they do not say so themselves."""
    problems_webhook: (
        Annotated[str, MaxChars(2_000), Matching(r"https?://[!-~]+", "an address of https:// or http://")]
        | None
    ) = None
    """Where the web team is told of problems that open, open again or close."""
    keep_days: Annotated[int, Between(1, 3_650)] | None = 30
    """How long a session is kept after it was last seen; null: until it is erased."""
