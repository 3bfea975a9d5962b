"""What the store keeps and answers.

All times are server milliseconds since 1970 unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from replay.model.bounds import Malformed
from replay.model.identity import Identifier
from replay.model.schema import decode
from replay.model.site import SiteSettings

__all__ = [
    "Agent",
    "BatchOutline",
    "Gap",
    "Load",
    "Login",
    "Match",
    "Session",
    "Site",
    "StoredBatch",
    "View",
]


_DAY_MS = 24 * 60 * 60 * 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One storefront. ``settings`` holds only values that differ from the defaults."""

    key: str
    name: str
    origins: tuple[str, ...]
    identify_secret: str
    settings: Mapping[str, object]
    created_ms: int
    events_secret: str = ""
    """With which its back office sends events; empty: it cannot."""
    webhook_secret: str = ""
    """With which what its webhook is told is signed; empty: nothing is delivered."""
    shopify_secret: str = ""
    """With which Shopify signs its webhooks; empty: nothing of them is taken."""
    woocommerce_secret: str = ""
    """With which WooCommerce signs its own; empty: nothing of them is taken."""

    @property
    def asset_origins(self) -> frozenset[str]:
        """The origins whose images, fonts and styles are kept: its own, and those that its settings add."""
        added = self.settings.get("asset_origins", ())
        return frozenset(self.origins).union(added if isinstance(added, (list, tuple)) else ())

    @property
    def currency(self) -> str | None:
        """What its prices are in where they do not say so themselves; None where that cannot be read."""
        read = self._setting("currency")
        return None if read is None else read.currency

    @property
    def problems_webhook(self) -> str | None:
        """Where its web team is told of problems; None where it is not, or that cannot be read."""
        read = self._setting("problems_webhook")
        return None if read is None else read.problems_webhook

    @property
    def keep_ms(self) -> int | None:
        """How long its sessions are kept after they were last seen; None: until they are erased, also where
        it cannot be read, for what is erased does not come back."""
        read = self._setting("keep_days")
        return None if read is None or read.keep_days is None else read.keep_days * _DAY_MS

    def _setting(self, name: str) -> SiteSettings | None:
        """Its settings as if this were the only one, so that no other that is wrong stands in its way."""
        try:
            return decode(SiteSettings, {name: self.settings[name]} if name in self.settings else {})
        except Malformed:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One visit. ``token_hash`` is the SHA-256 of the write token in force; ``seen_ms`` when the last batch
    came (when the session began, before the first)."""

    id: str
    site: str
    code: str
    token_hash: bytes
    started_ms: int
    seen_ms: int
    ended_ms: int | None = None
    ended_why: str | None = None
    consent: str = "granted"
    previous_token_hash: bytes | None = None
    rotated_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One page load of one tab. Corrected time = page clock + ``offset_ms`` (± ``offset_error_ms``); both are
    None until the clock was measured. ``ordinal`` counts the session's page loads from 1, as they came."""

    session: str
    id: str
    tab: str
    ordinal: int
    opened_ms: int
    offset_ms: float | None = None
    offset_error_ms: float | None = None
    facts_acked: int = 0
    picture_acked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """A batch as it was sent; of a sealed session, a picture carries its events in another compression.
    ``digest`` is the SHA-256 of this payload."""

    load: str
    track: int
    number: int
    payload: bytes
    digest: bytes
    received_ms: int
    first_ms: float
    last_ms: float
    checkpoint: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutline:
    """A batch without its payload, of which ``sent_bytes`` is the size, as it was sent."""

    load: str
    track: int
    number: int
    first_ms: float
    last_ms: float
    checkpoint: bool
    sent_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers of a track that cannot be shown, and why: that the page declared them lost, or, if ``damaged``,
    that they were kept and can no longer be read."""

    load: str
    track: int
    first: int
    last: int
    reason: str
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A session found, and the identifier that led to it."""

    session: Session
    identifier: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person with a login. ``password_hash`` is argon2id's encoded form; ``role`` is kept for later."""

    login: str
    name: str
    password_hash: str
    role: str
    created_ms: int
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A signed-in desk. ``token_hash`` is the SHA-256 of the cookie's value."""

    token_hash: bytes
    agent: str
    csrf: str
    created_ms: int
    seen_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An agent opened something of a customer's: who, what, when. Never changed, never deleted by agents."""

    agent: str
    session: str
    what: str
    at_ms: int
