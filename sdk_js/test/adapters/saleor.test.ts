/** What Saleor's GraphQL API answers, with the fields of its published schema, under the names of its mutations. */
import { beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/saleor";
import { type Heard, hear } from "./heard";

const API = "https://shop.eu.saleor.cloud/graphql/";
const usd = (raw: string) => ({ raw, currency: "USD" });
const taxed = (amount: number) => ({
  gross: { amount, currency: "USD" },
  net: { amount: 1, currency: "USD" },
});
const CHECKOUT = {
  id: "Q2hlY2s=",
  email: "ana@example.com",
  voucherCode: "SPRING",
  discount: { amount: 10, currency: "USD" },
  lines: [
    {
      id: "TGluZQ==",
      quantity: 2,
      unitPrice: taxed(379),
      undiscountedUnitPrice: { amount: 499, currency: "USD" },
      totalPrice: taxed(758),
      variant: { sku: "HP-15", name: "Silver", product: { name: "HP 15" } },
    },
  ],
  deliveryMethod: null,
  subtotalPrice: taxed(758),
  shippingPrice: taxed(0),
  totalPrice: { ...taxed(748), tax: { amount: 140, currency: "USD" } },
};

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});

it.each([
  { checkout: CHECKOUT },
  { checkoutLinesAdd: { checkout: CHECKOUT, errors: [] } },
  { renamed: { checkout: CHECKOUT } },
])("states the checkout, whatever it is called", async (data) => {
  await heard.answer(API, { data });
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "saleor",
      lines: [
        {
          id: "TGluZQ==",
          sku: "HP-15",
          name: { raw: "HP 15" },
          quantity: { raw: "2" },
          unit: usd("379"),
          total: usd("758"),
        },
      ],
      promos: [{ code: "SPRING", amount: usd("10") }],
      // No delivery method, no shipping.
      totals: [
        { key: "items", amount: usd("758") },
        { key: "discount", amount: usd("10") },
        { key: "tax", amount: usd("140") },
        { key: "total", amount: usd("748") },
      ],
    },
  ]);
  expect(heard.of("promo")).toMatchObject([{ state: "applied", code: "SPRING" }]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/ana/i);
});

it("states shipping once its method is chosen, a refused code, an order, and that a code is gone", async () => {
  const chosen = { ...CHECKOUT, deliveryMethod: { id: "x" }, shippingPrice: taxed(5) };
  await heard.answer(API, { data: { checkoutDeliveryMethodUpdate: { checkout: chosen } } });
  expect(heard.of("cart")[0]?.totals).toContainEqual({ key: "shipping", amount: usd("5") });
  const errors = [{ field: "promoCode", message: "Promo code is invalid", code: "INVALID" }];
  const body = JSON.stringify({ query: "mutation", variables: { promoCode: "OLD", id: "x" } });
  await heard.answer(API, { data: { checkoutAddPromoCode: { checkout: null, errors } } }, { body });
  await heard.answer(API, {
    data: { checkoutRemovePromoCode: { checkout: { ...CHECKOUT, voucherCode: null } } },
  });
  expect(heard.of("promo").map(({ state, code }) => [state, code])).toEqual([
    ["applied", "SPRING"],
    ["rejected", "OLD"],
    ["removed", "SPRING"],
  ]);
  await heard.answer(API, {
    data: { checkoutComplete: { order: { number: "1042", total: taxed(753) }, errors: [] } },
  });
  expect(heard.of("order")).toEqual([{ id: "1042", currency: "USD", total: usd("753") }]);
});

it("reads no other address, and nothing that is none", async () => {
  await heard.answer("/api/graphql", { data: { checkout: CHECKOUT } });
  const bad = [
    { me: { email: "ana@x.de", order: 5 } },
    { checkout: null },
    { products: [] },
    { checkout: { lines: [] } },
  ];
  for (const data of [...bad, null, "x"]) await heard.answer(API, { data });
  await heard.answer(API, { errors: [{ message: "Signature has expired" }] });
  expect(heard.facts).toEqual([]);
});
