"""Each fault does what its story tells, in both modes, and switching it off makes the shop right again."""

from __future__ import annotations

import pytest

from examples.storefront.faults import EXPLANATIONS, Fault
from tests.examples.storefront.conftest import OpenShop
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor

Visitor = PagesVisitor | ApiVisitor
LINK = "/?utm_source=email&utm_campaign=spring20&coupon=SPRING20"


@pytest.fixture(params=["pages", "spa"])
async def visitor(request: pytest.FixtureRequest, open_shop: OpenShop) -> Visitor:
    client = await open_shop(mode=request.param)
    return PagesVisitor(client) if request.param == "pages" else ApiVisitor(client)


async def switch(visitor: Visitor, **faults: str) -> None:
    response = await visitor.client.post("/demo/faults", data=faults)
    assert response.status_code == 303


def text_of(visitor: Visitor) -> str:
    return visitor.page.text if isinstance(visitor, PagesVisitor) else str(visitor.answer)


async def test_every_fault_is_explained_and_on_the_control_page(pages: PagesVisitor) -> None:
    assert set(EXPLANATIONS) == set(Fault)
    page = await pages.open("/demo")
    assert [button.attributes["name"] for button in page.all(".switch")] == list(Fault)


async def test_switches_are_read_back_and_nonsense_is_refused(api: ApiVisitor) -> None:
    await switch(api, price_mismatch="on", tracking_error="on")
    await switch(api, tracking_error="off")
    state = (await api.client.get("/demo/faults")).json()
    assert state["mode"] == "spa"
    assert [name for name, on in state["faults"].items() if on] == ["price_mismatch"]
    for wrong in ({"gremlins": "on"}, {"price_mismatch": "maybe"}):
        assert (await api.client.post("/demo/faults", data=wrong)).status_code == 400
    refused = await api.client.post(
        "/demo/faults", data={"price_mismatch": "off"}, headers={"origin": "https://evil.test"}
    )
    assert refused.status_code == 403


async def test_faults_can_be_on_from_the_start(open_shop: OpenShop) -> None:
    first = ApiVisitor(await open_shop(mode="spa", faults=["price_mismatch"]))
    await first.send("/cart/add", sku="HP-15")
    assert (await first.cart()).rows["total"] == "$499.00"
    kept = ApiVisitor(await open_shop(mode="spa"))
    assert (await kept.client.get("/demo/faults")).json()["faults"]["price_mismatch"] is True
    cleared = ApiVisitor(await open_shop(mode="spa", faults=[]))
    assert (await cleared.client.get("/demo/faults")).json()["faults"]["price_mismatch"] is False


async def test_the_cart_charges_more_than_the_page_shows(visitor: Visitor) -> None:
    await switch(visitor, price_mismatch="on")
    await visitor.send("/cart/add", sku="HP-15")
    await visitor.open("/p/HP-15")
    assert "$379.00" in text_of(visitor)
    cart = await visitor.cart()
    assert cart.lines == [("HP 15 laptop", "1", "$499.00", "$499.00")]
    await visitor.go_to_payment("pick-up", state="OR", postcode="97201")
    await visitor.pay()
    if isinstance(visitor, ApiVisitor):
        await visitor.open(visitor.answer["go"])
    assert "$499.00" in text_of(visitor)
    await switch(visitor, price_mismatch="off")
    await visitor.send("/cart/add", sku="HP-15")
    assert (await visitor.cart()).rows["total"] == "$379.00"


async def test_the_store_is_cheaper_and_the_promise_is_unknown(visitor: Visitor) -> None:
    await visitor.open("/stores")
    assert "$59.00" not in text_of(visitor)
    await switch(visitor, store_price_lower="on")
    await visitor.open("/stores")
    assert "$59.00" in text_of(visitor)
    mail = (await visitor.client.get("/demo/mail/price-promise")).text
    assert "INC-20418" in mail
    assert "$59.00" in mail
    await visitor.send("/cart/add", sku="KET-17")
    await visitor.send("/cart/code", code="INC-20418", back="/cart")
    assert "INC-20418 is not a code we know." in text_of(visitor)
    assert (await visitor.cart()).rows["total"] == "$79.00"


