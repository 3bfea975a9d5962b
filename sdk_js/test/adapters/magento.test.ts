/** What Magento answers to its own theme; the answers are as its source and documentation have them. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/magento";
import { type Heard, hear } from "./heard";

const SECTION = {
  cart: {
    summary_count: 2,
    subtotal: '<span class="price">$758.00</span>',
    subtotalAmount: "758.0000",
    items: [
      {
        item_id: "7",
        product_sku: "HP-15",
        product_name: "HP 15 &amp; sleeve",
        qty: 2,
        product_price: '<span class="price">$379.00</span>',
        product_price_value: 379,
        options: [{ label: "Engraving", value: "For Ana" }],
      },
    ],
  },
  customer: { fullname: "Ana Lopez", firstname: "Ana" },
  messages: {
    messages: [
      { type: "success", text: "Added." },
      { type: "error", text: "Only 2 left of &quot;HP&quot;." },
    ],
  },
};
const TOTALS = {
  grand_total: 690.2,
  subtotal: 758,
  discount_amount: -75.8,
  shipping_amount: 8,
  tax_amount: 0,
  quote_currency_code: "USD",
  coupon_code: "spring",
  items: [{ item_id: 7, name: "HP 15", qty: 2, price: 379, row_total: 758, options: '["For Ana"]' }],
};
const usd = (raw: string) => ({ raw, currency: "USD" });

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});
afterEach(() => heard.hooks.stop?.());

it("states the cart section and the shop's errors, and nothing of the customer", async () => {
  await heard.answer("/customer/section/load/?sections=cart%2Cmessages&_=1", SECTION);
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "magento",
      count: { raw: "2" },
      lines: [
        {
          id: "7",
          sku: "HP-15",
          name: { raw: "HP 15 & sleeve" },
          quantity: { raw: "2" },
          unit: { raw: "379" },
        },
      ],
      totals: [{ key: "items", amount: { raw: "758.0000" } }],
    },
    { surface: "network", source: "network", via: "magento", messages: [{ raw: 'Only 2 left of "HP".' }] },
  ]);
  expect(JSON.stringify(heard.facts)).not.toContain("Ana");
});

it.each([
  ["/rest/default/V1/guest-carts/m4sk3d/totals", TOTALS],
  ["/rest/V1/carts/mine/totals-information", TOTALS],
  ["/rest/V1/carts/mine/shipping-information", { payment_methods: [{ code: "check" }], totals: TOTALS }],
])("states the totals of %s", async (path, answer) => {
  await heard.answer(path, answer);
  await heard.answer(path, answer);
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "magento",
      currency: "USD",
      lines: [
        { id: "7", name: { raw: "HP 15" }, quantity: { raw: "2" }, unit: usd("379"), total: usd("758") },
      ],
      promos: [{ code: "spring", amount: usd("75.8") }],
      totals: [
        { key: "items", amount: usd("758") },
        { key: "discount", amount: usd("75.8") },
        { key: "shipping", amount: usd("8") },
        { key: "tax", amount: usd("0") },
        { key: "total", amount: usd("690.2") },
      ],
    },
  ]);
  await heard.answer(path, { ...TOTALS, coupon_code: undefined, discount_amount: 0, shipping_amount: 0 });
  expect(heard.of("promo").map(({ state, code }) => [state, code])).toEqual([
    ["applied", "spring"],
    ["removed", "spring"],
  ]);
  expect(JSON.stringify(heard.of("cart")[1])).not.toContain("shipping");
});

it("states which coupon was refused, in the shop's words", async () => {
  const answer = { message: "The coupon code isn't valid. Verify the code and try again." };
  await heard.answer("/rest/default/V1/guest-carts/m4sk3d/coupons/OLD%2020", answer, { status: 404 });
  await heard.answer("/rest/default/V1/guest-carts/m4sk3d/coupons/SPRING", "true");
  expect(heard.of("promo")).toEqual([
    { source: "declared", state: "rejected", code: "OLD 20", text: { raw: answer.message } },
  ]);
});

it("reads no other address, and no answer that is none", async () => {
  await heard.answer("https://other.example/customer/section/load", SECTION);
  await heard.answer("/rest/V1/carts/mine/payment-information", TOTALS);
  await heard.answer("/rest/V1/carts/mine/totals", "<html>");
  await heard.answer("/customer/section/load", { cart: null, messages: 5 });
  expect(heard.facts).toEqual([
    ["mark", { name: "shop data unreadable", data: { in: "magento", reason: "not JSON" } }],
  ]);
});
