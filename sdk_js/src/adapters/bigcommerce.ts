/**
 * BigCommerce: what its storefront API answers to the shop's own pages (`/api/storefront/carts`, `checkouts`), what
 * Stencil themes are answered to a code (`/remote/v1/apply-code`), and where carts and prices stand in Cornerstone.
 *
 * Amounts are numbers in major units. The cart's `discountAmount` is documented in two meanings and is not stated;
 * shipping that nobody has chosen is not known. Not read: e-mail, addresses, messages, and to whom a gift
 * certificate goes.
 */
import type { Adapter } from "./adapter";
import { presets } from "./bigcommerce_theme";
import { cartTeller, currencyOf, type Given, jsonOf, list, plain, reader, record, sent } from "./reading";

const PATH =
  /\/api\/storefront\/(?:carts?|checkouts?)(?:\/[\w-]+(?:\/(coupons)|\/|$)|\/?$)|\/remote\/v1\/(apply-code)$/;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { cart, refused } = cartTeller(shop, "bigcommerce");

    return reader(shop, "bigcommerce", async ({ pathname }, asked, answer) => {
      const [path, isCoupon, isCode] = PATH.exec(pathname) ?? [];
      if (!path) return;
      const given = await jsonOf(answer);
      if (!given) return;
      if (isCode) {
        const { status, errors } = record(given.data);
        const [text] = Array.isArray(errors) ? errors.map(plain) : [];
        if (status === "error") refused(sent(asked, "code"), text);
      } else if (answer.status >= 400)
        refused(isCoupon && sent(asked, "couponCode"), plain(given.detail) ?? plain(given.title));
      else {
        // All of the customer's carts: there is one.
        const one = record(given[0] ?? given);
        const state = readCart(record(one.cart ?? one), one);
        if (state) cart("cart", state);
      }
    });
  },
};

function readCart(given: Given, checkout: Given) {
  const { physicalItems, digitalItems, customItems, giftCertificates } = record(given.lineItems);
  if (!Array.isArray(physicalItems)) return undefined;
  const items = [physicalItems, digitalItems, customItems].flatMap(list).map((item) => {
    const price = plain(item.salePrice) ?? plain(item.listPrice);
    const total = plain(item.extendedSalePrice) ?? plain(item.extendedListPrice);
    const [was, totalWas] = [plain(item.listPrice), plain(item.extendedListPrice)];
    return {
      id: plain(item.id),
      sku: plain(item.sku),
      name: plain(item.name),
      quantity: plain(item.quantity),
      price,
      was: was === price ? undefined : was,
      total,
      total_was: totalWas === total ? undefined : totalWas,
    };
  });
  const certificates = list(giftCertificates).map((item) => ({
    id: plain(item.id),
    name: plain(item.name),
    total: plain(item.amount),
  }));
  const isShipped = list(checkout.consignments).some(({ selectedShippingOption }) => selectedShippingOption);
  return {
    currency: currencyOf(record(given.currency).code),
    lines: [...items, ...certificates],
    promos: Array.isArray(given.coupons)
      ? list(given.coupons).map((coupon) => ({
          code: plain(coupon.code),
          text: plain(coupon.displayName),
          amount: plain(coupon.discountedAmount),
        }))
      : undefined,
    totals: {
      items: plain(given.baseAmount),
      shipping: isShipped ? plain(checkout.shippingCostTotal) : undefined,
      tax: plain(checkout.taxTotal),
      total: plain(checkout.grandTotal) ?? plain(given.cartAmount),
      due: plain(checkout.outstandingBalance),
    },
  };
}
