"""What the shop's systems say that articles cost: of one piece only where a line says it exactly."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from replay.model.server_event import Concerning, Relation, ServerEvent, ServerLine
from replay.ports import Store
from tests.contract.given import NOW_MS
from tests.contract.test_server_events import CAPTURED, CREATED, PRICE, keep
from tests.viewer.visits import SITE, Visit, edge
from viewer.told_prices import told_prices


def prices(
    *events: ServerEvent, by: Relation = "customer", visit_ms: int = NOW_MS
) -> list[dict[str, object]]:
    told = [Concerning(event=event, received_ms=event.occurred_ms, by=by) for event in events]
    return told_prices(told, visit_ms)


@pytest.mark.parametrize(
    ("quantity", "piece", "line"),
    [
        ("1", "998.00 USD", None),
        ("2", "499.00 USD", "2 × for 998.00 USD"),
        ("3", None, "3 × for 998.00 USD"),
        ("1.5", None, "1.5 × for 998.00 USD"),
        ("0", None, "0 × for 998.00 USD"),
        (None, None, "998.00 USD for the line"),
    ],
)
def test_a_line_says_what_one_costs_only_where_that_is_exact(
    quantity: str | None, piece: str | None, line: str | None
) -> None:
    ordered = ServerLine(sku="HP-15", quantity=quantity, minor=99_800)
    (found,) = prices(replace(CREATED, lines=(ordered,)))
    assert (found["piece"], found["line"], found["minor"]) == (piece, line, 99_800)


def test_it_is_of_orders_and_emails_with_amounts_by_whom_it_was_said() -> None:
    lines = (ServerLine(sku="HP-15", quantity="1", minor=49_900), ServerLine(sku="BAG"), ServerLine(minor=1))
    email = replace(CREATED, id="e", kind="email.sent", system="mail", order=None, lines=lines)
    shipped = replace(CREATED, id="s", kind="order.shipped", lines=lines)
    found = prices(
        replace(CREATED, lines=lines),
        email,
        shipped,
        CAPTURED,
        replace(email, id="n", currency=None),
        by="claimed",
    )
    assert [(one["kind"], one["system"], one["name"], one["sku"], one["by"]) for one in found] == [
        ("email", "mail", None, "HP-15", "claimed"),
        ("order", "shop", "1001", "HP-15", "claimed"),
    ]


def test_of_price_lists_those_are_told_that_were_in_force_in_the_visit() -> None:
    def listed(name: str, since: int, to: int | None = None, **more: str) -> ServerEvent:
        until = None if to is None else NOW_MS + to
        return replace(
            PRICE, id=name, from_ms=NOW_MS + since, to_ms=until, store=more.get("store", "Main St")
        )

    told = [
        listed("replaced", -3_000),
        listed("in force", -2_000),
        listed("ended before", -1_000, 0),
        listed("ends in it", -1_500, 500, store="Mall"),
        listed("later", 1_000),
    ]
    found = prices(*told, by="price")
    assert [one["id"] for one in found] == ["in force", "ends in it", "later"]
    assert (found[1]["name"], found[1]["since_ms"], found[1]["until_ms"]) == (
        "Mall",
        NOW_MS - 1_500,
        NOW_MS + 500,
    )


async def test_the_watch_page_is_told_of_them(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit(identifiers=[edge("email", "ana@shop.example", verified=True), edge("sku", "hp15")]).put(
        store
    )
    created = replace(CREATED, lines=(ServerLine(name="Laptop", quantity="1", minor=49_900),))
    await store.commit([keep(event, site=SITE.key) for event in (created, PRICE)])
    listed, ordered = sorted(
        (await agent.get("/api/sessions/session-1")).json()["prices"], key=lambda one: one["minor"]
    )
    assert listed == {
        "id": "p1",
        "kind": "store",
        "system": "pos",
        "name": "Main St",
        "since_ms": NOW_MS,
        "until_ms": None,
        "by": "price",
        "sku": "HP-15",
        "title": None,
        "minor": 34_900,
        "currency": "USD",
        "quantity": "1",
        "piece": "349.00 USD",
        "line": None,
    }
    assert (ordered["kind"], ordered["title"], ordered["piece"]) == ("order", "Laptop", "499.00 USD")
