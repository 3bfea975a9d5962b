"""Checkout in four steps: address, shipping, payment, confirmation.

Each step needs the one before it, and nothing is charged that was not on screen: the total that the
customer saw is sent with the payment and compared. Card details are checked and forgotten.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from examples.storefront.faults import Fault
from examples.storefront.money import CURRENCY, display, major
from examples.storefront.ordering import order_of
from examples.storefront.records import carts
from examples.storefront.records import orders as order_records
from examples.storefront.records.carts import Address
from examples.storefront.shipping import METHODS, cost
from examples.storefront.shop.basket import Basket, load_basket
from examples.storefront.shop.cart_view import shipping_text
from examples.storefront.shop.order_view import order_view
from examples.storefront.shop.visit import Elsewhere, NotHere, Notice, Outcome, Page, Visit
from examples.storefront.tax import STATES, display_rate

DECLINED_CARD = "4000000000000002"
STEPS = (("address", "Address"), ("shipping", "Shipping"), ("payment", "Payment"))
EMPTY = Elsewhere("/cart", Notice("There is nothing in your cart to check out.", "info", "cart"))
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
POSTCODE = re.compile(r"\d{5}(-\d{4})?")
MAX_FIELD_CHARACTERS = 120


def _steps(current: str) -> list[dict[str, object]]:
    order = [slug for slug, _ in STEPS]
    return [
        {
            "slug": slug,
            "name": name,
            "url": f"/checkout/{slug}",
            "here": slug == current,
            "done": order.index(slug) < order.index(current),
        }
        for slug, name in STEPS
    ]


async def address_page(visit: Visit) -> Page | Elsewhere:
    basket = await load_basket(visit)
    if basket.is_empty:
        return EMPTY
    kept, customer = basket.kept.address, visit.customer
    filled = {
        "email": basket.kept.email or ("" if customer is None else customer.email),
        "name": kept.name if kept is not None else "" if customer is None else customer.name,
        "phone": kept.phone if kept is not None else "" if customer is None else customer.phone,
        "street": "" if kept is None else kept.street,
        "extra": "" if kept is None else kept.extra,
        "city": "" if kept is None else kept.city,
        "state": "" if kept is None else kept.state,
        "postcode": "" if kept is None else kept.postcode,
    }
    return Page(
        name="checkout_address",
        title="Checkout: address",
        zone="cart",
        data={
            "form_zone": "private",
            "steps": _steps("address"),
            "values": {**filled, **visit.values},
            "errors": dict(visit.errors),
            "states": [{"code": code, "name": name} for code, (name, _) in STATES.items()],
        },
    )


async def give_address(visit: Visit, form: Mapping[str, str]) -> Outcome:
    given = {key: form.get(key, "").strip()[:MAX_FIELD_CHARACTERS] for key in (
        "email", "name", "phone", "street", "extra", "city", "state", "postcode")}  # fmt: skip
    errors: dict[str, str] = {}
    if not EMAIL.fullmatch(given["email"]):
        errors["email"] = "Please enter an e-mail address, for the receipt."
    for key, what in (("name", "a name"), ("street", "a street and number"), ("city", "a city")):
        if not given[key]:
            errors[key] = f"Please enter {what}."
    if given["state"] not in STATES:
        errors["state"] = "Please choose a state."
    if not POSTCODE.fullmatch(given["postcode"]):
        errors["postcode"] = "Please enter a ZIP code of five digits."
    if errors:
        return Outcome(errors=errors)
    email = given.pop("email")
    await carts.set_address(visit.db, visit.browser_id, email, Address(**given))
    return Outcome(go="/checkout/shipping")


async def shipping_page(visit: Visit) -> Page | Elsewhere:
    basket = await load_basket(visit)
    if basket.is_empty:
        return EMPTY
    if basket.kept.address is None:
        return Elsewhere("/checkout/address")
    chosen = visit.values.get("method", basket.kept.shipping_method)
    return Page(
        name="checkout_shipping",
        title="Checkout: shipping",
        zone="cart",
        data={
            "form_zone": "cart",
            "steps": _steps("shipping"),
            "address": basket.kept.address,
            "errors": dict(visit.errors),
            "methods": [
                {
                    "slug": method.slug,
                    "name": method.name,
                    "promise": method.promise,
                    "price": shipping_text(_cost_of(basket, method.slug)),
                    "chosen": method.slug == chosen,
                }
                for method in METHODS.values()
            ],
        },
    )


def _cost_of(basket: Basket, slug: str) -> int:
    priced = basket.priced
    return cost(METHODS[slug], goods=priced.goods, free_standard=priced.free_standard)


async def choose_shipping(visit: Visit, form: Mapping[str, str]) -> Outcome:
    slug = form.get("method", "")
    if slug not in METHODS or Fault.SHIPPING_REFUSED in visit.faults:
        return Outcome(errors={"method": "Please choose how we shall send it."})
    await carts.set_shipping_method(visit.db, visit.browser_id, slug)
    return Outcome(go="/checkout/payment")


async def payment_page(visit: Visit) -> Page | Elsewhere:
    basket = await load_basket(visit)
    if basket.is_empty:
        return EMPTY
    if basket.kept.address is None:
        return Elsewhere("/checkout/address")
    if not basket.priced.complete:
        return Elsewhere("/checkout/shipping")
    return Page(
        name="checkout_payment",
        title="Checkout: payment",
        zone="cart",
        data={
            "form_zone": "payment",
            "steps": _steps("payment"),
            "errors": dict(visit.errors),
            "total": display(basket.priced.total),
            "expected": str(basket.priced.total),
        },
    )


async def pay(visit: Visit, form: Mapping[str, str]) -> Outcome:
    basket = await load_basket(visit)
    address = basket.kept.address
    if basket.is_empty or address is None or not basket.priced.complete:
        return Outcome(go="/checkout/payment")
    errors = card_errors(form, visit.now)
    if errors:
        return Outcome(errors=errors)
    if form.get("expected") != str(basket.priced.total):
        text = "Your cart was changed in another window. Please check the new total before you pay."
        return Outcome(go="/checkout/payment", notice=Notice(text, "bad"))
    order = order_of(
        basket.priced,
        browser_id=visit.browser_id,
        customer_id=visit.customer_id,
        email=basket.kept.email,
        address=address,
        shipping_method=basket.kept.shipping_method,
        placed_at=visit.now,
    )
    placed = await order_records.place(visit.db, order)
    return Outcome(go=f"/checkout/confirmation/{placed.number}")


def card_errors(form: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is wrong with the card, by field; a declined card is told apart from a mistyped one."""
    errors: dict[str, str] = {}
    number = re.sub(r"[\s-]", "", form.get("card_number", ""))
    if not re.fullmatch(r"\d{13,19}", number) or not _luhn(number):
        errors["card_number"] = "Please check the card number."
    elif number == DECLINED_CARD:
        errors["card_number"] = "Your bank declined this card. Please use another one."
    expiry = re.fullmatch(r"(0[1-9]|1[0-2])\s*/?\s*(\d{2})", form.get("card_expiry", "").strip())
    if expiry is None or (2000 + int(expiry[2]), int(expiry[1])) < (now.year, now.month):
        errors["card_expiry"] = "Please check the date, as MM / YY."
    if not re.fullmatch(r"\d{3,4}", form.get("card_code", "").strip()):
        errors["card_code"] = "Three or four digits, from the back of the card."
    if not form.get("card_name", "").strip():
        errors["card_name"] = "Please enter the name on the card."
    return errors


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


async def confirmation_page(visit: Visit, number: str) -> Page:
    """Only for the browser that ordered, or the customer."""
    order = await order_records.find(visit.db, number)
    if order is None or not (
        order.browser_id == visit.browser_id or (visit.customer_id and order.customer_id == visit.customer_id)
    ):
        raise NotHere(number)
    return Page(
        name="confirmation",
        title=f"Thank you: order {number}",
        zone="account",
        data={
            "order": order_view(order, visit.catalogue),
            "email": order.email,
            "tax_rate": display_rate(STATES[order.address.state][1]),
            "replay_order": {
                "id": order.number,
                "total": major(order.total),
                "currency": CURRENCY,
                "lines": [
                    {
                        "sku": line.sku,
                        "name": line.name,
                        "qty": line.quantity / 1000 if line.quantity % 1000 else line.quantity // 1000,
                        "price": major(line.unit),
                    }
                    for line in order.lines
                ],
            },
        },
    )
