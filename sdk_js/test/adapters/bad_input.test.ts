/**
 * What no platform documents: every field of an adapter's food, one after the other, replaced by what it should
 * not be. The page goes on, nothing false is stated, and why nothing is stated can be found out.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Adapter } from "../../src/adapters/adapter";
import { adapter as adobe } from "../../src/adapters/adobe";
import { adapter as bigcommerce } from "../../src/adapters/bigcommerce";
import { adapter as data_layer } from "../../src/adapters/data_layer";
import { adapter as magento } from "../../src/adapters/magento";
import { adapter as medusa } from "../../src/adapters/medusa";
import { adapter as opencart } from "../../src/adapters/opencart";
import { adapter as prestashop } from "../../src/adapters/prestashop";
import { adapter as product_data } from "../../src/adapters/product_data";
import { adapter as saleor } from "../../src/adapters/saleor";
import { adapter as segment } from "../../src/adapters/segment";
import { adapter as sfra } from "../../src/adapters/sfra";
import { adapter as shopify } from "../../src/adapters/shopify";
import { adapter as woocommerce } from "../../src/adapters/woocommerce";
import { type Heard, hear } from "./heard";

type Food = Record<string, unknown>;
interface Eater {
  readonly adapter: Adapter;
  /** What it states a cart or a price of, with a list of lines in it. */
  readonly food: Food;
  /** Where the food comes from: an address that answers it, or a way by which the page hands it over. */
  readonly from: string | ((food: unknown) => void);
  readonly body?: string;
}

const page = window as unknown as Record<string, { push(entry: unknown): void } & Listening>;
interface Listening {
  track(name: string, given: unknown): void;
}
const LINE = { item_id: "A", item_name: "B", quantity: 2, price: 3.5, coupon: "C" };
const money = (amount: number) => ({ gross: { amount, currency: "USD" } });

