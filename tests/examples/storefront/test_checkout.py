"""From address to confirmation, in both modes: what is charged is what was shown."""

from __future__ import annotations

import asyncio

import pytest

from examples.storefront.shop.checkout import card_errors
from tests.examples.storefront.conftest import NOW, OpenShop
from tests.examples.storefront.visitor import ADDRESS, CARD, ApiVisitor, PagesVisitor

Visitor = PagesVisitor | ApiVisitor


@pytest.fixture(params=["pages", "spa"])
async def visitor(request: pytest.FixtureRequest, open_shop: OpenShop) -> Visitor:
    client = await open_shop(mode=request.param)
    return PagesVisitor(client) if request.param == "pages" else ApiVisitor(client)


async def test_shipping_and_tax_are_unknown_until_they_are_known(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="MOU-02")
    unknown = "Calculated at checkout"
    assert (await visitor.cart()).rows == {
        "items": "$34.50",
        "shipping": unknown,
        "tax": unknown,
        "total": "$34.50",
    }
    await visitor.send("/checkout/address", **ADDRESS)
    assert (await visitor.cart()).rows == {
        "items": "$34.50",
        "shipping": unknown,
        "tax": "$2.50",
        "total": "$37.00",
    }
    await visitor.send("/checkout/shipping", method="standard")
    assert (await visitor.cart()).rows == {
        "items": "$34.50",
        "shipping": "$5.95",
        "tax": "$2.50",
        "total": "$42.95",
    }


async def test_an_order_is_placed_for_what_was_shown(pages: PagesVisitor) -> None:
    await pages.send("/cart/add", sku="HP-15")
    await pages.send("/cart/code", code="SPRING20")
    page = await pages.go_to_payment("express")
    assert page.one(".checkout__summary").texts(".cart-totals__amount")[-1] == "$340.13"
    page = await pages.pay()
    assert (pages.path, pages.status) == ("/checkout/confirmation/NL-10412", 200)
    assert page.texts(".order-totals__row") == [
        "Items $379.00",
        "Discount (SPRING20) \N{MINUS SIGN}$75.80",
        "Shipping $14.95",
        "Tax $21.98",
        "Total $340.13",
    ]
    assert (await pages.cart()).lines == []


async def test_the_page_tells_the_recording_of_the_order(api: ApiVisitor) -> None:
    await api.send("/cart/add", sku="CBL-SPK", quantity="2.5")
    await api.send("/cart/add", sku="HP-15", quantity="2")
    await api.go_to_payment("pick-up", state="OR", postcode="97201")
    await api.pay()
    answer = await api.open(api.answer["go"])
    assert answer["page"]["data"]["replay_order"] == {
        "id": "NL-10412",
        "total": "769.23",
        "currency": "USD",
        "lines": [
            {"sku": "CBL-SPK", "name": "Speaker cable, cut to length", "qty": 2.5, "price": "4.49"},
            {"sku": "HP-15", "name": "HP 15 laptop", "qty": 2, "price": "379.00"},
        ],
    }


async def test_each_step_needs_the_one_before(pages: PagesVisitor) -> None:
    await pages.open("/checkout/payment")
    assert (pages.path, pages.page.one(".cart-message").text) == (
        "/cart",
        "There is nothing in your cart to check out.",
    )
    await pages.send("/cart/add", sku="HP-15")
    await pages.open("/checkout/payment")
    assert pages.path == "/checkout/address"
    await pages.send("/checkout/address", **ADDRESS)
    await pages.open("/checkout/payment")
    assert pages.path == "/checkout/shipping"


async def test_a_wrong_address_is_shown_again_with_what_is_wrong(pages: PagesVisitor) -> None:
    await pages.send("/cart/add", sku="HP-15")
    wrong = {
        **ADDRESS,
        "email": "robin",
        "state": "XX",
        "postcode": "1",
        "street": ' "><script>alert(1)</script>',
    }
    page = await pages.send("/checkout/address", **wrong)
    assert (pages.status, pages.path) == (422, "/checkout/address")
    assert page.texts(".field__error") == [
        "Please enter an e-mail address, for the receipt.",
        "Please choose a state.",
        "Please enter a ZIP code of five digits.",
    ]
    assert page.one("#street").attributes["value"] == '"><script>alert(1)</script>'
    assert page.one("#name").attributes["value"] == "Robin Guest"


async def test_the_api_names_wrong_fields(api: ApiVisitor) -> None:
    await api.send("/cart/add", sku="HP-15")
    await api.send("/checkout/address", **{**ADDRESS, "city": " "})
    assert (api.status, api.answer["ok"], api.answer["errors"]) == (
        422,
        False,
        {"city": "Please enter a city."},
    )
    await api.send("/checkout/address", **ADDRESS)
    await api.send("/checkout/shipping", method="balloon")
    assert api.answer["errors"] == {"method": "Please choose how we shall send it."}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, set()),
        ({"card_number": "4242424242424241"}, {"card_number"}),
        ({"card_number": "4000 0000 0000 0002"}, {"card_number"}),
        ({"card_number": "1234"}, {"card_number"}),
        ({"card_expiry": "04/26"}, set()),
        ({"card_expiry": "03/26"}, {"card_expiry"}),
        ({"card_expiry": "13/30"}, {"card_expiry"}),
        ({"card_code": "12"}, {"card_code"}),
        ({"card_name": " "}, {"card_name"}),
    ],
)
def test_cards_are_checked(changed: dict[str, str], wrong: set[str]) -> None:
    assert set(card_errors({**CARD, **changed}, NOW)) == wrong


async def test_card_details_are_never_shown_again(pages: PagesVisitor) -> None:
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    page = await pages.pay(card_number="4000 0000 0000 0002")
    assert page.texts(".field__error") == ["Your bank declined this card. Please use another one."]
    fields = [page.one(f"#{name}").attributes["value"] for name in CARD]
    assert fields == ["", "", "", ""]


async def test_a_total_that_changed_in_another_tab_is_not_charged(pages: PagesVisitor) -> None:
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    other_tab = PagesVisitor(pages.client)
    await other_tab.send("/cart/add", sku="KET-17")
    page = await pages.pay()
    assert pages.path == "/checkout/payment"
    assert page.one(".notice").text.startswith("Your cart was changed in another window.")
    await pages.pay()
    assert pages.path.startswith("/checkout/confirmation/")


async def test_paying_twice_at_once_makes_one_order(api: ApiVisitor) -> None:
    await api.sign_in()
    await api.send("/cart/add", sku="HP-15")
    await api.go_to_payment()
    expected = api.answer["page"]["data"]["expected"]
    answers = await asyncio.gather(
        *(ApiVisitor(api.client).send("/checkout/payment", **CARD, expected=expected) for _ in range(5))
    )
    assert sorted({answer["go"] for answer in answers}) == [
        "/checkout/confirmation/NL-10412",
        "/checkout/payment",
    ]
    orders = (await api.open("/account/orders"))["page"]["data"]["orders"]
    assert [order["number"] for order in orders] == [
        "NL-10412",
        "NL-10401",
        "NL-10388",
        "NL-10352",
        "NL-10310",
    ]


async def test_a_confirmation_is_for_who_ordered(open_shop: OpenShop) -> None:
    first = PagesVisitor(await open_shop())
    await first.send("/cart/add", sku="HP-15")
    await first.go_to_payment()
    await first.pay()
    stranger = PagesVisitor(await open_shop())
    await stranger.open(first.path)
    assert stranger.status == 404
