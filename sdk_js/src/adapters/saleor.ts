/**
 * Saleor: the checkouts that its GraphQL API answers to the shop's own pages, refused codes, and the order that comes
 * of one. It has no theme of its own, and its API an address of its own.
 *
 * An answer holds what the page asked for, under names of its choice: a checkout is known by its lines and its
 * total. Prices are with tax; those before a discount do not say whether they are, and are not stated. `discount` is
 * only a voucher's, sales being in the lines. Before there is a delivery method shipping is not known. Not read:
 * e-mail, addresses, metadata, gift cards and tokens.
 */
import type { Adapter } from "./adapter";
import { cartTeller, currencyOf, type Given, jsonOf, list, plain, reader, record, sentJson } from "./reading";

const PATH = /\/graphql\/$/;

export const adapter: Adapter = {
  start(shop) {
    const { cart, refused } = cartTeller(shop, "saleor");
    return reader(
      shop,
      "saleor",
      async ({ pathname }, asked, answer) => {
        if (!PATH.test(pathname)) return;
        const given = await jsonOf(answer);
        for (const [name, value] of Object.entries(record(given?.data))) {
          const { checkout, order, errors } = record(value);
          const code = /promocode/i.test(name)
            ? plain(record(sentJson(asked).variables).promoCode)
            : undefined;
          const { number, total } = record(order);
          const current = record(checkout ?? value);
          if (checkout !== undefined || order !== undefined)
            for (const { message } of list(errors)) refused(code, plain(message));
          if (/^checkoutComplete/.test(name) && plain(number)) {
            const gross = record(record(total).gross);
            shop.say("order", [
              { id: plain(number), currency: currencyOf(gross.currency), total: plain(gross.amount) },
            ]);
          } else if (Array.isArray(current.lines) && current.totalPrice) cart("cart", readCheckout(current));
        }
      },
      true,
    );
  },
};

/** With tax, where it comes with and without. */
const gross = (given: unknown) => {
  const { amount, currency } = record(record(given).gross ?? given);
  return plain(amount) ? { raw: plain(amount), currency: currencyOf(currency) } : undefined;
};

function readCheckout(given: Given) {
  const isShipped = record(given.deliveryMethod ?? given.shippingMethod).id !== undefined;
  const lines = list(given.lines).map((line) => {
    const { sku, name, product } = record(line.variant);
    return {
      id: plain(line.id),
      sku: plain(sku),
      name: plain(record(product).name) ?? plain(name),
      quantity: plain(line.quantity),
      price: gross(line.unitPrice),
      total: gross(line.totalPrice),
    };
  });
  const code = plain(given.voucherCode);
  const discount = gross(given.discount);
  return {
    lines,
    promos: code ? [{ code, amount: discount }] : given.voucherCode === null ? [] : undefined,
    totals: {
      items: gross(given.subtotalPrice),
      discount,
      shipping: isShipped ? gross(given.shippingPrice) : undefined,
      tax: gross(record(given.totalPrice).tax),
      total: gross(given.totalPrice),
    },
  };
}
