/** What Salesforce's reference storefront answers, with the fields that its published models give. */
import { beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/sfra";
import { type Heard, hear } from "./heard";

const BASE = "/on/demandware.store/Sites-RefArch-Site/en_US";
const ITEM = {
  UUID: "3c1f",
  id: "HP-15M",
  productName: "HP 15 &amp; sleeve",
  quantity: 2,
  price: { sales: { value: 379, currency: "USD", formatted: "$379.00" }, list: { value: 499 } },
  priceTotal: { price: "$758.00", nonAdjustedPrice: "$798.00", renderedPrice: "<div>" },
  options: [{ displayName: "Engraving: For Ana" }],
};
const TOTALS = {
  subTotal: "$758.00",
  totalShippingCost: "$8.00",
  totalTax: "$38.30",
  grandTotal: "$728.30",
  orderLevelDiscountTotal: { value: 76, formatted: "$76.00" },
  shippingLevelDiscountTotal: { value: 0, formatted: "$0.00" },
  discounts: [
    { type: "coupon", UUID: "1", couponCode: "SPRING", applied: true, valid: true },
    { type: "coupon", UUID: "2", couponCode: "OLD", applied: false, valid: false },
    { type: "promotion", UUID: "3", lineItemText: "10% off", price: "-$76.00", callOutMsg: "10% off orders" },
  ],
};
const CART = { items: [ITEM], numItems: 2, totals: TOTALS, actionUrls: { submitCouponCodeUrl: "/secret" } };
const usd = (raw: string) => ({ raw, currency: "USD" });

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});

it.each([
  ["Cart-AddProduct", { error: false, message: "Added", cart: CART, quantityTotal: 2 }],
  ["Cart-RemoveProductLineItem?pid=1&uuid=2", { basket: CART, toBeDeletedUUIDs: [] }],
  ["Cart-EditProductLineItem", { cartModel: CART, newProductId: "HP-15M" }],
  ["Cart-UpdateQuantity?quantity=2", CART],
  ["Cart-AddCoupon?couponCode=SPRING", CART],
  ["Cart-SelectShippingMethod", CART],
])("states the cart that %s answers", async (path, answer) => {
  await heard.answer(`${BASE}/${path}`, answer);
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "sfra",
      currency: "USD",
      count: { raw: "2" },
      lines: [
        {
          id: "3c1f",
          sku: "HP-15M",
          name: { raw: "HP 15 & sleeve" },
          quantity: { raw: "2" },
          unit: usd("379"),
          was: usd("499"),
          total: usd("$758.00"),
          total_was: usd("$798.00"),
        },
      ],
      promos: [{ code: "SPRING" }, { text: { raw: "10% off" }, amount: usd("$76.00") }],
      totals: [
        { key: "items", amount: usd("$758.00") },
        { key: "discount", amount: usd("$76.00") },
        { key: "shipping", amount: usd("$8.00") },
        { key: "tax", amount: usd("$38.30") },
        { key: "total", amount: usd("$728.30") },
      ],
    },
  ]);
  expect(heard.of("promo").map(({ state, code, reason }) => [state, code, reason])).toEqual([
    ["applied", "SPRING", undefined],
    ["rejected", "OLD", "not valid"],
  ]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/Ana|secret/);
});

it("knows no totals before there are any", async () => {
  const totals = { ...TOTALS, totalShippingCost: "-", totalTax: "-", grandTotal: "-" };
  await heard.answer(`${BASE}/Cart-Get`, { ...CART, totals });
  const stated = heard.of("cart")[0]?.totals as { key: string }[] | undefined;
  expect(stated?.map(({ key }) => key)).toEqual(["items", "discount"]);
});

it("states what was refused: a code, a quantity, an article, and the cart as it then is", async () => {
  await heard.answer(`${BASE}/Cart-AddCoupon?couponCode=OLD`, {
    error: true,
    errorMessage: "Cannot be added",
  });
  await heard.answer(`${BASE}/Cart-UpdateQuantity`, { errorMessage: "Not that many" }, { status: 500 });
  await heard.answer(`${BASE}/Cart-AddProduct`, { error: true, message: "Out of stock", cart: CART });
  expect(heard.of("promo")[0]).toMatchObject({
    state: "rejected",
    code: "OLD",
    text: { raw: "Cannot be added" },
  });
  expect(heard.of("cart").map(({ messages, lines }) => [messages, lines !== undefined])).toEqual([
    [[{ raw: "Not that many" }], false],
    [[{ raw: "Out of stock" }], false],
    [undefined, true],
  ]);
});

it("reads no other address, and no cart that is none", async () => {
  for (const path of ["Cart-MiniCartShow", "CheckoutServices-Get", "Account-Show"])
    await heard.answer(`${BASE}/${path}`, CART);
  for (const answer of [{ items: [] }, { items: 5, totals: {} }, { cart: null }, [1]])
    await heard.answer(`${BASE}/Cart-Get`, answer);
  expect(heard.facts).toEqual([]);
});
