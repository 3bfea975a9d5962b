/** Where carts and prices stand in shops that keep the templates of Salesforce's Storefront Reference Architecture. */
import type { Presets } from "./adapter";

const PRICES = { current: ".sales .value", was: ".strike-through .value" };

export const presets: Presets = {
  carts: [
    {
      preset: true,
      surface: "page",
      root: ".cart-page",
      line: ".product-info",
      name: ".line-item-name",
      quantity: "select.quantity",
      total: ".line-item-total-price-amount",
      total_was: ".non-adjusted-price",
      total_row: ".totals .row:has(.text-right)",
      total_label: "p:not(.text-right)",
      total_amount: "p.text-right",
      promo_input: ".coupon-code-field",
      promo_submit: ".promo-code-btn",
      message: ".coupon-error-message",
    },
    { preset: true, surface: "mini", root: ".minicart", count: ".minicart-quantity" },
  ],
  products: [
    { ...PRICES, context: "product", root: ".product-detail", name: ".product-name" },
    { ...PRICES, context: "listing", root: ".product-tile", name: ".pdp-link" },
  ],
  // What a customer has had made of it.
  zones: [{ selector: ".lineItem-options-values", zone: "private" }],
  subjects: "cart|product|lineItem",
};
