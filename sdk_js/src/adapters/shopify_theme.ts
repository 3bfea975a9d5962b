/**
 * Where carts and prices stand in Shopify themes built like Dawn, Shopify's own.
 */
import type { Presets } from "./adapter";

const CART = {
  preset: true,
  line: ".cart-item",
  name: ".cart-item__name",
  quantity: ".quantity__input",
  // A column of its own in older versions. A paragraph of that class is a subscription.
  unit:
    ".cart-item__details .cart-item__final-price,.cart-item__details>div.product-option," +
    ".cart-item__prices .price:not(s)",
  was: ".cart-item__details .cart-item__old-price,.cart-item__prices .cart-item__old-price",
  total: ".cart-item__totals .price:not(s)",
  total_was: ".cart-item__totals s.price",
  note: ".cart-item__error-text,.discounts__discount",
  total_row: ".totals",
  total_label: ".totals__total,.totals__subtotal",
  total_amount: ".totals__total-value,.totals__subtotal-value",
  promo: ".cart__footer .discounts__discount,.drawer__footer .discounts__discount",
  message: "#cart-errors,#CartDrawer-CartErrors",
} as const;

const PRICES = {
  current: ".price__sale .price-item--sale,.price__regular .price-item--regular",
  was: ".price__sale s.price-item--regular",
};

export const presets: Presets = {
  carts: [
    { ...CART, surface: "drawer", root: "cart-drawer", empty: ".cart__empty-text" },
    // The lines and the totals of the page are sections of their own.
    { ...CART, surface: "page", root: "#MainContent:has(cart-items)", empty: "cart-items .cart__empty-text" },
    { preset: true, surface: "mini", root: "#cart-icon-bubble", count: ".cart-count-bubble [aria-hidden]" },
  ],
  products: [
    {
      ...PRICES,
      context: "product",
      root: ".product__info-container",
      name: "h1.product__title,.product__title h1",
    },
    { ...PRICES, context: "listing", root: ".card-wrapper", name: ".card__information .card__heading" },
  ],
  // Options, and beside them what a customer has had engraved.
  zones: [{ selector: ".cart-item dl:not(.cart-item__discounted-prices)", zone: "private" }],
  subjects: "cart|MainContent|product__info|card-wrapper|^dl ",
};
