"""What can be made to go wrong in the shop, on purpose, while it runs.

Each fault tells one story a caller tells an agent. With none of them on, the shop is right to the
cent. Which ones are on is kept in the shop's database and read for every request, so a presenter
can switch in the middle of a visit.
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
        "them under an incident number, and the cart does not know that number.",
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
        "it was delivered and signed for.",
        where="/account/orders",
    ),
}
