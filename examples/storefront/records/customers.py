"""Customers and their passwords, which are kept as Argon2 hashes only."""

import asyncio
from dataclasses import dataclass

import aiosqlite
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from examples.storefront.database import Database

FIRST_CUSTOMER_NUMBER = 1001
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, kw_only=True)
class Customer:
    id: str
    email: str
    phone: str
    name: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


class EmailTaken(Exception):
    """Somebody has registered with this address already."""


async def find(db: Database, customer_id: str) -> Customer | None:
    row = await db.row("SELECT * FROM customers WHERE id = ?", (customer_id,))
    return None if row is None else _customer(row)


async def authenticate(db: Database, email: str, password: str) -> Customer | None:
    """The customer, if the password is right. An unknown address takes as long as a wrong password:
    it is checked, too, against somebody else's, and the answer is not used.
    """
    row = await db.row("SELECT * FROM customers WHERE email = ?", (email.strip().lower(),))
    other = await db.row("SELECT * FROM customers LIMIT 1")
    checked = row or other
    if checked is None:
        return None
    try:
        await asyncio.to_thread(_hasher.verify, checked["password_hash"], password)
    except VerifyMismatchError:
        return None
    return None if row is None else _customer(row)


async def register(db: Database, *, email: str, phone: str, name: str, password: str) -> Customer:
    hashed = await asyncio.to_thread(_hasher.hash, password)
    async with db.writing() as tx:
        taken = await tx.execute_fetchall("SELECT 1 FROM customers WHERE email = ?", (email.lower(),))
        if list(taken):
            raise EmailTaken(email)
        count = list(await tx.execute_fetchall("SELECT count(*) FROM customers"))[0][0]
        customer = Customer(
            id=f"C-{FIRST_CUSTOMER_NUMBER + count}", email=email.lower(), phone=phone, name=name
        )
        await store(tx, customer, password_hash=hashed)
    return customer


async def store(tx: aiosqlite.Connection, customer: Customer, *, password_hash: str) -> None:
    await tx.execute(
        "INSERT INTO customers (id, email, phone, name, password_hash) VALUES (?, ?, ?, ?, ?)",
        (customer.id, customer.email, customer.phone, customer.name, password_hash),
    )


def _customer(row: aiosqlite.Row) -> Customer:
    return Customer(id=row["id"], email=row["email"], phone=row["phone"], name=row["name"])
