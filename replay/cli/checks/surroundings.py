"""Do the machine and the settings let the product work: room, rights, clock, sites, addresses?"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from replay.cli.checks.finding import Examined, Finding, listed
from replay.cli.site_settings import page_settings
from replay.errors import CommandError
from storage.owner import lock_path, socket_path
from storage.sqlite.looking import log_path

__all__ = ["check_clock", "check_modes", "check_room", "check_settings", "check_sites"]

_FAST_MS = 5 * 60 * 1_000
"""What lies further ahead than this was not written by a clock like ours."""

_LOOPBACK = ("localhost", "127.", "[::1]", "::1")


def check_room(examined: Examined) -> Iterator[Finding]:
    """Is more free than the reserve, where the data is and where objects are?"""
    reserve = examined.settings.disk_reserve_mib * 2**20
    folders = {examined.database.parent.stat().st_dev: examined.database.parent}
    if examined.objects_folder is not None and examined.objects_folder.is_dir():
        folders.setdefault(examined.objects_folder.stat().st_dev, examined.objects_folder)
    for folder in folders.values():
        free = shutil.disk_usage(folder).free
        if free < reserve:
            yield Finding(
                level="wrong",
                what=f"{free // 2**20} MiB are free in {folder}, less than the {reserve // 2**20} MiB of the "
                "reserve: no new session is taken.",
                do="Make room, or set REPLAY_DISK_RESERVE_MIB.",
            )


def check_modes(examined: Examined) -> Iterator[Finding]:
    """Can nobody else on this machine read what customers saw, or put something else in its place?"""
    database = examined.database
    real = database.resolve()
    private = [
        database,
        log_path(real),
        real.with_name(real.name + "-shm"),
        lock_path(real),
        socket_path(real),
    ]
    for path in private:
        yield from _open_to_others(path, 0o077, "read")
    yield from _open_to_others(database.parent, 0o022, "write")
    if examined.objects_folder is not None:
        yield from _open_to_others(examined.objects_folder, 0o077, "read")


def _open_to_others(path: Path, bits: int, may: str) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return
    if mode & bits:
        yield Finding(
            level="wrong",
            what=f"Others on this machine may {may} {path} (mode {mode:04o}).",
            do=f"chmod go-{'rwx' if may == 'read' else 'w'} {path}",
        )


def check_clock(examined: Examined) -> Iterator[Finding]:
    """Is nothing written that by this machine's clock is still to come?"""
    latest = 0
    for sql in (
        "SELECT max(seen_ms) FROM session",
        "SELECT max(started_ms) FROM session",
        "SELECT max(sealed_ms) FROM sealed",
        "SELECT max(checked_ms) FROM asset_version",
        "SELECT max(created_ms) FROM site",
    ):
        (found,) = examined.db.execute(sql).fetchone()
        latest = max(latest, found or 0)
    if latest > examined.now_ms + _FAST_MS:
        then, now = (
            datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M")
            for ms in (latest, examined.now_ms)
        )
        yield Finding(
            level="wrong",
            what=f"Something was written at {then} UTC, and it is {now} UTC by this machine's clock.",
            do="Set the clock and keep it so (NTP): what ends, is sealed and is found goes by it.",
        )


def check_sites(examined: Examined) -> Iterator[Finding]:
    """Can the pages of every site work?"""
    db = examined.db
    for key, origins, secret, settings in db.execute(
        "SELECT key, origins, identify_secret, settings FROM site ORDER BY key"
    ).fetchall():
        if not json.loads(origins):
            yield Finding(
                level="note",
                what=f"The site {key} has no origins: it takes nothing from any page.",
                do=f"replay site set {key} --origin https://…",
            )
        if not secret:
            yield Finding(
                level="note",
                what=f"The site {key} has no secret: nobody can sign who its customers are.",
                do=f"replay site secret {key} --rotate",
            )
        try:
            page_settings(json.loads(settings))
        except (CommandError, ValueError) as error:
            said = error.what if isinstance(error, CommandError) else "They are no JSON."
            yield Finding(
                level="wrong",
                what=f"The pages of the site {key} cannot follow its settings. {said}",
                do=f"Correct them: replay site set {key} '{{…}}'",
            )
    strangers = [
        key
        for (key,) in db.execute("SELECT DISTINCT site FROM session WHERE site NOT IN (SELECT key FROM site)")
    ]
    if strangers:
        yield Finding(
            level="note", what=f"Sessions are of sites that are not here any more: {listed(strangers)}."
        )


def check_settings(examined: Examined) -> Iterator[Finding]:
    """Do the addresses lead where they have to? What is wrong in itself was refused before."""
    settings = examined.settings
    if not settings.public_url and not _is_loopback(settings.public_host):
        yield Finding(
            level="wrong",
            what=f"REPLAY_PUBLIC_URL is not set: the snippet names http://{settings.public_host}:"
            f"{settings.public_port}, which customers' browsers do not reach.",
            do="Set it to the https:// address that leads here.",
        )
    public, desk = urlsplit(settings.public_url), urlsplit(settings.desk_url)
    if public.scheme == "http" and not _is_loopback(public.hostname or ""):
        yield Finding(
            level="wrong",
            what=f"REPLAY_PUBLIC_URL is {settings.public_url}: pages that come over https may not load it.",
            do="Put TLS in front of it, and name it with https://.",
        )
    if desk.scheme == "http" and not _is_loopback(desk.hostname or ""):
        yield Finding(
            level="note",
            what=f"REPLAY_DESK_URL is {settings.desk_url}: passwords and recordings cross the network in the "
            "clear.",
            do="Put TLS in front of it, and name it with https://.",
        )
    if public.hostname and public.hostname == desk.hostname:
        yield Finding(
            level="wrong",
            what=f"Desk and public address share the host {desk.hostname}, and cookies do not know ports.",
            do="Give the desk a host name of its own.",
        )


def _is_loopback(host: str) -> bool:
    return host.startswith(_LOOPBACK)
