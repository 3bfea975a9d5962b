"""What the trips through real shops share: windows, consent, codes, and what there was to compare."""

from __future__ import annotations

from dataclasses import dataclass

from replay.model.promo import Promise, Promo
from tests.browser.exactness.shopper import Wanderer
from tests.browser.product import Product

__all__ = ["AGREED", "DESKTOP", "PHONE", "Window", "register", "seen"]

AGREED = "<script>replay('consent', 'granted')</script>"


@dataclass(frozen=True, slots=True)
class Window:
    width: int
    height: int


DESKTOP, PHONE = Window(1280, 900), Window(390, 844)
TWENTY_BASIS_POINTS = 2_000
FIVE_MINOR = 500


async def register(shop: Product, currency: str) -> None:
    """Say which codes are the shop's own affair: at the desk any other could be one customer's alone."""
    for promise in (
        Promise(title="Twenty", codes=("SAVE20", "OLD20"), basis_points=TWENTY_BASIS_POINTS),
        Promise(title="Five", codes=("FIVEOFF",), minor=FIVE_MINOR, currency=currency),
    ):
        promo = Promo(id=promise.title.lower(), promises=(promise,))
        assert await shop.store.put_promo(shop.site.key, promo, replaces=None)


def seen(shopper: Wanderer) -> set[str]:
    """What there was to compare: a trip that meets nothing proves nothing."""
    shown = [surface for step in shopper.steps for surface in step.surfaces.items()]
    parts = {part for _, read in shown for part in ("lines", "promos", "messages", "empty") if read[part]}
    return {name for name, _ in shown} | parts
