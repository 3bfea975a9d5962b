"""What the rules may know of the site beside the session."""

from __future__ import annotations

from dataclasses import dataclass, field

from replay.model.promo import Registry

__all__ = ["Shop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """``currency``: ISO 4217, where it is stated; ``promised``: what the shop promised its customers."""

    currency: str | None = None
    promised: Registry = field(default_factory=Registry)
