"""What pages showed beside their markup (images, fonts, styles), and what it was at the time.

A reference (``ref``) is an address that we fetch ourselves, or the SHA-256 of a style's text that a page
sends. The bytes are objects, named by ``asset_object``; here stand the references of each session and, of
each reference of a site, the history of what was had. All times are server milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Asset", "AssetIndex", "AssetKind", "SessionAsset", "Sighting", "asset_object"]

AssetKind = Literal["image", "font", "style", "text"]
"""``style`` is a style sheet by its address, ``text`` a style by its hash."""


def asset_object(hash: str) -> str:
    """The name under which the bytes of this SHA-256 (hexadecimal) are kept as an object."""
    return f"asset/{hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A session referred to this."""

    ref: str
    kind: AssetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What a site's reference stood for from ``fetched_ms`` until at least ``checked_ms``.

    Either it was had: ``hash`` (SHA-256, hexadecimal), ``type`` and ``bytes``; or it was not: ``reason`` in a
    word, ``detail`` as a sentence, and ``failures`` in a row. ``etag`` and ``last_modified`` are its
    server's.
    """

    site: str
    ref: str
    kind: AssetKind
    fetched_ms: int
    checked_ms: int
    hash: str | None = None
    type: str | None = None
    bytes: int | None = None
    reason: str | None = None
    detail: str | None = None
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAsset:
    """A reference of a session, and what it stood for; None while nothing is known of it."""

    ref: str
    kind: AssetKind
    asset: Asset | None


class AssetIndex(Protocol):
    """The part of the store that knows assets. Which session referred to what comes with ``AppendBatch``."""

    async def put_asset(self, asset: Asset) -> None:
        """Add what a reference stood for, or replace what is there of the same ``site``, ``ref`` and
        ``fetched_ms``; it is durable when this returns. Its object was put before, and is not to be deleted
        any more if it was."""
        ...

    async def is_named(self, site: str, ref: str) -> bool:
        """Whether a session refers to this. What none refers to goes with the last that did."""
        ...

    async def latest_assets(self, site: str, refs: Sequence[str]) -> Mapping[str, Asset]:
        """By reference, the newest (by ``fetched_ms``) that is known of each; unknown ones are left out."""
        ...

    async def session_assets(self, session: str, until_ms: int) -> list[SessionAsset]:
        """A session's references in their order as texts, each with what it stood for at ``until_ms``: the
        newest that was had by then, else the first had after, else the newest that was not had."""
        ...

    async def asset_type(self, hash: str) -> str | None:
        """The type of the bytes of this hash; None if no reference of any site stood for them."""
        ...

    async def unknown_assets(self, limit: int) -> list[tuple[str, Sighting]]:
        """Addresses that sessions referred to and of which nothing is known, each with its site."""
        ...
