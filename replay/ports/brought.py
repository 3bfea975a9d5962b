"""What an imported session brought with it of its shop: how that stood when the session was exported.

Its events came in as ``KeepServerEvent`` with the session, which is judged, and shown, by this alone:
nothing that is said or registered here is of its shop, and nothing of it counts among what happens here.
"""

from __future__ import annotations

from dataclasses import dataclass

from replay.model.promo import Promo

__all__ = ["Brought"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """``until_ms``: when its shop was asked; of what was said later nothing is known. ``region``: by which
    phones are read. ``promos``: what was registered that the session can be held against. The rest as in
    ``Shop`` and ``SessionFacts``."""

    until_ms: int
    region: str
    orders_since_ms: int | None = None
    currency: str | None = None
    promos: tuple[Promo, ...] = ()
