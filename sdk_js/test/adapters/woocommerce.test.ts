/** What WooCommerce answers to its own carts; the answers are as its documentation has them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/woocommerce";
import { type Heard, hear } from "./heard";

const MONEY = { currency_code: "USD", currency_minor_unit: 2 };
const CART = {
  items: [
    {
      key: "a1b2",
      id: 7,
      sku: "HP-15",
      name: "HP 15 &amp; <b>sleeve</b>",
      quantity: 2,
      prices: { ...MONEY, price: "37900", regular_price: "49900", sale_price: "37900" },
      totals: { ...MONEY, line_subtotal: "75800", line_total: "68220", line_total_tax: "5628" },
    },
  ],
  coupons: [{ code: "spring", totals: { ...MONEY, total_discount: "7580" } }],
  fees: [],
  totals: {
    ...MONEY,
    total_items: "75800",
    total_discount: "7580",
    total_fees: "0",
    total_shipping: "1300",
    total_tax: "5736",
    total_price: "75256",
  },
  shipping_address: { first_name: "Ana", phone: "+1 555 010 9999" },
  billing_address: { email: "ana@example.com" },
  items_count: 2,
  has_calculated_shipping: true,
  errors: [],
};
const usd = (minor: number) => ({ minor, currency: "USD" });
const PATH = "/wp-json/wc/store/v1/cart";

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});
afterEach(() => heard.hooks.stop?.());
const totalsOf = ({ totals }: Record<string, unknown> = {}) =>
  Object.fromEntries(
    (totals as { key: string; amount: { minor?: number; raw?: string } }[]).map(({ key, amount }) => [
      key,
      amount.minor ?? amount.raw,
    ]),
  );

describe("a cart", () => {
  it.each([PATH, "/shop/wp-json/wc/store/cart/update-item", "/?rest_route=/wc/store/v1/cart/add-item"])(
    "of %s is stated in minor units, without the addresses",
    async (path) => {
      await heard.answer(path, CART);
      expect(heard.of("cart")).toEqual([
        {
          surface: "network",
          source: "network",
          via: "woocommerce",
          currency: "USD",
          count: { raw: "2" },
          lines: [
            {
              id: "a1b2",
              sku: "HP-15",
              name: { raw: "HP 15 & sleeve" },
              quantity: { raw: "2" },
              unit: usd(37_900),
              was: usd(49_900),
              total: usd(68_220),
              total_was: usd(75_800),
            },
          ],
          promos: [{ code: "spring", amount: usd(7_580) }],
          totals: [
            ["items", 75_800],
            ["discount", 7_580],
            ["fees", 0],
            ["shipping", 1_300],
            ["tax", 5_736],
            ["total", 75_256],
          ].map(([key, minor]) => ({ key, amount: usd(minor as number) })),
        },
      ]);
      expect(JSON.stringify(heard.facts)).not.toMatch(/Ana|555|example/);
    },
  );

  it.each([
    ["JPY", 0, "1000", 1_000],
    ["JPY", 2, "100000", 1_000],
    ["EUR", 0, "12", 1_200],
    ["KWD", 2, "1234", 12_340],
    ["JPY", 2, "100050", "1000.50"],
    ["EUR", "two", "12", undefined],
  ])(
    "in %s with %s decimals as the shop sets them",
    async (currency_code, decimals, total_price, expected) => {
      const totals = { currency_code, currency_minor_unit: decimals, total_price };
      await heard.answer(PATH, { items: [], totals });
      expect(heard.of("cart")).toHaveLength(1);
      expect(expected === undefined ? heard.of("cart")[0]?.totals : totalsOf(heard.of("cart")[0]).total).toBe(
        expected,
      );
    },
  );

  it("has no shipping before it is known", async () => {
    const totals = { ...CART.totals, total_shipping: "0" };
    await heard.answer(PATH, { ...CART, has_calculated_shipping: false, totals });
    await heard.answer(PATH, { ...CART, totals: { ...totals, total_shipping: null } });
    expect(heard.of("cart").map((state) => totalsOf(state).shipping)).toEqual([undefined]);
  });

  it("states its coupons as they come and go, and what the shop has against it", async () => {
    const errors = [{ code: "out_of_stock", message: "&ldquo;HP 15&rdquo; is sold out." }];
    await heard.answer(PATH, CART);
    await heard.answer(PATH, { ...CART, coupons: [], errors });
    expect(heard.of("promo")).toEqual([
      { source: "declared", state: "applied", code: "spring", amount: usd(7_580) },
      { source: "declared", state: "removed", code: "spring" },
    ]);
    expect(heard.of("cart")[1]?.messages).toEqual([{ raw: "“HP 15” is sold out." }]);
  });

  it("of another shop is not read", async () => {
    await heard.answer(`https://other.example${PATH}`, CART);
    await heard.answer("/wp-json/wc/store/v1/checkout", CART);
    expect(heard.facts).toEqual([]);
  });
});

describe("a refusal", () => {
  const REFUSAL = {
    code: "woocommerce_rest_cart_coupon_error",
    message: "Coupon &quot;old&quot; has expired.",
    data: { status: 400 },
  };
  const REJECTED = {
    source: "declared",
    state: "rejected",
    code: "old",
    reason: "woocommerce_rest_cart_coupon_error",
    text: { raw: 'Coupon "old" has expired.' },
  };

  it("of a coupon names it", async () => {
    await heard.answer(`${PATH}/apply-coupon`, REFUSAL, { status: 400, body: '{"code":"old"}' });
    expect(heard.facts).toEqual([["promo", REJECTED]]);
  });

  it("in a batch is understood like one alone", async () => {
    const body = JSON.stringify({
      requests: [
        { path: "/wc/store/v1/cart/apply-coupon", body: { code: "old" } },
        { path: "/wc/store/v1/cart/remove-item", body: { key: "a1b2" } },
      ],
    });
    const responses = [
      { status: 400, body: REFUSAL },
      { status: 200, body: CART },
    ];
    await heard.answer("/wp-json/wc/store/v1/batch", { responses }, { status: 207, body });
    expect(heard.facts.map(([kind]) => kind)).toEqual(["promo", "cart", "promo"]);
    expect(heard.of("promo")[0]).toEqual(REJECTED);
  });

  it("of anything else is a message, and the cart that came with it a cart", async () => {
    const conflict = { code: "x", message: "Only 2 left", data: { status: 409, cart: CART } };
    await heard.answer(`${PATH}/add-item`, conflict, { status: 409, body: '{"id":7}' });
    expect(heard.of("cart").map(({ messages, lines }) => [messages, lines !== undefined])).toEqual([
      [[{ raw: "Only 2 left" }], false],
      [undefined, true],
    ]);
  });

  it("of the classic cart is read from its words", async () => {
    const html = '<ul class="woocommerce-error" role="alert"><li>Coupon "old" does not exist!</li></ul>';
    const body = "security=c0ffee1234&coupon_code=old&billing_email=ana%40example.com";
    await heard.answer("/?wc-ajax=apply_coupon", html, { type: "text/html; charset=UTF-8", body });
    await heard.answer("/?wc-ajax=apply_coupon", '<div class="woocommerce-message">Applied.</div>', {
      type: "text/html",
      body,
    });
    expect(heard.facts).toEqual([
      [
        "promo",
        { source: "declared", state: "rejected", code: "old", text: { raw: 'Coupon "old" does not exist!' } },
      ],
    ]);
  });
});

describe("what the shop has painted anew", () => {
  it("is read again, by jQuery's events and by the blocks', until the end", () => {
    heard.hooks.stop?.();
    const listeners = new Map<string, () => void>();
    const query = {
      on: (types: string, run: () => void) => void listeners.set(types, run),
      off: (types: string) => void listeners.delete(types),
    };
    vi.stubGlobal("jQuery", (body: unknown) => (body === document.body ? query : undefined));
    heard = hear(adapter);
    const [[types, run] = ["", () => {}]] = [...listeners];
    expect(types.split(" ")).toContain("updated_cart_totals");
    run();
    document.body.dispatchEvent(new Event("wc-blocks_added_to_cart"));
    expect(heard.facts).toEqual([
      ["reread", {}],
      ["reread", {}],
    ]);
    heard.hooks.stop?.();
    document.body.dispatchEvent(new Event("wc-blocks_added_to_cart"));
    expect(heard.facts).toHaveLength(2);
    expect(listeners.size).toBe(0);
  });
});
