"""What surrounds the shop: snippet, consent, pictures, presenter's pages, and requests from elsewhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from examples.storefront.goods import CATALOGUE
from examples.storefront.pictures import draw
from tests.examples.storefront.conftest import SNIPPET, OpenShop
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor


@pytest.mark.parametrize("mode", ["pages", "spa"])
async def test_every_page_of_the_shop_carries_the_snippet_and_the_support_code(
    open_shop: OpenShop, mode: str
) -> None:
    pages = PagesVisitor(await open_shop(mode=mode))
    for path in ("/", "/c/all", "/p/HP-15", "/cart", "/account/sign-in", "/stores", "/checkout/payment"):
        page = await pages.open(path)
        assert pages.html.count(SNIPPET) == 1, path
        assert page.one("head").all("#snippet"), path
        codes = [node for node in page.walk() if "data-replay-code" in node.attributes]
        assert len(codes) == 1
        assert "read this code to our agent" in page.one(".support").text


async def test_the_presenters_pages_carry_none(pages: PagesVisitor) -> None:
    for path in ("/demo", "/demo/mail", "/demo/mail/spring20", "/demo/mail/abandoned-cart"):
        await pages.open(path)
        assert pages.status == 200
        assert SNIPPET not in pages.html
    assert (await pages.client.get("/demo/mail/nope")).status_code == 404


async def test_consent_is_asked_for_once_and_remembered(pages: PagesVisitor) -> None:
    page = await pages.open("/p/HP-15")
    assert "hidden" not in page.one("#consent").attributes
    response = await pages.client.post("/consent", data={"answer": "granted", "back": "/p/HP-15"})
    assert response.headers["location"] == "/p/HP-15"
    page = await pages.open("/p/HP-15")
    assert "hidden" in page.one("#consent").attributes
    assert '"consent": "granted"' in pages.html
    await pages.client.post("/consent", data={"answer": "denied"})
    await pages.open("/p/HP-15")
    assert '"consent": "denied"' in pages.html
    await pages.client.post("/consent", data={"answer": "perhaps"})
    await pages.open("/p/HP-15")
    assert '"consent": "denied"' in pages.html


async def test_zones_say_what_may_be_read(pages: PagesVisitor) -> None:
    await pages.sign_in()
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    zones = {
        "/c/all": "catalogue",
        "/p/HP-15": "catalogue",
        "/cart": "catalogue",
        "/checkout/address": "cart",
        "/checkout/shipping": "cart",
        "/checkout/payment": "cart",
        "/account/orders": "account",
        "/account/orders/NL-10388": "account",
    }
    for path, zone in zones.items():
        page = await pages.open(path)
        assert page.one("#main").attributes["data-replay-zone"] == zone, path
    for step, zone in {"address": "private", "shipping": "cart", "payment": "payment"}.items():
        form = (await pages.open(f"/checkout/{step}")).one(".checkout__form")
        assert form.attributes["data-replay-zone"] == zone, step


async def test_names_and_addresses_stand_where_they_are_masked(pages: PagesVisitor) -> None:
    """In readable zones every personal text is inside an element that is always masked."""
    await pages.sign_in()
    await pages.send("/cart/add", sku="HP-15")
    await pages.go_to_payment()
    for path in ("/", "/checkout/shipping", "/account/orders", "/account/orders/NL-10388"):
        page = await pages.open(path)
        for node in page.walk():
            if "data-replay-mask" in node.attributes or node.tag == "script":
                node.children = []
        for private in ("Ana", "ana@example.com", "Duarte", "Larkin", "Pine Street", "Robin", "555 0134"):
            assert private not in page.text, (path, private)


def test_every_product_has_a_picture_of_its_own() -> None:
    drawn = {product.sku: draw(product.sku) for product in CATALOGUE.products}
    assert len(set(drawn.values())) == len(CATALOGUE.products)
    for sku, picture in drawn.items():
        assert picture is not None
        assert ET.fromstring(picture).get("viewBox") == "0 0 400 400", sku
        assert "$" not in picture
    assert draw("NOPE") is None


async def test_pictures_are_served_as_drawn(pages: PagesVisitor) -> None:
    response = await pages.client.get("/pictures/HP-15.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.text == draw("HP-15")
    assert (await pages.client.get("/pictures/NOPE.svg")).status_code == 404


@pytest.mark.parametrize("path", ["/cart/add", "/account/sign-out", "/consent"])
async def test_forms_from_other_sites_are_refused(pages: PagesVisitor, path: str) -> None:
    response = await pages.client.post(path, data={"sku": "HP-15"}, headers={"origin": "https://evil.test"})
    assert response.status_code == 403
    own = await pages.client.post(path, data={"sku": "HP-15"}, headers={"origin": "http://shop.test"})
    assert own.status_code == 303


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"sku": 1}', '{"sku": ["HP-15"]}'])
async def test_the_api_takes_flat_objects_of_text_only(api: ApiVisitor, body: str) -> None:
    headers = {"content-type": "application/json"}
    response = await api.client.post("/api/cart/add", content=body, headers=headers)
    assert response.json()["notice"]["text"] == "This product is no longer sold."
    form = await api.client.post("/api/cart/add", data={"sku": "HP-15"})
    assert form.json()["cart"]["lines"] == []


async def test_too_much_is_refused(pages: PagesVisitor) -> None:
    response = await pages.client.post("/cart/add", content=b"x" * 100_000)
    assert response.status_code == 413


async def test_the_browsers_cookie_is_not_for_scripts(pages: PagesVisitor) -> None:
    response = await pages.client.get("/")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "set-cookie" not in (await pages.client.get("/")).headers