const EATERS: Record<string, Eater> = {
  data_layer: {
    adapter: data_layer,
    food: { event: "view_cart", ecommerce: { currency: "USD", value: 7, coupon: "D", items: [LINE] } },
    from: (food) => page.dataLayer?.push(food),
  },
  segment: {
    adapter: segment,
    food: {
      cart_id: "c",
      currency: "USD",
      value: 7,
      tax: 1,
      coupon: "D",
      products: [{ ...LINE, sku: "A", name: "B" }],
    },
    from: (food) => page.analytics?.track("Checkout Started", food),
  },
  adobe: {
    adapter: adobe,
    food: {
      event: "shopping-cart-view",
      eventInfo: {
        shoppingCartContext: {
          items: [
            {
              id: "1",
              quantity: 2,
              product: { sku: "A", name: "B" },
              prices: { price: { value: 3.5, currency: "USD" } },
            },
          ],
          prices: { subtotalIncludingTax: { value: 7, currency: "USD" } },
          totalQuantity: 2,
        },
      },
    },
    from: (food) => page.adobeDataLayer?.push(food),
  },
  product_data: {
    adapter: product_data,
    food: {
      "@type": "Product",
      sku: "A",
      name: "B",
      offers: [
        {
          "@type": "Offer",
          price: "3.50",
          priceCurrency: "USD",
          priceSpecification: [{ price: "4", priceType: "ListPrice" }],
        },
      ],
    },
    from: (food) => {
      document.head.innerHTML = '<script type="application/ld+json"></script>';
      (document.head.firstChild as Element).textContent =
        typeof food === "string" ? food : JSON.stringify(food);
    },
  },
  shopify: {
    adapter: shopify,
    food: {
      currency: "USD",
      total_price: 700,
      items: [
        {
          key: "1",
          title: "B",
          sku: "A",
          quantity: 2,
          final_price: 350,
          original_price: 400,
          final_line_price: 700,
        },
      ],
      cart_level_discount_applications: [{ type: "discount_code", title: "D", total_allocated_amount: 1 }],
      discount_codes: [{ code: "D", applicable: true }],
    },
    from: "/cart.js",
  },
  magento: {
    adapter: magento,
    food: {
      quote_currency_code: "USD",
      coupon_code: "D",
      discount_amount: -1,
      grand_total: 6,
      items: [{ item_id: 1, name: "B", qty: 2, price: 3.5, row_total: 7 }],
    },
    from: "/rest/V1/carts/mine/totals",
  },
  woocommerce: {
    adapter: woocommerce,
    food: {
      items: [
        {
          key: "1",
          sku: "A",
          name: "B",
          quantity: 2,
          prices: { price: "350", currency_minor_unit: 2 },
          totals: { line_total: "700" },
        },
      ],
      coupons: [{ code: "D", totals: { total_discount: "100", currency_minor_unit: 2 } }],
      totals: { currency_code: "USD", currency_minor_unit: 2, total_price: "600", total_tax: "0" },
      errors: [{ message: "No" }],
    },
    from: "/wp-json/wc/store/v1/cart",
  },
  bigcommerce: {
    adapter: bigcommerce,
    food: {
      currency: { code: "USD" },
      baseAmount: 7,
      cartAmount: 6,
      coupons: [{ code: "D", displayName: "E", discountedAmount: 1 }],
      lineItems: {
        physicalItems: [
          { id: 1, sku: "A", name: "B", quantity: 2, listPrice: 4, salePrice: 3.5, extendedSalePrice: 7 },
        ],
      },
    },
    from: "/api/storefront/carts/1",
  },
  sfra: {
    adapter: sfra,
    food: {
      items: [
        {
          UUID: "1",
          id: "A",
          productName: "B",
          quantity: 2,
          price: { sales: { value: 3.5, currency: "USD" } },
          priceTotal: { price: "$7.00" },
        },
      ],
      numItems: 2,
      totals: {
        subTotal: "$7.00",
        grandTotal: "$6.00",
        orderLevelDiscountTotal: { value: 1, formatted: "$1.00" },
        discounts: [{ type: "coupon", couponCode: "D", applied: true, valid: true }],
      },
    },
    from: "/s/Site/Cart-Get",
  },
  prestashop: {
    adapter: prestashop,
    food: {
      cart: {
        products: [{ reference: "A", name: "B", quantity: 2, price_amount: 3.5, total: "€7.00" }],
        products_count: 2,
        subtotals: { products: { amount: 7 }, shipping: { amount: 1, value: "€1.00" } },
        totals: { total: { amount: 8 } },
        vouchers: { added: { 3: { code: "D", name: "E", reduction_formatted: "-€1.00" } } },
      },
    },
    from: "/cart?action=update",
  },
  opencart: {
    adapter: opencart,
    food: { error: { warning: "No", option: { 5: "Size required!" } } },
    from: "/index.php?route=checkout/cart.add",
  },
  medusa: {
    adapter: medusa,
    food: {
      cart: {
        currency_code: "usd",
        item_total: 7,
        total: 6,
        promotions: [{ code: "D" }],
        items: [{ id: "1", variant_sku: "A", product_title: "B", quantity: 2, unit_price: 3.5, total: 7 }],
      },
    },
    from: "/store/carts/1",
  },
  saleor: {
    adapter: saleor,
    food: {
      data: {
        checkout: {
          voucherCode: "D",
          discount: { amount: 1, currency: "USD" },
          lines: [
            {
              id: "1",
              quantity: 2,
              unitPrice: money(3.5),
              totalPrice: money(7),
              variant: { sku: "A", product: { name: "B" } },
            },
          ],
          totalPrice: money(6),
        },
      },
    },
    from: "/graphql/",
  },
};

const HOSTILE: readonly unknown[] = [
  "text",
  "<img src=x onerror=alert(1)>",
  -1,
  1e308,
  true,
  null,
  undefined,
  [],
  [[[[]]]],
  {},
  { length: 1e9, 0: "a" },
  JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "toString": "x"}',
  ),
];
const HUGE = "x".repeat(100_000);
/** Too much of what it may be. */
const tooMuch = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? [Array(1_000).fill(value[0])] : value === "B" ? [HUGE] : [];

/** What no JSON can bring, but a page that hands over its own objects. */
const ALIVE = (): readonly unknown[] => {
  const cyclic: Food = {};
  Object.assign(cyclic, { items: [cyclic], products: [cyclic], price: cyclic });
  const thrower = () => {
    throw new Error("ana@example.com");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    Symbol("s"),
    thrower,
    cyclic,
    Object.freeze({ price: Object.freeze([]) }),
    new Proxy({}, { get: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower, has: thrower }),
    revoked.proxy,
    { toString: thrower, valueOf: thrower, toJSON: thrower, [Symbol.toPrimitive]: thrower },
    Object.defineProperty({}, "items", { get: thrower, enumerable: true }),
  ];
};

/** Every way down into it, itself included. */
const pathsIn = (value: unknown, path: readonly string[] = []): (readonly string[])[] => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key]))
    : []),
];
function withOther(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Food) }) as Food;
  copy[key] = withOther(copy[key], rest, other);
  return copy;
}

