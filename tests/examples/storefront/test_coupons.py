"""Codes at the shop: taken, refused in clear words, waiting, removed. The same through pages and API."""

from __future__ import annotations

import pytest

from tests.examples.storefront.conftest import OpenShop
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor

Visitor = PagesVisitor | ApiVisitor
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(params=["pages", "spa"])
async def visitor(request: pytest.FixtureRequest, open_shop: OpenShop) -> Visitor:
    client = await open_shop(mode=request.param)
    return PagesVisitor(client) if request.param == "pages" else ApiVisitor(client)


def promo_message(visitor: Visitor) -> str:
    if isinstance(visitor, PagesVisitor):
        return visitor.page.one(".cart-page").one(".cart-message--promo").text
    return str(visitor.answer["cart"]["promo_message"]["text"])


async def enter(visitor: Visitor, code: str) -> str:
    await visitor.send("/cart/code", code=code, back="/cart")
    return promo_message(visitor)


async def test_a_code_is_taken_however_it_is_typed(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="HP-15")
    assert await enter(visitor, " spring 20 ") == "SPRING20 applied: 20 % off your order."
    cart = await visitor.cart()
    assert cart.codes == ["SPRING20"]
    assert cart.rows["discount"] == f"{MINUS}$75.80"
    assert cart.rows["total"] == "$303.20"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("", "Please enter a code."),
        ("NOSUCHCODE", "NOSUCHCODE is not a code we know."),
        ("<b>X</b>", "<B>X</B> is not a code we know."),
        ("WINTER25", "WINTER25 ended on March 25, 2026."),
        ("AUTUMN30", "AUTUMN30 starts on June 13, 2026."),
        ("THANKS-ANA", "THANKS-ANA belongs to one customer. Sign in to use it."),
        ("AUDIO15", "AUDIO15 does not apply to anything in your cart."),
        ("WELCOME10", "WELCOME10 needs a minimum spend of $60.00. Add $25.50 more."),
    ],
)
async def test_a_refusal_says_why(visitor: Visitor, code: str, answer: str) -> None:
    await visitor.send("/cart/add", sku="MOU-02")
    assert await enter(visitor, code) == answer
    cart = await visitor.cart()
    assert (cart.codes, cart.rows["total"]) == ([], "$34.50")


async def test_a_code_for_goods_not_on_sale_says_so(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="HPH-70")
    assert await enter(visitor, "AUDIO15") == "AUDIO15 does not apply to anything in your cart."
    await visitor.send("/cart/add", sku="BUD-03")
    await enter(visitor, "AUDIO15")
    assert (await visitor.cart()).rows["discount"] == f"{MINUS}$13.35"


async def test_a_code_waits_for_its_condition_and_counts_again(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await enter(visitor, "WELCOME10")
    await visitor.send("/cart/update", line="KET-17", quantity="0")
    await visitor.send("/cart/add", sku="MOU-02")
    cart = await visitor.cart()
    assert cart.said == ["WELCOME10 needs a minimum spend of $60.00. Add $25.50 more."]
    assert "discount" not in cart.rows
    await visitor.send("/cart/update", line="MOU-02", quantity="2")
    cart = await visitor.cart()
    assert (cart.said, cart.rows["discount"], cart.rows["total"]) == ([], f"{MINUS}$10.00", "$59.00")


async def test_one_code_lowers_the_goods_and_another_may_free_the_shipping(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await enter(visitor, "SPRING20")
    assert await enter(visitor, "SPRING20") == "SPRING20 is in your cart already."
    refused = "WELCOME10 cannot be combined with SPRING20. Remove that first."
    assert await enter(visitor, "WELCOME10") == refused
    assert await enter(visitor, "FREESHIP") == "FREESHIP applied: Free standard shipping."
    await visitor.go_to_payment("standard", state="OR", postcode="97201")
    cart = await visitor.cart()
    assert cart.codes == ["SPRING20", "FREESHIP"]
    assert cart.rows == {
        "items": "$79.00",
        "discount": f"{MINUS}$15.80",
        "shipping": "Free",
        "tax": "$0.00",
        "total": "$63.20",
    }


async def test_a_removed_code_takes_its_discount_along(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="HP-15")
    await enter(visitor, "SPRING20")
    await visitor.send("/cart/code/remove", code="SPRING20", back="/cart")
    assert promo_message(visitor) == "SPRING20 was removed."
    cart = await visitor.cart()
    assert (cart.codes, cart.rows["total"]) == ([], "$379.00")


async def test_a_personal_code_is_for_its_customer(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await visitor.sign_in("ben@example.com")
    assert await enter(visitor, "THANKS-ANA") == "THANKS-ANA belongs to another customer's account."
    await visitor.send("/account/sign-out")
    await visitor.sign_in("ana@example.com")
    await enter(visitor, "THANKS-ANA")
    assert (await visitor.cart()).rows["total"] == "$54.00"
    await visitor.send("/account/sign-out")
    cart = await visitor.cart()
    assert cart.said == ["THANKS-ANA belongs to one customer. Sign in to use it."]
    assert cart.rows["total"] == "$79.00"


async def test_a_promised_price_is_kept_under_its_number(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await enter(visitor, "inc-20418")
    assert (await visitor.cart()).rows["total"] == "$59.00"


async def test_the_campaign_link_brings_its_code_once(visitor: Visitor) -> None:
    link = "/?utm_source=email&utm_campaign=spring20&coupon=SPRING20"
    await visitor.open(link)
    if isinstance(visitor, PagesVisitor):
        said = visitor.page.one(".notice").text
    else:
        said = visitor.answer["notice"]["text"]
    assert said == "SPRING20 applied: 20 % off your order."
    await visitor.send("/cart/add", sku="HP-15")
    await visitor.open(link)
    cart = await visitor.cart()
    assert (cart.codes, cart.rows["total"]) == (["SPRING20"], "$303.20")


async def test_a_code_taken_out_on_the_campaign_page_stays_out(pages: PagesVisitor) -> None:
    await pages.open("/?utm_source=email&utm_campaign=spring20&coupon=SPRING20")
    drop = pages.page.one(".cart-drawer").one(".cart-promo__remove")
    fields = {node.attributes["name"]: node.attributes["value"] for node in drop.all("input")}
    await pages.send("/cart/code/remove", **fields)
    assert (await pages.cart()).codes == []
