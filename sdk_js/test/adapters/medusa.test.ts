/** What Medusa 2's store API answers, with the fields of its published types. */
import { beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/medusa";
import { type Heard, hear } from "./heard";

const API = "https://api.shop.example/store/carts";
const ITEM = {
  id: "cali_1",
  title: "M / Black",
  product_title: "Sweatshirt",
  variant_sku: "SWEAT-M",
  quantity: 2,
  unit_price: 10,
  compare_at_unit_price: 15,
  total: 18,
  original_total: 20,
  metadata: { engraving: "For Ana" },
};
const CART = {
  id: "cart_secret",
  email: "ana@example.com",
  currency_code: "eur",
  shipping_address: { first_name: "Ana" },
  items: [ITEM],
  promotions: [
    { code: "SPRING", is_automatic: false },
    { code: "ALL10", is_automatic: true },
  ],
  shipping_methods: [],
  item_total: 18,
  item_subtotal: 20,
  discount_total: 2,
  shipping_total: 0,
  tax_total: 3.2,
  gift_card_total: 0,
  subtotal: 20,
  total: 18,
};
const eur = (raw: string) => ({ raw, currency: "EUR" });

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});

it.each([
  ["", { cart: CART }],
  ["/cart_secret", { cart: CART }],
  ["/cart_secret/line-items", { cart: CART }],
  ["/cart_secret/line-items/cali_1", { id: "cali_2", deleted: true, parent: CART }],
  ["/cart_secret/promotions", { cart: CART }],
])("states the cart that carts%s answers", async (path, answer) => {
  await heard.answer(`${API}${path}?fields=*items`, answer);
  expect(heard.of("cart")).toEqual([
    {
      surface: "network",
      source: "network",
      via: "medusa",
      currency: "EUR",
      lines: [
        {
          id: "cali_1",
          sku: "SWEAT-M",
          name: { raw: "Sweatshirt" },
          quantity: { raw: "2" },
          unit: eur("10"),
          was: eur("15"),
          total: eur("18"),
          total_was: eur("20"),
        },
      ],
      promos: [{ code: "SPRING" }, { text: { raw: "ALL10" } }],
      // No method, no shipping.
      totals: [
        { key: "items", amount: eur("20") },
        { key: "discount", amount: eur("2") },
        { key: "tax", amount: eur("3.2") },
        { key: "gift_card", amount: eur("0") },
        { key: "total", amount: eur("18") },
      ],
    },
  ]);
  expect(heard.of("promo").map(({ state, code }) => [state, code])).toEqual([["applied", "SPRING"]]);
  expect(JSON.stringify(heard.facts)).not.toMatch(/ana|secret/i);
});

it("states shipping once there is a method, a refused code, and the order by the customer's number", async () => {
  await heard.answer(`${API}/c`, {
    cart: { ...CART, shipping_methods: [{ id: "sm_1" }], shipping_total: 5 },
  });
  expect(heard.of("cart")[0]?.totals).toContainEqual({ key: "shipping", amount: eur("5") });
  const refusal = { type: "invalid_data", message: "The promotion code OLD is invalid" };
  const body = JSON.stringify({ promo_codes: ["OLD"] });
  await heard.answer(`${API}/c/promotions`, refusal, { status: 400, body });
  expect(heard.of("promo").at(-1)).toMatchObject({
    state: "rejected",
    code: "OLD",
    text: { raw: refusal.message },
  });
  await heard.answer(`${API}/c/complete`, { type: "order", order: { ...CART, display_id: 1042 } });
  expect(heard.of("order")).toMatchObject([{ id: "1042", currency: "EUR", total: eur("18") }]);
});

it("reads no other address, and no cart that is none or of version 1, which wrote cents", async () => {
  await heard.answer("https://api.shop.example/store/customers/me", { cart: CART });
  await heard.answer("https://api.shop.example/store/carts/c/payment-sessions/x/y", { cart: CART });
  await heard.answer(`${API}/c`, { cart: { ...CART, item_total: undefined, total: 1800 } });
  await heard.answer(`${API}/c/complete`, { type: "cart", cart: { items: 5 }, error: "x" });
  expect(heard.facts).toEqual([]);
});
