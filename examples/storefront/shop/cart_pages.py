"""The cart page, and everything that can be done to a cart from any page."""

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_hex

from examples.storefront.coupons import normalise, refusal, unmet
from examples.storefront.faults import Fault
from examples.storefront.lines import MAX_QUANTITY, PIECE, Line, display_quantity, parse_quantity
from examples.storefront.records import carts
from examples.storefront.records.carts import KeptLine
from examples.storefront.shop.basket import CAMPAIGN_CODE, Basket, find_coupon, load_basket, stock_left
from examples.storefront.shop.visit import Notice, Outcome, Page, Visit, local_path

MAX_LINE_COUNT = 300
MAX_CODE_CHARACTERS = 40


async def cart_page(visit: Visit) -> Page:
    return Page(name="cart", title="Your cart", zone="catalogue")


async def add(visit: Visit, form: Mapping[str, str]) -> Outcome:
    """Put a thing into the cart. A cut of cable is a line of its own, anything else is counted up."""
    if Fault.ADD_SILENT in visit.faults:
        return Outcome(go=local_path(form.get("back", "")))
    found = visit.catalogue.find_item(form.get("sku", ""))
    if found is None:
        return _refused(form, "This product is no longer sold.")
    product, item = found
    wanted = parse_quantity(form.get("quantity", "1"), measured=product.measure is not None)
    if not wanted:
        return _refused(form, "Please enter a quantity that we can sell.")
    basket = await load_basket(visit)
    left = stock_left(visit, basket, item)
    if item.stock == 0:
        return _refused(form, f"{product.name} is sold out.")
    if wanted > left:
        in_cart = item.stock * PIECE - left
        had = f" and {display_quantity(in_cart)} already in your cart" if in_cart else ""
        return _refused(form, f"Only {item.stock} left{had}: nothing was added.")
    if len(basket.priced.lines) >= MAX_LINE_COUNT:
        return _refused(form, "Your cart is full. Please place this order first.")
    line = KeptLine(item.sku, item.sku, wanted)
    if product.measure is not None:
        line = replace(line, id=f"{item.sku}-{token_hex(4)}")
    else:
        line = replace(line, quantity=wanted + _quantity_of(basket, item.sku))
    await carts.set_line(visit.db, visit.browser_id, line)
    return _said(form, f"{product.name} is in your cart.", "good", drawer=True)


async def update(visit: Visit, form: Mapping[str, str]) -> Outcome:
    """Set a line's quantity, or move it `by` a step from the one in force.

    Refused as a whole when there is not enough: the old quantity stays.
    """
    basket = await load_basket(visit)
    line = _line(basket, form)
    found = None if line is None else visit.catalogue.find_item(line.sku)
    if line is None or found is None:
        return _said(form, "This line is no longer in your cart.", "bad")
    _, item = found
    wanted = _wanted(form, line)
    if wanted is None:
        return _said(form, "Please enter a quantity that we can sell. Nothing was changed.", "bad")
    if wanted > line.quantity + stock_left(visit, basket, item):
        return _said(form, f"Only {item.stock} left of {line.name}. Nothing was changed.", "bad")
    await carts.set_line(visit.db, visit.browser_id, KeptLine(line.id, line.sku, wanted))
    return _said(form, "" if wanted else f"{line.name} was removed.", "info")


async def remove(visit: Visit, form: Mapping[str, str]) -> Outcome:
    line = _line(await load_basket(visit), form)
    if line is None:
        return _said(form, "This line is no longer in your cart.", "bad")
    await carts.set_line(visit.db, visit.browser_id, KeptLine(line.id, line.sku, 0))
    return _said(form, f"{line.name} was removed.", "info")


async def enter_code(visit: Visit, form: Mapping[str, str]) -> Outcome:
    return _at_code(form, await take_code(visit, form.get("code", "")))


async def remove_code(visit: Visit, form: Mapping[str, str]) -> Outcome:
    code = normalise(form.get("code", ""))
    await carts.remove_code(visit.db, visit.browser_id, code)
    return _at_code(form, Notice(f"{code} was removed.", "info", "promo"))


async def take_code(visit: Visit, typed: str) -> Notice:
    """Try a code and say what came of it."""
    code = normalise(typed)[:MAX_CODE_CHARACTERS]
    if not code:
        return Notice("Please enter a code.", "bad", "promo")
    coupon = await find_coupon(visit, code)
    if coupon is None:
        return Notice(f"{code} is not a code we know.", "bad", "promo")
    basket = await load_basket(visit)
    held = [entry.coupon for entry in basket.priced.coupons]
    if any(other.code == code for other in held):
        return Notice(f"{code} is in your cart already.", "info", "promo")
    rival = next((other for other in held if other.lowers_goods == coupon.lowers_goods), None)
    if rival is not None:
        return Notice(f"{code} cannot be combined with {rival.code}. Remove that first.", "bad", "promo")
    no = refusal(coupon, customer_id=visit.customer_id, now=visit.now)
    no = no or (None if basket.is_empty else unmet(coupon, basket.priced.lines))
    if no is not None:
        return Notice(no, "bad", "promo")
    await carts.add_code(visit.db, visit.browser_id, code)
    return Notice(f"{code} applied: {coupon.title}.", "good", "promo")


async def arrive(visit: Visit) -> Notice | None:
    """A campaign link carries its code; the visitor need not type it."""
    typed = visit.query.get("coupon", "")
    if not typed:
        return None
    if Fault.COUPON_LINK_IGNORED in visit.faults and normalise(typed) == CAMPAIGN_CODE:
        return None
    kept = await carts.load(visit.db, visit.browser_id)
    if normalise(typed) in kept.codes:
        return None
    said = await take_code(visit, typed)
    return Notice(said.text, said.tone)


def _wanted(form: Mapping[str, str], line: Line) -> int | None:
    measured = bool(line.measure)
    step = form.get("by")
    if step is None:
        return parse_quantity(form.get("quantity", ""), measured=measured)
    size = parse_quantity(step.removeprefix("-"), measured=measured)
    if size is None:
        return None
    moved = line.quantity + (-size if step.startswith("-") else size)
    return moved if 0 <= moved <= MAX_QUANTITY else None


def _line(basket: Basket, form: Mapping[str, str]) -> Line | None:
    return next((line for line in basket.priced.lines if line.id == form.get("line")), None)


def _quantity_of(basket: Basket, sku: str) -> int:
    return sum(line.quantity for line in basket.priced.lines if line.id == sku)


def _refused(form: Mapping[str, str], text: str) -> Outcome:
    """Nothing was added: said on the page where the button was pressed."""
    return Outcome(go=local_path(form.get("back", "")), notice=Notice(text, "bad"))


def _said(form: Mapping[str, str], text: str, tone: str, *, drawer: bool = False) -> Outcome:
    opened = drawer or form.get("surface") == "drawer"
    notice = Notice(text, tone, "cart", drawer=opened) if text or opened else None
    return Outcome(go=local_path(form.get("back", "")), notice=notice)


def _at_code(form: Mapping[str, str], notice: Notice) -> Outcome:
    return Outcome(
        go=local_path(form.get("back", "")), notice=replace(notice, drawer=form.get("surface") == "drawer")
    )
