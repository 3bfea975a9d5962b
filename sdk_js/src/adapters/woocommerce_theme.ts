/**
 * Where carts and prices stand in WooCommerce shops: the classic templates, which most themes keep, and the
 * blocks.
 */
import type { Presets } from "./adapter";

const MONEY = ".woocommerce-Price-amount";

const CLASSIC = {
  preset: true,
  line: ".cart_item,.mini_cart_item",
  sku_attribute: "data-product_sku",
  name: "td.product-name>a,td.product-name:not(:has(>a))",
  total_row: ".cart_totals tr,tfoot tr",
  total_label: "th",
  total_amount: `td ${MONEY}`,
  promo: ".cart-discount th",
  message:
    ".woocommerce-error li,.woocommerce-message,.woocommerce-info,.coupon-error-message,.coupon-error-notice,.wc-block-components-notice-banner__content",
} as const;

const BLOCKS = {
  preset: true,
  line: ".wc-block-cart-items__row",
  name: ".wc-block-components-product-name",
  quantity: ".wc-block-components-quantity-selector__input",
  unit: ".wc-block-cart-item__prices .wc-block-components-product-price__value",
  was: ".wc-block-cart-item__prices .wc-block-components-product-price__regular",
  total: ".wc-block-cart-item__total .wc-block-components-product-price__value",
  total_row: ".wc-block-components-totals-item",
  total_label: ".wc-block-components-totals-item__label",
  total_amount: ".wc-block-components-totals-item__value",
  promo: ".wc-block-components-totals-discount__coupon-list .wc-block-components-chip__text",
  promo_input: ".wc-block-components-totals-coupon__input input",
  promo_submit: ".wc-block-components-totals-coupon__button",
  message: ".wc-block-components-notice-banner__content,.wc-block-components-validation-error",
} as const;

const MINI = { total_row: ".woocommerce-mini-cart__total", total_label: "strong", total_amount: MONEY };

export const presets: Presets = {
  carts: [
    {
      ...CLASSIC,
      surface: "page",
      root: ".woocommerce-cart div.woocommerce",
      quantity: "input.qty",
      unit: `.product-price ins ${MONEY},.product-price>${MONEY}`,
      was: ".product-price del",
      total: ".product-subtotal",
      promo_input: "#coupon_code",
      promo_submit: '[name="apply_coupon"]',
      empty: ".cart-empty",
    },
    {
      ...CLASSIC,
      surface: "summary",
      root: ".woocommerce-checkout-review-order-table",
      quantity: ".product-quantity",
      total: ".product-total",
    },
    {
      ...CLASSIC,
      ...MINI,
      surface: "drawer",
      root: ".widget_shopping_cart_content",
      name: "a:not(.remove)",
      unit: `.quantity ${MONEY}`,
      empty: ".woocommerce-mini-cart__empty-message",
    },
    {
      ...BLOCKS,
      surface: "page",
      root: ".wp-block-woocommerce-cart",
      empty: ".wc-block-cart__empty-cart__title",
    },
    { ...BLOCKS, surface: "drawer", root: ".wc-block-mini-cart__drawer" },
    {
      ...BLOCKS,
      surface: "summary",
      root: ".wc-block-checkout__sidebar",
      line: ".wc-block-components-order-summary-item",
      quantity: ".wc-block-components-order-summary-item__quantity [aria-hidden]",
      unit: ".wc-block-components-order-summary-item__individual-prices .wc-block-components-product-price__value",
      was: ".wc-block-components-order-summary-item__individual-prices .wc-block-components-product-price__regular",
      total: ".wc-block-components-order-summary-item__total-price .wc-block-components-product-price__value",
    },
    {
      preset: true,
      surface: "mini",
      root: ".wc-block-mini-cart__button",
      count: ".wc-block-mini-cart__badge",
    },
  ],
  products: [
    { context: "product", root: ".product .summary", name: ".product_title", current: ".price" },
    {
      context: "listing",
      root: "li.product,li.wc-block-product,.wc-block-grid__product",
      name: ".woocommerce-loop-product__title,.wp-block-post-title,.wc-block-grid__product-title",
      current: ".price,.wc-block-components-product-price",
    },
  ],
  // Variations, and beside them what a customer has had written on it.
  zones: [{ selector: "dl.variation,.wc-block-components-product-details", zone: "private" }],
  subjects: "woocommerce|cart|checkout|product|summary|^dl ",
};
