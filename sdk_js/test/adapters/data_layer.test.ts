/** GA4 events as shops push them, well and badly, and what is stated of them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adapter } from "../../src/adapters/data_layer";
import { type Heard, hear } from "./heard";

const page = window as { dataLayer?: unknown };
const layer = () => page.dataLayer as unknown[];

/** As Google's snippet has it. */
function gtag(..._given: unknown[]): void {
  // biome-ignore lint/complexity/noArguments: it is what reaches the layer
  layer().push(arguments);
}

const LAPTOP = { item_id: "HP-15", item_name: "HP 15 laptop", price: 379, quantity: 1 };
const CART = { currency: "USD", value: 379, items: [LAPTOP] };
const STATED = {
  surface: "data_layer",
  source: "declared",
  via: "data_layer",
  currency: "USD",
  lines: [
    {
      sku: "HP-15",
      name: { raw: "HP 15 laptop" },
      quantity: { raw: "1" },
      unit: { raw: "379", currency: "USD" },
    },
  ],
  lines_cut: false,
  totals: [{ key: "value", amount: { raw: "379", currency: "USD" } }],
};

let heard: Heard;
const start = () => {
  heard = hear(adapter);
};
const withoutFalse = (states: Record<string, unknown>[]) =>
  states.map(({ lines_cut, ...state }) => ({ lines_cut: lines_cut ?? false, ...state }));

beforeEach(() => {
  page.dataLayer = [];
});
afterEach(() => heard.hooks.stop?.());

describe("a cart", () => {
  it.each([
    ["gtag", () => gtag("event", "view_cart", CART)],
    ["a push", () => layer().push({ event: "view_cart", ecommerce: CART })],
    ["a push with the event after it", () => void layer().push({ ecommerce: CART }, { event: "view_cart" })],
  ])("is stated alike by %s, before and after we came", (_, push) => {
    push();
    start();
    expect(withoutFalse(heard.of("cart"))).toEqual([STATED]);
    heard.hooks.stop?.();
    page.dataLayer = [];
    start();
    expect(heard.facts).toEqual([]);
    push();
    expect(withoutFalse(heard.of("cart"))).toEqual([STATED]);
  });

  it("has unknown lines where the shop names none", () => {
    start();
    gtag("event", "view_cart", { currency: "USD", value: "499.00" });
    gtag("event", "begin_checkout", { currency: "USD", value: 12, items: [] });
    gtag("event", "view_cart", { currency: "USD", value: 0, items: [] });
    gtag("event", "view_cart", {});
    expect(heard.of("cart").map(({ lines }) => lines)).toEqual([undefined, undefined, []]);
  });

  it("is stated once as long as it stays the same, and its codes as applied", () => {
    start();
    const coupon = { ...CART, coupon: "SPRING" };
    for (let time = 0; time < 3; time++)
      layer().push({ ecommerce: null }, { event: "view_cart", ecommerce: coupon });
    expect(heard.of("cart")).toHaveLength(1);
    expect(heard.of("cart")[0]?.promos).toEqual([{ code: "SPRING" }]);
    expect(heard.of("promo")).toEqual([{ source: "declared", state: "applied", code: "SPRING" }]);
  });

  it("that was cleared belongs to no later event, nor does one that came with an event", () => {
    start();
    layer().push({ ecommerce: CART }, { ecommerce: null }, { event: "view_cart" });
    layer().push({ event: "remove_from_cart", ecommerce: CART }, { event: "view_cart" });
    expect(heard.facts).toEqual([]);
    layer().push({ ecommerce: CART }, { event: "gtm.js" }, { event: "view_item" }, { event: "view_cart" });
    expect(heard.facts.map(([kind]) => kind)).toEqual(["price"]);
  });

  it("of a thousand lines is cut to what a state holds", () => {
    start();
    gtag("event", "view_cart", { ...CART, items: Array(1_000).fill(LAPTOP) });
    expect(heard.of("cart")[0]).toMatchObject({ lines_cut: true });
    expect(heard.of("cart")[0]?.lines).toHaveLength(500);
  });
});

