/**
 * Salesforce Commerce Cloud, its Storefront Reference Architecture: what the shop answers to its own pages' cart
 * requests (`Cart-AddProduct`, `Cart-UpdateQuantity`, `Cart-AddCoupon`, …), and where carts and prices stand in its
 * templates.
 *
 * Unit prices are numbers in major units, everything else is text as the shop formats it; `-` stands for what is
 * not known yet, such as totals before there is shipping. Not read: addresses, and the addresses and tokens for
 * further requests that the answers hold.
 */
import type { Adapter } from "./adapter";
import { cartTeller, currencyOf, type Given, jsonOf, list, plain, reader, record, unmarked } from "./reading";
import { presets } from "./sfra_theme";

const PATH = /\/Cart-(AddCoupon|Get|[A-Z]\w+(?:Product|LineItem|Quantity|Method))$/;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "sfra");

    return reader(shop, "sfra", async ({ pathname, searchParams }, _, answer) => {
      const [, what] = PATH.exec(pathname) ?? [];
      if (!what) return;
      const given = await jsonOf(answer);
      if (!given) return;
      if (answer.status >= 400 || given.error) {
        const code = what === "AddCoupon" ? plain(searchParams.get("couponCode")) : undefined;
        refused(code, unmarked(given.errorMessage) ?? unmarked(given.message));
      }
      // Whole, also in the answer to what was refused.
      const current = record(given.cart ?? given.basket ?? given.cartModel ?? given);
      if (Array.isArray(current.items) && current.totals) cart("cart", ...readCart(current));
    });
  },
};

/** Money as it is written; nothing where it is not known. */
const known = (value: unknown) => (plain(value) === "-" ? undefined : plain(value));

function readCart(given: Given) {
  const totals = record(given.totals);
  const items = list(given.items);
  const saleOf = (item: Given | undefined) => record(record(item?.price).sales);
  const lines = items.map((item) => {
    const { price, nonAdjustedPrice } = record(item.priceTotal);
    return {
      id: plain(item.UUID),
      sku: plain(item.id),
      name: unmarked(item.productName),
      quantity: plain(item.quantity),
      price: plain(saleOf(item).value),
      was: plain(record(record(item.price).list).value),
      total: known(price),
      total_was: known(nonAdjustedPrice),
    };
  });
  const discounts = list(totals.discounts);
  const coupons = discounts.filter(({ type }) => type === "coupon");
  const promotions = discounts.filter(({ type }) => type !== "coupon");
  const codes = coupons.map(({ couponCode, applied, valid }) => ({
    code: plain(couponCode),
    ...(applied === true
      ? {}
      : { state: "rejected" as const, reason: valid === false ? "not valid" : "not applied" }),
  }));
  const discount = record(totals.orderLevelDiscountTotal);
  const shippingDiscount = record(totals.shippingLevelDiscountTotal);
  const state = {
    currency: currencyOf(saleOf(items[0]).currency),
    lines,
    count: plain(given.numItems),
    promos: [
      ...codes.filter(({ state }) => !state).map(({ code }) => ({ code })),
      ...promotions.map(({ lineItemText, price }) => ({
        text: unmarked(lineItemText),
        amount: known(price)?.replace(/^-\s*/, ""),
      })),
    ],
    totals: {
      items: known(totals.subTotal),
      discount: discount.value ? known(discount.formatted) : undefined,
      shipping: known(totals.totalShippingCost),
      ship_discount: shippingDiscount.value ? known(shippingDiscount.formatted) : undefined,
      tax: known(totals.totalTax),
      total: known(totals.grandTotal),
    },
  };
  return [state, Array.isArray(totals.discounts) ? codes : undefined] as const;
}
