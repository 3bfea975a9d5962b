"""Which faults are on. Kept in the database, so that they survive a restart and apply to every tab."""

from collections.abc import Iterable

from examples.storefront.database import Database
from examples.storefront.faults import Fault


async def load(db: Database) -> frozenset[Fault]:
    return frozenset(Fault(row["name"]) for row in await db.rows("SELECT name FROM faults"))


async def store(db: Database, faults: Iterable[Fault]) -> None:
    """Exactly these are on from now."""
    async with db.writing() as tx:
        await tx.execute("DELETE FROM faults")
        await tx.executemany(
            "INSERT INTO faults (name) VALUES (?)", [(fault.value,) for fault in set(faults)]
        )