describe("the older form", () => {
  const OLD = { id: "HP-15", name: "HP 15 laptop", price: "379.00", quantity: 1, coupon: "SPRING" };
  beforeEach(start);

  it("states carts, prices, promotions and orders as the events of today do, by shape and not by name", () => {
    layer().push({ ecommerce: { currencyCode: "USD", detail: { products: [OLD] } } });
    layer().push({ event: "addToCart", ecommerce: { currencyCode: "USD", add: { products: [OLD] } } });
    layer().push({
      event: "x",
      ecommerce: { promoView: { promotions: [{ id: "spring", name: "Spring sale" }] } },
    });
    const checkout = { actionField: { step: 1, option: "Visa" }, products: [OLD] };
    for (const step of [1, 2])
      layer().push({ event: "eec.checkout", ecommerce: { currencyCode: "USD", checkout, step } });
    const actionField = { id: "1042", revenue: "418.90", tax: "31.00", shipping: "9.90" };
    layer().push({ ecommerce: { currencyCode: "USD", purchase: { actionField, products: [OLD] } } });
    const price = { raw: "379.00", currency: "USD" };
    const about = { source: "declared", role: "current", sku: "HP-15", name: { raw: "HP 15 laptop" } };
    expect(withoutFalse(heard.of("cart"))).toEqual([
      {
        surface: "data_layer",
        source: "declared",
        via: "data_layer",
        currency: "USD",
        lines: [{ sku: "HP-15", name: { raw: "HP 15 laptop" }, quantity: { raw: "1" }, unit: price }],
        lines_cut: false,
        promos: [{ code: "SPRING" }],
      },
    ]);
    expect(heard.of("price")).toEqual([
      { ...about, context: "product", amount: price },
      { ...about, context: "added to cart", amount: price },
    ]);
    expect(heard.of("promo")).toEqual([
      { source: "declared", state: "offered", campaign: "spring", text: { raw: "Spring sale" } },
      { source: "declared", state: "applied", code: "SPRING" },
    ]);
    expect(heard.of("order")).toEqual([
      { id: "1042", currency: "USD", lines: [{ sku: "HP-15", name: "HP 15 laptop", quantity: "1", price }] },
    ]);
  });

  it("says nothing where it holds nothing: a later step of a checkout, or another shape", () => {
    layer().push({
      ecommerce: { checkout: { actionField: { step: 2 } }, detail: "HP-15", add: [], purchase: {} },
    });
    expect(heard.facts).toEqual([]);
  });
});

describe("other events", () => {
  beforeEach(start);

  it("state a product's price, a promotion and an order", () => {
    gtag("event", "view_item", { currency: "USD", items: [{ ...LAPTOP, price: "379.00" }] });
    layer().push({
      event: "select_promotion",
      ecommerce: { promotion_id: "spring", promotion_name: "Spring sale" },
    });
    gtag("event", "purchase", { ...CART, transaction_id: 1042, tax: 31, shipping: 9.9 });
    expect(heard.facts).toEqual([
      [
        "price",
        {
          source: "declared",
          context: "product",
          role: "current",
          sku: "HP-15",
          name: { raw: "HP 15 laptop" },
          amount: { raw: "379.00", currency: "USD" },
        },
      ],
      ["promo", { source: "declared", state: "offered", campaign: "spring", text: { raw: "Spring sale" } }],
      [
        "order",
        {
          id: "1042",
          currency: "USD",
          lines: [
            { sku: "HP-15", name: "HP 15 laptop", quantity: "1", price: { raw: "379", currency: "USD" } },
          ],
        },
      ],
    ]);
  });

  it("that are none of ours, or nothing at all, say nothing", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.items = [cyclic];
    layer().push(null, 5, "view_cart", undefined, [], () => {}, { event: { toString: 1 } });
    gtag("event", "view_cart", { items: "none", value: Number.NaN });
    gtag("event", "constructor", CART);
    gtag("event", "view_item", { items: [{ price: Number.NaN }, null, { price: {}, item_id: "X" }, cyclic] });
    expect(heard.facts).toEqual([]);
  });
});

describe("the page", () => {
  it("gets the answer, the arguments and the exceptions of its own push", () => {
    const given: unknown[][] = [];
    Object.assign(layer(), {
      push(this: unknown, ...entries: unknown[]) {
        given.push([this, ...entries]);
        if (entries[0] === "throw") throw new RangeError("the page's own");
        return "answer";
      },
    });
    start();
    const hostile = Object.freeze({
      event: "view_cart",
      get ecommerce(): unknown {
        throw new Error("a getter");
      },
    });
    expect(layer().push(hostile)).toBe("answer");
    expect(given[0]).toEqual([layer(), hostile]);
    expect(() => layer().push("throw")).toThrow("the page's own");
    expect(heard.facts).toEqual([
      ["mark", { name: "shop data unreadable", data: { in: "data_layer", reason: "fails" } }],
    ]);
  });

  it("has its own push back after the end, also where it was the list's", () => {
    start();
    expect(Object.hasOwn(layer(), "push")).toBe(true);
    heard.hooks.stop?.();
    expect(Object.hasOwn(layer(), "push")).toBe(false);
  });

  it("keeps what somebody else has put on top", () => {
    start();
    const top = () => 0;
    Object.assign(layer(), { push: top });
    heard.hooks.stop?.();
    expect(layer().push).toBe(top);
  });

  it("may freeze its layer, or put another in its place", () => {
    page.dataLayer = Object.freeze([]);
    expect(start).not.toThrow();
    page.dataLayer = [];
    heard.hooks.viewed?.();
    gtag("event", "view_cart", CART);
    expect(heard.of("cart")).toHaveLength(1);
  });
});
