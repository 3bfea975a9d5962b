"""Findings as they are stored: with no promo code in them.

A rule quotes the code that a customer gave. What is stored of it, and so what a problem is about and what a
web team may be told, is its mask (``replay.model.personal_code``); the desk shows it where it is readable.
"""

from __future__ import annotations

from replay.model.finding import Finding
from replay.model.personal_code import seen_codes
from replay.model.promo import Registry
from replay.ports import Store

__all__ = ["masked_findings"]


async def masked_findings(store: Store, session: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings of a session with its codes masked."""
    if not findings:
        return findings
    carried = await store.carried([session], frozenset({"promo"}))
    codes = seen_codes(carried[session], Registry(), {})
    return tuple(codes.concealed(one) for one in findings)
