"""The rules about carts that change by themselves and articles that cannot be had after all."""

from __future__ import annotations

import pytest

from replay.detect.cart_changed_without_customer_action import CartChanged
from replay.detect.out_of_stock_after_add import OutOfStockAfterAdd
from replay.model.cart import CartState
from replay.model.events import Click, Identified, PageViewed
from replay.model.finding import Finding
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, at, cart, gone, judged, line, page, promo, text

MUG = line("$9.00", sku="MUG", name="Mug")
LAPTOP = line("$379.00")
ADDED = [at(0, page()), at(1, Click(control="button.add", text=text("Add"))), at(1.2, cart(LAPTOP, MUG))]
CLOSED = at(8, gone())


def changed(*facts: Entry) -> list[Finding]:
    return list(judged(CartChanged, [*ADDED, *facts]))


def test_a_line_that_is_gone() -> None:
    (found,) = changed(CLOSED, at(20, cart(LAPTOP)))
    assert found.said == "In the cart Mug (MUG) was gone, and nothing was done here in between."
    assert (found.outcome, found.severity, found.subject) == ("fail", "medium", "MUG")
    assert found.signature == "drawer: item gone"
    assert (found.shown[0].t, found.decided_ms) == (START_MS + 20_000, START_MS + 22_000)


def test_fewer_pieces_and_a_dearer_one() -> None:
    three = cart(line("$379.00", quantity="3"), MUG)
    (found,) = changed(at(2, Click(control="button.plus")), at(2.2, three), CLOSED, at(20, cart(LAPTOP, MUG)))
    assert found.said.startswith("In the cart HP 15 laptop (HP-15) went from 3 to 1,")
    (found,) = changed(CLOSED, at(20, cart(line("$499.00", quantity="1"), MUG)))
    assert found.said.startswith("In the cart HP 15 laptop (HP-15) went from $379.00 to $499.00,")
    assert (found.severity, found.minor, found.currency) == ("high", 12_000, "USD")


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([at(9, Click(control="button.x"))], id="a press"),
        pytest.param([at(9, Click(control="a.remove", text=text("Remove")))], id="a link that removes"),
        pytest.param([at(9, Click(control="a.icon"))], id="a link without words"),
        pytest.param([at(9, Click(control="a.more", text=text("Details")))], id="a link that led nowhere"),
        pytest.param([at(9, promo("entered"))], id="a code"),
        pytest.param([at(9, Identified(customer_id="C-1"))], id="signed in"),
        pytest.param([at(9, Click(control="button.x"), load="2", tab="2")], id="a press in another tab"),
    ],
)
def test_what_the_customer_did(between: list[Entry]) -> None:
    assert not changed(CLOSED, *between, at(20, cart(LAPTOP)))


@pytest.mark.parametrize("state", ["offered", "applied", "rejected"])
def test_what_the_shop_states_of_a_code_nobody_has_done(state: str) -> None:
    assert changed(CLOSED, at(9, promo(state)), at(20, cart(LAPTOP)), at(20.1, promo(state)))


def test_a_link_to_another_page_changes_no_cart() -> None:
    link = Click(control="a.card", text=text("Computers"))
    assert changed(
        CLOSED, at(9, link), at(9.1, PageViewed(url="https://shop.example/c")), at(20, cart(LAPTOP))
    )


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(cart(LAPTOP, MUG), id="the same"),
        pytest.param(cart(LAPTOP, MUG, line("$1.00", sku="NEW", name="New")), id="more"),
        pytest.param(cart(line("$299.00"), MUG), id="cheaper"),
        pytest.param(cart(line("$499.00"), MUG, promos=[("X", None, "−$5.00")]), id="another discount"),
        pytest.param(cart(line("$3,790.00"), MUG), id="ten times"),
        pytest.param(cart(LAPTOP, MUG, MUG), id="one article twice"),
        pytest.param(cart(LAPTOP, surface="page"), id="another surface"),
        pytest.param(cart(), id="an empty cart"),
    ],
)
def test_what_is_no_finding(state: CartState) -> None:
    assert not changed(CLOSED, at(20, state))


def test_what_stood_for_an_instant_and_what_comes_of_a_press_a_little_later_are_none() -> None:
    assert not changed(CLOSED, at(20, cart(LAPTOP)), at(21, cart(LAPTOP, MUG)))
    assert not judged(CartChanged, [*ADDED, at(5, cart(LAPTOP))])


# Sold out


def sold_out(*facts: Entry) -> list[Finding]:
    return list(judged(OutOfStockAfterAdd, [at(0, page()), *facts]))


def noted(note: str) -> CartState:
    return cart(line("$379.00", notes=[note]))


def test_an_article_that_cannot_be_had_after_all() -> None:
    (found,) = sold_out(at(1, cart(LAPTOP)), at(43, noted("Sorry, out of stock")))
    assert found.said == (
        "HP 15 laptop (HP-15) went into the cart, and 42 s later the cart said “Sorry, out of stock”."
    )
    assert (found.outcome, found.severity, found.shown[0].t) == ("fail", "medium", START_MS + 43_000)
    message = cart(LAPTOP, surface="summary", messages=["HP 15 laptop is no longer available."])
    (found,) = sold_out(at(1, cart(LAPTOP)), at(301, message))
    assert (found.severity, found.signature) == ("high", "summary")
    assert "5 minutes later the checkout said" in found.said


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([at(1, noted("Out of stock")), at(9, noted("Out of stock!"))], id="known before"),
        pytest.param([at(1, cart(LAPTOP)), at(9, noted("Only 2 left"))], id="few left"),
        pytest.param(
            [at(1, cart(LAPTOP)), at(9, noted("Out of stock")), at(10, cart(LAPTOP))], id="an instant"
        ),
        pytest.param([at(1, cart(LAPTOP)), at(9, cart(LAPTOP, messages=["Mug is sold out."]))], id="another"),
    ],
)
def test_what_is_no_surprise(facts: list[Entry]) -> None:
    assert not sold_out(*facts)
