"""A small shop whose pages record themselves (``shop_page.js``): what the watch page's tests replay."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FILES", "ORIGIN", "PAGES"]

ORIGIN = "http://shop.example"
HERE = Path(__file__).parent

FILES = {
    "/recorder.js": (
        HERE.parents[2] / "node_modules/@rrweb/record/dist/record.umd.min.cjs",
        "text/javascript",
    ),
    "/page.js": (HERE / "shop_page.js", "text/javascript"),
    "/shop.css": (HERE / "shop.css", "text/css"),
}


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title><link rel='stylesheet' href='/shop.css'></head>"
        f"<body><header><b>Shop Example</b><span>Help · Account · Cart</span></header><main>{body}</main>"
        "<script src='/recorder.js'></script><script src='/page.js'></script></body></html>"
    )


def _card(sku: str, name: str, price: str, was: str = "") -> str:
    struck = f"<div class='was'>{was}</div>" if was else ""
    return (
        f"<article class='card' data-sku='{sku}'><img src='/{sku}.png' alt='{name}'>"
        f"<div class='name'>{name}</div>{struck}<div class='price'>{price}</div></article>"
    )


def _row(key: str, label: str, amount: str) -> str:
    return (
        f"<div class='row' data-key='{key}'><span class='label'>{label}</span>"
        f"<span class='amount'>{amount}</span></div>"
    )


def _line(sku: str, name: str, quantity: str, money: str) -> str:
    return (
        f"<div class='line' data-sku='{sku}'><span class='name'>{name}</span>"
        f"<span class='quantity'>{quantity}</span><span>{money}</span></div>"
    )


LISTING = _page(
    "Laptops",
    "<h1>Laptops</h1>"
    + _card("HP-15", "HP-15 laptop", "$379.00", "$499.00")
    + _card("AIR-13", "Air 13 laptop", "$899.00")
    + _card("BAG", "Laptop bag", "$19.90"),
)
PRODUCT = _page(
    "HP-15 laptop",
    "<div class='product' data-sku='HP-15'><img src='/HP-15.png' alt='HP-15 laptop'>"
    "<h1 class='name'>HP-15 laptop</h1><div class='was'>$499.00</div><div class='price'>$379.00</div>"
    "<button class='add'>Add to cart</button></div><aside class='drawer' hidden><h2>Your cart</h2>"
    + _line("HP-15", "HP-15 laptop", "1", "<span class='unit'>$499.00</span>")
    + _row("subtotal", "Subtotal", "$499.00")
    + _row("shipping", "Shipping", "Not known yet")
    + _row("total", "Total", "$499.00")
    + "<button class='more'>One more</button> <button class='close'>Close</button></aside>",
)
CART = _page(
    "Shopping cart",
    "<h1>Shopping cart</h1><section class='cart'>"
    + _line(
        "HP-15",
        "HP-15 laptop",
        "2",
        "<s class='was'>$499.00</s> <span class='unit'>$479.00</span> <span class='total'>$958.00</span>",
    )
    + _line(
        "BAG",
        "حقيبة كمبيوتر محمول",
        "1",
        "<span class='unit'>١٩٫٩٠ $</span> <span class='total'>١٩٫٩٠ $</span> "
        "<em class='note'>gift with purchase</em>",
    )
    + "<p class='message'>The coupon SPRING20 is not valid for these articles.</p>"
    + _row("subtotal", "Subtotal", "$977.90")
    + _row("total", "Total", "$977.90")
    + "</section>",
)

PAGES = {"/": LISTING, "/hp-15": PRODUCT, "/cart": CART, "/checkout/payment": CART}
"""What the shop answers at each path."""
