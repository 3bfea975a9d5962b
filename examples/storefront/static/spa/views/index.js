/* Which view shows which page: the names are those of the server's pages. */
import { order, orders, problem, register, returnPage, signIn, tracking } from "./account.js";
import { cartPage } from "./cart.js";
import { home, listing, product, stores } from "./catalogue.js";
import { checkoutAddress, checkoutPayment, checkoutShipping, confirmation } from "./checkout.js";

export const VIEWS = {
  cart: cartPage,
  checkout_address: checkoutAddress,
  checkout_payment: checkoutPayment,
  checkout_shipping: checkoutShipping,
  confirmation,
  home,
  listing,
  order,
  orders,
  problem,
  product,
  register,
  return: returnPage,
  sign_in: signIn,
  stores,
  tracking,
};
