"""What the lenses and adapters read on a page, put together from the facts that the page stated.

Pure: facts in, a plain answer out. Of a cart surface the last state counts, of a price the last amount; what
left the screen meanwhile is not read there any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Fact", "reading_of"]

Fact = tuple[str, Mapping[str, Any]]
"""Kind and fields."""

_STATED = frozenset(("promo", "order", "mark"))


def reading_of(facts: Iterable[Fact]) -> dict[str, list[Mapping[str, Any]]]:
    """``carts``, ``prices`` and everything else that was ``stated``, in the order in which it first came."""
    carts: dict[tuple[str, str], Mapping[str, Any]] = {}
    prices: dict[tuple[str, ...], Mapping[str, Any]] = {}
    stated: list[Mapping[str, Any]] = []
    for kind, fields in facts:
        if kind == "cart":
            carts[fields["surface"], fields["source"]] = fields
        elif kind == "cart_gone":
            carts.pop((fields["surface"], "displayed"), None)
        elif kind == "price":
            article = fields.get("sku") or (fields.get("name") or {}).get("raw") or ""
            prices[fields["source"], article, fields["context"], fields["role"]] = fields
        elif kind in _STATED:
            stated.append({"kind": kind, **fields})
    return {"carts": list(carts.values()), "prices": list(prices.values()), "stated": stated}
