/**
 * Magento 2: the cart section that the shop's own theme asks for (`customer/section/load`), the totals that its
 * cart page and checkout are answered, refused coupons, and where carts and prices stand in themes built on Luma.
 *
 * Amounts are numbers in major units. A section names no currency. Not read: what the sections and answers hold
 * of the customer, addresses and options of a line.
 */
import type { Adapter, Answer, Asked, Place } from "./adapter";
import { presets } from "./magento_theme";
import { currencyOf, type Given, jsonOf, list, ownAddress, plain, record, teller, unmarked } from "./reading";

const SECTIONS = /\/customer\/section\/load\/?$/;
const QUOTE = /\/V1\/(?:guest-carts\/[^/]+|carts\/mine)\/([a-z-]+)(?:\/([^/]+))?$/;
const TOTALS = /^(?:totals|totals-information|shipping-information)$/;
const PLACE: Place = { surface: "network", source: "network" };

export const adapter: Adapter = {
  presets,
  start(shop) {
    const tell = teller(shop);
    let code: string | undefined;

    const refusal = (given: Given) => {
      const text = unmarked(given.text);
      if (given.type === "error" && text) shop.say("cart", [{ messages: [{ raw: text }] }], PLACE);
    };

    const totals = (given: Given) => {
      tell("totals", "cart", readTotals(given), PLACE);
      const now = plain(given.coupon_code);
      if (code && code !== now) shop.say("promo", [{ state: "removed", code }]);
      if (now && code !== now)
        shop.say("promo", [{ state: "applied", code: now, amount: discountOf(given) }]);
      code = now;
    };

    const answered = async (asked: Asked, answer: Answer) => {
      const { pathname = "" } = ownAddress(asked) ?? {};
      const [, what, which] = QUOTE.exec(pathname) ?? [];
      if (!what && !SECTIONS.test(pathname)) return;
      const given = await jsonOf(answer);
      if (!given) return;
      if (what === "coupons" && which && answer.status >= 400)
        shop.say("promo", [
          { state: "rejected", code: decodeURIComponent(which), text: unmarked(given.message) },
        ]);
      else if (what && TOTALS.test(what) && answer.status < 400) totals(record(given.totals ?? given));
      else if (!what) {
        if (Array.isArray(record(given.cart).items))
          tell("section", "cart", readSection(record(given.cart)), PLACE);
        list(record(given.messages).messages).forEach(refusal);
      }
    };
    return { answered: (asked, answer) => void answered(asked, answer).catch(() => {}) };
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

/** Taken off, as it is said elsewhere: without its minus. */
const discountOf = (given: Given) => plain(given.discount_amount)?.replace(/^-/, "");

function readTotals(given: Given) {
  const code = plain(given.coupon_code);
  const amount = discountOf(given);
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
