"""The open cart of a browser: its lines, its codes, and what its checkout has gathered so far.

Prices are not kept: a cart is priced anew each time it is shown.
"""

import json
from dataclasses import asdict, dataclass

from examples.storefront.database import Database


@dataclass(frozen=True)
class KeptLine:
    id: str
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Address:
    name: str
    phone: str
    street: str
    extra: str
    city: str
    state: str
    postcode: str


@dataclass(frozen=True, kw_only=True)
class KeptCart:
    lines: tuple[KeptLine, ...] = ()
    codes: tuple[str, ...] = ()
    email: str = ""
    address: Address | None = None
    shipping_method: str = ""


async def load(db: Database, browser_id: str) -> KeptCart:
    lines = await db.rows(
        "SELECT id, sku, quantity FROM cart_lines WHERE browser_id = ? ORDER BY position", (browser_id,)
    )
    codes = await db.rows("SELECT code FROM cart_codes WHERE browser_id = ? ORDER BY position", (browser_id,))
    checkout = await db.row("SELECT * FROM carts WHERE browser_id = ?", (browser_id,))
    return KeptCart(
        lines=tuple(KeptLine(row["id"], row["sku"], row["quantity"]) for row in lines),
        codes=tuple(row["code"] for row in codes),
        email="" if checkout is None else checkout["email"],
        address=read_address(None if checkout is None else checkout["address"]),
        shipping_method="" if checkout is None else checkout["shipping_method"] or "",
    )


def read_address(text: str | None) -> Address | None:
    return None if text is None else Address(**json.loads(text))


def write_address(address: Address) -> str:
    return json.dumps(asdict(address))


async def set_line(db: Database, browser_id: str, line: KeptLine) -> None:
    """Add the line at the end, or change the quantity of the line with this id; 0 removes it."""
    async with db.writing() as tx:
        await tx.execute("INSERT INTO browsers (id) VALUES (?) ON CONFLICT DO NOTHING", (browser_id,))
        if line.quantity == 0:
            await tx.execute("DELETE FROM cart_lines WHERE browser_id = ? AND id = ?", (browser_id, line.id))
            return
        await tx.execute(
            "INSERT INTO cart_lines (browser_id, id, sku, quantity, position) VALUES (?1, ?2, ?3, ?4, "
            "(SELECT coalesce(max(position), 0) + 1 FROM cart_lines WHERE browser_id = ?1)) "
            "ON CONFLICT (browser_id, id) DO UPDATE SET quantity = excluded.quantity",
            (browser_id, line.id, line.sku, line.quantity),
        )


async def add_code(db: Database, browser_id: str, code: str) -> None:
    async with db.writing() as tx:
        await tx.execute("INSERT INTO browsers (id) VALUES (?) ON CONFLICT DO NOTHING", (browser_id,))
        await tx.execute(
            "INSERT INTO cart_codes (browser_id, code, position) VALUES (?1, ?2, "
            "(SELECT coalesce(max(position), 0) + 1 FROM cart_codes WHERE browser_id = ?1)) "
            "ON CONFLICT DO NOTHING",
            (browser_id, code),
        )


async def remove_code(db: Database, browser_id: str, code: str) -> None:
    async with db.writing() as tx:
        await tx.execute("DELETE FROM cart_codes WHERE browser_id = ? AND code = ?", (browser_id, code))


async def set_address(db: Database, browser_id: str, email: str, address: Address) -> None:
    async with db.writing() as tx:
        await tx.execute("INSERT INTO browsers (id) VALUES (?) ON CONFLICT DO NOTHING", (browser_id,))
        await tx.execute(
            "INSERT INTO carts (browser_id, email, address) VALUES (?, ?, ?) ON CONFLICT (browser_id) "
            "DO UPDATE SET email = excluded.email, address = excluded.address",
            (browser_id, email, write_address(address)),
        )


async def set_shipping_method(db: Database, browser_id: str, slug: str) -> None:
    async with db.writing() as tx:
        await tx.execute("UPDATE carts SET shipping_method = ? WHERE browser_id = ?", (slug, browser_id))
