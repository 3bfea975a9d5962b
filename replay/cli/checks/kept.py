"""Are the objects there that the database refers to, and only those?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from replay.cli.checks.finding import Examined, Finding, listed
from replay.cli.checks.visits import COPY_OBJECT
from replay.ports import asset_object
from storage.sealer import SEAL_MAX_BYTES
from storage.sqlite.sealing import unsealed

__all__ = ["check_announced", "check_assets", "check_erasures", "check_leftovers", "check_waiting"]

_ERASING_MS = 60 * 60 * 1_000
"""Beside a server, an erasure may take so long before anybody has to look."""

_AT_ONCE_COUNT = 200
_LEFTOVERS_MAX_COUNT = 1_000
_WAITING_MS = 24 * 60 * 60 * 1_000

_ASSETS = (
    "SELECT hash, max(bytes), min(ref), count(DISTINCT asset.key) FROM asset_version"
    " JOIN asset ON asset.key = asset_version.asset"
    " WHERE hash IS NOT NULL AND hash > ? GROUP BY hash ORDER BY hash LIMIT ?"
)

_LEFTOVERS = (
    "SELECT name FROM present WHERE NOT EXISTS (SELECT 1 FROM sealed WHERE object = name)"
    " AND NOT EXISTS (SELECT 1 FROM announced_object WHERE announced_object.name = present.name)"
    " AND NOT (name LIKE 'asset/%' AND EXISTS (SELECT 1 FROM asset_version WHERE hash = substr(name, 7)))"
    " ORDER BY name LIMIT ?"
)


def check_assets(examined: Examined) -> Iterator[Finding]:
    """Every image, font and style that was kept is there, and what its hash says."""
    db = examined.db
    (count,) = db.execute("SELECT count(DISTINCT hash) FROM asset_version WHERE hash IS NOT NULL").fetchone()
    last, done = "", 0
    while rows := db.execute(_ASSETS, (last, _AT_ONCE_COUNT)).fetchall():
        for sha256, size, ref, _ in rows:
            name = asset_object(sha256)
            if examined.quick:
                fault = None if examined.is_there(name) else "is missing"
            else:
                _, fault = examined.read(name, sha256, size)
            if fault is not None and _is_referred_to(examined, sha256):
                yield Finding(
                    level="wrong", what=f"{ref} was kept, and its object {name} {fault}.", do=COPY_OBJECT
                )
            examined.breathe()
        last, done = rows[-1][0], done + len(rows)
        examined.tell("assets", min(done, count), count)


def _is_referred_to(examined: Examined, sha256: str) -> bool:
    """Still: beside a server it may have been erased since."""
    found = examined.db.execute("SELECT 1 FROM asset_version WHERE hash = ?", (sha256,))
    return found.fetchone() is not None


def check_leftovers(examined: Examined) -> Iterator[Finding]:
    """Nothing is there that nobody refers to. What is there was listed before everything else was looked at,
    so that what was just being put has its reference by now."""
    left = [
        name
        for (name,) in examined.db.execute(_LEFTOVERS, (_LEFTOVERS_MAX_COUNT,)).fetchall()
        if not examined.served or examined.get(name) is not None
    ]
    if left:
        more = "at least " if len(left) == _LEFTOVERS_MAX_COUNT else ""
        yield Finding(
            level="note",
            what=f"Nobody refers to {more}{len(left)} objects: {listed(left)}.",
            do="They only take room, but may hold what customers saw. Delete them where objects are kept.",
        )


def check_announced(examined: Examined) -> Iterator[Finding]:
    """What was being sealed or deleted when the server stopped. Beside a server that is its daily work."""
    if examined.served:
        return
    names = [name for (name,) in examined.db.execute("SELECT name FROM announced_object ORDER BY name")]
    if names:
        yield Finding(
            level="note",
            what=f"{len(names)} objects were being made or deleted when the server stopped: {listed(names)}.",
            do="Nothing is lost by it. `replay serve` removes them when it looks for sessions to seal.",
        )


def check_erasures(examined: Examined) -> Iterator[Finding]:
    """Everything that was to be erased is gone, from every file."""
    since_ms = examined.now_ms - (_ERASING_MS if examined.served else 0)
    for receipt, asked_ms in examined.db.execute(
        "SELECT id, asked_ms FROM erasure WHERE finished_ms IS NULL AND asked_ms <= ? ORDER BY asked_ms",
        (since_ms,),
    ):
        asked = datetime.fromtimestamp(asked_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M")
        yield Finding(
            level="wrong",
            what=f"The erasure {receipt}, asked for on {asked} UTC, is not finished: something may be left.",
            do="`replay serve` goes on with it by itself; if it does not end, its log says why.",
        )


def check_waiting(examined: Examined) -> Iterator[Finding]:
    """Beside a server nothing waits for long to be sealed, unless it is too large or cannot be."""
    if not examined.served:
        return
    before_ms = examined.now_ms - _WAITING_MS
    waiting = unsealed(examined.db, before_ms, before_ms, _LEFTOVERS_MAX_COUNT)
    if waiting:
        more = "at least " if len(waiting) == _LEFTOVERS_MAX_COUNT else ""
        yield Finding(
            level="note",
            what=f"{more}{len(waiting)} sessions that were over a day ago are in the database still: "
            f"{listed(waiting)}.",
            do=f"Those of more than {SEAL_MAX_BYTES // 2**20} MiB stay there; of others the server's log "
            "says why.",
        )