async def test_the_coupon_is_accepted_and_not_deducted(visitor: Visitor) -> None:
    await switch(visitor, coupon_not_deducted="on")
    await visitor.open(LINK)
    assert "SPRING20 applied: 20 % off your order." in text_of(visitor)
    await visitor.send("/cart/add", sku="HP-15")
    await visitor.go_to_payment("pick-up", state="OR", postcode="97201")
    cart = await visitor.cart()
    assert (cart.codes, cart.said) == (["SPRING20"], [])
    assert cart.rows == {"items": "$379.00", "shipping": "Free", "tax": "$0.00", "total": "$379.00"}


async def test_the_code_in_the_link_is_lost(visitor: Visitor) -> None:
    await switch(visitor, coupon_link_ignored="on")
    await visitor.open(LINK)
    assert "SPRING20" not in text_of(visitor)
    await visitor.send("/cart/add", sku="HP-15")
    assert (await visitor.cart()).codes == []
    await visitor.send("/cart/code", code="SPRING20")
    assert (await visitor.cart()).codes == ["SPRING20"]


COOKIE = "northlight_faults"


async def test_each_fault_of_a_cart_by_itself_and_for_one_browser_alone(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await visitor.send("/cart/add", sku="HP-15")
    right = await visitor.cart()
    assert [line[0] for line in right.lines][1:] == ["HP 15 laptop"]
    assert right.rows["total"] == "$458.00"
    visitor.client.cookies.set(COOKIE, "cart_dearer.total_too_high.no_such_fault")
    dearer = await visitor.cart()
    assert [line[2] for line in dearer.lines] == ["$82.00", "$382.00"]
    assert (dearer.rows["items"], dearer.rows["total"]) == ("$464.00", "$468.00")
    visitor.client.cookies.set(COOKIE, "offer_stale")
    assert [line[2] for line in (await visitor.cart()).lines] == ["$79.00", "$499.00"]
    visitor.client.cookies.set(COOKIE, "cart_loses_line.sold_out_in_cart")
    lost = await visitor.cart()
    assert lost.lines == right.lines[:1]
    await visitor.open("/cart")
    assert "No longer available" in text_of(visitor)
    visitor.client.cookies.set(COOKIE, "add_silent")
    await visitor.send("/cart/add", sku="LMP-01")
    assert (await visitor.cart()).lines == right.lines
    assert (await visitor.client.get("/demo/faults")).json()["faults"]["add_silent"] is False


async def test_the_checkout_takes_no_way_of_shipping(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="KET-17")
    await switch(visitor, shipping_refused="on")
    for method in ("standard", "express", "pick-up"):
        await visitor.go_to_payment(method)
        await visitor.send("/checkout/shipping", method=method)
        assert visitor.status == 422
        assert "Please choose how we shall send it." in text_of(visitor)
    await switch(visitor, shipping_refused="off")
    await visitor.send("/checkout/shipping", method="pick-up")
    assert visitor.status == 200


async def test_the_return_form_does_nothing(visitor: Visitor) -> None:
    await visitor.sign_in()
    await switch(visitor, return_silent="on")
    path = "/account/orders/NL-10388/return"
    await visitor.send(path, **{"line-0": "1", "reason": "damaged"})
    assert visitor.status == 200
    if isinstance(visitor, PagesVisitor):
        assert visitor.path == path
        assert not visitor.page.all(".notice")
    else:
        assert (visitor.answer["go"], visitor.answer["notice"]) == ("", None)
    await visitor.open("/account/orders/NL-10388")
    assert "R-5071" not in text_of(visitor)


async def test_tracking_fails(visitor: Visitor) -> None:
    await visitor.sign_in()
    await switch(visitor, tracking_error="on")
    await visitor.open("/account/orders/NL-10388/tracking")
    assert visitor.status == 500
    assert "(Error T-500)" in text_of(visitor)


async def test_an_order_is_cancelled_here_and_delivered_there(visitor: Visitor) -> None:
    await visitor.sign_in()
    await switch(visitor, order_conflict="on")
    await visitor.open("/account/orders/NL-10388")
    assert "Cancelled" in text_of(visitor)
    assert "$142.57 refunded to your card" in text_of(visitor)
    await visitor.open("/account/orders/NL-10388/tracking")
    assert "Delivered" in text_of(visitor)
    assert "Cancelled" not in text_of(visitor)
