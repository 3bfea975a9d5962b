"""Findings as they are stored: with no promo code in them.

A rule quotes the code that a customer gave. What is stored of it, and so what a problem is about and what a
web team may be told, is its mask (``replay.model.personal_code``); the desk shows it where it is readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from replay.collector.verdict import Verdict
from replay.model.personal_code import seen_codes
from replay.model.promo import Registry
from replay.ports import Store

__all__ = ["masked_findings"]

_NOTHING_REGISTERED = Registry()


async def masked_findings(store: Store, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts with the codes of their sessions masked. To be asked after all facts were read that they
    are said on: of a session that is gone they are not kept."""
    saying = [one.session for one in verdicts if one.after]
    carried = await store.carried(saying, frozenset({"promo"})) if saying else {}
    masked = []
    for verdict in verdicts:
        codes = seen_codes(carried.get(verdict.session, ()), _NOTHING_REGISTERED, {})
        masked.append(replace(verdict, after=tuple(codes.concealed(one) for one in verdict.after)))
    return masked
