/**
 * Shopify: what the shop answers to its own theme's cart requests (`/cart.js`, `/cart/add`, `change`,
 * `update`, `clear`), and where carts and prices stand in themes built like Dawn.
 *
 * Shopify writes amounts as hundredths of the customer's currency, whatever its own minor unit is: ¥1000 is
 * 100000. Not read: token, note, attributes and properties, which hold what the customer wrote.
 */
import type { Adapter } from "./adapter";
import {
  type Code,
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
} from "./reading";
import { presets } from "./shopify_theme";

const PATH = /^(?:\/[a-z]{2}(?:-[a-z]{2,4})?)?\/cart(?:\/(add|change|update|clear))?(?:\.js|\.json)?$/i;
const HUNDREDTHS = 2;
const ADDED_MAX_COUNT = 50;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "shopify");

    /** The answer to adding is the lines that were added, with the price at which they were. */
    const added = (given: Given) => {
      const items = Array.isArray(given.items) ? list(given.items) : [given];
      for (const item of items.slice(0, ADDED_MAX_COUNT)) {
        const about = { context: "added to cart", sku: plain(item.sku), name: nameOf(item) };
        const currency = activeCurrency();
        const price = { ...about, currency, amount: hundredths(item.final_price ?? item.price, currency) };
        if (about.name && price.amount) shop.say("price", [price]);
      }
    };

    return reader(shop, "shopify", async ({ pathname }, asked, answer) => {
      const path = PATH.exec(pathname);
      if (!path) return;
      const given = await jsonOf(answer);
      if (!given) return;
      // Whether nothing or a part of it was done, the next answer says: a refusal says nothing of the lines.
      if (answer.status >= 400) refused(sent(asked, "discount"), reasonOf(given));
      else if (Array.isArray(given.items) && "total_price" in given) cart("cart", ...readCart(given));
      else if (path[1] === "add") added(given);
    });
  },
};

const reasonOf = ({ description, errors, message }: Given) =>
  plain(description) ?? plain(errors) ?? plain(message);
const hundredths = (value: unknown, currency: string | undefined) => parts(value, HUNDREDTHS, currency);
const nameOf = ({ title, product_title }: Given) => plain(title) ?? plain(product_title);

/** What the customer's prices are in, which the answer to adding does not say. */
const activeCurrency = (): string | undefined =>
  currencyOf(record(record((window as { Shopify?: unknown }).Shopify).currency).active);

function readCart(given: Given) {
  const currency = currencyOf(given.currency);
  const amount = (value: unknown) => hundredths(value, currency);
  const differing = (value: unknown, other: unknown) => (value === other ? undefined : amount(value));
  const lines = list(given.items).map((item) => ({
    id: plain(item.key),
    sku: plain(item.sku),
    name: nameOf(item),
    quantity: plain(item.quantity),
    price: amount(item.final_price),
    was: differing(item.original_price, item.final_price),
    total: amount(item.final_line_price),
    total_was: differing(item.original_line_price, item.final_line_price),
  }));
  const ofCart = list(given.cart_level_discount_applications).map((each) => ({
    code: each.type === "discount_code" ? plain(each.title) : undefined,
    text: plain(each.title),
    amount: amount(each.total_allocated_amount),
  }));
  const codes = list(given.discount_codes).map((each): Code => {
    const code = plain(each.code);
    return each.applicable === false
      ? { code, state: "rejected", reason: "not applicable" }
      : { code, amount: ofCart.find((one) => one.code === code)?.amount };
  });
  const ofLines = codes.filter(({ code, state }) => !state && !ofCart.some((one) => one.code === code));
  const promos = [...ofCart, ...ofLines];
  return [
    {
      currency,
      lines,
      count: plain(given.item_count),
      promos: given.discount_codes || promos.length ? promos : undefined,
      totals: {
        items: amount(given.items_subtotal_price),
        // Of the whole cart; what is taken off a line is in the line.
        discount: ofCart.length === 1 ? ofCart[0]?.amount : undefined,
        total: amount(given.total_price),
      },
    },
    Array.isArray(given.discount_codes) ? codes : undefined,
  ] as const;
}
