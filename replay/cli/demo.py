"""The demo: the product and a small shop that uses it, on loopback, with a login printed.

The desk is not empty at first: recorded sample sessions are imported. The shop is on ``localhost`` and the
desk on ``127.0.0.1``, because cookies do not know ports: the desk's must never reach the shop. The shop gets
what any shop gets: a snippet to paste and a secret to sign with.
"""

from __future__ import annotations

import importlib.util
import logging
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Literal

from rich.console import Console

from replay.cli.serve import listen, now_ms, run_servers, running
from replay.cli.snippet import snippet
from replay.cli.transfer import import_recording
from replay.errors import CommandError
from replay.model.promo import Promise, Promo
from replay.model.schema import decode
from replay.model.site import PageSettings
from replay.ports import Objects, Site, Store
from replay.settings import Settings
from viewer.accounts import create_agent

__all__ = ["SPRING_MAIL", "demo"]

_SITE_KEY = "demo-shop"
_LOGIN = "agent"
SPRING_MAIL = Promo(
    id="spring-mail",
    promises=(
        Promise(
            title="Spring mail",
            codes=("SPRING20",),
            campaigns=("spring20",),
            basis_points=2_000,
            currency="USD",
            min_minor=50_00,
        ),
    ),
)
"""What the shop's mail promises: its code is no customer's own, and visits are held against it."""

logger = logging.getLogger("replay")


async def demo(
    settings: Settings, *, shop_port: int, mode: Literal["pages", "spa"], console: Console
) -> None:
    """Run collector, desk and demo shop until interrupted."""
    if importlib.util.find_spec("examples") is None:
        raise CommandError(
            "The demo shop is part of the source checkout and is not here.",
            "Run `make demo` in a checkout, or `replay serve` with your own shop.",
        )
    import examples.samples  # noqa: PLC0415 (a wheel does not carry it)
    from examples.storefront.app import create_app  # noqa: PLC0415

    public = listen("localhost", settings.public_port)
    desk = listen(settings.desk_host, settings.desk_port)
    shop = listen("localhost", shop_port)
    shop_url = f"http://localhost:{shop.getsockname()[1]}"
    public_url = settings.public_url or f"http://localhost:{public.getsockname()[1]}"
    # Like any shop under development, this one is not on the public Internet.
    settings = replace(settings, public_url=public_url, private_assets=shop_url)
    async with running(settings, public, desk) as (parts, pairs):
        known = await parts.store.site(_SITE_KEY)
        site = Site(
            key=_SITE_KEY,
            name="Demo shop",
            origins=(shop_url,),
            # Empty if the site came with an imported session.
            identify_secret=(known.identify_secret if known else "") or secrets.token_hex(32),
            # However old the samples are by now, somebody wants to look at them.
            settings=known.settings if known else {"currency": "USD", "keep_days": None},
            created_ms=known.created_ms if known else now_ms(),
            events_secret=(known.events_secret if known else "") or secrets.token_hex(32),
        )
        await parts.store.put_site(site)
        # What is registered of it by now stands.
        await parts.store.put_promo(site.key, SPRING_MAIL, replaces=None)
        await _import_samples(parts.store, parts.objects, Path(examples.samples.__path__[0]))
        password = secrets.token_urlsafe(6)
        await create_agent(
            parts.store, login=_LOGIN, name="Demo agent", password=password, now_ms=now_ms(), replace=True
        )
        app = create_app(
            Path(settings.data) / "shop.sqlite3",
            snippet=snippet(public_url, site.key, decode(PageSettings, dict(site.settings))),
            identify_secret=site.identify_secret,
            events_url=f"{public_url}/api/v1/events",
            events_secret=site.events_secret,
            mode=mode,
        )
        lines = [
            f"Shop   [bold]{shop_url}[/]   accept; code at the foot, faults at /demo",
            f"Desk   [bold]{parts.desk_url}[/]   log in as [bold]{_LOGIN}[/], password [bold]{password}[/]",
            f"Data in {settings.data}/ · Ctrl-C stops",
        ]

        def announce() -> None:
            console.print("", *lines, "", sep="\n  ", highlight=False)

        await run_servers([*pairs, (app, shop)], settings, announce)


async def _import_samples(store: Store, objects: Objects, folder: Path) -> None:
    """Take in the recorded sessions that are not here yet. A demo starts without them, too."""
    for file in sorted(folder.glob("*.replay")):
        try:
            await import_recording(store, objects, file.read_bytes(), now_ms())
        except CommandError as error:
            logger.warning("The sample %s is left out: %s", file.name, error.what)