/** As Adobe's own script makes it of the list, so far as it is asked. */
function listening(): unknown {
  const listeners: ((entry: unknown) => void)[] = [];
  const layer = Object.assign([], {
    push(entry: unknown) {
      if (typeof entry === "function") entry(layer);
      else for (const each of listeners) each(entry);
    },
    addEventListener: (_: string, each: (entry: unknown) => void) => void listeners.push(each),
  });
  return layer;
}

beforeEach(() => {
  vi.stubGlobal("dataLayer", []);
  vi.stubGlobal("adobeDataLayer", listening());
  vi.stubGlobal("analytics", { track: () => "answer" });
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.head.innerHTML = "";
});

/** Answers are read in turns, all of them beside each other. */
async function settled() {
  for (let turn = 0; turn < 25; turn++) await new Promise((done) => setTimeout(done));
}

describe.each(Object.entries(EATERS))("%s", (name, { adapter, food, from, body }) => {
  let heard: Heard;
  beforeEach(() => {
    heard = hear(adapter);
  });
  afterEach(() => heard.hooks.stop?.());

  const feed = (given: unknown) => {
    // A function would be the page's own, called by whoever has the layer in hand.
    if (typeof given === "function") return;
    if (typeof from === "function") from(given);
    else {
      const text = typeof given === "string" ? given : (JSON.stringify(given) ?? "");
      const response = new Response(text, { headers: { "content-type": "application/json" } });
      heard.hooks.answered?.({ method: "POST", url: from, body }, response);
    }
    if (name === "product_data") heard.hooks.viewed?.();
  };
  const isAlive = typeof from === "function" && name !== "product_data";

  it("states what it is fed, so that this can fail", async () => {
    feed(food);
    await settled();
    expect(heard.facts.length).toBeGreaterThan(0);
    expect(heard.of("mark")).toEqual([]);
  });

  it("breaks nothing and makes nothing up, whatever one of its fields is", async () => {
    for (const path of pathsIn(food)) {
      const value = path.reduce<unknown>((inner, key) => (inner as Food)[key], food);
      for (const other of [...HOSTILE, ...tooMuch(value), ...(isAlive ? ALIVE() : [])])
        feed(withOther(food, path, other));
    }
    feed(Object.freeze(food));
    await settled();
    const words = JSON.stringify(heard.facts);
    expect(words).not.toMatch(/NaN|Infinity|undefined|\[object|function|Symbol|ana@|1e\+?308/);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    for (const [, fields] of heard.facts)
      for (const [key, value] of leavesOf(fields)) {
        if (key === "currency") expect(value).toMatch(/^[A-Z]{3}$/);
        expect(String(value).length, key).toBeLessThanOrEqual(1_000);
      }
    for (const { lines } of heard.of("cart"))
      expect((lines as unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(500);
  });

  it("marks once what it cannot read, and why", async () => {
    const wrong = isAlive
      ? new Proxy(
          {},
          {
            get: () => {
              throw new Error("ana@example.com");
            },
          },
        )
      : "{ not JSON";
    for (let time = 0; time < 2; time++) feed(wrong);
    await settled();
    expect(heard.facts).toHaveLength(1);
    expect(heard.of("mark")).toMatchObject([
      name === "product_data"
        ? { name: "product data unreadable", data: { reason: "not JSON" } }
        : { name: "shop data unreadable", data: { in: name, reason: isAlive ? "fails" : "not JSON" } },
    ]);
  });

  it("goes on where the page takes away or replaces what it was read from", async () => {
    for (const other of [undefined, 5, "x", {}, Object.freeze([]), Object.freeze({ track: 5, on: 5 })]) {
      for (const global of ["dataLayer", "adobeDataLayer", "analytics", "Shopify", "prestashop"])
        vi.stubGlobal(global, other);
      expect(() => heard.hooks.viewed?.()).not.toThrow();
    }
    await settled();
    expect(heard.facts.filter(([kind]) => kind !== "mark")).toEqual([]);
    expect(() => heard.hooks.stop?.()).not.toThrow();
  });
});

it("takes what calculating has left of a number for no amount of its own", async () => {
  const heard = hear(magento);
  const totals = { subtotal: 113.70000000000005, tax_amount: 1.42e-14, grand_total: 1e21, items: [] };
  await heard.answer("/rest/V1/carts/mine/totals", totals);
  expect(heard.of("cart")[0]?.totals).toEqual([{ key: "items", amount: { raw: "113.7" } }]);
});

function leavesOf(value: unknown, key = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[key, value]];
  return Object.entries(value).flatMap(([inner, each]) => leavesOf(each, inner));
}
