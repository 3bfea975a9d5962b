/**
 * Adobe's client data layer, as the storefront events of Adobe Commerce fill it: with each event come the contexts
 * of its moment, of which the cart, the product and the order are read.
 *
 * It is listened to as its documentation says, by a function that is pushed and called when the layer's own script is
 * there, with what came before. Amounts are numbers in major units; a special price names no dates by which it would
 * be known to hold, and a discount not its sign, so neither is stated. Not read: shopper, account, payments and
 * the e-mail address of an order.
 */
import type { Adapter, Place } from "./adapter";
import { carefully, currencyOf, type Given, list, plain, record, teller } from "./reading";

const ANY_EVENT = "adobeDataLayer:event";
const PLACE: Place = { surface: "data_layer", source: "declared", via: "adobe" };

interface Layer extends Array<unknown> {
  addEventListener(type: string, heard: (event: unknown) => void): void;
  removeEventListener?(type: string, heard: (event: unknown) => void): void;
}

export const adapter: Adapter = {
  start(shop) {
    const tell = teller(shop);
    const careful = carefully(shop, "adobe");
    let layer: Layer | undefined;
    let join = (_: Layer): void => {};
    let leave = () => {};

    const cart = (contexts: Given) => {
      const given = record(contexts.shoppingCartContext);
      if (Array.isArray(given.items)) tell("cart", "cart", readCart(given), PLACE);
    };
    const product = (contexts: Given) => {
      const { sku, name, pricing } = record(contexts.productContext);
      const { regularPrice, currencyCode } = record(pricing);
      const about = { context: "product", role: "list", sku: plain(sku), name: plain(name) };
      if (plain(regularPrice))
        tell(`price ${about.sku ?? about.name}`, "price", {
          ...about,
          amount: plain(regularPrice),
          currency: currencyOf(currencyCode),
        });
    };
    const order = (contexts: Given) => {
      const { orderId, grandTotal, appliedCouponCode } = record(contexts.orderContext);
      const code = plain(appliedCouponCode);
      if (plain(orderId)) tell("order", "order", { id: plain(orderId), total: plain(grandTotal) });
      if (code) tell(`applied ${code}`, "promo", { state: "applied", code });
    };
    const readers = new Map<unknown, (contexts: Given) => void>([
      ["shopping-cart-view", cart],
      ["initiate-checkout", cart],
      ["product-page-view", product],
      ["place-order", order],
    ]);
    const heard = (given: unknown) =>
      careful(() => {
        const { event, eventInfo } = record(given);
        readers.get(event)?.(record(eventInfo));
      });

    const follow = () => {
      const { adobeDataLayer } = window as { adobeDataLayer?: unknown };
      if (adobeDataLayer === layer || !Array.isArray(adobeDataLayer)) return;
      leave();
      layer = adobeDataLayer as Layer;
      const own = layer;
      join = (joined) => joined.addEventListener(ANY_EVENT, heard);
      const pushed = join;
      leave = () => {
        const waiting = own.indexOf(pushed);
        if (waiting >= 0) own.splice(waiting, 1);
        own.removeEventListener?.(ANY_EVENT, heard);
      };
      layer.push(pushed);
    };

    careful(follow);
    return { viewed: () => careful(follow), stop: () => leave() };
  },
};

function readCart(given: Given): Given {
  const prices = record(given.prices);
  const lines = list(given.items).map((item) => {
    const { sku, name } = record(item.product);
    const { value, currency, regularPrice } = record(record(item.prices).price);
    const amount = (raw: unknown) => ({ raw: plain(raw), currency: currencyOf(currency) });
    return {
      id: plain(item.id),
      sku: plain(sku),
      name: plain(name),
      quantity: plain(item.quantity),
      price: amount(value),
      was: regularPrice === value ? undefined : amount(regularPrice),
    };
  });
  const total = (given: unknown) => {
    const { value, currency } = record(given);
    return { raw: plain(value), currency: currencyOf(currency) };
  };
  return {
    lines,
    count: plain(given.totalQuantity),
    totals: {
      "subtotal without tax": total(prices.subtotalExcludingTax),
      "subtotal with tax": total(prices.subtotalIncludingTax),
    },
  };
}
