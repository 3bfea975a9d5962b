/**
 * Google's data layer: the GA4 events that a shop pushes for its statistics, by `gtag('event', …)` or as
 * `{event, ecommerce}`, and their older form, Universal Analytics' enhanced ecommerce. What was pushed before is
 * read once, what comes later as it comes.
 *
 * An `ecommerce` that was pushed without an event belongs to the next event that has none of its own, until
 * it is cleared with null; one that came with an event belongs to that event alone. `value` is stated by
 * that name: it may or may not hold tax and shipping, so it is no total. `price` is what the shop put
 * there, before or after a discount: nobody but the shop knows.
 */
import { attempt } from "../guard";
import { wrap } from "../wrap";
import type { Adapter, Place, Shop } from "./adapter";
import { carefully, type Given, list, plain, record, teller } from "./reading";

/** Of what is waiting when we come, the newest. */
const WAITING_MAX_COUNT = 1_000;
/** A page about one product names it and its variants. */
const PRICES_MAX_COUNT = 50;
const PROMOTIONS_MAX_COUNT = 50;

const PLACE: Place = { surface: "data_layer", source: "declared", via: "data_layer" };

/**
 * The older form: what happened is a key of `ecommerce`, whatever the event is called, or without any. What these
 * hold is as in the events of today, under other names.
 */
const OLDER = {
  detail: "view_item",
  add: "add_to_cart",
  checkout: "begin_checkout",
  promoView: "view_promotion",
  promoClick: "select_promotion",
  purchase: "purchase",
};

/**
 * For as long as the document lives: a new session on the same page is not told again what was said in the
 * last.
 */
const read = new WeakSet<object>();

export const adapter: Adapter = {
  start(shop) {
    const tell = createTelling(shop);
    const careful = carefully(shop, "data_layer");
    let pending: Given | undefined;
    let layer: unknown;
    let unwrap = () => {};

    const take = (entry: unknown) => {
      if (typeof entry !== "object" || entry === null || read.has(entry)) return;
      read.add(entry);
      const { 0: command, 1: name, 2: given, event, ecommerce } = record(entry);
      const older = record(ecommerce);
      for (const [key, name] of Object.entries(OLDER))
        if (older[key]) tell(name, renewed(record(older[key]), older.currencyCode));
      if (command === "event") tell(name, record(given));
      else if (event !== undefined) {
        if (tell(event, record(ecommerce ?? pending)) || ecommerce === null) pending = undefined;
      } else if (ecommerce !== undefined) pending = ecommerce ? record(ecommerce) : undefined;
    };
    const follow = () => {
      const { dataLayer } = window as { dataLayer?: unknown };
      if (dataLayer === layer || !Array.isArray(dataLayer)) return;
      unwrap();
      layer = dataLayer;
      for (const entry of dataLayer.slice(-WAITING_MAX_COUNT)) careful(() => take(entry));
      const isOwn = Object.getOwnPropertyDescriptor(dataLayer, "push") !== undefined;
      const end = attempt(() =>
        wrap(dataLayer, "push", (push, self: unknown, entries: unknown[]) => {
          const answer: unknown = Reflect.apply(push, self, entries);
          for (const entry of entries) careful(() => take(entry));
          return answer;
        }),
      );
      unwrap = () => {
        end?.();
        // A plain list has none of its own.
        if (!isOwn && dataLayer.push === Array.prototype.push) Reflect.deleteProperty(dataLayer, "push");
      };
    };

    follow();
    return { viewed: follow, stop: () => unwrap() };
  },
};

function renewed({ actionField, products, promotions }: Given, currency: unknown): Given {
  const { id, coupon } = record(actionField);
  const items = products ?? promotions;
  const renew = ({ id, name, price, quantity, coupon }: Given) => ({
    item_id: id,
    item_name: name,
    promotion_id: id,
    promotion_name: name,
    price,
    quantity,
    coupon,
  });
  return {
    currency,
    coupon,
    transaction_id: id,
    items: Array.isArray(items) ? list(items).map(renew) : items,
  };
}

/** The answer says whether it is an event that is read. */
function createTelling(shop: Shop): (name: unknown, given: Given) => boolean {
  const tell = teller(shop);
  const currencyOf = (given: Given, item: Given) => plain(given.currency) ?? plain(item.currency);

  const cart = (given: Given) => {
    const items = list(given.items);
    const value = plain(given.value);
    // A template that nobody filled in: the cart is worth something and holds nothing.
    const isUnknown = !Array.isArray(given.items) || (items.length === 0 && Number(value) > 0);
    const codes = [given, ...items].map(({ coupon }) => plain(coupon)).filter((code) => code !== undefined);
    const [first = {}] = items;
    const currency = currencyOf(given, first);
    if (isUnknown && value === undefined) return;
    const state = {
      currency,
      lines: isUnknown
        ? undefined
        : items.map((item) => ({
            sku: plain(item.item_id),
            name: plain(item.item_name),
            quantity: plain(item.quantity),
            price: plain(item.price),
          })),
      promos: codes.length ? [...new Set(codes)].map((code) => ({ code })) : undefined,
      totals: value === undefined ? undefined : { value },
    };
    tell("cart", "cart", state, PLACE);
    for (const code of new Set(codes)) tell(`applied ${code}`, "promo", { state: "applied", code });
  };

  const prices = (context: string) => (given: Given) => {
    for (const item of list(given.items).slice(0, PRICES_MAX_COUNT)) {
      const [sku, name, amount] = [plain(item.item_id), plain(item.item_name), plain(item.price)];
      const price = { context, sku, name, amount, currency: currencyOf(given, item) };
      if (amount && (sku ?? name)) tell(`${context} ${sku ?? name}`, "price", price);
    }
  };

  const promotions = (given: Given) => {
    for (const item of [given, ...list(given.items)].slice(0, PROMOTIONS_MAX_COUNT)) {
      const name = plain(item.promotion_name);
      const campaign = plain(item.promotion_id) ?? name;
      if (campaign) tell(`offered ${campaign}`, "promo", { state: "offered", campaign, text: name });
    }
  };

  const order = (given: Given) => {
    const id = plain(given.transaction_id);
    if (!id) return;
    const lines = list(given.items).map((item) => ({
      sku: plain(item.item_id),
      name: plain(item.item_name),
      quantity: plain(item.quantity),
      price: plain(item.price),
    }));
    const [first = {}] = list(given.items);
    tell("order", "order", {
      id,
      currency: currencyOf(given, first),
      lines: lines.length ? lines : undefined,
    });
  };

  const readers = new Map<unknown, (given: Given) => void>([
    ["view_item", prices("product")],
    ["add_to_cart", prices("added to cart")],
    ["view_cart", cart],
    ["begin_checkout", cart],
    ["view_promotion", promotions],
    ["select_promotion", promotions],
    ["purchase", order],
  ]);
  return (name, given) => {
    readers.get(name)?.(given);
    return readers.has(name);
  };
}
