"""What the faults of story 6 do to a cart that is right until then.

They are not told in any story of a caller: random trips through the shop are led into them, to see whether
each is found where it happened, and nothing else is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from examples.storefront.faults import Fault
from examples.storefront.lines import Line
from examples.storefront.pricing import PricedCart
from examples.storefront.shop.visit import Visit

DEARER_BY = 300
HIDDEN_FEE = 400
SALE_GOES_ON_FOR = timedelta(days=9)
SALE_OVER_FOR = timedelta(hours=1)
SOLD_OUT_TEXT = "No longer available"


def on_lines(visit: Visit, lines: Sequence[Line]) -> list[Line]:
    """The lines as the cart has them."""
    kept = list(lines)
    if Fault.CART_LOSES_LINE in visit.faults and len(kept) > 1:
        kept.pop()
    if Fault.OFFER_STALE in visit.faults:
        kept = [line if line.was is None else replace(line, unit=line.was, was=None) for line in kept]
    if Fault.CART_DEARER in visit.faults:
        kept = [replace(line, unit=line.unit + DEARER_BY, was=None) for line in kept]
    return kept


def on_total(visit: Visit, priced: PricedCart) -> PricedCart:
    """The total that the cart asks for."""
    if Fault.TOTAL_TOO_HIGH not in visit.faults or not priced.lines:
        return priced
    return replace(priced, total=priced.total + HIDDEN_FEE)


def sale_ends(visit: Visit) -> datetime:
    """When pages say that the sale ends."""
    if Fault.OFFER_STALE in visit.faults:
        return (visit.now - SALE_OVER_FOR).replace(minute=0, second=0, microsecond=0)
    return visit.now + SALE_GOES_ON_FOR


def sold_out(visit: Visit, priced: PricedCart) -> str:
    """The id of the line that is said to be sold out, empty if none is."""
    is_said = Fault.SOLD_OUT_IN_CART in visit.faults and bool(priced.lines)
    return priced.lines[0].id if is_said else ""
