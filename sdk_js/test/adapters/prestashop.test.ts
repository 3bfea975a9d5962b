/** What PrestaShop answers to its theme's cart requests, with the fields that its own presenter gives. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/prestashop";
import { type Heard, hear } from "./heard";

const CART = {
  products: [
    {
      id_product: 7,
      reference: "HP-15",
      name: "HP 15",
      quantity: 2,
      price_amount: 379,
      price: "€379.00",
      has_discount: true,
      regular_price: "€499.00",
      total: "€758.00",
      customizations: [{ fields: [{ label: "Engraving", text: "For Ana" }] }],
    },
  ],
  products_count: 2,
  id_address_delivery: 31,
  subtotals: {
    products: { type: "products", amount: 758, value: "€758.00" },
    discounts: { type: "discount", amount: 75.8, value: "€75.80" },
    shipping: { type: "shipping", amount: 0, value: "" },
    tax: { type: "tax", amount: 113.7, value: "€113.70" },
  },
  totals: { total: { amount: 682.2, value: "€682.20" } },
  vouchers: {
    allowed: 1,
    added: {
      3: { id_cart_rule: 3, name: "Spring", code: "SPRING", reduction_formatted: "-€75.80" },
      4: { id_cart_rule: 4, name: "Post", code: "POST", reduction_formatted: "Free shipping" },
    },
  },
};
const eur = (raw: string) => ({ raw, currency: "EUR" });
const body = "id_product=7&add=1&action=update";

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
  vi.stubGlobal("prestashop", { currency: { iso_code: "EUR" }, customer: { email: "ana@example.com" } });
});
afterEach(() => vi.unstubAllGlobals());

it.each(["application/json", "text/html; charset=utf-8"])("states the cart, sent as %s", async (type) => {
  await heard.answer("/en/cart", { success: true, cart: CART, errors: "" }, { body, type });
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "prestashop",
      currency: "EUR",
      count: { raw: "2" },
      lines: [
        {
          sku: "HP-15",
          name: { raw: "HP 15" },
          quantity: { raw: "2" },
          unit: eur("379"),
          was: eur("€499.00"),
          total: eur("€758.00"),
        },
      ],
      promos: [
        { code: "SPRING", text: { raw: "Spring" }, amount: eur("€75.80") },
        { code: "POST", text: { raw: "Post" } },
      ],
      // Shipping without a text could not be worked out.
      totals: [
        { key: "items", amount: eur("758") },
        { key: "discount", amount: eur("75.8") },
        { key: "tax", amount: eur("113.7") },
        { key: "total", amount: eur("682.2") },
      ],
    },
  ]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/ana/i);
});

it("states shipping that the shop has a text for, free or not", async () => {
  const shipping = { type: "shipping", amount: 0, value: "Free" };
  await heard.answer("/cart?action=update", { cart: { ...CART, subtotals: { shipping } } });
  expect(heard.of("cart")[0]?.totals).toEqual([
    { key: "shipping", amount: eur("0") },
    { key: "total", amount: eur("682.2") },
  ]);
});

it("states what was refused: a voucher, and an article of which the cart is told all the same", async () => {
  const voucher = { hasError: true, errors: ["This voucher does not exist."] };
  await heard.answer("/cart", voucher, { body: "addDiscount=1&discount_name=OLD&ajax=1&action=update" });
  await heard.answer("/cart", { cart: CART, errors: "Only 2 left." }, { body });
  expect(heard.of("promo")[0]).toMatchObject({
    state: "rejected",
    code: "OLD",
    text: { raw: "This voucher does not exist." },
  });
  expect(heard.of("cart").map(({ messages }) => messages)).toEqual([[{ raw: "Only 2 left." }], undefined]);
});

it("reads no page, no other request, and no cart that is none", async () => {
  await heard.answer("/cart", "<!doctype html>", { body, type: "text/html" });
  await heard.answer("/cart", { cart: CART }, { body: "action=refresh" });
  await heard.answer("/cart", { cart: { products: {} }, errors: [] }, { body });
  await heard.answer("/cart", [1], { body });
  expect(heard.facts).toEqual([]);
});
