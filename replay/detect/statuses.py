"""What the words mean in which shops, payment and warehouse systems call the state of an order.

From the documentation of Shopify, WooCommerce, Magento, BigCommerce, Medusa and schema.org. A word that is
not here means nothing: a rule that needs it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

__all__ = ["State", "state_of"]

State = (
    Literal[
        "draft", "pending", "open", "paid", "shipped", "delivered", "returned", "refunded", "partly_refunded"
    ]
    | Literal["cancelled", "failed", "extra"]
)
"""``extra``: an order that repeats another on purpose (a replacement, a subscription's next)."""

_WORDS: Mapping[State, str] = {
    "draft": "draft checkout_draft incomplete quote",
    "pending": "pending pending_payment awaiting_payment payment_due not_paid awaiting on_hold holded"
    " requires_action payment_review manual_verification_required order_payment_due order_problem",
    "open": "open new created processing order_processing in_progress awaiting_fulfillment"
    " awaiting_shipment awaiting_pickup unfulfilled authorized partially_paid received confirmed accepted",
    "paid": "paid captured complete completed payment_captured",
    "shipped": "shipped fulfilled dispatched in_transit order_in_transit partially_shipped"
    " partially_fulfilled out_for_delivery sent",
    "delivered": "delivered order_delivered picked_up collected",
    "returned": "returned order_returned return_received",
    "refunded": "refunded fully_refunded refund closed_refunded",
    "partly_refunded": "partially_refunded partly_refunded partial_refund",
    "cancelled": "cancelled canceled order_cancelled voided void expired cancel",
    "failed": "failed declined payment_failed payment_error error",
    "extra": "replacement exchange subscription_renewal renewal subscription draft_order test",
}
_STATES: Mapping[str, State] = {word: state for state, words in _WORDS.items() for word in words.split()}


def state_of(status_raw: str) -> State | None:
    """The state that a status means, None if it is not known."""
    camels = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status_raw.strip().removeprefix("wc-"))
    word = re.sub(r"[^a-z0-9]+", "_", camels.rpartition("/")[2].casefold()).strip("_")
    return _STATES.get(word)
