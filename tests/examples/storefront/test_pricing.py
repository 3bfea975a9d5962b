"""Cart arithmetic: whatever is in the cart, its parts make its total, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examples.storefront.coupons import Benefit, Coupon
from examples.storefront.lines import (
    MAX_QUANTITY,
    MEASURE_STEP,
    PIECE,
    Line,
    display_quantity,
    parse_quantity,
)
from examples.storefront.ordering import order_of
from examples.storefront.pricing import price_cart
from examples.storefront.records.carts import Address
from examples.storefront.shipping import METHODS, STANDARD, ShippingMethod
from examples.storefront.tax import STATES

STEADY = settings(deadline=None, max_examples=60)
NOW = datetime(2026, 4, 14, tzinfo=UTC)
SPRING20 = Coupon(code="SPRING20", title="20 % off", benefit=Benefit.PERCENT, value=20, minimum=50_00)
FREESHIP = Coupon(code="FREESHIP", title="Free shipping", benefit=Benefit.FREE_SHIPPING)
ADDRESS = Address(name="A", phone="", street="S 1", extra="", city="C", state="CA", postcode="90001")


def line(unit: int, quantity: int = PIECE, *, sku: str = "S", measure: str = "") -> Line:
    return Line(id=sku, sku=sku, name="Thing", unit=unit, quantity=quantity, measure=measure)


LINES = st.lists(
    st.builds(
        Line,
        id=st.uuids().map(str),
        sku=st.sampled_from(["HP-15", "KET-17", "CBL-SPK"]),
        name=st.just("Thing"),
        category=st.sampled_from(["audio", "kitchen"]),
        unit=st.integers(1, 99_999),
        quantity=st.integers(1, MAX_QUANTITY // MEASURE_STEP).map(lambda steps: steps * MEASURE_STEP),
        was=st.none() | st.integers(100_000, 200_000),
    ),
    max_size=20,
)
GOODS_COUPONS = st.one_of(
    st.builds(
        Coupon,
        code=st.just("PERCENT"),
        title=st.just(""),
        benefit=st.just(Benefit.PERCENT),
        value=st.integers(0, 100),
        minimum=st.integers(0, 100_000),
        category=st.sampled_from(["", "audio"]),
        excludes_sale=st.booleans(),
    ),
    st.builds(
        Coupon,
        code=st.just("AMOUNT"),
        title=st.just(""),
        benefit=st.just(Benefit.AMOUNT),
        value=st.integers(0, 1_000_000),
        category=st.sampled_from(["", "kitchen"]),
    ),
    st.builds(
        Coupon,
        code=st.just("PROMISED"),
        title=st.just(""),
        benefit=st.just(Benefit.PROMISED_PRICE),
        value=st.integers(0, 100_000),
        sku=st.just("KET-17"),
    ),
)
COUPONS = st.lists(GOODS_COUPONS, max_size=1).flatmap(
    lambda goods: st.sampled_from([goods, [*goods, FREESHIP]])
)
METHOD = st.none() | st.sampled_from(list(METHODS.values()))
RATE = st.none() | st.sampled_from([rate for _, rate in STATES.values()])


@STEADY
@given(LINES, COUPONS, METHOD, RATE)
def test_the_parts_make_the_total(
    lines: list[Line], coupons: list[Coupon], method: ShippingMethod | None, rate: int | None
) -> None:
    cart = price_cart(lines, coupons, now=NOW, method=method, tax_rate=rate)
    assert cart.items == sum(entry.total for entry in cart.lines)
    assert cart.total == cart.items - cart.discount + (cart.shipping or 0) + (cart.tax or 0)
    assert 0 <= cart.discount <= cart.items
    assert (cart.shipping is None) == (method is None)
    assert (cart.tax is None) == (rate is None)


@STEADY
@given(LINES, COUPONS)
@example(
    [
        Line(id="1", sku="KET-17", name="Kettle", unit=4, quantity=PIECE // 2),
        Line(id="2", sku="KET-17", name="Kettle", unit=1, quantity=PIECE),
    ],
    [Coupon(code="PROMISED", title="", benefit=Benefit.PROMISED_PRICE, value=0, sku="KET-17")],
)
def test_a_discount_falls_on_the_lines_that_earn_it(lines: list[Line], coupons: list[Coupon]) -> None:
    cart = price_cart(lines, coupons, now=NOW)
    assert sum(cart.line_discounts) == cart.discount == sum(entry.amount for entry in cart.coupons)
    for entry, share in zip(cart.lines, cart.line_discounts, strict=True):
        assert 0 <= share <= entry.total


@STEADY
@given(LINES.filter(bool), COUPONS, st.sampled_from(list(METHODS.values())), st.sampled_from(list(STATES)))
def test_returning_everything_refunds_what_the_goods_cost(
    lines: list[Line], coupons: list[Coupon], method: ShippingMethod, state: str
) -> None:
    cart = price_cart(lines, coupons, now=NOW, method=method, tax_rate=STATES[state][1])
    order = order_of(cart, email="a@b.c", address=ADDRESS, shipping_method="standard", placed_at=NOW)
    assert sum(entry.tax for entry in order.lines) == order.tax
    assert sum(entry.refund for entry in order.lines) == order.total - order.shipping


@STEADY
@given(LINES, st.integers(0, 100))
def test_a_percentage_is_rounded_once(lines: list[Line], percent: int) -> None:
    coupon = Coupon(code="P", title="", benefit=Benefit.PERCENT, value=percent)
    cart = price_cart(lines, [coupon], now=NOW)
    exact = Decimal(cart.items) * percent / 100
    assert cart.discount == exact.quantize(Decimal(1), ROUND_HALF_UP)


@STEADY
@given(LINES.filter(bool))
def test_a_withheld_code_counts_and_takes_nothing(lines: list[Line]) -> None:
    coupon = Coupon(code="SPRING20", title="", benefit=Benefit.PERCENT, value=20)
    cart = price_cart(lines, [coupon], now=NOW, withheld=frozenset({"SPRING20"}))
    assert (cart.coupons[0].waits_for, cart.discount, cart.total) == (None, 0, cart.items)


def test_a_half_cent_of_cable_is_rounded_up() -> None:
    assert line(4_49, 2500, measure="m").total == 11_23


@pytest.mark.parametrize(("goods", "shipping"), [(74_99, 5_95), (75_00, 0)])
def test_standard_shipping_is_free_from_75_dollars(goods: int, shipping: int) -> None:
    assert price_cart([line(goods)], now=NOW, method=STANDARD).shipping == shipping


def test_free_shipping_is_judged_after_the_discount() -> None:
    cart = price_cart([line(80_00)], [SPRING20], now=NOW, method=STANDARD)
    assert (cart.goods, cart.shipping) == (64_00, 5_95)
    assert price_cart([line(80_00)], [SPRING20, FREESHIP], now=NOW, method=STANDARD).shipping == 0


@pytest.mark.parametrize(
    ("goods", "waits_for", "discount"),
    [
        (49_99, "SPRING20 needs a minimum spend of $50.00. Add $0.01 more.", 0),
        (50_00, None, 10_00),
    ],
)
def test_a_minimum_is_met_to_the_cent(goods: int, waits_for: str | None, discount: int) -> None:
    cart = price_cart([line(goods)], [SPRING20], now=NOW)
    assert (cart.coupons[0].waits_for, cart.discount) == (waits_for, discount)


def test_a_coupon_ends_at_its_end() -> None:
    ends = NOW + timedelta(seconds=1)
    coupon = Coupon(code="C", title="", benefit=Benefit.PERCENT, value=10, starts=NOW, ends=ends)
    discounts = [
        price_cart([line(10_00)], [coupon], now=at).discount for at in (NOW - timedelta(seconds=1), NOW, ends)
    ]
    assert discounts == [0, 1_00, 0]


def test_a_promised_price_is_for_one_piece() -> None:
    coupon = Coupon(code="INC", title="", benefit=Benefit.PROMISED_PRICE, value=59_00, sku="KET-17")
    cart = price_cart([line(79_00, 3 * PIECE, sku="KET-17")], [coupon], now=NOW)
    assert cart.discount == 20_00


def test_an_order_needs_shipping_and_tax() -> None:
    cart = price_cart([line(10_00)], now=NOW)
    with pytest.raises(ValueError, match="must be known"):
        order_of(cart, email="", address=ADDRESS, shipping_method="standard", placed_at=NOW)


@pytest.mark.parametrize(
    ("typed", "measured", "thousandths"),
    [
        ("1", False, 1000),
        (" 12 ", False, 12_000),
        ("0", False, 0),
        ("1.5", False, None),
        ("1.5", True, 1500),
        ("2,5", True, 2500),
        ("1.25", True, None),
        ("-1", False, None),
        ("100", False, None),
        ("1e2", False, None),
        ("1e999999", False, None),
        ("NaN", False, None),
        ("Infinity", False, None),
        ("", False, None),
        ("two", False, None),
    ],
)
def test_quantities_are_read_as_typed(typed: str, measured: bool, thousandths: int | None) -> None:
    assert parse_quantity(typed, measured=measured) == thousandths


@STEADY
@given(st.integers(0, MAX_QUANTITY // MEASURE_STEP).map(lambda steps: steps * MEASURE_STEP))
def test_a_shown_quantity_reads_back(quantity: int) -> None:
    assert parse_quantity(display_quantity(quantity), measured=True) == quantity
