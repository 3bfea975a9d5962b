"""A small shop whose pages record themselves: what the watch page's tests replay.

Each page carries its own facts (``shop.fact``) with the node ids of rrweb's own mirror, so that pictures and
facts belong together as they do in the product. Time is Playwright's clock: nothing here waits.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["ORIGIN", "PAGES", "RECORDER"]

ORIGIN = "http://shop.example"
RECORDER = Path(__file__).parents[3] / "node_modules/@rrweb/record/dist/record.umd.min.cjs"

STYLE = """
body { margin: 0; font: 16px/1.5 sans-serif; color: #222; }
header { display: flex; justify-content: space-between; padding: 14px 28px; background: #14324a; color: #fff; }
main { max-width: 880px; margin: 24px auto; padding: 0 24px; }
.card { display: inline-block; width: 250px; margin: 0 16px 16px 0; padding: 12px; border: 1px solid #ccc; }
.was { color: #888; text-decoration: line-through; }
.price { font-weight: bold; font-size: 20px; }
button { padding: 8px 16px; border: 0; background: #e07a1f; color: #fff; font: inherit; }
.drawer { position: fixed; inset: 0 0 0 auto; width: 380px; padding: 18px; background: #fff; box-shadow: 0 0 30px #0005; }
.drawer[hidden] { display: none; }
.line { display: grid; grid-template-columns: 1fr auto auto; gap: 8px; padding: 8px 0; border-bottom: 1px solid #ddd; }
.row { display: flex; justify-content: space-between; padding: 4px 0; }
.message { padding: 8px; background: #fff3cd; }
img { width: 220px; height: 120px; }
"""

SCRIPT = """
const rrweb = rrwebRecord;
const shop = { events: [], facts: [] };
const stop = rrweb.record({ emit: (event) => shop.events.push(event), inlineStylesheet: true, recordAfter: 'DOMContentLoaded' });
const node = (element) => element && rrweb.record.mirror.getId(element);
const text = (element) => element && { raw: element.textContent.trim().replace(/\\s+/g, " "), node: node(element) };
const fact = (kind, fields) => shop.facts.push([kind, Date.now(), fields]);
const one = (root, selector) => text(root.querySelector(selector)) || undefined;
function cart(root, surface, source = "displayed") {
  const lines = [...root.querySelectorAll(".line")].map((line) => ({
    sku: line.dataset.sku, name: one(line, ".name"), quantity: one(line, ".quantity"),
    unit: one(line, ".unit"), was: one(line, ".was"), total: one(line, ".total"),
    notes: [...line.querySelectorAll(".note")].map(text),
  }));
  const totals = [...root.querySelectorAll(".row")].map((row) => ({
    key: row.dataset.key, label: one(row, ".label"), amount: one(row, ".amount"),
  }));
  const messages = [...root.querySelectorAll(".message")].map(text);
  fact("cart", { surface, source, node: node(root), lines, totals, messages, promos: [] });
}
function prices(context) {
  for (const card of document.querySelectorAll(".card, .product"))
    for (const role of ["was", "price"])
      if (card.querySelector("." + role)) fact("price", {
        source: "displayed", context, role: role === "was" ? "was" : "current", sku: card.dataset.sku,
        name: one(card, ".name"), amount: one(card, "." + role),
      });
}
// The recorder gives node ids when the document is complete; its listener was there first.
const ready = (run) => addEventListener("DOMContentLoaded", run);
ready(() => fact("page", { url: location.href.replace("http:", "https:"), title: document.title, how: "navigate", circumstances: {
  user_agent: navigator.userAgent, width: innerWidth, height: innerHeight, pixel_ratio: 1, locale: "en-US",
  time_zone: "America/New_York" } }));
ready(() => fact("tab", { visible: true }));
addEventListener("click", (event) => fact("click", {
  node: node(event.target), control: event.target.tagName.toLowerCase(), text: text(event.target), x: event.clientX, y: event.clientY,
}), true);
"""

DRAWER = """
<aside class="drawer" hidden>
  <h2>Your cart</h2>
  <div class="line" data-sku="HP-15"><span class="name">HP-15 laptop</span><span><span class="quantity">1</span></span>
    <span class="unit">$499.00</span></div>
  <div class="row" data-key="subtotal"><span class="label">Subtotal</span><span class="amount">$499.00</span></div>
  <div class="row" data-key="shipping"><span class="label">Shipping</span><span class="amount">Not known yet</span></div>
  <div class="row" data-key="total"><span class="label">Total</span><b class="amount">$499.00</b></div>
  <button class="more">One more</button> <button class="close">Close</button>
</aside>
"""

CART = """
<h1>Shopping cart</h1>
<section class="cart">
  <div class="line" data-sku="HP-15"><span class="name">HP-15 laptop</span><span><span class="quantity">2</span></span>
    <span><s class="was">$499.00</s> <span class="unit">$479.00</span> <span class="total">$958.00</span></span></div>
  <div class="line" data-sku="BAG"><span class="name">حقيبة كمبيوتر محمول</span><span><span class="quantity">1</span></span>
    <span><span class="unit">١٩٫٩٠ $</span> <span class="total">١٩٫٩٠ $</span> <em class="note">gift with purchase</em></span></div>
  <p class="message">The coupon SPRING20 is not valid for these articles.</p>
  <div class="row" data-key="subtotal"><span class="label">Subtotal</span><span class="amount">$977.90</span></div>
  <div class="row" data-key="total"><span class="label">Total</span><b class="amount">$977.90</b></div>
</section>
"""


def _page(title: str, body: str, script: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title><style>{STYLE}</style></head><body>"
        f"<header><b>Shop Example</b><span>Help · Account · Cart</span></header><main>{body}</main>"
        f"<script src='/recorder.js'></script><script>{SCRIPT}ready(() => {{{script}}});</script></body></html>"
    )


def _card(sku: str, name: str, price: str, was: str = "") -> str:
    struck = f"<div class='was'>{was}</div>" if was else ""
    return (
        f"<article class='card' data-sku='{sku}'><img src='/{sku}.png' alt='{name}'>"
        f"<div class='name'>{name}</div>{struck}<div class='price'>{price}</div></article>"
    )


PAGES = {
    "/": _page(
        "Laptops",
        "<h1>Laptops</h1>"
        + _card("HP-15", "HP-15 laptop", "$379.00", "$499.00")
        + _card("AIR-13", "Air 13 laptop", "$899.00")
        + _card("BAG", "Laptop bag", "$19.90"),
        "prices('listing');",
    ),
    "/hp-15": _page(
        "HP-15 laptop",
        "<div class='product' data-sku='HP-15'><img src='/HP-15.png' alt='HP-15 laptop'>"
        "<h1 class='name'>HP-15 laptop</h1><div class='was'>$499.00</div><div class='price'>$379.00</div>"
        "<button class='add'>Add to cart</button></div>" + DRAWER,
        """
        prices('product');
        const drawer = document.querySelector('.drawer');
        document.querySelector('.add').onclick = () => { drawer.hidden = false; cart(drawer, 'drawer'); };
        document.querySelector('.more').onclick = () => {
          drawer.querySelector('.quantity').textContent = '2';
          for (const at of drawer.querySelectorAll('[data-key=subtotal] .amount, [data-key=total] .amount')) at.textContent = '$998.00';
          cart(drawer, 'drawer');
        };
        document.querySelector('.close').onclick = () => { drawer.hidden = true; fact('cart_gone', { surface: 'drawer' }); };
        """,
    ),
    "/cart": _page(
        "Shopping cart",
        CART,
        """
        cart(document.querySelector('.cart'), 'page');
        fact('promo', { source: 'displayed', state: 'rejected', code: 'SPRING20', reason: 'not_applicable', text: text(document.querySelector('.message')) });
        fact('cart', { surface: 'data_layer', source: 'declared', currency: 'USD', lines: [{ sku: 'HP-15', quantity: { raw: '2' }, unit: { raw: '379.00', minor: 37900, currency: 'USD' } }], totals: [{ key: 'total', amount: { raw: '777.90', minor: 77790, currency: 'USD' } }] });
        fact('request', { method: 'POST', url: 'https://shop.example/cart/coupon', status: 422, duration_ms: 80 });
        fact('error', { message: "TypeError: cannot read properties of undefined (reading 'coupon')", where: 'https://shop.example/app.js', line: 12, column: 7 });
        """,
    ),
}
"""What the shop answers at each path."""
