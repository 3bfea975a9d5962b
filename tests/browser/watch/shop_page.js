/**
 * The small shop's own script: it records the page with rrweb and says facts about it, with the node ids of
 * rrweb's mirror, so that pictures and facts belong together as they do in the product.
 */
const shop = { events: [], facts: [] };
window.shop = shop;

const { record } = window.rrwebRecord;
record({ emit: (event) => shop.events.push(event), inlineStylesheet: true, recordAfter: "DOMContentLoaded" });

const node = (element) => element && record.mirror.getId(element);
const text = (element) =>
  element && { raw: element.textContent.trim().replace(/\s+/g, " "), node: node(element) };
const one = (root, selector) => text(root.querySelector(selector)) ?? undefined;
const all = (root, selector) => [...root.querySelectorAll(selector)];

function fact(kind, fields) {
  shop.facts.push([kind, Date.now(), fields]);
}
window.fact = fact;

function cart(root, surface) {
  const lines = all(root, ".line").map((line) => ({
    sku: line.dataset.sku,
    name: one(line, ".name"),
    quantity: one(line, ".quantity"),
    unit: one(line, ".unit"),
    was: one(line, ".was"),
    total: one(line, ".total"),
    notes: all(line, ".note").map(text),
  }));
  const totals = all(root, ".row").map((row) => ({
    key: row.dataset.key,
    label: one(row, ".label"),
    amount: one(row, ".amount"),
  }));
  const messages = all(root, ".message").map(text);
  fact("cart", { surface, source: "displayed", node: node(root), lines, totals, messages, promos: [] });
}
window.cart = cart;

function prices(context) {
  for (const card of all(document, ".card, .product"))
    for (const [selector, role] of [
      [".was", "was"],
      [".price", "current"],
    ]) {
      const amount = one(card, selector);
      const { sku } = card.dataset;
      const name = one(card, ".name");
      if (amount) fact("price", { source: "displayed", context, role, sku, name, amount });
    }
}

function page() {
  const circumstances = {
    user_agent: navigator.userAgent,
    width: innerWidth,
    height: innerHeight,
    pixel_ratio: 1,
    locale: "en-US",
    time_zone: "America/New_York",
  };
  const url = location.href.replace("http:", "https:");
  fact("page", { url, title: document.title, how: "navigate", circumstances });
  fact("tab", { visible: true });
}

function product() {
  prices("product");
  const drawer = document.querySelector(".drawer");
  document.querySelector(".add").onclick = () => {
    drawer.hidden = false;
    cart(drawer, "drawer");
  };
  document.querySelector(".more").onclick = () => {
    drawer.querySelector(".quantity").textContent = "2";
    for (const key of ["subtotal", "total"])
      drawer.querySelector(`[data-key=${key}] .amount`).textContent = "$998.00";
    cart(drawer, "drawer");
  };
  document.querySelector(".close").onclick = () => {
    drawer.hidden = true;
    fact("cart_gone", { surface: "drawer" });
  };
}

function shoppingCart() {
  cart(document.querySelector(".cart"), "page");
  fact("promo", {
    source: "displayed",
    state: "rejected",
    code: "SPRING20",
    reason: "not_applicable",
    text: one(document, ".message"),
  });
  fact("cart", {
    surface: "data_layer",
    source: "declared",
    currency: "USD",
    lines: [{ sku: "HP-15", quantity: { raw: "2" }, unit: { raw: "379.00", minor: 37900, currency: "USD" } }],
    totals: [{ key: "total", amount: { minor: 77790, currency: "USD" } }],
  });
  fact("request", {
    method: "POST",
    url: "https://shop.example/cart/coupon",
    status: 422,
    duration_ms: 80,
  });
  fact("error", {
    message: "TypeError: coupon is undefined",
    where: "https://shop.example/app.js",
    line: 12,
  });
}

// The recorder gives node ids when the document is complete; its listener was there first.
addEventListener("DOMContentLoaded", () => {
  page();
  if (document.querySelector(".card")) prices("listing");
  if (document.querySelector(".drawer")) product();
  if (document.querySelector(".cart")) shoppingCart();
});
addEventListener(
  "click",
  ({ target, clientX, clientY }) => {
    const control = target.tagName.toLowerCase();
    fact("click", { node: node(target), control, text: text(target), x: clientX, y: clientY });
  },
  true,
);
