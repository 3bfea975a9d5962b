/** Where carts and prices stand in BigCommerce themes that keep the markup of Cornerstone, BigCommerce's own. */
import type { Presets } from "./adapter";

const PRICES = {
  current: "[data-product-price-with-tax],[data-product-price-without-tax]",
  was: "[data-product-non-sale-price-with-tax],[data-product-non-sale-price-without-tax]",
};

export const presets: Presets = {
  carts: [
    {
      preset: true,
      surface: "page",
      // The lines, and the totals beside them.
      root: ".page-content:has(.cart-totals)",
      line: ".cart-item",
      name: ".cart-item-name",
      quantity: ".form-input--incrementTotal",
      unit: "span.cart-item-value",
      total: "strong.cart-item-value",
      total_row: ".cart-total",
      total_label: ".cart-total-label",
      total_amount: ".cart-total-value",
      promo: ".cart-coupon-name",
      promo_input: "#couponcode",
      promo_submit: ".coupon-form [type=submit]",
    },
    { preset: true, surface: "mini", root: ".navUser-item--cart", count: ".cart-quantity" },
  ],
  products: [
    { ...PRICES, context: "product", root: ".productView", name: ".productView-title" },
    { ...PRICES, context: "listing", root: ".card", name: ".card-title" },
  ],
  // Options, and beside them what a customer has had written on it.
  zones: [{ selector: ".cart-item-options", zone: "private" }],
  subjects: "cart|page-content|card|product",
};
