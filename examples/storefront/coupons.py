"""Coupons: what a code grants, when it counts, and in which words it is refused.

A cart keeps at most one code that lowers the goods and one that frees shipping. A code stays in the
cart when its conditions stop being met and counts again when they are: the customer is told which
condition it waits for. An incident number that a colleague promised a price under is a code like
any other, for one piece of one product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from examples.storefront.lines import PIECE, Line
from examples.storefront.money import display, divide_half_up


class Benefit(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    PROMISED_PRICE = "promised_price"


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """`value` is a percentage, an amount or a promised price; an empty condition does not apply."""

    code: str
    title: str
    benefit: Benefit
    value: int = 0
    minimum: int = 0
    category: str = ""
    sku: str = ""
    customer_id: str = ""
    excludes_sale: bool = False
    starts: datetime | None = None
    ends: datetime | None = None

    @property
    def lowers_goods(self) -> bool:
        return self.benefit is not Benefit.FREE_SHIPPING


def normalise(code: str) -> str:
    """Codes are typed from paper and mails: case and blanks do not matter."""
    return "".join(code.split()).upper()


def eligible(coupon: Coupon, lines: Sequence[Line]) -> list[bool]:
    """Which lines the coupon counts for."""
    return [
        (not coupon.category or line.category == coupon.category)
        and (not coupon.sku or line.sku == coupon.sku)
        and not (coupon.excludes_sale and line.was is not None)
        for line in lines
    ]


def refusal(coupon: Coupon, *, customer_id: str, now: datetime) -> str | None:
    """Why the code cannot be taken at all, whatever is in the cart."""
    if coupon.starts is not None and now < coupon.starts:
        return f"{coupon.code} starts on {day(coupon.starts)}."
    if coupon.ends is not None and now >= coupon.ends:
        return f"{coupon.code} ended on {day(coupon.ends)}."
    if coupon.customer_id and coupon.customer_id != customer_id:
        if not customer_id:
            return f"{coupon.code} belongs to one customer. Sign in to use it."
        return f"{coupon.code} belongs to another customer's account."
    return None


def unmet(coupon: Coupon, lines: Sequence[Line]) -> str | None:
    """Which condition the code waits for, in words for the customer."""
    counted = [line for line, counts in zip(lines, eligible(coupon, lines), strict=True) if counts]
    if lines and not counted:
        if coupon.category or coupon.sku:
            return f"{coupon.code} does not apply to anything in your cart."
        return f"{coupon.code} does not apply to items on sale."
    goods = sum(line.total for line in counted)
    if goods < coupon.minimum:
        missing = display(coupon.minimum - goods)
        return f"{coupon.code} needs a minimum spend of {display(coupon.minimum)}. Add {missing} more."
    return None


def deduction(coupon: Coupon, lines: Sequence[Line]) -> int:
    """What the code takes off the goods, rounded once; never more than the goods it counts for."""
    counted = [line for line, counts in zip(lines, eligible(coupon, lines), strict=True) if counts]
    goods = sum(line.total for line in counted)
    match coupon.benefit:
        case Benefit.PERCENT:
            return divide_half_up(goods * coupon.value, 100)
        case Benefit.AMOUNT:
            return min(coupon.value, goods)
        case Benefit.PROMISED_PRICE:
            units = [line.unit for line in counted if line.quantity >= PIECE]
            return max(0, units[0] - coupon.value) if units else 0
        case Benefit.FREE_SHIPPING:
            return 0


def day(moment: datetime) -> str:
    """`April 30, 2026`, the same in every locale of the server."""
    months = "January February March April May June July August September October November December"
    return f"{months.split()[moment.month - 1]} {moment.day}, {moment.year}"
