/** Where carts and prices stand in OpenCart's own theme, in versions 3 and 4, and those made from it. */
import type { Presets } from "./adapter";

const PRICES = { current: ".price-new", was: ".price-old" };

export const presets: Presets = {
  carts: [
    {
      preset: true,
      surface: "page",
      root: "#checkout-cart",
      line: ".table-responsive tbody tr",
      name: "td:nth-child(2)>a",
      quantity: "[name^=quantity]",
      unit: "td:nth-child(5)",
      total: "td:nth-child(6)",
      total_row: "#checkout-total tr,.col-sm-offset-8 tr",
      total_label: "strong",
      total_amount: "td:last-child",
      promo_input: "#input-coupon",
      promo_submit: "#button-coupon,#form-coupon [type=submit]",
      message: ".alert-danger",
    },
    { preset: true, surface: "mini", root: "#cart,#header-cart", count: "#cart-total,.dropdown-toggle" },
  ],
  products: [
    { ...PRICES, context: "product", root: "#product-info", name: "h1" },
    { ...PRICES, context: "listing", root: ".product-thumb", name: "h4" },
  ],
  // Options, and among them what a customer has had written on it.
  zones: [{ selector: "#checkout-cart td small,#cart small,#header-cart small", zone: "private" }],
  subjects: "cart|product|^small ",
};
