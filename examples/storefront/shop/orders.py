"""A customer's orders: the list, one order, its way, and sending things back."""

from collections.abc import Mapping

from examples.storefront.faults import Fault
from examples.storefront.money import display
from examples.storefront.records import orders as records
from examples.storefront.records.orders import Order, OrderStatus
from examples.storefront.seed import CONFLICT_ORDER
from examples.storefront.shop.account import display_phone
from examples.storefront.shop.order_view import STATUS_TEXT, moment, order_view
from examples.storefront.shop.visit import Elsewhere, NotHere, Notice, Outcome, Page, Visit

REASONS = {
    "unwanted": "I do not want it any more",
    "unsuitable": "It does not suit or fit",
    "damaged": "It arrived damaged",
    "wrong": "It is not what I ordered",
}


async def orders_page(visit: Visit) -> Page | Elsewhere:
    if visit.customer is None:
        return Elsewhere("/account/sign-in?next=/account/orders")
    found = await records.of_customer(visit.db, visit.customer.id)
    return Page(
        name="orders",
        title="Your orders",
        zone="account",
        data={
            "name": visit.customer.name,
            "email": visit.customer.email,
            "phone": display_phone(visit.customer.phone),
            "orders": [_view(visit, order) for order in found],
        },
    )


async def order_page(visit: Visit, number: str) -> Page | Elsewhere:
    order = await _own(visit, number)
    if isinstance(order, Elsewhere):
        return order
    return Page(name="order", title=f"Order {number}", zone="account", data={"order": _view(visit, order)})


async def tracking_page(visit: Visit, number: str) -> Page | Elsewhere:
    order = await _own(visit, number)
    if isinstance(order, Elsewhere):
        return order
    if Fault.TRACKING_ERROR in visit.faults:
        return Page(
            name="problem",
            title="Tracking is not available",
            zone="account",
            status=500,
            data={
                "heading": "Something went wrong",
                "text": "We could not load the tracking of this order. Please try again later. (Error T-500)",
                "go": order_view(order, visit.catalogue)["url"],
                "go_name": f"Back to order {number}",
            },
        )
    if not order.tracking_number:
        raise NotHere(number)
    return Page(
        name="tracking",
        title=f"Tracking of order {number}",
        zone="account",
        data={
            "number": order.number,
            "url": f"/account/orders/{order.number}",
            "status": STATUS_TEXT[order.status],
            "tone": order.status.value.replace(" ", "-"),
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "steps": [
                {"at": moment(step.at), "text": step.text, "place": step.place}
                for step in reversed(order.steps)
            ],
        },
    )


async def return_page(visit: Visit, number: str) -> Page | Elsewhere:
    order = await _own(visit, number)
    if isinstance(order, Elsewhere):
        return order
    if order.status is not OrderStatus.DELIVERED:
        raise NotHere(number)
    view = order_view(order, visit.catalogue)
    lines = view["lines"]
    sent_back = _sent_back(order)
    return Page(
        name="return",
        title=f"Return from order {number}",
        zone="account",
        data={
            "order": view,
            "lines": [
                {
                    **line,
                    "field": f"line-{position}",
                    "refund": display(order.lines[position].refund),
                    "sent_back": position in sent_back,
                    "chosen": visit.values.get(f"line-{position}") == "1",
                }
                for position, line in enumerate(lines if isinstance(lines, list) else [])
            ],
            "all_sent_back": len(sent_back) == len(order.lines),
            "reasons": [{"value": value, "text": text} for value, text in REASONS.items()],
            "reason": visit.values.get("reason", ""),
            "errors": dict(visit.errors),
        },
    )


async def send_back(visit: Visit, form: Mapping[str, str], number: str) -> Outcome:
    order = await _own(visit, number)
    if isinstance(order, Elsewhere):
        return Outcome(go=order.go)
    if Fault.RETURN_SILENT in visit.faults:
        return Outcome()
    if order.status is not OrderStatus.DELIVERED:
        raise NotHere(number)
    sent_back = _sent_back(order)
    positions = [
        position
        for position in range(len(order.lines))
        if form.get(f"line-{position}") == "1" and position not in sent_back
    ]
    errors: dict[str, str] = {}
    if not positions:
        errors["lines"] = "Please choose what you are sending back."
    if form.get("reason") not in REASONS:
        errors["reason"] = "Please choose a reason."
    if errors:
        return Outcome(errors=errors)
    wanted = await records.request_return(
        visit.db, order, positions=positions, reason=form["reason"], now=visit.now
    )
    text = (
        f"Return {wanted.number} is registered. We refund {display(wanted.refund)} when the parcel is back."
    )
    return Outcome(go=f"/account/orders/{number}", notice=Notice(text, "good"))


def _view(visit: Visit, order: Order) -> dict[str, object]:
    conflict = Fault.ORDER_CONFLICT in visit.faults and order.number == CONFLICT_ORDER
    return order_view(order, visit.catalogue, shown_cancelled=conflict)


def _sent_back(order: Order) -> set[int]:
    return {position for entry in order.returns for position in entry.positions}


async def _own(visit: Visit, number: str) -> Order | Elsewhere:
    if visit.customer is None:
        return Elsewhere(f"/account/sign-in?next=/account/orders/{number}")
    order = await records.find(visit.db, number)
    if order is None or order.customer_id != visit.customer.id:
        raise NotHere(number)
    return order
