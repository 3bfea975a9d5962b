/** What EverShop renders its pages with and answers to its own theme, as an installed shop says it. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/evershop";
import { type Heard, hear } from "./heard";

const price = (value: number) => ({ value, text: `$${value}`, __typename: "Price" });
const CART = {
  uuid: "2c945f0a-e534-4cfb-8d41-02e5b91ba6f2",
  currency: "USD",
  customerEmail: "ana@example.com",
  coupon: "SAVE20",
  shippingMethodName: null,
  shippingNote: "For Ana",
  totalQty: 2,
  totalTaxAmount: price(1.18),
  discountAmount: price(4),
  shippingFeeInclTax: price(0),
  subTotal: price(18.5),
  subTotalInclTax: price(19.98),
  grandTotal: price(15.98),
  shippingAddress: { fullName: "Ana Lopez" },
  items: [
    {
      productSku: "E-0",
      productName: "Notebook",
      qty: 2,
      productPrice: price(9.25),
      productPriceInclTax: price(9.99),
      finalPrice: price(9.25),
      finalPriceInclTax: price(9.99),
      lineTotal: price(18.5),
      lineTotalInclTax: price(19.98),
    },
  ],
};
const usd = (raw: string) => ({ raw, currency: "USD" });
const STATE = {
  count: { raw: "2" },
  currency: "USD",
  lines: [
    {
      sku: "E-0",
      name: { raw: "Notebook" },
      quantity: { raw: "2" },
      unit: usd("9.99"),
      total: usd("19.98"),
    },
  ],
  promos: [{ code: "SAVE20", amount: usd("4") }],
  totals: [
    { key: "items", amount: usd("19.98") },
    { key: "discount", amount: usd("4") },
    { key: "tax", amount: usd("1.18") },
    { key: "total", amount: usd("15.98") },
  ],
};
const pageWith = (myCart: unknown, priceIncludingTax = true) =>
  vi.stubGlobal("eContext", {
    config: { tax: { priceIncludingTax } },
    graphqlResponse: { a1: { code: "US" }, a2: myCart },
    propsMap: { e1: [{ origin: "country", alias: "a1" }], e2: [{ origin: "myCart", alias: "a2" }] },
  });

let heard: Heard;
beforeEach(() => {
  pageWith(null);
  heard = hear(adapter);
});
afterEach(() => {
  heard.hooks.stop?.();
  vi.unstubAllGlobals();
});
const ask = (cart: unknown) => heard.answer("/api/graphql", { data: { myCart: cart } });

it("states the cart that the page was rendered with, and nothing of the customer", () => {
  expect(heard.facts).toEqual([]);
  pageWith(CART);
  const { facts } = hear(adapter);
  expect(facts).toEqual([["cart", { surface: "data_layer", source: "declared", via: "evershop", ...STATE }]]);
});

it("states the cart that is answered, once as long as it is the same, and what became of its code", async () => {
  await ask(CART);
  await ask({ ...CART, shippingNote: "Anew" });
  expect(heard.of("cart")).toEqual([{ surface: "network", source: "network", via: "evershop", ...STATE }]);
  await ask({ ...CART, coupon: null, discountAmount: price(0) });
  expect(heard.of("cart").at(-1)).toMatchObject({ promos: [] });
  expect(heard.of("promo").map(({ state, code }) => [state, code])).toEqual([
    ["applied", "SAVE20"],
    ["removed", "SAVE20"],
  ]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/ana|2c945/i);
});

it("takes amounts without tax where the shop shows them so", async () => {
  pageWith(null, false);
  await ask(CART);
  expect(heard.of("cart")[0]).toMatchObject({ lines: [{ unit: usd("9.25"), total: usd("18.5") }] });
});

it("states what was refused, and for which code", async () => {
  const body = JSON.stringify({ coupon: "NOPE" });
  await heard.answer(
    "/api/carts/2c94/coupons",
    { error: { status: 400, message: "Invalid" } },
    { status: 400, body },
  );
  await heard.answer("/api/cart/mine/items", { error: { message: "Not enough stock" } }, { status: 500 });
  expect(heard.of("promo")).toEqual([
    { source: "declared", state: "rejected", code: "NOPE", text: { raw: "Invalid" } },
  ]);
  expect(heard.of("cart")).toEqual([
    { surface: "network", source: "network", via: "evershop", messages: [{ raw: "Not enough stock" }] },
  ]);
});

it("takes nothing else for a cart", async () => {
  await ask(null);
  await heard.answer("/api/graphql", { data: { countries: [] } });
  await heard.answer("/api/graphql", "not JSON");
  await heard.answer("/api/customers/mine", { data: { myCart: CART } });
  expect(heard.of("cart")).toEqual([]);
});
