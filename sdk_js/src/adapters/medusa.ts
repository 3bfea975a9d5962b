/**
 * Medusa 2: the carts that its store API answers to the shop's own pages, refused codes, and the order that comes of
 * a cart. It has no theme of its own, and its API an address of its own.
 *
 * Amounts are numbers in major units; version 1 wrote parts of a currency and told no total of the items, so an
 * answer without one is not stated. Without a shipping method shipping is not known. Not read: the cart's id, which
 * opens it to whoever has it, e-mail, addresses, customer and metadata.
 */
import type { Adapter } from "./adapter";
import { cartTeller, currencyOf, type Given, jsonOf, list, plain, reader, record, sentJson } from "./reading";

const PATH = /\/store\/carts(?:\/[^/]+(?:\/(promotions|complete)|\/[a-z-]+(?:\/[^/]+)?)?)?\/?$/;

export const adapter: Adapter = {
  start(shop) {
    const { cart, refused } = cartTeller(shop, "medusa");

    return reader(
      shop,
      "medusa",
      async ({ pathname }, asked, answer) => {
        const [path, what] = PATH.exec(pathname) ?? [];
        if (!path) return;
        const given = await jsonOf(answer);
        if (!given) return;
        const current = record(given.cart ?? given.parent);
        if (answer.status >= 400) {
          const codes = sentJson(asked).promo_codes;
          refused(
            what === "promotions" && Array.isArray(codes) ? plain(codes[0]) : undefined,
            plain(given.message),
          );
        } else if (what === "complete" && given.type === "order")
          shop.say("order", [readOrder(record(given.order))]);
        else if (Array.isArray(current.items) && plain(current.item_total)) cart("cart", readCart(current));
      },
      true,
    );
  },
};

const linesOf = (given: Given) =>
  list(given.items).map((item) => {
    const [price, was] = [plain(item.unit_price), plain(item.compare_at_unit_price)];
    const [total, totalWas] = [plain(item.total), plain(item.original_total)];
    return {
      id: plain(item.id),
      sku: plain(item.variant_sku),
      name: plain(item.product_title) ?? plain(item.title),
      quantity: plain(item.quantity),
      price,
      was: was === price ? undefined : was,
      total,
      total_was: totalWas === total ? undefined : totalWas,
    };
  });

function readCart(given: Given) {
  const isShipped = list(given.shipping_methods).length > 0;
  return {
    currency: currencyOf(given.currency_code),
    lines: linesOf(given),
    promos: Array.isArray(given.promotions)
      ? list(given.promotions).map(({ code, is_automatic }) =>
          is_automatic === true ? { text: plain(code) } : { code: plain(code) },
        )
      : undefined,
    totals: {
      items: plain(given.item_subtotal),
      discount: plain(given.discount_total),
      shipping: isShipped ? plain(given.shipping_total) : undefined,
      tax: plain(given.tax_total),
      gift_card: plain(given.gift_card_total),
      total: plain(given.total),
    },
  };
}

/** By the number that customers are told. */
const readOrder = (given: Given) => ({
  id: plain(given.display_id) ?? plain(given.id),
  currency: currencyOf(given.currency_code),
  total: plain(given.total),
  lines: linesOf(given),
});
