"""Looking around and filling a cart: what is listed, found, added, changed and refused, in both modes."""

from __future__ import annotations

import asyncio

import pytest

from examples.storefront.goods import CATALOGUE
from tests.examples.storefront.conftest import OpenShop
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor, seen_in

Visitor = PagesVisitor | ApiVisitor


@pytest.fixture(params=["pages", "spa"])
async def visitor(request: pytest.FixtureRequest, open_shop: OpenShop) -> Visitor:
    client = await open_shop(mode=request.param)
    return PagesVisitor(client) if request.param == "pages" else ApiVisitor(client)


def test_the_shop_sells_forty_things_of_every_kind() -> None:
    products = CATALOGUE.products
    assert len(products) == 40
    assert len({item.sku for product in products for item in product.items}) == 43
    assert sum(not product.in_stock for product in products) == 1
    assert sum(product.has_variants for product in products) == 1
    assert sum(product.measure is not None for product in products) == 1
    assert {product.direction for product in products} == {"", "rtl"}
    assert {product.category for product in products} == {category.slug for category in CATALOGUE.categories}


async def test_the_laptop_costs_the_same_wherever_it_is_shown(pages: PagesVisitor) -> None:
    for path in ("/", "/c/computers", "/c/sale", "/search?q=hp", "/p/HP-15"):
        page = await pages.open(path)
        shown = [node for node in page.walk() if node.attributes.get("data-replay-product") == "HP-15"]
        assert shown, path
        for product in shown:
            assert (product.one(".price__now").text, product.one(".price__was").text) == (
                "$379.00",
                "$499.00",
            )


async def test_listings_page_sort_and_filter(api: ApiVisitor) -> None:
    first = (await api.open("/c/all"))["page"]["data"]
    last = (await api.open("/c/all?page=4"))["page"]["data"]
    assert (first["found"], len(first["shelf"]), len(first["pages"]), len(last["shelf"])) == (
        "40 products",
        12,
        4,
        4,
    )
    seen = [
        card["sku"]
        for page in (1, 2, 3, 4)
        for card in (await api.open(f"/c/all?page={page}"))["page"]["data"]["shelf"]
    ]
    assert sorted(seen) == sorted(product.sku for product in CATALOGUE.products)
    cheap = (await api.open("/c/desk?sort=price"))["page"]["data"]["shelf"]
    assert [card["price"] for card in cheap][:2] == ["$4.49", "$14.90"]
    assert "TRN-01" not in str((await api.open("/c/audio?available=1"))["page"]["data"]["shelf"])
    for nonsense in ("0", "-3", "99999999999999999999", "x", "²"):
        await api.open(f"/c/all?page={nonsense}")
        assert api.status == 200


@pytest.mark.parametrize(
    ("words", "found"),
    [("HP-15", ["HP-15"]), ("kyusu", ["KYU-01"]), ("急須", ["KYU-01"]), ("zebra", []), ("  ", [])],
)
async def test_search_finds_by_name_sku_and_other_names(
    api: ApiVisitor, words: str, found: list[str]
) -> None:
    answer = await api.client.get("/api/search", params={"q": words})
    assert [card["sku"] for card in answer.json()["page"]["data"]["shelf"]] == found


async def test_things_are_counted_up_and_priced(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="HP-15", quantity="1")
    await visitor.send("/cart/add", sku="HP-15", quantity="2")
    await visitor.send("/cart/add", sku="TAB-11-128-SND")
    cart = await visitor.cart()
    assert cart.lines == [
        ("HP 15 laptop", "3", "$379.00", "$1,137.00"),
        ("Slate 11 tablet", "1", "$449.00", "$449.00"),
    ]
    assert cart.rows == {
        "items": "$1,586.00",
        "shipping": "Calculated at checkout",
        "tax": "Calculated at checkout",
        "total": "$1,586.00",
    }
    assert cart.count == "4"


async def test_every_length_of_cable_is_a_line(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="CBL-SPK", quantity="2.5")
    await visitor.send("/cart/add", sku="CBL-SPK", quantity="1")
    cart = await visitor.cart()
    assert [entry[1:] for entry in cart.lines] == [("2.5", "$4.49", "$11.23"), ("1", "$4.49", "$4.49")]
    assert (cart.rows["items"], cart.count) == ("$15.72", "2")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"quantity": "5"}, ["5"]),
        ({"by": "1"}, ["3"]),
        ({"by": "-1"}, ["1"]),
        ({"quantity": "0"}, []),
        ({"by": "-1.5"}, ["2"]),
        ({"quantity": "41"}, ["2"]),
        ({"quantity": "-1"}, ["2"]),
        ({"quantity": "two"}, ["2"]),
        ({}, ["2"]),
    ],
)
async def test_a_quantity_is_changed_or_stays(
    visitor: Visitor, change: dict[str, str], left: list[str]
) -> None:
    await visitor.send("/cart/add", sku="KET-17", quantity="2")
    await visitor.send("/cart/update", line="KET-17", back="/cart", **change)
    assert [entry[1] for entry in (await visitor.cart()).lines] == left


