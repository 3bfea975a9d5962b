"""The demo: the product and a small shop that uses it, on loopback, with a login printed.

The shop is on ``localhost`` and the desk on ``127.0.0.1``, because cookies do not know ports: the desk's must
never reach the shop. The shop gets what any shop gets: a snippet to paste and a secret to sign with.
"""

from __future__ import annotations

import importlib.util
import secrets
from pathlib import Path

from rich.console import Console

from replay.cli.serve import listen, now_ms, run_servers, running
from replay.cli.snippet import snippet
from replay.errors import CommandError
from replay.ports import Site
from replay.settings import Settings
from viewer.accounts import create_agent

__all__ = ["demo"]

_SITE_KEY = "demo-shop"
_LOGIN = "agent"


async def demo(settings: Settings, *, shop_port: int, mode: str, console: Console) -> None:
    """Run collector, desk and demo shop until interrupted."""
    if importlib.util.find_spec("examples") is None:
        raise CommandError(
            "The demo shop is part of the source checkout and is not here.",
            "Run `make demo` in a checkout, or `replay serve` with your own shop.",
        )
    from examples.storefront.app import create_app

    public = listen("localhost", settings.public_port)
    desk = listen(settings.desk_host, settings.desk_port)
    shop = listen("localhost", shop_port)
    shop_url = f"http://localhost:{shop.getsockname()[1]}"
    async with running(settings, public, desk) as (parts, pairs):
        public_url = f"http://localhost:{public.getsockname()[1]}"
        known = await parts.store.site(_SITE_KEY)
        site = Site(
            key=_SITE_KEY,
            name="Demo shop",
            origins=(shop_url,),
            identify_secret=known.identify_secret if known else secrets.token_hex(32),
            settings=known.settings if known else {},
            created_ms=known.created_ms if known else now_ms(),
        )
        await parts.store.put_site(site)
        password = secrets.token_urlsafe(6)
        await create_agent(
            parts.store, login=_LOGIN, name="Demo agent", password=password, now_ms=now_ms(), replace=True
        )
        app = create_app(
            Path(settings.data) / "shop.sqlite3",
            snippet=snippet(public_url, site.key),
            identify_secret=site.identify_secret,
            mode=mode,
        )
        console.print(
            f"\n  Shop   [bold]{shop_url}[/]     accept recording, read the support code at the foot of the page\n"
            f"  Desk   [bold]{parts.desk_url}[/]     log in as [bold]{_LOGIN}[/] / [bold]{password}[/], type the code\n\n"
            f"  Data in {settings.data}/ · Ctrl-C stops\n",
            highlight=False,
        )
        await run_servers([*pairs, (app, shop)], settings)
