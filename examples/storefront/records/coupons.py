"""Coupons as rows; what they mean is decided in `examples.storefront.coupons`."""

from datetime import datetime

import aiosqlite

from examples.storefront.coupons import Benefit, Coupon
from examples.storefront.database import Database


async def find(db: Database, code: str) -> Coupon | None:
    row = await db.row("SELECT * FROM coupons WHERE code = ?", (code,))
    return None if row is None else _coupon(row)


async def store(tx: aiosqlite.Connection, coupon: Coupon) -> None:
    await tx.execute(
        "INSERT INTO coupons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            coupon.code,
            coupon.title,
            coupon.benefit.value,
            coupon.value,
            coupon.minimum,
            coupon.category,
            coupon.sku,
            coupon.customer_id,
            int(coupon.excludes_sale),
            None if coupon.starts is None else coupon.starts.isoformat(),
            None if coupon.ends is None else coupon.ends.isoformat(),
        ),
    )


def _coupon(row: aiosqlite.Row) -> Coupon:
    return Coupon(
        code=row["code"],
        title=row["title"],
        benefit=Benefit(row["benefit"]),
        value=row["value"],
        minimum=row["minimum"],
        category=row["category"],
        sku=row["sku"],
        customer_id=row["customer_id"],
        excludes_sale=bool(row["excludes_sale"]),
        starts=None if row["starts"] is None else datetime.fromisoformat(row["starts"]),
        ends=None if row["ends"] is None else datetime.fromisoformat(row["ends"]),
    )
