"""Which prices are kept, so that others who were shown the same can be counted."""

from __future__ import annotations

from replay.detect.fold import Fold
from replay.detect.shop import Shop
from replay.detect.shown_prices import NO_CURRENCY, SHOWN_MAX_COUNT
from tests.detect.facts import START_MS, USD, at, cart, line, page, price


def shown(*entries: object) -> list[tuple[str, str, str, int | None, str | None]]:
    fold = Fold(USD, rules=())
    fold.observe(entries)  # type: ignore[arg-type]
    return [(one.place, one.sku, one.raw, one.minor, one.why) for one in fold.shown_prices()]


def test_the_price_of_one_piece_in_a_cart_and_on_a_product_page() -> None:
    assert shown(
        at(0, page()),
        at(1, price("$379.00")),
        at(2, price("$499.00", role="was")),
        at(3, price("$379.00", context="listing")),
        at(4, cart(line("$499.00"))),
        at(5, cart(line("$499.00"), surface="page")),
    ) == [("product", "HP-15", "$379.00", 37_900, None), ("cart", "HP-15", "$499.00", 49_900, None)]


def test_when_it_was_shown_first() -> None:
    fold = Fold(USD, rules=())
    fold.observe([at(0, page()), at(4, cart(line("$499.00"))), at(9, cart(line("$499.00")))])
    assert [one.shown_ms for one in fold.shown_prices()] == [START_MS + 4_000]


def test_what_the_last_cart_came_to_since_it_did() -> None:
    def totals(*entries: object) -> list[tuple[int | None, float]]:
        fold = Fold(USD, rules=())
        fold.observe([at(0, page()), *entries])  # type: ignore[list-item]
        return [(one.minor, one.shown_ms - START_MS) for one in fold.shown_prices() if one.place == "total"]

    first = cart(line("$499.00"), totals=[("total", "$499.00")])
    second = cart(line("$499.00"), line("$9.00", sku="MO-1"), totals=[("total", "$508.00")])
    assert totals(at(1, first), at(2, second), at(3, second)) == [(508_00, 2_000)]
    assert totals(at(1, first), at(2, cart())) == []


def test_what_cannot_be_read_says_why() -> None:
    ((*_, minor, why),) = shown(at(0, page()), at(1, price("$1,299")))
    assert (minor, why) == (None, "“$1,299” can be read in two ways")


def test_without_a_currency_every_price_has_the_same_reason() -> None:
    fold = Fold(Shop(), rules=())
    fold.observe([at(0, page()), at(1, cart(line("$1.00"), line("$2.00", sku="B")))])
    assert [one.why for one in fold.shown_prices() if one.place == "cart"] == [NO_CURRENCY] * 2


def test_the_total_of_several_pieces_is_no_price_of_one() -> None:
    ((*_, minor, why),) = shown(at(0, page()), at(1, cart(line(None, quantity="2", total="$998.00"))))
    assert (minor, why) == (None, "the cart showed no price of one piece")


def test_only_so_many_are_kept() -> None:
    entries = [at(one, price(f"${one}.00")) for one in range(SHOWN_MAX_COUNT + 1)]
    assert len(shown(*entries)) == SHOWN_MAX_COUNT
