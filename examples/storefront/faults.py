"""What can be made to go wrong in the shop, on purpose, while it runs.

Each fault tells one story a caller tells an agent. With none of them on, the shop is right to the
cent. Which ones are on is kept in the shop's database and read for every request, so a presenter
can switch in the middle of a visit. A cookie switches them on for one browser alone.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Names used by the control page, `POST /demo/faults` and `create_app(faults=…)`."""

    PRICE_MISMATCH = "price_mismatch"
    STORE_PRICE_LOWER = "store_price_lower"
    COUPON_NOT_DEDUCTED = "coupon_not_deducted"
    COUPON_LINK_IGNORED = "coupon_link_ignored"
    RETURN_SILENT = "return_silent"
    TRACKING_ERROR = "tracking_error"
    ORDER_CONFLICT = "order_conflict"
    CART_DEARER = "cart_dearer"
    OFFER_STALE = "offer_stale"
    CART_LOSES_LINE = "cart_loses_line"
    TOTAL_TOO_HIGH = "total_too_high"
    SOLD_OUT_IN_CART = "sold_out_in_cart"
    ADD_SILENT = "add_silent"
    SHIPPING_REFUSED = "shipping_refused"


@dataclass(frozen=True)
class Explanation:
    """What a presenter reads beside the switch."""

    story: int
    title: str
    effect: str
    where: str


EXPLANATIONS: dict[Fault, Explanation] = {
    Fault.PRICE_MISMATCH: Explanation(
        story=1,
        title="The page says one price, the cart another",
        effect="The cart, the checkout and the order charge $499.00 for the HP 15 laptop. "
        "Listing, search and product page go on showing $379.00.",
        where="/p/HP-15",
    ),
    Fault.STORE_PRICE_LOWER: Explanation(
        story=2,
        title="Cheaper in the store, and a promise nobody can look up",
        effect="Two shelf prices in the stores are below the online price, a mail promises one of "
        "them under an incident number, and the cart does not know that number. The tills tell their "
        "prices, so that an agent sees them beside the page's.",
        where="/stores",
    ),
    Fault.COUPON_NOT_DEDUCTED: Explanation(
        story=3,
        title="SPRING20 is accepted and never deducted",
        effect="The cart says the code is applied; no discount is ever taken off.",
        where="/?utm_source=email&utm_campaign=spring20&coupon=SPRING20",
    ),
    Fault.COUPON_LINK_IGNORED: Explanation(
        story=3,
        title="The code in the campaign link is lost",
        effect="Coming from the mail changes nothing: no code, no message.",
        where="/?utm_source=email&utm_campaign=spring20&coupon=SPRING20",
    ),
    Fault.RETURN_SILENT: Explanation(
        story=4,
        title="The return form does nothing",
        effect="Sending the form shows the same form again: no return, no message.",
        where="/account/orders",
    ),
    Fault.TRACKING_ERROR: Explanation(
        story=4,
        title="Tracking cannot be opened",
        effect="Every tracking page fails with an error.",
        where="/account/orders",
    ),
    Fault.ORDER_CONFLICT: Explanation(
        story=5,
        title="Cancelled and refunded here, delivered there",
        effect="The order list calls order NL-10388 cancelled and refunded; its tracking page says "
        "it was delivered and signed for. Shop, payments and warehouse tell so, too, and half a minute "
        "later an agent reads it beside every visit of Ana's.",
        where="/account/orders",
    ),
    Fault.CART_DEARER: Explanation(
        story=6,
        title="Everything costs more in the cart",
        effect="The cart, the checkout and the order charge $3.00 more for a piece than its page shows.",
        where="/c/all",
    ),
    Fault.OFFER_STALE: Explanation(
        story=6,
        title="The sale is over, and pages still show its prices",
        effect="Product pages state for search engines that the sale ended more than an hour ago. The "
        "cart, the checkout and the order charge what these things cost before.",
        where="/c/sale",
    ),
    Fault.CART_LOSES_LINE: Explanation(
        story=6,
        title="The cart loses what was added last",
        effect="Of a cart with several lines the last one is no longer there.",
        where="/cart",
    ),
    Fault.TOTAL_TOO_HIGH: Explanation(
        story=6,
        title="The total is more than its parts",
        effect="$4.00 that nothing explains are in every total.",
        where="/cart",
    ),
    Fault.SOLD_OUT_IN_CART: Explanation(
        story=6,
        title="Sold out after it was added",
        effect="The cart says of its first line that it is no longer available.",
        where="/cart",
    ),
    Fault.ADD_SILENT: Explanation(
        story=6,
        title="Adding to the cart does nothing",
        effect="The button is pressed, the cart stays as it is, and nothing is said.",
        where="/c/all",
    ),
    Fault.SHIPPING_REFUSED: Explanation(
        story=6,
        title="The checkout takes no way of shipping",
        effect="Whichever is chosen, the checkout asks to choose how it shall be sent, again and again.",
        where="/checkout/shipping",
    ),
}


def named(names: str) -> frozenset[Fault]:
    """The faults of a list with points between the names, as the cookie holds it; other words are none."""
    return frozenset(Fault(name) for name in names.split(".") if name in set(Fault))
