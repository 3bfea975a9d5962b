"""The shop's own systems behind its pages: they tell the recording what happened to orders and prices.

A shop, a payment provider, a warehouse and the tills of the stores each speak for themselves, as in any shop.
The stories need them to disagree: when a fault is switched on, its events are sent as if they had happened
days ago. They travel as the documentation says, by HTTP and with a secret; without one, nothing is sent.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

import httpx

from examples.storefront.catalogue import Catalogue
from examples.storefront.faults import Fault
from examples.storefront.records.orders import Order
from examples.storefront.shop.stores import LOWER_ON_THE_SHELF, STORES

TIMEOUT_SECONDS = 5.0

Event = dict[str, object]

logger = logging.getLogger("northlight")


class BackOffice:
    """Sends events. What cannot be sent is in the log, and the shop goes on."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    async def tell(self, events: Iterable[Event]) -> None:
        given = list(events)
        if not self._secret or not given:
            return
        headers = {"Authorization": f"Bearer {self._secret}"}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, headers=headers) as client:
                answer = await client.post(self._url, json={"events": given})
        except httpx.HTTPError as error:
            logger.warning("events were not sent: %s", error)
        else:
            if not answer.is_success:
                logger.warning("events were refused: %s", answer.text)


def shelf_prices(catalogue: Catalogue, *, lower: bool, now: datetime) -> list[Event]:
    """What the tills of the stores charge from now on."""
    events: list[Event] = []
    for sku, price in LOWER_ON_THE_SHELF.items():
        found = catalogue.find_item(sku)
        if found is None:
            continue
        amount = _decimal(price if lower else found[1].price)
        for city, _, _ in STORES:
            number = f"{sku}-{city}-{now.timestamp():.3f}"
            told = {"sku": sku, "store": city, "amount": amount, "currency": "USD"}
            events.append({"id": number, "kind": "price.list", "system": "tills", **_at(now), **told})
    return events


def conflict(order: Order) -> list[Event]:
    """The order as its systems tell of it: delivered and paid for, and cancelled a day later by the shop."""
    delivered = max((step.at for step in order.steps), default=order.placed_at)
    amount = {"amount": _decimal(order.total), "currency": "USD"}
    lines = [
        {
            "sku": line.sku,
            "name": line.name,
            "quantity": _pieces(line.quantity),
            "amount": _decimal(line.total),
        }
        for line in order.lines
    ]
    customer = {"customer_id": order.customer_id, "email": order.email}

    def event(system: str, kind: str, at: datetime, **more: object) -> Event:
        # Dated, so that a shop that was begun anew tells of another order.
        number = f"{order.number}-{order.placed_at:%Y%m%d%H%M%S}-{kind}"
        return {"id": number, "kind": kind, "system": system, **_at(at), "order": order.number, **more}

    return [
        event("shop", "order.created", order.placed_at, customer=customer, lines=lines, **amount),
        event("payments", "payment.captured", order.placed_at + timedelta(minutes=1), **amount),
        event("warehouse", "order.delivered", delivered),
        event("shop", "order.cancelled", delivered + timedelta(days=1), status_raw="refunded"),
    ]


def told_by(
    switched_on: frozenset[Fault],
    was: frozenset[Fault],
    catalogue: Catalogue,
    order: Order | None,
    now: datetime,
) -> list[Event]:
    """What the systems say because of what is switched on now and was before. Nobody takes back what was said
    of an order; a price is another when the next one comes."""
    events: list[Event] = []
    if (Fault.STORE_PRICE_LOWER in switched_on) != (Fault.STORE_PRICE_LOWER in was):
        events += shelf_prices(catalogue, lower=Fault.STORE_PRICE_LOWER in switched_on, now=now)
    if Fault.ORDER_CONFLICT in switched_on - was and order is not None:
        events += conflict(order)
    return events


def _at(at: datetime) -> Event:
    return {"occurred_at": at.isoformat()}


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _pieces(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
