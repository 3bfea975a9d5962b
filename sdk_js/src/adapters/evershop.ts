/**
 * EverShop: the cart that its pages are rendered with, the one that the shop's own theme asks for after each change
 * (`/api/graphql`), refused codes and articles, and where carts and prices stand in its theme.
 *
 * Amounts are numbers in major units, with or without tax as the shop shows them. Not read: the cart's id, which
 * opens it to whoever has it, addresses, the note and what else pages and answers hold of the customer.
 */
import { attempt } from "../guard";
import type { Adapter } from "./adapter";
import { presets } from "./evershop_theme";
import {
  cartTeller,
  currencyOf,
  type Given,
  jsonOf,
  list,
  plain,
  reader,
  record,
  sent,
  teller,
} from "./reading";

const VIA = "evershop";
/** What a cart is asked for, and what changes it. */
const PATH = /\/api\/(?:(graphql)|carts?\/[^/]+\/(?:items|(coupons))(?:\/[^/]+)*)\/?$/;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, VIA);
    const rendered = attempt(ofPage);
    if (rendered)
      teller(shop)("page", "cart", rendered, { surface: "data_layer", source: "declared", via: VIA });

    return reader(shop, VIA, async ({ pathname }, asked, answer) => {
      const [path, isQuery, isCode] = PATH.exec(pathname) ?? [];
      if (!path) return;
      const given = await jsonOf(answer);
      if (answer.status >= 400) refused(isCode && sent(asked, "coupon"), plain(record(given?.error).message));
      else if (isQuery) {
        const mine = record(record(given?.data).myCart);
        if (Array.isArray(mine.items) && mine.grandTotal) cart("cart", readCart(mine));
      }
    });
  },
};

/** What pages are rendered with: answers to their queries, each under a name that is made up. */
const context = (): Given => record((window as { eContext?: unknown }).eContext);

function ofPage() {
  const { graphqlResponse, propsMap } = context();
  const names = Object.values(record(propsMap)).flatMap(list);
  const alias = plain(names.find(({ origin }) => origin === "myCart")?.alias);
  const mine = record(alias && record(graphqlResponse)[alias]);
  return Array.isArray(mine.items) && mine.grandTotal ? readCart(mine) : undefined;
}

function readCart(given: Given) {
  const withTax = record(record(context().config).tax).priceIncludingTax !== false;
  const value = (of: Given, name: string) => plain(record(of[name]).value);
  const shown = (of: Given, name: string, without = name) => value(of, withTax ? `${name}InclTax` : without);
  const lines = list(given.items).map((item) => {
    const price = shown(item, "finalPrice");
    const was = shown(item, "productPrice");
    return {
      sku: plain(item.productSku),
      name: plain(item.productName),
      quantity: plain(item.qty),
      price,
      was: was === price ? undefined : was,
      total: shown(item, "lineTotal"),
    };
  });
  const code = plain(given.coupon);
  const amount = value(given, "discountAmount");
  return {
    currency: currencyOf(given.currency),
    lines,
    count: plain(given.totalQty),
    promos: code ? [{ code, amount }] : [],
    totals: {
      items: shown(given, "subTotal"),
      discount: amount,
      // Nothing is also what it says before one is chosen.
      shipping: given.shippingMethodName ? shown(given, "shippingFee", "shippingFeeExclTax") : undefined,
      tax: value(given, "totalTaxAmount"),
      total: value(given, "grandTotal"),
    },
  };
}
