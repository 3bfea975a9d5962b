"""A line of a cart and how much of a thing it holds.

Quantities are whole thousandths, because cable is sold by the metre and half metres are cut. A line
has one price per unit, and its total is rounded half up once.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from examples.storefront.money import divide_half_up

PIECE = 1000
MEASURE_STEP = 500
MAX_QUANTITY = 99 * PIECE


@dataclass(frozen=True, kw_only=True)
class Line:
    """`option` and `measure` are empty for a thing without variants that is sold by the piece."""

    id: str
    sku: str
    name: str
    unit: int
    quantity: int
    category: str = ""
    option: str = ""
    measure: str = ""
    was: int | None = None

    @property
    def total(self) -> int:
        return divide_half_up(self.unit * self.quantity, PIECE)

    @property
    def total_was(self) -> int | None:
        return None if self.was is None else divide_half_up(self.was * self.quantity, PIECE)

    @property
    def pieces(self) -> int:
        """What the line adds to the number on the cart badge: a cut of cable is one thing."""
        return 1 if self.measure else self.quantity // PIECE


def display_quantity(quantity: int) -> str:
    """`2` or `2.5`."""
    whole, thousandths = divmod(quantity, PIECE)
    return f"{whole}.{thousandths:03d}".rstrip("0") if thousandths else str(whole)


def parse_quantity(text: str, *, measured: bool) -> int | None:
    """What a customer typed, as thousandths; None when it is no quantity that can be sold."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= MAX_QUANTITY // PIECE:
        return None
    thousandths = int(number * PIECE)
    step = MEASURE_STEP if measured else PIECE
    return thousandths if thousandths == number * PIECE and thousandths % step == 0 else None
