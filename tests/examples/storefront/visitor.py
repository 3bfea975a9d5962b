"""Somebody who visits the shop, through its pages or through its API, with the same words for both.

What they see of the cart is read as text: from the class names in the pages, from the finished
strings in the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.examples.storefront.markup import Element, read

ADDRESS = {
    "email": "guest@example.com",
    "name": "Robin Guest",
    "phone": "",
    "street": "12 Pine Street",
    "extra": "",
    "city": "Los Angeles",
    "state": "CA",
    "postcode": "90001",
}
CARD = {
    "card_number": "4242 4242 4242 4242",
    "card_expiry": "12 / 30",
    "card_code": "123",
    "card_name": "Robin Guest",
}


@dataclass(frozen=True)
class SeenCart:
    """Line names with quantity, unit and total; rows by key; codes; and what the shop said."""

    lines: list[tuple[str, str, str, str]]
    rows: dict[str, str]
    codes: list[str]
    said: list[str]
    count: str


class PagesVisitor:
    """Follows links and sends forms as a browser without scripts does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str) -> Element:
        response = await self.client.get(path, follow_redirects=True)
        self.path = response.url.path
        self.status = response.status_code
        self.html = response.text
        self.page = read(response.text)
        return self.page

    async def send(self, path: str, **fields: str) -> Element:
        response = await self.client.post(path, data=fields, follow_redirects=True)
        self.path = response.url.path
        self.status = response.status_code
        self.page = read(response.text)
        return self.page

    async def go_to_payment(self, method: str = "standard", **changed: str) -> Element:
        await self.send("/checkout/address", **{**ADDRESS, **changed})
        return await self.send("/checkout/shipping", method=method)

    async def pay(self, **changed: str) -> Element:
        expected = next(
            field.attributes["value"]
            for field in self.page.all("input")
            if field.attributes.get("name") == "expected"
        )
        return await self.send("/checkout/payment", **{**CARD, "expected": expected, **changed})

    async def sign_in(self, email: str = "ana@example.com") -> Element:
        return await self.send("/account/sign-in", email=email, password="northlight")

    async def cart(self) -> SeenCart:
        return seen_in((await self.open("/cart")).one(".cart-page"))


def seen_in(surface: Element) -> SeenCart:
    """The cart as a surface of a page shows it."""

    def quantity(line: Element) -> str:
        shown = line.one(".cart-line__qty")
        return shown.attributes.get("value", shown.text)

    keys = (row.attributes["class"].rpartition("--")[2] for row in surface.all(".cart-totals__row"))
    counts = [text for name in ("page", "drawer") for text in surface.texts(f".cart-{name}__count")]
    return SeenCart(
        lines=[
            (
                line.one(".cart-line__name").text,
                quantity(line),
                line.one(".cart-line__unit").text,
                line.one(".cart-line__total").text,
            )
            for line in surface.all(".cart-line")
        ],
        rows=dict(zip(keys, surface.texts(".cart-totals__amount"), strict=True)),
        codes=surface.texts(".cart-promo__code"),
        said=surface.texts(".cart-message") + surface.texts(".cart-promo__waits"),
        count=counts[0] if counts else "0",
    )


class ApiVisitor:
    """Asks the API as the single-page application does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.status = 0
        self.answer: dict[str, Any] = {}

    async def open(self, path: str) -> dict[str, Any]:
        return self._take(await self.client.get(f"/api{path}"))

    async def send(self, path: str, **fields: str) -> dict[str, Any]:
        return self._take(await self.client.post(f"/api{path}", json=fields))

    def _take(self, response: httpx.Response) -> dict[str, Any]:
        self.status = response.status_code
        answer: dict[str, Any] = response.json()
        self.answer = answer
        return answer

    async def go_to_payment(self, method: str = "standard", **changed: str) -> dict[str, Any]:
        await self.send("/checkout/address", **{**ADDRESS, **changed})
        await self.send("/checkout/shipping", method=method)
        return await self.open("/checkout/payment")

    async def pay(self, **changed: str) -> dict[str, Any]:
        expected = (await self.open("/checkout/payment"))["page"]["data"]["expected"]
        return await self.send("/checkout/payment", **{**CARD, "expected": expected, **changed})

    async def sign_in(self, email: str = "ana@example.com") -> dict[str, Any]:
        return await self.send("/account/sign-in", email=email, password="northlight")

    async def cart(self) -> SeenCart:
        cart = (await self.open("/cart"))["cart"]
        said = [cart[name]["text"] for name in ("message", "promo_message") if cart[name]]
        return SeenCart(
            lines=[(line["name"], line["quantity"], line["unit"], line["total"]) for line in cart["lines"]],
            rows={row["key"]: row["amount"] for row in cart["rows"]} if cart["lines"] else {},
            codes=[promo["code"] for promo in cart["promos"]],
            said=said + [promo["waits_for"] for promo in cart["promos"] if promo["waits_for"]],
            count=cart["count"],
        )
