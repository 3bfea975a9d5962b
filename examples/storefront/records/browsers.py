"""A browser is known by its cookie: who is signed in there, and a notice that waits for the next page."""

from examples.storefront.database import Database


async def customer_of(db: Database, browser_id: str) -> str | None:
    """The signed-in customer's id, None for a guest and for a browser never seen."""
    row = await db.row("SELECT customer_id FROM browsers WHERE id = ?", (browser_id,))
    return None if row is None or row["customer_id"] is None else str(row["customer_id"])


async def sign_in(db: Database, browser_id: str, customer_id: str) -> None:
    """Remember who uses this browser."""
    async with db.writing() as tx:
        await tx.execute(
            "INSERT INTO browsers (id, customer_id) VALUES (?, ?) "
            "ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id",
            (browser_id, customer_id),
        )


async def sign_out(db: Database, browser_id: str) -> None:
    """Forget who used this browser, and the address that its checkout was given."""
    async with db.writing() as tx:
        await tx.execute("UPDATE browsers SET customer_id = NULL WHERE id = ?", (browser_id,))
        await tx.execute("DELETE FROM carts WHERE browser_id = ?", (browser_id,))


async def leave_notice(db: Database, browser_id: str, notice: str) -> None:
    """Keep a notice for the page that a redirect leads to."""
    async with db.writing() as tx:
        await tx.execute(
            "INSERT INTO browsers (id, notice) VALUES (?, ?) "
            "ON CONFLICT (id) DO UPDATE SET notice = excluded.notice",
            (browser_id, notice),
        )


async def take_notice(db: Database, browser_id: str) -> str | None:
    """The waiting notice, once."""
    row = await db.row("SELECT notice FROM browsers WHERE id = ? AND notice IS NOT NULL", (browser_id,))
    if row is None:
        return None
    async with db.writing() as tx:
        await tx.execute("UPDATE browsers SET notice = NULL WHERE id = ?", (browser_id,))
    return str(row["notice"])
