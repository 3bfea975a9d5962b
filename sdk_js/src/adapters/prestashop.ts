/**
 * PrestaShop: what the shop answers to its own theme when an article or a voucher is put into the cart, changed or
 * refused, and where carts and prices stand in the classic theme.
 *
 * Amounts are numbers in major units, with or without tax as the shop shows prices; totals of a line and of a
 * voucher are text as it formats them. Shipping without a text of its own could not be worked out yet. Not read:
 * what customers had written on an article, and addresses.
 */
import type { Adapter } from "./adapter";
import { presets } from "./prestashop_theme";
import {
  cartTeller,
  currencyOf,
  type Given,
  list,
  plain,
  reader,
  record,
  sent,
  textOf,
  unmarked,
} from "./reading";

/** JSON, which older versions send as a page. */
const KIND = /json|html/i;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "prestashop");

    return reader(shop, "prestashop", async ({ searchParams }, asked, answer) => {
      if (sent(asked, "action") !== "update" && searchParams.get("action") !== "update") return;
      const text = (await textOf(answer, KIND))?.trim();
      if (text?.[0] !== "{") return;
      const given = record(JSON.parse(text));
      const [error] = [given.errors].flat();
      if (error) refused(given.hasError ? sent(asked, "discount_name") : undefined, unmarked(error));
      const current = record(given.cart);
      if (Array.isArray(current.products)) cart("cart", readCart(current));
    });
  },
};

const pageCurrency = (): string | undefined =>
  currencyOf(record(record((window as { prestashop?: unknown }).prestashop).currency).iso_code);

function readCart(given: Given) {
  const subtotals = record(given.subtotals);
  const amount = (of: unknown) => plain(record(of).amount);
  const shipping = record(subtotals.shipping);
  const added = record(given.vouchers).added;
  return {
    currency: pageCurrency(),
    lines: list(given.products).map((item) => ({
      sku: plain(item.reference),
      name: unmarked(item.name),
      quantity: plain(item.quantity),
      price: plain(item.price_amount),
      was: item.has_discount === true ? plain(item.regular_price) : undefined,
      total: plain(item.total),
    })),
    count: plain(given.products_count),
    promos: added
      ? list(Object.values(added)).map(({ code, name, reduction_formatted }) => ({
          code: plain(code),
          text: unmarked(name),
          // Or "Free shipping", which is no amount.
          amount: /\d/.test(plain(reduction_formatted) ?? "")
            ? plain(reduction_formatted)?.replace(/^-/, "")
            : undefined,
        }))
      : undefined,
    totals: {
      items: amount(subtotals.products),
      discount: amount(subtotals.discounts),
      fees: amount(subtotals.gift_wrapping),
      shipping: plain(shipping.value) && amount(shipping),
      tax: amount(subtotals.tax),
      total: amount(record(given.totals).total),
    },
  };
}
