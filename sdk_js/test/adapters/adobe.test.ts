/** Adobe's client data layer with the contexts of the storefront events, as their published types have them. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/adobe";
import { type Heard, hear } from "./heard";

type Listener = (event: unknown) => void;

/** What the layer's own script makes of the list: functions are called, events are told, those before too. */
class Layer extends Array<unknown> {
  readonly listeners = new Set<Listener>();
  addEventListener(_: string, heard: Listener) {
    this.listeners.add(heard);
    for (const entry of [...this]) if (entry instanceof Object && "event" in entry) heard(entry);
  }
  removeEventListener(_: string, heard: Listener) {
    this.listeners.delete(heard);
  }
  override push(...entries: unknown[]) {
    for (const entry of entries)
      if (typeof entry === "function") entry(this);
      else {
        super.push(entry);
        for (const heard of this.listeners) heard(entry);
      }
    return this.length;
  }
}

const CONTEXTS = {
  shopperContext: { shopperId: "ana@example.com" },
  shoppingCartContext: {
    id: "secret-cart",
    items: [
      {
        id: "7",
        formattedPrice: "$379.00",
        prices: { price: { value: 379, currency: "USD", regularPrice: 499 } },
        product: { sku: "HP-15", name: "HP 15" },
        configurableOptions: [{ optionLabel: "Engraving", valueLabel: "For Ana" }],
        quantity: 2,
      },
    ],
    prices: {
      subtotalExcludingTax: { value: 758, currency: "USD" },
      subtotalIncludingTax: { value: 902.02, currency: "USD" },
    },
    totalQuantity: 2,
    discountAmount: 10,
  },
  productContext: {
    sku: "HP-15",
    name: "HP 15",
    pricing: { regularPrice: 499, specialPrice: 379, currencyCode: "USD" },
  },
  orderContext: {
    orderId: "1042",
    grandTotal: 902.02,
    appliedCouponCode: "SPRING",
    email: "ana@example.com",
  },
};
const usd = (raw: string) => ({ raw, currency: "USD" });
const event = (name: string, contexts: unknown = CONTEXTS) => ({ event: name, eventInfo: contexts });

let heard: Heard;
const begin = (layer: unknown) => {
  vi.stubGlobal("adobeDataLayer", layer);
  heard = hear(adapter);
};
afterEach(() => {
  heard.hooks.stop?.();
  vi.unstubAllGlobals();
});

describe("an event", () => {
  it("states the cart of its moment, also of before we came, and nothing of the customer", () => {
    const layer = new Layer();
    layer.push(event("shopping-cart-view"));
    begin(layer);
    layer.push(event("initiate-checkout"));
    expect(heard.of("cart")).toEqual([
      {
        surface: "data_layer",
        source: "declared",
        via: "adobe",
        count: { raw: "2" },
        lines: [
          {
            id: "7",
            sku: "HP-15",
            name: { raw: "HP 15" },
            quantity: { raw: "2" },
            unit: usd("379"),
            was: usd("499"),
          },
        ],
        totals: [
          { key: "subtotal without tax", amount: usd("758") },
          { key: "subtotal with tax", amount: usd("902.02") },
        ],
      },
    ]);
    expect(JSON.stringify(heard.facts)).not.toMatch(/ana|secret/i);
  });

  it("states a product's list price and an order", () => {
    const layer = new Layer();
    begin(layer);
    layer.push(event("product-page-view"), event("place-order"));
    expect(heard.facts).toEqual([
      [
        "price",
        {
          source: "declared",
          context: "product",
          role: "list",
          sku: "HP-15",
          name: { raw: "HP 15" },
          amount: usd("499"),
        },
      ],
      ["order", { id: "1042", total: { raw: "902.02" } }],
      ["promo", { source: "declared", state: "applied", code: "SPRING" }],
    ]);
  });

  it("of another name, or without its contexts, says nothing", () => {
    const layer = new Layer();
    begin(layer);
    layer.push(
      event("page-view"),
      event("shopping-cart-view", {}),
      event("place-order", "x"),
      { event: {} },
      null,
    );
    expect(heard.facts).toEqual([]);
  });
});

it("waits in a list that nobody has taken in hand, and is taken out of it at the end", () => {
  const layer: unknown[] = [event("shopping-cart-view")];
  begin(layer);
  expect(layer).toHaveLength(2);
  heard.hooks.stop?.();
  expect(layer).toEqual([event("shopping-cart-view")]);
});

it("leaves the layer at the end, and follows one that is put in its place", () => {
  const [first, second] = [new Layer(), new Layer()];
  begin(first);
  vi.stubGlobal("adobeDataLayer", second);
  heard.hooks.viewed?.();
  expect([first.listeners.size, second.listeners.size]).toEqual([0, 1]);
  heard.hooks.stop?.();
  expect(second.listeners.size).toBe(0);
});
