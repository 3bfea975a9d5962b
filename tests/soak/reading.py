"""The scripts that read a real shop's carts as a person sees them, each with what all of them share."""

from __future__ import annotations

from pathlib import Path

__all__ = ["reader_of"]

HERE = Path(__file__).parent


def reader_of(shop: str) -> str:
    """A function expression to run in a page of the shop: of a document its surfaces."""
    return f"(doc) => ({_script('cart')})(doc, {_script(shop)})"


def _script(name: str) -> str:
    return (HERE / f"read_{name}.js").read_text().rstrip().removesuffix(";")
