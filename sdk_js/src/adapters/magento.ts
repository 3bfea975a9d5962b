/**
 * Magento 2: the cart section that the shop's own theme asks for (`customer/section/load`), the totals that its
 * cart page and checkout are answered, refused coupons, and where carts and prices stand in themes built on Luma.
 *
 * Amounts are numbers in major units. A section names no currency. Not read: what the sections and answers hold
 * of the customer, addresses and options of a line.
 */
import type { Adapter } from "./adapter";
import { presets } from "./magento_theme";
import { cartTeller, currencyOf, type Given, jsonOf, list, plain, reader, record, unmarked } from "./reading";

const SECTIONS = /\/customer\/section\/load\/?$/;
const QUOTE = /\/V1\/(?:guest-carts\/[^/]+|carts\/mine)\/([a-z-]+)(?:\/([^/]+))?$/;
const TOTALS = /^(?:totals|totals-information|shipping-information)$/;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "magento");

    return reader(shop, "magento", async ({ pathname }, _, answer) => {
      const [, what, which] = QUOTE.exec(pathname) ?? [];
      if (!what && !SECTIONS.test(pathname)) return;
      const given = await jsonOf(answer);
      if (!given) return;
      if (what === "coupons" && which && answer.status >= 400)
        refused(decodeURIComponent(which), unmarked(given.message));
      else if (what && TOTALS.test(what) && answer.status < 400)
        cart("totals", readTotals(record(given.totals ?? given)));
      else if (!what) {
        if (Array.isArray(record(given.cart).items)) cart("section", readSection(record(given.cart)));
        for (const { type, text } of list(record(given.messages).messages))
          if (type === "error") refused(undefined, unmarked(text));
      }
    });
  },
};

function readSection(given: Given) {
  return {
    count: plain(given.summary_count),
    lines: list(given.items).map((item) => ({
      id: plain(item.item_id),
      sku: plain(item.product_sku),
      name: unmarked(item.product_name),
      quantity: plain(item.qty),
      price: plain(item.product_price_value),
    })),
    totals: { items: plain(given.subtotalAmount) },
  };
}

function readTotals(given: Given) {
  const code = plain(given.coupon_code);
  // Taken off, as it is said elsewhere: without its minus.
  const amount = plain(given.discount_amount)?.replace(/^-/, "");
  return {
    currency: currencyOf(given.quote_currency_code),
    lines: list(given.items).map((item) => ({
      id: plain(item.item_id),
      name: unmarked(item.name),
      quantity: plain(item.qty),
      price: plain(item.price),
      total: plain(item.row_total),
    })),
    promos: code ? [{ code, amount }] : [],
    totals: {
      items: plain(given.subtotal),
      discount: amount,
      // Nothing is also what it says before one is chosen.
      shipping: given.shipping_amount ? plain(given.shipping_amount) : undefined,
      tax: plain(given.tax_amount),
      total: plain(given.grand_total),
    },
  };
}
