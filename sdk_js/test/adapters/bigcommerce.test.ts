/** What BigCommerce's storefront API answers, with the fields and amounts of its own published types and samples. */
import { beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/bigcommerce";
import { type Heard, hear } from "./heard";

const ITEM = {
  id: "666",
  sku: "CLC",
  name: "Canvas Laundry Cart",
  quantity: 2,
  listPrice: 200,
  salePrice: 190,
  extendedListPrice: 400,
  extendedSalePrice: 380,
  options: [{ name: "Engraving", value: "For Ana" }],
};
const CART = {
  id: "b20deef4",
  email: "ana@example.com",
  currency: { code: "USD", decimalPlaces: 2 },
  baseAmount: 500,
  discountAmount: 10,
  cartAmount: 475,
  coupons: [{ code: "savebig2015", displayName: "20% off", discountedAmount: 5 }],
  lineItems: {
    physicalItems: [ITEM],
    digitalItems: [],
    customItems: [],
    giftCertificates: [
      { id: "bd39", name: "$100 Gift Certificate", amount: 100, recipient: { email: "ana@x.de" } },
    ],
  },
};
const usd = (raw: string) => ({ raw, currency: "USD" });

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});
const totals = () => heard.of("cart").at(-1)?.totals;

it("states the cart, in what the customer pays, and nothing of the customer", async () => {
  await heard.answer("/api/storefront/carts?include=lineItems.digitalItems.options", [CART]);
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "bigcommerce",
      currency: "USD",
      lines: [
        {
          id: "666",
          sku: "CLC",
          name: { raw: "Canvas Laundry Cart" },
          quantity: { raw: "2" },
          unit: usd("190"),
          was: usd("200"),
          total: usd("380"),
          total_was: usd("400"),
        },
        { id: "bd39", name: { raw: "$100 Gift Certificate" }, total: usd("100") },
      ],
      promos: [{ code: "savebig2015", text: { raw: "20% off" }, amount: usd("5") }],
      totals: [
        { key: "items", amount: usd("500") },
        { key: "total", amount: usd("475") },
      ],
    },
  ]);
  expect(heard.of("promo")).toMatchObject([{ state: "applied", code: "savebig2015", amount: { raw: "5" } }]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/ana/i);
});

it("states a checkout's totals, its shipping only once that is chosen", async () => {
  const checkout = {
    cart: CART,
    taxTotal: 3,
    shippingCostTotal: 0,
    grandTotal: 478,
    outstandingBalance: 400,
  };
  await heard.answer("/api/storefront/checkouts/b20deef4?include=cart", { ...checkout, consignments: [] });
  expect(JSON.stringify(totals())).not.toContain("shipping");
  const consignments = [{ selectedShippingOption: { id: "1" }, address: { city: "x" } }];
  await heard.answer("/api/storefront/checkout/b20deef4", {
    ...checkout,
    shippingCostTotal: 15,
    consignments,
  });
  expect(totals()).toEqual([
    { key: "items", amount: usd("500") },
    { key: "shipping", amount: usd("15") },
    { key: "tax", amount: usd("3") },
    { key: "total", amount: usd("478") },
    { key: "due", amount: usd("400") },
  ]);
});

it("states which code was refused, by the API and by the theme's own way, and why", async () => {
  const body = JSON.stringify({ couponCode: "OLD" });
  const problem = { status: 422, title: "The coupon code is invalid", type: "invalid_coupon_code" };
  await heard.answer("/api/storefront/checkouts/b20deef4/coupons", problem, { status: 422, body });
  const answer = { data: { status: "error", errors: ["The coupon code you entered is expired."] } };
  await heard.answer("/remote/v1/apply-code", answer, { body: "code=OLDER" });
  await heard.answer("/remote/v1/apply-code", { data: { status: "success" } }, { body: "code=NEW" });
  expect(heard.of("promo").map(({ state, code, text }) => [state, code, text])).toEqual([
    ["rejected", "OLD", { raw: problem.title }],
    ["rejected", "OLDER", { raw: "The coupon code you entered is expired." }],
  ]);
});

it("reads no other address, and no cart that is none", async () => {
  for (const path of ["/api/storefront/orders/1", "/api/storefront/form-fields", "/cart.php"])
    await heard.answer(path, CART);
  await heard.answer("/api/storefront/carts", []);
  await heard.answer("/api/storefront/carts", { lineItems: 5 });
  await heard.answer("https://other.example/api/storefront/carts", [CART]);
  expect(heard.facts).toEqual([]);
});
