"""What is said of two costs that were measured side by side: round by round, against the target."""

from __future__ import annotations

from benchmarks import detectors, lens_cost
from benchmarks.bundling import bundle
from replay.model.cart import CartState
from replay.model.events import Event, PriceShown


def test_what_judging_adds_is_a_share_of_all_that_a_batch_costs() -> None:
    row = detectors.share_row([detectors.Round(1.0, 0.9), detectors.Round(2.0, 1.6)], 7)
    assert row.spread is not None
    assert (row.unit, round(row.spread.least), round(row.spread.median), round(row.spread.greatest)) == (
        "%", 10, 15, 20,
    )  # fmt: skip
    assert detectors.share_row([detectors.Round(1.0, 0.8)], 7).verdict == "miss"


def test_the_bare_page_is_no_cost_of_lenses() -> None:
    rounds = [lens_cost.Round(bare_s=1.0, without_s=2.0, with_s=with_s) for with_s in (2.0, 2.1, 2.4)]
    row = lens_cost.cost_row(lens_cost.SHOP_COST, rounds)
    assert row.spread is not None
    assert [round(value, 2) for value in (row.spread.least, row.spread.median, row.spread.greatest)] == [
        1.0, 1.1, 1.4,
    ]  # fmt: skip
    assert lens_cost.cost_row(lens_cost.SHOP_COST, rounds[2:]).verdict == "miss"
    assert lens_cost.Round.mean(rounds[::2]) == lens_cost.Round(bare_s=1.0, without_s=2.0, with_s=2.2)


def test_lenses_and_adapters_that_read_nothing_are_noticed() -> None:
    told = [
        Event(t=1.0, fact=CartState(surface="drawer", source="displayed")),
        Event(t=1.0, fact=CartState(surface="data_layer", source="declared", via="data_layer")),
        Event(t=1.0, fact=PriceShown(source="displayed", context="listing", role="current")),
    ]
    assert lens_cost.unread(["shopify", "data_layer", "product_data"], told) == [
        ("cart", "network", "shopify"),
        ("price", "declared", ""),
    ]
    assert set(lens_cost.unread([], [])) == set(lens_cost.LENSES)


def test_without_lenses_is_the_same_sdk_but_for_them() -> None:
    whole, without = bundle(lens_cost.SDK), bundle(lens_cost.SDK, lenses=False)
    for word in (b"getAnimations", b"IntersectionObserver", b"ld+json"):
        assert word in whole
        assert word not in without
    for word in (b"contentDocument", b"currententrychange", b"unhandledrejection"):
        assert word in without
