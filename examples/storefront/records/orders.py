"""Orders as they were placed, how far they have travelled, and what was sent back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import aiosqlite

from examples.storefront.database import Database
from examples.storefront.records.carts import Address, read_address, write_address

FIRST_ORDER_NUMBER = 10412
FIRST_RETURN_NUMBER = 5071


class OrderStatus(StrEnum):
    PLACED = "placed"
    ON_ITS_WAY = "on its way"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """`discount` and `tax` are this line's share of the order's, to the cent."""

    sku: str
    name: str
    option: str
    measure: str
    unit: int
    quantity: int
    total: int
    discount: int
    tax: int

    @property
    def refund(self) -> int:
        return self.total - self.discount + self.tax


@dataclass(frozen=True)
class Step:
    at: datetime
    text: str
    place: str


@dataclass(frozen=True)
class Return:
    number: str
    positions: tuple[int, ...]
    reason: str
    refund: int
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class Order:
    number: str
    browser_id: str
    customer_id: str
    email: str
    placed_at: datetime
    status: OrderStatus
    address: Address
    shipping_method: str
    codes: tuple[str, ...]
    lines: tuple[OrderLine, ...]
    items: int
    discount: int
    shipping: int
    tax: int
    total: int
    refunded: int = 0
    carrier: str = ""
    tracking_number: str = ""
    steps: tuple[Step, ...] = ()
    returns: tuple[Return, ...] = ()


async def next_number(tx: aiosqlite.Connection) -> str:
    rows = list(await tx.execute_fetchall("SELECT max(CAST(substr(number, 4) AS INTEGER)) FROM orders"))
    return f"NL-{max(FIRST_ORDER_NUMBER, (rows[0][0] or 0) + 1)}"


async def store(tx: aiosqlite.Connection, order: Order) -> None:
    await tx.execute(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.number,
            order.browser_id or None,
            order.customer_id or None,
            order.email,
            order.placed_at.isoformat(),
            order.status.value,
            write_address(order.address),
            order.shipping_method,
            json.dumps(order.codes),
            order.items,
            order.discount,
            order.shipping,
            order.tax,
            order.total,
            order.refunded,
            order.carrier,
            order.tracking_number,
        ),
    )
    await tx.executemany(
        "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                order.number,
                position,
                line.sku,
                line.name,
                line.option,
                line.measure,
                line.unit,
                line.quantity,
                line.total,
                line.discount,
                line.tax,
            )
            for position, line in enumerate(order.lines)
        ],
    )
    await tx.executemany(
        "INSERT INTO order_steps VALUES (?, ?, ?, ?)",
        [(order.number, step.at.isoformat(), step.text, step.place) for step in order.steps],
    )


async def place(db: Database, order: Order) -> Order:
    """Store the order under the next free number and empty the browser's cart, both or neither."""
    async with db.writing() as tx:
        numbered = replace(order, number=await next_number(tx))
        await store(tx, numbered)
        await tx.execute("DELETE FROM cart_lines WHERE browser_id = ?", (order.browser_id,))
        await tx.execute("DELETE FROM cart_codes WHERE browser_id = ?", (order.browser_id,))
        await tx.execute("DELETE FROM carts WHERE browser_id = ?", (order.browser_id,))
    return numbered


async def of_customer(db: Database, customer_id: str) -> list[Order]:
    """Newest first."""
    rows = await db.rows(
        "SELECT * FROM orders WHERE customer_id = ? ORDER BY placed_at DESC, number DESC", (customer_id,)
    )
    return [await _order(db, row) for row in rows]


async def find(db: Database, number: str) -> Order | None:
    row = await db.row("SELECT * FROM orders WHERE number = ?", (number,))
    return None if row is None else await _order(db, row)


async def request_return(
    db: Database, order: Order, *, positions: Sequence[int], reason: str, now: datetime
) -> Return:
    refund = sum(order.lines[position].refund for position in positions)
    async with db.writing() as tx:
        count = list(await tx.execute_fetchall("SELECT count(*) FROM returns"))[0][0]
        wanted = Return(f"R-{FIRST_RETURN_NUMBER + count}", tuple(positions), reason, refund, now)
        await tx.execute(
            "INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?)",
            (wanted.number, order.number, json.dumps(wanted.positions), reason, refund, now.isoformat()),
        )
    return wanted


async def _order(db: Database, row: aiosqlite.Row) -> Order:
    number = row["number"]
    lines = await db.rows("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", (number,))
    steps = await db.rows("SELECT * FROM order_steps WHERE order_number = ? ORDER BY at", (number,))
    returned = await db.rows("SELECT * FROM returns WHERE order_number = ? ORDER BY requested_at", (number,))
    address = read_address(row["address"])
    if address is None:
        raise ValueError(f"order {number} has no address")
    return Order(
        number=number,
        browser_id=row["browser_id"] or "",
        customer_id=row["customer_id"] or "",
        email=row["email"],
        placed_at=datetime.fromisoformat(row["placed_at"]),
        status=OrderStatus(row["status"]),
        address=address,
        shipping_method=row["shipping_method"],
        codes=tuple(json.loads(row["codes"])),
        lines=tuple(_line(line) for line in lines),
        items=row["items"],
        discount=row["discount"],
        shipping=row["shipping"],
        tax=row["tax"],
        total=row["total"],
        refunded=row["refunded"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        steps=tuple(Step(datetime.fromisoformat(step["at"]), step["text"], step["place"]) for step in steps),
        returns=tuple(
            Return(
                entry["number"],
                tuple(json.loads(entry["positions"])),
                entry["reason"],
                entry["refund"],
                datetime.fromisoformat(entry["requested_at"]),
            )
            for entry in returned
        ),
    )


def _line(row: aiosqlite.Row) -> OrderLine:
    return OrderLine(
        sku=row["sku"],
        name=row["name"],
        option=row["option"],
        measure=row["measure"],
        unit=row["unit"],
        quantity=row["quantity"],
        total=row["total"],
        discount=row["discount"],
        tax=row["tax"],
    )
