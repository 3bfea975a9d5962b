"""The cart in the words and figures in which it is shown, the same on every surface and front end.

All amounts here are finished text. Templates and browser scripts place them and never compute or
format one, so what is displayed can only be what was priced.
"""

from dataclasses import dataclass

from examples.storefront.catalogue import Catalogue, Item, Product
from examples.storefront.coupons import Benefit
from examples.storefront.lines import MAX_QUANTITY, MEASURE_STEP, PIECE, Line, display_quantity
from examples.storefront.money import display
from examples.storefront.pricing import CartCoupon, PricedCart
from examples.storefront.shipping import FREE_TEXT, UNKNOWN_TEXT
from examples.storefront.shop.basket import Basket
from examples.storefront.shop.mischief import SOLD_OUT_TEXT
from examples.storefront.shop.visit import Notice

LOW_STOCK_COUNT = 5


@dataclass(frozen=True, kw_only=True)
class LineView:
    id: str
    sku: str
    name: str
    language: str
    direction: str
    option: str
    url: str
    picture: str
    unit: str
    was: str
    measure: str
    quantity: str
    step: str
    max: str
    total: str
    total_was: str
    note: str


@dataclass(frozen=True)
class RowView:
    """`key` is one of items, discount, shipping, tax, total."""

    key: str
    label: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class PromoView:
    code: str
    title: str
    amount: str
    waits_for: str


@dataclass(frozen=True, kw_only=True)
class CartView:
    empty: bool
    count: str
    count_label: str
    lines: tuple[LineView, ...]
    rows: tuple[RowView, ...]
    promos: tuple[PromoView, ...]
    total: str
    message: Notice | None = None
    promo_message: Notice | None = None


def view_of(basket: Basket, catalogue: Catalogue, notice: Notice | None = None) -> CartView:
    priced = basket.priced
    count = priced.pieces
    return CartView(
        empty=basket.is_empty,
        count=str(count),
        count_label="1 item" if count == 1 else f"{count} items",
        lines=tuple(
            _line(line, *entry, is_sold_out=line.id == basket.sold_out)
            for line in priced.lines
            if (entry := catalogue.find_item(line.sku))
        ),
        rows=totals(priced),
        promos=tuple(_promo(entry) for entry in priced.coupons),
        total=display(priced.total),
        message=notice if notice is not None and notice.place == "cart" else None,
        promo_message=notice if notice is not None and notice.place == "promo" else None,
    )


def totals(priced: PricedCart) -> tuple[RowView, ...]:
    """The rows under the lines. What is not known yet is said in words."""
    rows = [RowView("items", "Items", display(priced.items))]
    if priced.discount:
        rows.append(RowView("discount", "Discount", display(-priced.discount)))
    rows.append(RowView("shipping", "Shipping", shipping_text(priced.shipping)))
    rows.append(RowView("tax", "Tax", UNKNOWN_TEXT if priced.tax is None else display(priced.tax)))
    rows.append(RowView("total", "Total" if priced.complete else "Estimated total", display(priced.total)))
    return tuple(rows)


def shipping_text(shipping: int | None) -> str:
    if shipping is None:
        return UNKNOWN_TEXT
    return display(shipping) if shipping else FREE_TEXT


def _line(line: Line, product: Product, item: Item, *, is_sold_out: bool) -> LineView:
    most = min(item.stock * PIECE, MAX_QUANTITY)
    low = f"Only {item.stock} left" if item.stock <= LOW_STOCK_COUNT else ""
    return LineView(
        id=line.id,
        sku=line.sku,
        name=line.name,
        language=product.language,
        direction=product.direction,
        option=line.option,
        url=product_url(product, item),
        picture=picture_url(product),
        unit=display(line.unit),
        was="" if line.was is None else display(line.was),
        measure=line.measure,
        quantity=display_quantity(line.quantity),
        step=display_quantity(MEASURE_STEP if line.measure else PIECE),
        max=display_quantity(most),
        total=display(line.total),
        total_was="" if line.total_was is None else display(line.total_was),
        note=SOLD_OUT_TEXT if is_sold_out else low,
    )


def _promo(entry: CartCoupon) -> PromoView:
    shown = entry.counts and entry.coupon.benefit is not Benefit.FREE_SHIPPING and entry.amount > 0
    return PromoView(
        code=entry.coupon.code,
        title=entry.coupon.title,
        amount=display(-entry.amount) if shown else "",
        waits_for=entry.waits_for or "",
    )


def product_url(product: Product, item: Item | None = None) -> str:
    if item is None or not product.has_variants:
        return f"/p/{product.sku}"
    return f"/p/{product.sku}?variant={item.sku}"


def picture_url(product: Product) -> str:
    return f"/pictures/{product.sku}.svg"
