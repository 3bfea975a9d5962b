/**
 * Segment's analytics.js and RudderStack, which share the names of their ecommerce events (`Product Viewed`, `Cart
 * Viewed`, `Coupon Denied`, …).
 *
 * Segment tells who asks by `on("track", …)`, also before its own script is there; RudderStack has no such, so its
 * `track` is wrapped, and again when its script has taken the place of the snippet's. Neither tells what was tracked
 * before we came. `value` and `revenue` are stated by those names, for each shop calculates them as it likes: neither
 * is a total. Not read: everything else, such as addresses and the customer's traits.
 */
import { attempt } from "../guard";
import { wrap } from "../wrap";
import type { Adapter, Place, Shop } from "./adapter";
import { carefully, type Given, list, plain, record, teller } from "./reading";

const PLACE: Place = { surface: "data_layer", source: "declared", via: "segment" };
const EVENT = "track";

type Heard = (name: unknown, properties: unknown) => void;
interface Tracker {
  track?(...given: unknown[]): unknown;
  on?(type: string, heard: Heard): void;
  off?(type: string, heard: Heard): void;
  ready?(heard: () => void): void;
}

export const adapter: Adapter = {
  start(shop) {
    const tell = createTelling(shop);
    const careful = carefully(shop, "segment");
    const followed = new Map<string, Tracker>();
    const ends: (() => void)[] = [];
    let isOn = true;
    const heard: Heard = (name, properties) => careful(() => isOn && tell(name, record(properties)));

    const follow = () => {
      for (const name of ["analytics", "rudderanalytics"]) {
        const tracker = (window as unknown as Record<string, unknown>)[name] as Tracker | undefined;
        if (!isOn || !tracker || followed.get(name) === tracker) continue;
        followed.set(name, tracker);
        if (typeof tracker.on === "function") {
          // What the snippet's stand-in was asked may have been handed on to the library.
          tracker.off?.(EVENT, heard);
          tracker.on(EVENT, heard);
          ends.push(() => tracker.off?.(EVENT, heard));
        } else {
          ends.push(
            wrap(tracker, EVENT, (track, self: unknown, given: unknown[]) => {
              const answer: unknown = Reflect.apply(track, self, given);
              heard(given[0], given[1]);
              return answer;
            }),
          );
          tracker.ready?.(() => careful(follow));
        }
      }
    };

    careful(follow);
    return {
      viewed: () => careful(follow),
      stop: () => {
        isOn = false;
        for (const end of ends) attempt(end);
      },
    };
  },
};

function createTelling(shop: Shop): (name: unknown, given: Given) => void {
  const tell = teller(shop);
  const lines = ({ products }: Given) =>
    Array.isArray(products)
      ? list(products).map((item) => ({
          sku: skuOf(item),
          name: plain(item.name),
          quantity: plain(item.quantity),
          price: plain(item.price),
        }))
      : undefined;
  const applied = (given: Given) => {
    const codes = [given, ...list(given.products)].map(({ coupon }) => plain(coupon));
    for (const code of new Set(codes)) if (code) tell(`applied ${code}`, "promo", { state: "applied", code });
  };

  const cart = (given: Given) => {
    const { value, revenue, shipping, tax, discount } = given;
    const totals = Object.entries({ value, revenue, shipping, tax, discount }).map(
      ([key, amount]) => [key, plain(amount)] as const,
    );
    const state = {
      id: plain(given.cart_id),
      currency: plain(given.currency),
      lines: lines(given),
      totals: Object.fromEntries(totals),
    };
    if (state.lines || totals.some(([, amount]) => amount)) tell("cart", "cart", state, PLACE);
    applied(given);
  };
  const price = (context: string) => (given: Given) => {
    const [sku, name, amount] = [skuOf(given), plain(given.name), plain(given.price)];
    if (amount && (sku ?? name))
      tell(`${context} ${sku ?? name}`, "price", {
        context,
        sku,
        name,
        amount,
        currency: plain(given.currency),
      });
  };
  const offered = ({ promotion_id, name }: Given) => {
    const campaign = plain(promotion_id) ?? plain(name);
    if (campaign) tell(`offered ${campaign}`, "promo", { state: "offered", campaign, text: plain(name) });
  };
  const coupon = (state: string) => (given: Given) => {
    const code = plain(given.coupon_id);
    if (code)
      shop.say("promo", [
        {
          state,
          code,
          amount: state === "applied" ? plain(given.discount) : undefined,
          reason: plain(given.reason),
          text: plain(given.coupon_name),
        },
      ]);
  };
  const order = (given: Given) => {
    const about = { id: plain(given.order_id), currency: plain(given.currency), total: plain(given.total) };
    if (about.id) tell("order", "order", { ...about, lines: lines(given) });
    applied(given);
  };

  const readers = new Map<unknown, (given: Given) => void>([
    ["Product Viewed", price("product")],
    ["Product Added", price("added to cart")],
    ["Cart Viewed", cart],
    ["Checkout Started", cart],
    ["Order Completed", order],
    ["Promotion Viewed", offered],
    ["Promotion Clicked", offered],
    ["Coupon Entered", coupon("entered")],
    ["Coupon Applied", coupon("applied")],
    ["Coupon Denied", coupon("rejected")],
    ["Coupon Removed", coupon("removed")],
  ]);
  return (name, given) => readers.get(name)?.(given);
}

/** `product_id` is the shop's own number of it, `sku` what customers know. */
const skuOf = (item: Given) => plain(item.sku) ?? plain(item.product_id);
