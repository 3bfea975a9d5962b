/** What Shopify's cart answers become; the answers are as its documentation and public fixtures have them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/shopify";
import { type Heard, hear } from "./heard";

const LINE = {
  id: 42,
  key: "42:9f8e7d",
  variant_id: 42,
  sku: "HP-15",
  title: "HP 15 laptop - Silver",
  quantity: 2,
  price: 49_900,
  original_price: 49_900,
  discounted_price: 37_900,
  final_price: 37_900,
  original_line_price: 99_800,
  final_line_price: 75_800,
  properties: { engraving: "For Ana" },
};
const CART = {
  token: "c1-secret-token",
  note: "Please ring at Ana's",
  attributes: { phone: "+1 555 010 9999" },
  currency: "USD",
  item_count: 2,
  items: [LINE],
  items_subtotal_price: 75_800,
  original_total_price: 99_800,
  total_discount: 24_000,
  total_price: 68_220,
  cart_level_discount_applications: [
    { type: "discount_code", title: "SPRING", total_allocated_amount: 7_580 },
  ],
  discount_codes: [
    { code: "SPRING", applicable: true },
    { code: "OLD", applicable: false },
  ],
};
const usd = (minor: number) => ({ minor, currency: "USD" });

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
  // As a script tag of the shop defines it.
  vi.stubGlobal("Shopify", { currency: { active: "USD", rate: "1.0" } });
});
afterEach(() => heard.hooks.stop?.());

describe("a cart", () => {
  it("is stated in minor units, with what the customer wrote left out", async () => {
    await heard.answer("/cart.js", CART);
    expect(heard.of("cart")).toEqual([
      {
        surface: "network",
        source: "network",
        via: "shopify",
        currency: "USD",
        count: { raw: "2" },
        lines: [
          {
            id: "42:9f8e7d",
            sku: "HP-15",
            name: { raw: "HP 15 laptop - Silver" },
            quantity: { raw: "2" },
            unit: usd(37_900),
            was: usd(49_900),
            total: usd(75_800),
            total_was: usd(99_800),
          },
        ],
        promos: [{ code: "SPRING", text: { raw: "SPRING" }, amount: usd(7_580) }],
        totals: [
          { key: "items", amount: usd(75_800) },
          { key: "discount", amount: usd(7_580) },
          { key: "total", amount: usd(68_220) },
        ],
      },
    ]);
    expect(JSON.stringify(heard.facts)).not.toMatch(/Ana|secret|555/);
  });

  it.each([
    ["JPY", 100_000, { minor: 1_000, currency: "JPY" }],
    ["KRW", 890_000, { minor: 8_900, currency: "KRW" }],
    ["KWD", 1_234, { minor: 12_340, currency: "KWD" }],
    ["CLF", 100, { minor: 10_000, currency: "CLF" }],
    ["JPY", 100_050, { raw: "1000.50", currency: "JPY" }],
    [undefined, 5, { raw: "0.05" }],
    [undefined, -1_205, { raw: "-12.05" }],
  ])("in %s writes hundredths all the same", async (currency, total_price, amount) => {
    await heard.answer("/cart.js", { ...CART, currency, total_price });
    const totals = heard.of("cart")[0]?.totals as { key: string; amount: unknown }[];
    expect(totals.find(({ key }) => key === "total")?.amount).toEqual(amount);
  });

  it.each([
    "/cart.js",
    "/cart.json",
    "/cart/change",
    "/cart/update.js",
    "/cart/clear.js",
    "/en-ca/cart/change.js?sections=a",
  ])("is what %s answers", async (path) => {
    await heard.answer(path, CART, { type: "text/javascript; charset=utf-8" });
    expect(heard.of("cart")).toHaveLength(1);
  });

  it.each([
    ["of another shop", "https://other.example/cart.js", "application/json"],
    ["of another path", "/products/cart.js", "application/json"],
    ["as a page", "/cart", "text/html"],
  ])("%s is not read", async (_, url, type) => {
    await heard.answer(url, CART, { type });
    expect(heard.facts).toEqual([]);
  });

  it("is stated once while it stays the same, and its codes as they come and go", async () => {
    await heard.answer("/cart.js", CART);
    await heard.answer("/cart.js", CART);
    expect(heard.of("cart")).toHaveLength(1);
    await heard.answer("/cart/update.js", {
      ...CART,
      discount_codes: [],
      cart_level_discount_applications: [],
    });
    expect(heard.of("promo")).toEqual([
      { source: "declared", state: "applied", code: "SPRING", amount: usd(7_580) },
      { source: "declared", state: "rejected", code: "OLD", reason: "not applicable" },
      { source: "declared", state: "removed", code: "SPRING" },
    ]);
  });

  it("leaves the answer to the page", async () => {
    const response = await heard.answer("/cart.js", CART);
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual(CART);
  });
});

describe("an addition", () => {
  it("states at which price, and no cart: the answer holds only what was added", async () => {
    await heard.answer("/cart/add.js", { ...LINE, sections: { "cart-drawer": "<div>" } });
    await heard.answer("/cart/add", { items: [LINE, { ...LINE, sku: "HP-16" }] });
    expect(heard.of("cart")).toEqual([]);
    expect(heard.of("price").map(({ context, sku, amount }) => [context, sku, amount])).toEqual([
      ["added to cart", "HP-15", usd(37_900)],
      ["added to cart", "HP-15", usd(37_900)],
      ["added to cart", "HP-16", usd(37_900)],
    ]);
  });

  it("that is refused says why, and nothing of the lines", async () => {
    const refusal = { status: 422, message: "Cart Error", description: "All 3 HP 15 are in your cart." };
    await heard.answer("/cart.js", CART);
    await heard.answer("/cart/add.js", refusal, { status: 422, body: new FormData() });
    await heard.answer("/cart.js", CART);
    expect(heard.of("cart").map(({ lines, messages }) => [lines !== undefined, messages])).toEqual([
      [true, undefined],
      [false, [{ raw: "All 3 HP 15 are in your cart." }]],
      [true, undefined],
    ]);
  });

  it("of a code that is refused names the code", async () => {
    const body = JSON.stringify({ discount: "SPRNG", attributes: { phone: "+1 555 010 9999" } });
    await heard.answer("/cart/update.js", { status: 422, message: "Unknown code" }, { status: 422, body });
    expect(heard.of("promo")).toEqual([
      { source: "declared", state: "rejected", code: "SPRNG", text: { raw: "Unknown code" } },
    ]);
  });
});

describe("an answer that is none", () => {
  it.each([
    ["", 200],
    ["<html>", 200, "not JSON"],
    ["[1]", 200],
    ["null", 200],
    ['{"items": 5, "total_price": {}}', 200],
    ["", 500],
    ['{"errors": {"deep": []}}', 422],
    [`{"items": [], "total_price": 0, "x": "${"x".repeat(1024 * 1024)}"}`, 200, "too large"],
  ])("says nothing, but why: %.40s", async (text, status, reason?: string) => {
    await heard.answer("/cart.js", text, { status });
    await heard.answer("/cart.js", text, { status });
    expect(heard.facts).toEqual(
      reason ? [["mark", { name: "shop data unreadable", data: { in: "shopify", reason } }]] : [],
    );
  });

  it("of half a cart says what it has", async () => {
    const items = [null, 5, { quantity: Number.NaN, final_price: "37900", sku: {} }];
    await heard.answer("/cart.js", { items, total_price: "abc", currency: 7 });
    expect(heard.of("cart")).toEqual([
      {
        surface: "network",
        source: "network",
        via: "shopify",
        lines: [{}, {}, { unit: { raw: "379.00" } }],
      },
    ]);
  });
});
