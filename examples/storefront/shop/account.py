"""Signing in, out and up."""

import re
from collections.abc import Mapping

from examples.storefront.records import browsers, customers
from examples.storefront.records.customers import EmailTaken
from examples.storefront.shop.checkout import EMAIL, MAX_FIELD_CHARACTERS
from examples.storefront.shop.visit import Elsewhere, Notice, Outcome, Page, Visit, local_path

AFTER_SIGN_IN = "/account/orders"
MIN_PASSWORD_CHARACTERS = 8


async def sign_in_page(visit: Visit) -> Page | Elsewhere:
    return _form(visit, "sign_in", "Sign in")


async def register_page(visit: Visit) -> Page | Elsewhere:
    return _form(visit, "register", "Create an account")


def _form(visit: Visit, name: str, title: str) -> Page | Elsewhere:
    if visit.customer is not None:
        return Elsewhere(AFTER_SIGN_IN)
    following = visit.values.get("next") or visit.query.get("next") or AFTER_SIGN_IN
    values = {key: value for key, value in visit.values.items() if key != "password"}
    return Page(
        name=name,
        title=title,
        zone="private",
        data={"values": values, "errors": dict(visit.errors), "next": following},
    )


async def sign_in(visit: Visit, form: Mapping[str, str]) -> Outcome:
    customer = await customers.authenticate(visit.db, form.get("email", ""), form.get("password", ""))
    if customer is None:
        return Outcome(errors={"password": "This e-mail address and password do not belong together."})
    await browsers.sign_in(visit.db, visit.browser_id, customer.id)
    return Outcome(
        go=local_path(form.get("next", AFTER_SIGN_IN)),
        notice=Notice("Welcome back.", "good"),
    )


async def sign_out(visit: Visit, form: Mapping[str, str]) -> Outcome:
    """The cart stays with the browser, what checkout had gathered about the customer does not."""
    await browsers.sign_out(visit.db, visit.browser_id)
    return Outcome(go="/", notice=Notice("You are signed out.", "info", signed_out=True))


async def register(visit: Visit, form: Mapping[str, str]) -> Outcome:
    given = {key: form.get(key, "").strip()[:MAX_FIELD_CHARACTERS] for key in ("name", "email", "phone")}
    errors: dict[str, str] = {}
    if not given["name"]:
        errors["name"] = "Please enter your name."
    if not EMAIL.fullmatch(given["email"]):
        errors["email"] = "Please enter an e-mail address."
    phone = normal_phone(given["phone"])
    if phone is None:
        errors["phone"] = "Please enter the number with area code, or leave it empty."
    if len(form.get("password", "")) < MIN_PASSWORD_CHARACTERS:
        errors["password"] = f"At least {MIN_PASSWORD_CHARACTERS} characters, please."
    if errors or phone is None:
        return Outcome(errors=errors)
    try:
        customer = await customers.register(
            visit.db, email=given["email"], phone=phone, name=given["name"], password=form["password"]
        )
    except EmailTaken:
        return Outcome(errors={"email": "Somebody has registered with this address. Sign in instead?"})
    await browsers.sign_in(visit.db, visit.browser_id, customer.id)
    return Outcome(
        go=local_path(form.get("next", AFTER_SIGN_IN)),
        notice=Notice("Welcome. Your account is ready.", "good"),
    )


def normal_phone(typed: str) -> str | None:
    """`+14155550134`; an empty field stays empty, ten digits are a number of the United States."""
    digits = re.sub(r"[\s().-]", "", typed)
    if not digits:
        return ""
    if re.fullmatch(r"\d{10}", digits):
        return f"+1{digits}"
    return digits if re.fullmatch(r"\+\d{8,15}", digits) else None


def display_phone(phone: str) -> str:
    """`+1 415 555 0134`; other countries' numbers as they are."""
    american = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", phone)
    return phone if american is None else f"+1 {american[1]} {american[2]} {american[3]}"