@pytest.mark.parametrize(
    ("sku", "quantity", "said"),
    [
        ("TRN-01", "1", "Orbit turntable is sold out."),
        ("HUB-08", "3", "Only 2 left: nothing was added."),
        ("HP-15", "0", "Please enter a quantity that we can sell."),
        ("HP-15", "1.5", "Please enter a quantity that we can sell."),
        ("GONE-1", "1", "This product is no longer sold."),
    ],
)
async def test_what_cannot_be_sold_is_not_added(visitor: Visitor, sku: str, quantity: str, said: str) -> None:
    answer = await visitor.send("/cart/add", sku=sku, quantity=quantity, back="/p/HUB-08")
    if isinstance(visitor, PagesVisitor):
        assert visitor.page.one(".notice").text == said
    else:
        assert isinstance(answer, dict)
        assert answer["notice"]["text"] == said
    assert (await visitor.cart()).lines == []


async def test_the_last_pieces_are_counted_with_those_in_the_cart(pages: PagesVisitor) -> None:
    await pages.send("/cart/add", sku="HUB-08", quantity="2", back="/p/HUB-08")
    await pages.send("/cart/add", sku="HUB-08", quantity="1", back="/p/HUB-08")
    assert pages.page.one(".notice").text == "Only 2 left and 2 already in your cart: nothing was added."


async def test_a_removed_line_is_gone_everywhere(visitor: Visitor) -> None:
    await visitor.send("/cart/add", sku="HP-15")
    await visitor.send("/cart/remove", line="HP-15", back="/cart")
    cart = await visitor.cart()
    assert (cart.lines, cart.rows, cart.count) == ([], {}, "0")


async def test_an_add_opens_the_drawer_once(pages: PagesVisitor) -> None:
    page = await pages.send("/cart/add", sku="HP-15", back="/p/HP-15")
    assert pages.path == "/p/HP-15"
    drawer = page.one("#cart-drawer")
    assert "open" in drawer.attributes
    assert seen_in(drawer).lines == [("HP 15 laptop", "1", "$379.00", "$379.00")]
    assert page.one(".mini-cart__count").text == "1"
    again = await pages.open("/p/HP-15")
    assert "open" not in again.one("#cart-drawer").attributes


async def test_two_tabs_share_a_cart_and_two_browsers_do_not(open_shop: OpenShop) -> None:
    first = PagesVisitor(await open_shop())
    await first.send("/cart/add", sku="HP-15")
    second_tab = PagesVisitor(first.client)
    await second_tab.send("/cart/add", sku="HP-15")
    assert [entry[1] for entry in (await first.cart()).lines] == ["2"]
    assert (await PagesVisitor(await open_shop()).cart()).lines == []


async def test_many_presses_at_once_are_all_counted(api: ApiVisitor) -> None:
    await api.open("/")
    await asyncio.gather(*(api.send("/cart/add", sku="KET-17") for _ in range(20)))
    assert [entry[1] for entry in (await api.cart()).lines] == ["20"]
    await asyncio.gather(*(api.send("/cart/update", line="KET-17", by="-1") for _ in range(15)))
    assert [entry[1] for entry in (await api.cart()).lines] == ["5"]


async def test_a_cart_holds_two_hundred_lines_and_says_when_it_is_full(api: ApiVisitor) -> None:
    for _ in range(300):
        await api.send("/cart/add", sku="CBL-SPK", quantity="0.5")
    answer = await api.send("/cart/add", sku="CBL-SPK", quantity="0.5")
    assert answer["notice"]["text"] == "Your cart is full. Please place this order first."
    cart = await api.cart()
    assert (len(cart.lines), cart.count, cart.rows["items"]) == (300, "300", "$675.00")


async def test_a_way_back_leads_nowhere_else(pages: PagesVisitor) -> None:
    for back in ("https://evil.test/", "//evil.test/", "/\\evil.test", "", "cart"):
        response = await pages.client.post("/cart/add", data={"sku": "HP-15", "back": back})
        assert response.headers["location"] == "/cart"


@pytest.mark.parametrize("path", ["/p/NOPE", "/c/nope", "/nope", "/account/nope/x/y"])
async def test_what_is_not_there_says_so(visitor: Visitor, path: str) -> None:
    await visitor.open(path)
    assert visitor.status == 404
