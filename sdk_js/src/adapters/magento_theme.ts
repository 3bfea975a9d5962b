/** Where carts and prices stand in Magento themes that keep the markup of Luma, Magento's own. */
import type { Presets } from "./adapter";

const PRICES = { current: '[data-price-type="finalPrice"]', was: '[data-price-type="oldPrice"]' };

export const presets: Presets = {
  carts: [
    {
      preset: true,
      surface: "page",
      root: ".cart-container",
      line: ".item-info",
      name: ".product-item-name",
      quantity: "input.qty",
      unit: ".col.price .price",
      total: ".col.subtotal .price",
      note: ".cart.item.message",
      total_row: ".cart-totals .totals",
      total_label: ".mark",
      total_amount: ".amount .price",
      promo_input: "#coupon_code",
      promo_submit: ".action.apply",
    },
    {
      preset: true,
      surface: "drawer",
      root: ".block-minicart",
      line: ".minicart-items .product-item",
      name: ".product-item-name",
      quantity: ".cart-item-qty",
      unit: ".product-item-pricing .price",
      total_row: ".subtotal",
      total_label: ".label",
      total_amount: ".price",
      empty: ".subtitle.empty",
    },
    {
      preset: true,
      surface: "summary",
      root: ".opc-block-summary",
      line: ".product-item",
      name: ".product-item-name",
      quantity: ".details-qty .value",
      total: ".subtotal .price",
      total_row: ".table-totals .totals",
      total_label: ".mark",
      total_amount: ".amount .price",
    },
    { preset: true, surface: "mini", root: ".showcart", count: ".counter-number" },
  ],
  products: [
    { ...PRICES, context: "product", root: ".product-info-main", name: ".page-title" },
    { ...PRICES, context: "listing", root: ".product-item-info", name: ".product-item-link" },
  ],
  // Options, and beside them what a customer has had written on it.
  zones: [{ selector: ".item-options,.product.options", zone: "private" }],
  subjects: "cart|opc-block|product|options",
};
