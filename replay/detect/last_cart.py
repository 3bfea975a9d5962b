"""The cart as a session was shown it last: what was in it, and what it came to, as far as that is known."""

from __future__ import annotations

from dataclasses import dataclass

from replay.detect.rows import amount_of
from replay.model.cart import Amount, CartState
from replay.model.timeline import Entry

__all__ = ["Cart", "LastCart"]


@dataclass(frozen=True, slots=True)
class Cart:
    """The last cart whose total was shown; no amount: it was empty, or what it came to is not known."""

    entry: Entry
    state: CartState
    amount: Amount | None


class LastCart:
    """It, up to the fact that was observed last."""

    def __init__(self) -> None:
        self.cart: Cart | None = None

    def observe(self, state: CartState, entry: Entry) -> None:
        """Take the next cart."""
        if state.source != "displayed":
            return
        amount = amount_of(state, "total")
        before = self.cart
        if amount is not None and amount.raw and state.lines != ():
            self.cart = Cart(entry, state, amount)
        elif state.lines is not None and (before is None or _goods(state) != _goods(before.state)):
            # Other goods, or none, and nothing says what they come to.
            self.cart = Cart(entry, state, None)


def _goods(state: CartState) -> tuple[object, ...]:
    return tuple(
        (line.sku, line.name and line.name.raw, line.quantity and line.quantity.raw)
        for line in state.lines or ()
    )
