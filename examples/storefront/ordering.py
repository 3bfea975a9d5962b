"""Turns a priced cart into an order, with each line's share of discount and tax.

The shares sum to the order's discount and tax exactly, so that returning every line refunds every
cent that was paid for goods.
"""

from collections.abc import Sequence
from datetime import datetime

from examples.storefront.money import share_out
from examples.storefront.pricing import PricedCart
from examples.storefront.records.carts import Address
from examples.storefront.records.orders import Order, OrderLine, OrderStatus, Step


def order_of(
    cart: PricedCart,
    *,
    number: str = "",
    browser_id: str = "",
    customer_id: str = "",
    email: str,
    address: Address,
    shipping_method: str,
    placed_at: datetime,
    status: OrderStatus = OrderStatus.PLACED,
    refunded: int = 0,
    carrier: str = "",
    tracking_number: str = "",
    steps: Sequence[Step] = (),
) -> Order:
    """Only a cart whose shipping and tax are known can become an order."""
    if cart.shipping is None or cart.tax is None:
        raise ValueError("shipping and tax must be known before an order is placed")
    paid = [line.total - share for line, share in zip(cart.lines, cart.line_discounts, strict=True)]
    taxes = share_out(cart.tax, paid)
    return Order(
        number=number,
        browser_id=browser_id,
        customer_id=customer_id,
        email=email,
        placed_at=placed_at,
        status=status,
        address=address,
        shipping_method=shipping_method,
        codes=tuple(entry.coupon.code for entry in cart.coupons if entry.counts),
        lines=tuple(
            OrderLine(
                sku=line.sku,
                name=line.name,
                option=line.option,
                measure=line.measure,
                unit=line.unit,
                quantity=line.quantity,
                total=line.total,
                discount=discount,
                tax=tax,
            )
            for line, discount, tax in zip(cart.lines, cart.line_discounts, taxes, strict=True)
        ),
        items=cart.items,
        discount=cart.discount,
        shipping=cart.shipping,
        tax=cart.tax,
        total=cart.total,
        refunded=refunded,
        carrier=carrier,
        tracking_number=tracking_number,
        steps=(Step(placed_at, "Order received", "northlight.example"), *steps),
    )
