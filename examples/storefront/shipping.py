"""How an order travels and what that costs.

The cost is unknown until the customer has chosen a method; the cart says so in words and never
shows a zero that nobody promised.
"""

from dataclasses import dataclass

FREE_STANDARD_FROM = 75_00
UNKNOWN_TEXT = "Calculated at checkout"
FREE_TEXT = "Free"


@dataclass(frozen=True)
class ShippingMethod:
    slug: str
    name: str
    promise: str
    price: int


STANDARD = ShippingMethod("standard", "Standard", "3 to 5 working days", 5_95)
EXPRESS = ShippingMethod("express", "Express", "The next working day", 14_95)
PICK_UP = ShippingMethod("pick-up", "Pick up in a store", "Ready in two hours", 0)

METHODS: dict[str, ShippingMethod] = {method.slug: method for method in (STANDARD, EXPRESS, PICK_UP)}


def cost(method: ShippingMethod, *, goods: int, free_standard: bool) -> int:
    """`goods` is what the goods cost after discounts; `free_standard` is what a coupon may grant."""
    if method is STANDARD and (free_standard or goods >= FREE_STANDARD_FROM):
        return 0
    return method.price
