"""Every page and every action of the shop with its address: what both front ends are built from."""

from collections.abc import Awaitable, Callable

from examples.storefront.shop import account, cart_pages, catalogue_pages, checkout, orders, stores
from examples.storefront.shop.visit import Elsewhere, Outcome, Page

PageFunction = Callable[..., Awaitable[Page | Elsewhere]]
ActionFunction = Callable[..., Awaitable[Outcome]]

# Addresses take at most one variable, a slug, sku or order number, given to the function by position.
PAGES: tuple[tuple[str, PageFunction], ...] = (
    ("/", catalogue_pages.home),
    ("/c/{key}", catalogue_pages.listing),
    ("/search", catalogue_pages.search),
    ("/p/{key}", catalogue_pages.product_page),
    ("/cart", cart_pages.cart_page),
    ("/checkout", checkout.address_page),
    ("/checkout/address", checkout.address_page),
    ("/checkout/shipping", checkout.shipping_page),
    ("/checkout/payment", checkout.payment_page),
    ("/checkout/confirmation/{key}", checkout.confirmation_page),
    ("/account/sign-in", account.sign_in_page),
    ("/account/register", account.register_page),
    ("/account/orders", orders.orders_page),
    ("/account/orders/{key}", orders.order_page),
    ("/account/orders/{key}/return", orders.return_page),
    ("/account/orders/{key}/tracking", orders.tracking_page),
    ("/stores", stores.stores_page),
)

# An action at the address of a page shows that page again when its form has errors.
ACTIONS: tuple[tuple[str, ActionFunction], ...] = (
    ("/cart/add", cart_pages.add),
    ("/cart/update", cart_pages.update),
    ("/cart/remove", cart_pages.remove),
    ("/cart/code", cart_pages.enter_code),
    ("/cart/code/remove", cart_pages.remove_code),
    ("/checkout/address", checkout.give_address),
    ("/checkout/shipping", checkout.choose_shipping),
    ("/checkout/payment", checkout.pay),
    ("/account/sign-in", account.sign_in),
    ("/account/sign-out", account.sign_out),
    ("/account/register", account.register),
    ("/account/orders/{key}/return", orders.send_back),
)
