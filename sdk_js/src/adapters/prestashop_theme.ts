/** Where carts and prices stand in PrestaShop themes that keep the markup of the classic one. */
import type { Presets } from "./adapter";

const CART = {
  preset: true,
  total_row: ".cart-summary-line",
  total_label: ".label",
  total_amount: ".value",
  promo: ".promo-name .label",
  promo_input: ".promo-input",
  promo_submit: '[data-link-action="add-voucher"] [type=submit]',
  message: ".js-error-text",
} as const;

const WAS = ".regular-price";

export const presets: Presets = {
  carts: [
    {
      ...CART,
      surface: "page",
      root: ".cart-grid",
      line: ".product-line-grid",
      name: ".product-line-info>a.label",
      quantity: ".js-cart-line-product-quantity,.gift-quantity",
      unit: ".current-price .price",
      was: WAS,
      total: ".product-price strong",
      empty: ".no-items",
    },
    { ...CART, surface: "summary", root: "#js-checkout-summary" },
    { preset: true, surface: "mini", root: ".blockcart", count: ".cart-products-count" },
  ],
  products: [
    {
      context: "product",
      root: "#main:has(.product-prices)",
      name: "h1",
      current: ".current-price-value,.current-price [itemprop=price]",
      was: `.product-discount ${WAS}`,
    },
    { context: "listing", root: ".product-miniature", name: ".product-title", current: ".price", was: WAS },
  ],
  // What a customer has had written on it.
  zones: [{ selector: ".customization-modal,.product-customization-line", zone: "private" }],
  subjects: "cart|checkout-summary|main|product|customization",
};
