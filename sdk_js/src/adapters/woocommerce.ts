/**
 * WooCommerce: what the Store API answers to the shop's own blocks (whole carts, refusals with their
 * words), what the classic templates answer to a coupon, and where carts and prices stand in both.
 *
 * Amounts of the Store API are whole numbers of `currency_minor_unit` decimals, which is a setting of the
 * shop and need not be the currency's own. Lines and totals are without tax, as it states them, the tax
 * being a total of its own. Not read: addresses, the note, payment methods and the tokens that answers
 * carry beside the cart.
 */
import { attempt, listen } from "../guard";
import type { Adapter } from "./adapter";
import {
  cartTeller,
  currencyOf,
  type Given,
  jsonOf,
  list,
  parts,
  plain,
  reader,
  record,
  sent,
  textOf,
  unmarked,
} from "./reading";
import { presets } from "./woocommerce_theme";

const STORE_API = /\/wc\/store(?:\/v\d)?\/(cart|batch)(?:\/([a-z-]+))?\/?$/;
const HTML_KIND = /html/i;
const REFUSAL =
  ".woocommerce-error li,.woocommerce-error,.is-error .wc-block-components-notice-banner__content";
/** What classic templates and blocks say when they have painted a cart anew; none of it says what changed. */
const PAINTED =
  "added_to_cart removed_from_cart wc_fragments_refreshed wc_fragments_loaded updated_wc_div updated_cart_totals " +
  "updated_shipping_method updated_checkout wc_cart_emptied";
const BLOCKS_PAINTED = ["wc-blocks_added_to_cart", "wc-blocks_removed_from_cart"];

interface Query {
  on(types: string, heard: () => void): void;
  off(types: string, heard: () => void): void;
}

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "woocommerce");

    const stored = (given: Given, status: number, coupon: string | undefined) => {
      if (status >= 400) {
        refused(coupon, unmarked(given.message), plain(given.code));
        const conflicting = record(record(given.data).cart);
        if (conflicting.totals) cart("cart", readCart(conflicting));
      } else if (Array.isArray(given.items) && given.totals) cart("cart", readCart(given));
    };

    const { answered } = reader(shop, "woocommerce", async (address, asked, answer) => {
      const { searchParams, pathname } = address;
      const [, what, how] = STORE_API.exec(searchParams.get("rest_route") ?? pathname) ?? [];
      if (what === "batch") {
        const asks = list(record(attempt(() => JSON.parse(String(asked.body)) as unknown)).requests);
        const given = await jsonOf(answer);
        list(given?.responses).forEach((each, index) => {
          const ask = record(asks[index]);
          const isCoupon = /apply-coupon/.test(plain(ask.path) ?? "");
          const coupon = isCoupon ? plain(record(ask.body ?? ask.data).code) : undefined;
          stored(record(each.body), Number(each.status), coupon);
        });
      } else if (what) {
        const given = await jsonOf(answer);
        const coupon = sent(asked, "code") ?? plain(searchParams.get("code"));
        if (given) stored(given, answer.status, how === "apply-coupon" ? coupon : undefined);
      } else if (searchParams.get("wc-ajax") === "apply_coupon") {
        const html = (await textOf(answer, HTML_KIND)) ?? "";
        const page = new DOMParser().parseFromString(html, "text/html");
        const text = plain(page.querySelector(REFUSAL)?.textContent);
        if (text) refused(sent(asked, "coupon_code"), text);
      }
    });

    const painted = () => void attempt(shop.reread);
    const query = attempt(() => (window as { jQuery?: (body: Element) => Query }).jQuery?.(document.body));
    attempt(() => query?.on(PAINTED, painted));
    const ends = BLOCKS_PAINTED.map((type) => listen(document.body, type, painted));
    return {
      answered,
      stop: () => {
        for (const end of ends) end();
        query?.off(PAINTED, painted);
      },
    };
  },
};

function readCart(given: Given) {
  const totals = record(given.totals);
  const currency = currencyOf(totals.currency_code);
  const reader = (from: Given) => {
    const decimals = Number(from.currency_minor_unit ?? totals.currency_minor_unit);
    return (value: unknown) => parts(value, decimals, currency);
  };
  const differing = (read: (value: unknown) => Given | undefined, value: unknown, other: unknown) =>
    value === other ? undefined : read(value);
  const lines = list(given.items).map((item) => {
    const [prices, sums] = [record(item.prices), record(item.totals)];
    const [price, sum] = [reader(prices), reader(sums)];
    return {
      id: plain(item.key),
      sku: plain(item.sku),
      name: unmarked(item.name),
      quantity: plain(item.quantity),
      price: price(prices.price),
      was: differing(price, prices.regular_price, prices.price),
      total: sum(sums.line_total),
      total_was: differing(sum, sums.line_subtotal, sums.line_total),
    };
  });
  const promos = list(given.coupons).map((coupon) => {
    const sums = record(coupon.totals);
    return { code: plain(coupon.code), amount: reader(sums)(sums.total_discount) };
  });
  const total = reader(totals);
  const errors = list(given.errors).flatMap(({ message }) => {
    const raw = unmarked(message);
    return raw ? [{ raw }] : [];
  });
  return {
    currency,
    lines,
    count: plain(given.items_count),
    promos: Array.isArray(given.coupons) ? promos : undefined,
    totals: {
      items: total(totals.total_items),
      discount: total(totals.total_discount),
      fees: total(totals.total_fees),
      // Before an address is known there is none, whatever the number says.
      shipping: given.has_calculated_shipping === false ? undefined : total(totals.total_shipping),
      tax: total(totals.total_tax),
      total: total(totals.total_price),
    },
    messages: errors.length ? errors : undefined,
  };
}
