"""The rule that adds up what a cart shows."""

from __future__ import annotations

import pytest

from replay.detect.totals_dont_add_up import TotalsDontAddUp
from replay.model.cart import CartState, Surface
from replay.model.finding import Finding
from tests.detect.facts import START_MS, at, cart, gone, judged, line, page

LINE = line("$379.00", total="$379.00")
LABELS = {"items": "Items", "discount": "Discount", "shipping": "Shipping", "tax": "Tax", "total": "Total"}


def rows(total: str, surface: Surface = "summary", **others: str) -> CartState:
    """A cart of one laptop with these rows."""
    totals = [*others.items(), ("total", total)]
    return cart(LINE, surface=surface, totals=totals, labels=LABELS)


def said_of(state: CartState) -> Finding | None:
    found = judged(TotalsDontAddUp, [at(0, page("/checkout")), at(1, state)])
    assert len(found) <= 1
    return found[0] if found else None


def outcome(state: CartState) -> str | None:
    found = said_of(state)
    return found.outcome if found else None


def test_the_sentence_and_what_it_cost() -> None:
    found = said_of(rows("$405.00", items="$379.00", discount="−$10.00", shipping="Free", tax="$26.75"))
    assert found is not None
    assert found.said == (
        "The checkout showed Items $379.00, Discount −$10.00, Shipping Free, Tax $26.75. "
        "They make $395.75; the total said $405.00."
    )
    assert (found.outcome, found.severity, found.subject) == ("fail", "high", "summary")
    assert (found.minor, found.currency, found.signature) == (925, "USD", "summary: total above its parts")
    assert (found.shown[0].t, found.shown[0].raw) == (START_MS + 1_000, "$405.00")


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(rows("$395.75", items="$379.00", discount="−$10.00", tax="$26.75"), id="everything"),
        pytest.param(rows("$369.00", items="$379.00", discount="$10.00", tax="$26.75"), id="tax within"),
        pytest.param(rows("$379.00", items="$379.00", shipping="$5.00"), id="shipping within"),
        pytest.param(rows("$379.01", items="$379.00"), id="a cent of rounding"),
        pytest.param(
            rows("$379.00", items="$379.00", shipping="Calculated later"), id="not known and left out"
        ),
        pytest.param(rows("$384.00", shipping="$5.00"), id="the lines themselves"),
        pytest.param(rows("$382.00", items="$379.00", recycling="$3.00"), id="a fee"),
        pytest.param(rows("$376.00", items="$379.00", credit="$3.00"), id="a credit"),
    ],
)
def test_what_adds_up_in_some_way(state: CartState) -> None:
    assert outcome(state) == "pass"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (rows("$379.00", items="$379.00", discount="−$10.00"), "if the discount was in the other amounts"),
        (rows("$399.00", items="$379.00", shipping="Calculated later"), "Shipping was not known yet"),
        (rows("$3,790.00", items="$379.00"), "round factor"),
        (rows("$379", items="€379.00"), "different currencies"),
        (rows("$499.00", items="$379.00", a="$1", b="$2", c="$3", d="$4"), "unknown meaning"),
        (rows("ask us", items="$379.00"), "cannot be read"),
    ],
)
def test_what_cannot_be_told(state: CartState, reason: str) -> None:
    found = said_of(state)
    assert found is not None
    assert found.outcome == "cannot_tell"
    assert reason in found.said


def test_a_total_below_its_parts_costs_nobody_much_and_one_in_the_cart_less_than_at_the_checkout() -> None:
    below, above = (
        said_of(rows("$300.00", items="$379.00")),
        said_of(rows("$400.00", "drawer", items="$379.00")),
    )
    assert below is not None
    assert above is not None
    assert (below.severity, above.severity) == ("low", "medium")


def test_rows_that_have_a_label_only_are_known_by_it() -> None:
    labels = ["Zwischensumme", "Gutschein X", "Versandkosten (Standard)", "Gesamtsumme (inkl. MwSt.)"]
    raws = ["379,00 €", "−10,00 €", "4,90 €", "399,00 €"]
    totals = [(label.casefold(), raw) for label, raw in zip(labels, raws, strict=True)]
    state = cart(
        line("379,00 €", total="379,00 €"), totals=totals, labels=dict(zip(labels, labels, strict=True))
    )
    found = said_of(state)
    assert found is not None
    assert found.outcome == "fail"
    assert found.said.endswith("They make €373.90; the total said 399,00 €.")


def test_without_a_row_for_the_goods_the_lines_are_named() -> None:
    found = said_of(rows("$400.00", shipping="$5.00"))
    assert found is not None
    assert found.said.startswith("The checkout showed lines of $379.00, Shipping $5.00. They make $384.00;")


def test_a_cart_must_stand_and_a_badge_is_none() -> None:
    wrong = rows("$499.00", items="$379.00")
    facts = [at(0, page()), at(1, wrong)]
    assert not judged(TotalsDontAddUp, facts, now=2.9)
    assert judged(TotalsDontAddUp, facts, now=3.0)
    assert not judged(TotalsDontAddUp, [*facts, at(2, gone("summary"))])
    assert said_of(rows("$499.00", "mini", items="$379.00")) is None
    assert said_of(cart(LINE, surface="page")) is None
