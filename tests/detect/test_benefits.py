"""What a code gave: what a cart says to all codes alike is found out once."""

from __future__ import annotations

from collections import UserDict

from replay.detect.benefits import Cart
from replay.detect.shown import Reader
from tests.detect.facts import cart, line


class Asked(UserDict[str, str]):
    """Prices of pages, and how often they were asked for."""

    count = 0

    def __missing__(self, key: str) -> str:
        self.count += 1
        raise KeyError(key)


def test_the_lines_of_a_cart_are_read_once_however_many_codes_there_are() -> None:
    units = Asked()
    state = cart(*(line("$5.00", sku=f"ART-{n}") for n in range(500)), promos=[])
    shown = Cart(state, units, Reader("USD"))
    for _ in range(50):
        assert not shown.benefit_of(None, "20% off").is_given
    assert units.count <= 500
