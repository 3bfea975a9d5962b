"""The visitor's cart with today's prices: what every page shows and every total is taken from.

This is also where the price and coupon faults happen: in the one place that prices a cart, so that
drawer, cart page, checkout and order agree with each other and disagree with the product page, as
in the shops that callers complain of.
"""

from dataclasses import dataclass

from examples.storefront.catalogue import Item, Product
from examples.storefront.coupons import Coupon
from examples.storefront.faults import Fault
from examples.storefront.lines import PIECE, Line
from examples.storefront.pricing import PricedCart, price_cart
from examples.storefront.records import carts
from examples.storefront.records import coupons as coupon_records
from examples.storefront.records.carts import KeptCart
from examples.storefront.seed import INCIDENT
from examples.storefront.shipping import METHODS
from examples.storefront.shop import mischief
from examples.storefront.shop.visit import Visit
from examples.storefront.tax import rate_of

MISPRICED_SKU = "HP-15"
CAMPAIGN_CODE = "SPRING20"


@dataclass(frozen=True)
class Basket:
    """What is kept of the cart, and what it costs now."""

    kept: KeptCart
    priced: PricedCart
    sold_out: str = ""
    """The id of a line that cannot be had after all."""

    @property
    def is_empty(self) -> bool:
        return not self.priced.lines


async def load_basket(visit: Visit) -> Basket:
    kept = await carts.load(visit.db, visit.browser_id)
    found = ((line, visit.catalogue.find_item(line.sku)) for line in kept.lines)
    lines = [line_of(visit, line.id, *entry, line.quantity) for line, entry in found if entry is not None]
    held = [await find_coupon(visit, code) for code in kept.codes]
    priced = price_cart(
        mischief.on_lines(visit, lines),
        [coupon for coupon in held if coupon is not None],
        now=visit.now,
        customer_id=visit.customer_id,
        method=METHODS.get(kept.shipping_method),
        tax_rate=None if kept.address is None else rate_of(kept.address.state),
        withheld=frozenset({CAMPAIGN_CODE} if Fault.COUPON_NOT_DEDUCTED in visit.faults else ()),
    )
    priced = mischief.on_total(visit, priced)
    return Basket(kept, priced, mischief.sold_out(visit, priced))


def line_of(visit: Visit, line_id: str, product: Product, item: Item, quantity: int) -> Line:
    mispriced = Fault.PRICE_MISMATCH in visit.faults and item.sku == MISPRICED_SKU
    return Line(
        id=line_id,
        sku=item.sku,
        name=product.name,
        option=item.option,
        category=product.category,
        measure=product.measure or "",
        unit=item.was if mispriced and item.was is not None else item.price,
        was=None if mispriced else item.was,
        quantity=quantity,
    )


async def find_coupon(visit: Visit, code: str) -> Coupon | None:
    """The coupon of that code, if the cart knows it."""
    if code == INCIDENT and Fault.STORE_PRICE_LOWER in visit.faults:
        return None
    return await coupon_records.find(visit.db, code)


def stock_left(visit: Visit, basket: Basket, item: Item) -> int:
    """How much more of it can be added, in thousandths."""
    in_cart = sum(line.quantity for line in basket.priced.lines if line.sku == item.sku)
    return item.stock * PIECE - in_cart
