"""Customers: signing in, up and out, what the recording is told of them, orders, tracking, returns."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.examples.storefront.conftest import NOW, SECRET, OpenShop
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor


def state(pages: PagesVisitor) -> dict[str, Any]:
    """What the page hands to the recording."""
    text = pages.page.one("#shop-state").children[0]
    assert isinstance(text, str)
    found: dict[str, Any] = json.loads(text)
    return found


async def test_a_signed_in_customer_is_told_to_the_recording_with_a_signature(pages: PagesVisitor) -> None:
    await pages.sign_in()
    for path in ("/", "/p/HP-15", "/cart", "/account/orders"):
        await pages.open(path)
        told = state(pages)["identify"]
        signed = ["v1", "C-1001", "ana@example.com", "+14155550134", "Ana Duarte", str(told["expires"])]
        expected = hmac.new(SECRET.encode(), "\n".join(signed).encode(), hashlib.sha256).hexdigest()
        assert told == {
            "customer_id": "C-1001",
            "email": "ana@example.com",
            "phone": "+14155550134",
            "name": "Ana Duarte",
            "expires": int(NOW.timestamp()) + 3600,
            "signature": expected,
        }


async def test_a_field_the_shop_does_not_know_is_left_out_and_signed_as_empty(api: ApiVisitor) -> None:
    await api.send(
        "/account/register", name="Mo Rivera", email="Mo@Example.com", phone="", password="long enough"
    )
    told = api.answer["identify"]
    assert told["customer_id"] == "C-1005"
    assert (told["email"], "phone" in told) == ("mo@example.com", False)
    signed = "\n".join(["v1", "C-1005", "mo@example.com", "", "Mo Rivera", str(told["expires"])])
    assert told["signature"] == hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()


async def test_signing_out_is_told_once_and_forgets_the_address(pages: PagesVisitor) -> None:
    await pages.sign_in()
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    await pages.send("/account/sign-out")
    assert state(pages) == {"consent": "", "identify": None, "signed_out": True}
    await pages.open("/")
    assert state(pages)["signed_out"] is False
    page = await pages.open("/checkout/address")
    assert page.one("#street").attributes["value"] == ""
    assert (await pages.cart()).lines != []


@pytest.mark.parametrize("email", ["ana@example.com", "nobody@example.com"])
async def test_a_wrong_password_says_no_more_than_that(pages: PagesVisitor, email: str) -> None:
    page = await pages.send("/account/sign-in", email=email, password="wrong")
    assert pages.status == 422
    assert page.texts(".field__error") == ["This e-mail address and password do not belong together."]
    assert page.one("#password").attributes["value"] == ""


async def test_registration_is_checked(api: ApiVisitor) -> None:
    await api.send("/account/register", name="", email="x", phone="12", password="short")
    assert set(api.answer["errors"]) == {"name", "email", "phone", "password"}
    await api.send("/account/register", name="A", email="ANA@example.com", phone="", password="long enough")
    assert set(api.answer["errors"]) == {"email"}
    await api.send(
        "/account/register", name="Mo", email="mo@example.com", phone="(415) 555-0199", password="long enough"
    )
    assert api.answer["identify"]["phone"] == "+14155550199"


async def test_signing_in_leads_back(pages: PagesVisitor) -> None:
    await pages.open("/account/orders/NL-10388/tracking")
    assert pages.path == "/account/sign-in"
    following = next(
        field.attributes["value"]
        for field in pages.page.all("input")
        if field.attributes.get("name") == "next"
    )
    assert following == "/account/orders/NL-10388"
    await pages.send("/account/sign-in", email="ana@example.com", password="northlight", next="//evil.test")
    assert pages.path == "/cart"


async def test_orders_are_their_customers_own(pages: PagesVisitor) -> None:
    await pages.sign_in()
    page = await pages.open("/account/orders")
    assert page.texts(".orders__number") == [
        "Order NL-10401",
        "Order NL-10388",
        "Order NL-10352",
        "Order NL-10310",
    ]
    assert page.texts(".status") == ["On its way", "Delivered", "Cancelled", "Delivered"]
    for path in ("", "/tracking", "/return"):
        await pages.open(f"/account/orders/NL-10377{path}")
        assert pages.status == 404


async def test_tracking_shows_the_way(pages: PagesVisitor) -> None:
    await pages.sign_in()
    page = await pages.open("/account/orders/NL-10388/tracking")
    assert page.texts(".track__text") == [
        "Delivered, signed for at the door",
        "Out for delivery",
        "Left our warehouse",
        "Order received",
    ]


async def test_a_return_refunds_its_lines_and_cannot_be_made_twice(pages: PagesVisitor) -> None:
    await pages.sign_in()
    path = "/account/orders/NL-10388/return"
    page = await pages.send(path)
    assert page.texts(".field__error") == [
        "Please choose what you are sending back.",
        "Please choose a reason.",
    ]
    page = await pages.send(path, **{"line-0": "1", "reason": "damaged"})
    assert pages.path == "/account/orders/NL-10388"
    said = "Return R-5071 is registered. We refund $95.45 when the parcel is back."
    assert page.one(".notice").text == said
    assert "Arc desk lamp" in page.one(".order-page__return").text
    page = await pages.send(path, **{"line-0": "1", "reason": "damaged"})
    assert page.texts(".field__error") == ["Please choose what you are sending back."]
    page = await pages.send(path, **{"line-1": "1", "reason": "unwanted"})
    page = await pages.open(path)
    assert page.one(".empty__title").text == "Everything of this order is on its way back."


async def test_only_a_delivered_order_can_be_returned(api: ApiVisitor) -> None:
    await api.sign_in()
    await api.send("/account/orders/NL-10401/return", **{"line-0": "1", "reason": "damaged"})
    assert (api.status, api.answer["notice"]["text"]) == (404, "This is no longer here.")


async def test_a_new_order_is_in_the_list(open_shop: OpenShop) -> None:
    pages = PagesVisitor(await open_shop())
    await pages.sign_in("yuki@example.com")
    assert "No orders yet." in (await pages.open("/account/orders")).text
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    await pages.pay()
    page = await pages.open("/account/orders")
    assert page.texts(".orders__number") == ["Order NL-10412"]
