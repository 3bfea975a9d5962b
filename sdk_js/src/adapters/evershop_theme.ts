/**
 * Where carts and prices stand in EverShop's own theme. Most of its classes only say how things look; what is told by
 * them here has no other name.
 */
import type { Presets } from "./adapter";

const CART = {
  preset: true,
  total_row: ".cart__total__summary>div",
  total_label: ".cart__total__summary>div>:first-child",
  // Sub total and discount stand bare beside their labels.
  total_amount: ".cart__total__summary>div>:nth-child(2)",
  promo_input: ".coupon-form input",
  promo_submit: ".coupon-form button",
} as const;

const ITEMS = {
  line: ".item__summary__list>li",
  name: ".flex-1>.font-medium",
  quantity: "span.rounded-full",
  total: ".tabular-nums",
} as const;

export const presets: Presets = {
  carts: [
    {
      ...CART,
      surface: "page",
      root: "div.cart",
      line: ".cart__item",
      name: "a",
      quantity: "span.tabular-nums",
      total: "div.tabular-nums",
      note: ".text-destructive",
      count: ".shopping-cart-header p",
      empty: ".empty-shopping-cart span",
    },
    {
      ...ITEMS,
      preset: true,
      surface: "drawer",
      root: ".minicart__items__container,.minicart__empty",
      total_row: ".minicart__summary",
      total_label: "span:first-child",
      total_amount: "span:last-child",
      empty: ".minicart__empty p",
    },
    { ...CART, ...ITEMS, surface: "summary", root: ".bg-card:has(>.cart-items)" },
    {
      ...CART,
      ...ITEMS,
      surface: "summary",
      root: ".checkout-mobile-summary",
      total_row: `${CART.total_row},.checkout-mobile-summary>button`,
      total_label: `${CART.total_label},button>:first-child`,
      total_amount: `${CART.total_amount},button>.tabular-nums`,
    },
    { preset: true, surface: "mini", root: ".mini-cart-icon", count: "span" },
  ],
  products: [
    {
      context: "product",
      root: ".product__detail",
      name: ".product__single__name",
      current: ".product__single__price>:not(.line-through)",
      was: ".product__single__price>.line-through",
    },
    {
      context: "listing",
      root: ".product__list__item__inner",
      name: ".product__list__name",
      current: ".special-price,.regular-price:only-child",
      was: ".regular-price:not(:only-child)",
    },
  ],
  zones: [],
  subjects: "cart|card|summary|product",
};
