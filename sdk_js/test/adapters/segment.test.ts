/** Segment's and RudderStack's events, by their specification, and the two ways in which they are heard. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/segment";
import { type Heard, hear } from "./heard";

type Track = (name: unknown, properties?: unknown) => unknown;

/** As analytics.js is, its snippet's stand-in included: who asks by `on` is told of every `track`. */
class Emitter {
  readonly heard: Track[] = [];
  on(_: string, heard: Track) {
    this.heard.push(heard);
  }
  off(_: string, heard: Track) {
    if (this.heard.includes(heard)) this.heard.splice(this.heard.indexOf(heard), 1);
  }
  track(name: unknown, properties?: unknown) {
    for (const heard of this.heard) heard(name, properties);
  }
}

const MONOPOLY = { product_id: "507f1f77", sku: "45790-32", name: "Monopoly", price: 19, quantity: 1 };
const UNO = { product_id: "505bd767", name: "Uno", price: 3, quantity: 2 };
const CHECKOUT = {
  order_id: "50314b8e",
  value: 30,
  revenue: 25.0,
  shipping: 3,
  tax: 2,
  discount: 2.5,
  coupon: "hasbros",
  currency: "USD",
  email: "ana@example.com",
  products: [MONOPOLY, UNO],
};
const usd = (raw: string) => ({ raw, currency: "USD" });

let heard: Heard;
const begin = (given: object) => {
  for (const [name, value] of Object.entries(given)) vi.stubGlobal(name, value);
  heard = hear(adapter);
};
afterEach(() => {
  heard.hooks.stop?.();
  vi.unstubAllGlobals();
});

describe("an event", () => {
  let analytics: Emitter;
  beforeEach(() => {
    analytics = new Emitter();
    begin({ analytics });
  });

  it("states carts and checkouts, each amount by the name that it has", () => {
    analytics.track("Cart Viewed", { cart_id: "d92jd", products: [MONOPOLY] });
    analytics.track("Checkout Started", CHECKOUT);
    analytics.track("Checkout Started", CHECKOUT);
    const place = { surface: "data_layer", source: "declared", lines_cut: false };
    const line = { sku: "45790-32", name: { raw: "Monopoly" }, quantity: { raw: "1" } };
    expect(heard.of("cart")).toMatchObject([
      { surface: "data_layer", via: "segment", cart_id: "d92jd", lines: [{ ...line, unit: { raw: "19" } }] },
      {
        source: place.source,
        currency: "USD",
        lines: [
          { ...line, unit: usd("19") },
          { sku: "505bd767", name: { raw: "Uno" }, quantity: { raw: "2" }, unit: usd("3") },
        ],
        totals: [
          { key: "value", amount: usd("30") },
          { key: "revenue", amount: usd("25") },
          { key: "shipping", amount: usd("3") },
          { key: "tax", amount: usd("2") },
          { key: "discount", amount: usd("2.5") },
        ],
      },
    ]);
    expect(heard.of("promo")).toEqual([{ source: "declared", state: "applied", code: "hasbros" }]);
    expect(JSON.stringify(heard.facts)).not.toContain("ana@");
  });

  it("states prices, promotions, what became of a coupon and an order", () => {
    analytics.track("Product Viewed", { ...MONOPOLY, currency: "USD" });
    analytics.track("Product Added", { ...UNO, price: "3.00" });
    analytics.track("Promotion Clicked", { promotion_id: "promo_1", name: "75% off shoes" });
    analytics.track("Coupon Entered", { coupon_id: "may_deals_2016" });
    analytics.track("Coupon Denied", { coupon_id: "may_deals_2016", reason: "Coupon expired" });
    analytics.track("Coupon Applied", { coupon_id: "june", coupon_name: "June", discount: 10 });
    analytics.track("Coupon Removed", { coupon_id: "june", discount: 10 });
    analytics.track("Order Completed", { ...CHECKOUT, coupon: undefined, total: 27.5 });
    expect(heard.of("price").map(({ context, sku, amount }) => [context, sku, amount])).toEqual([
      ["product", "45790-32", usd("19")],
      ["added to cart", "505bd767", { raw: "3.00" }],
    ]);
    expect(heard.of("promo").map(({ source: _, ...promo }) => promo)).toEqual([
      { state: "offered", campaign: "promo_1", text: { raw: "75% off shoes" } },
      { state: "entered", code: "may_deals_2016" },
      { state: "rejected", code: "may_deals_2016", reason: "Coupon expired" },
      { state: "applied", code: "june", amount: { raw: "10" }, text: { raw: "June" } },
      { state: "removed", code: "june" },
    ]);
    expect(heard.of("order")).toMatchObject([{ id: "50314b8e", currency: "USD", total: usd("27.5") }]);
  });

  it("of another name, or without its heart, says nothing", () => {
    for (const name of ["Page Viewed", "constructor", undefined, {}]) analytics.track(name, CHECKOUT);
    for (const name of ["Cart Viewed", "Product Viewed", "Coupon Denied", "Order Completed"])
      for (const given of [undefined, null, "x", {}, { products: "x", price: {}, coupon_id: [] }])
        analytics.track(name, given);
    expect(heard.facts).toEqual([]);
  });
});

it("is heard once where the library takes the place of its stand-in and is handed what that was asked", () => {
  const [stub, library] = [new Emitter(), new Emitter()];
  begin({ analytics: stub });
  for (const each of stub.heard) library.on("track", each);
  vi.stubGlobal("analytics", library);
  heard.hooks.viewed?.();
  library.track("Coupon Entered", { coupon_id: "MAY" });
  expect(heard.of("promo")).toHaveLength(1);
  heard.hooks.stop?.();
  expect(library.heard).toEqual([]);
  library.track("Coupon Entered", { coupon_id: "JUNE" });
  expect(heard.of("promo")).toHaveLength(1);
});

it("wraps the track of RudderStack, and again when its script is there, and gives both back", () => {
  const given: unknown[] = [];
  const track = (...words: unknown[]) => given.push(words);
  let isReady = () => {};
  const stub = { track, ready: (then: () => void) => (isReady = then) };
  begin({ rudderanalytics: stub });
  expect(stub.track("Coupon Entered", { coupon_id: "MAY" })).toBe(1);
  const library = { track, ready: () => {} };
  vi.stubGlobal("rudderanalytics", library);
  isReady();
  library.track("Coupon Entered", { coupon_id: "JUNE" });
  expect(given).toHaveLength(2);
  expect(heard.of("promo").map(({ code }) => code)).toEqual(["MAY", "JUNE"]);
  heard.hooks.stop?.();
  expect([stub.track, library.track]).toEqual([track, track]);
});
