"""What a cart costs: the one place where lines, coupons, shipping and tax become a total.

Pure arithmetic on values. A part that is not known yet is None, never 0, and the total then is the
total of what is known. items − discount + shipping + tax = total holds in every result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from examples.storefront.coupons import Coupon, deduction, eligible, refusal, unmet
from examples.storefront.lines import Line
from examples.storefront.money import share_out
from examples.storefront.shipping import ShippingMethod, cost
from examples.storefront.tax import tax_on


@dataclass(frozen=True)
class CartCoupon:
    """A code in the cart: what it takes off, or which condition it waits for."""

    coupon: Coupon
    amount: int
    waits_for: str | None

    @property
    def counts(self) -> bool:
        return self.waits_for is None


@dataclass(frozen=True, kw_only=True)
class PricedCart:
    """`line_discounts` is how the discount falls on the lines, in their order, to the cent."""

    lines: tuple[Line, ...]
    coupons: tuple[CartCoupon, ...]
    items: int
    discount: int
    line_discounts: tuple[int, ...]
    free_standard: bool
    shipping: int | None
    tax: int | None
    total: int

    @property
    def goods(self) -> int:
        """What the goods cost after discounts."""
        return self.items - self.discount

    @property
    def pieces(self) -> int:
        return sum(line.pieces for line in self.lines)

    @property
    def complete(self) -> bool:
        return self.shipping is not None and self.tax is not None


def price_cart(
    lines: Sequence[Line],
    coupons: Sequence[Coupon] = (),
    *,
    now: datetime,
    customer_id: str = "",
    method: ShippingMethod | None = None,
    tax_rate: int | None = None,
    withheld: frozenset[str] = frozenset(),
) -> PricedCart:
    """Price a cart. Codes in `withheld` are accepted but not deducted, which no right shop does."""
    judged = tuple(_judge(coupon, lines, now, customer_id, withheld) for coupon in coupons)
    items = sum(line.total for line in lines)
    line_discounts = _on_lines(judged, lines)
    discount = sum(line_discounts)
    free_standard = any(entry.counts and not entry.coupon.lowers_goods for entry in judged)
    shipping = None if method is None else cost(method, goods=items - discount, free_standard=free_standard)
    tax = None if tax_rate is None else tax_on(items - discount, tax_rate)
    return PricedCart(
        lines=tuple(lines),
        coupons=judged,
        items=items,
        discount=discount,
        line_discounts=line_discounts,
        free_standard=free_standard,
        shipping=shipping,
        tax=tax,
        total=items - discount + (shipping or 0) + (tax or 0),
    )


def _judge(
    coupon: Coupon, lines: Sequence[Line], now: datetime, customer_id: str, withheld: frozenset[str]
) -> CartCoupon:
    waits_for = refusal(coupon, customer_id=customer_id, now=now) or unmet(coupon, lines)
    counts = waits_for is None and bool(lines) and coupon.code not in withheld
    return CartCoupon(coupon, deduction(coupon, lines) if counts else 0, waits_for)


def _on_lines(judged: Sequence[CartCoupon], lines: Sequence[Line]) -> tuple[int, ...]:
    shares = [0] * len(lines)
    for entry in judged:
        weights = [
            line.total if counts else 0
            for line, counts in zip(lines, eligible(entry.coupon, lines), strict=True)
        ]
        for index, share in enumerate(share_out(entry.amount, weights)):
            shares[index] += share
    return tuple(shares)
