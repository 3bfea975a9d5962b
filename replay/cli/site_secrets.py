"""``site secret``: the secrets of a site, each for one thing, and each made anew without the others.

One signs who customers are, one comes with what a back office sends, with one we sign what a webhook is
told, and with one for each shop platform it signs what it tells us. Nothing else shows them once they are
made.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import replace

from replay.errors import CommandError
from replay.model.platforms import known
from replay.model.site import WEBHOOK_SECRET_PREFIX
from replay.ports import Site, Store

__all__ = ["new_secret", "new_webhook_secret", "tell_secret"]

_BYTES = 32


def new_secret() -> str:
    """For signing customers, or for a back office."""
    return secrets.token_hex(_BYTES)


def new_webhook_secret() -> str:
    """As the libraries of standardwebhooks.com read it."""
    return WEBHOOK_SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


async def tell_secret(store: Store, site: Site, parameters: Mapping[str, object]) -> object:
    """One of the site's secrets; with ``rotate`` a new one, or with ``given`` that one, which makes the old
    one void at once."""
    names = [name for name in ("events", "webhook") if parameters.get(name)]
    platform, given = parameters.get("platform"), parameters.get("given")
    if len(names) + (platform is not None) > 1:
        raise CommandError("Only one secret is told at a time.", "Give --events, --webhook or --platform.")
    if platform not in (None, *known.PLATFORMS):
        raise CommandError(f"No platform is called {platform}.", f"Known are {', '.join(known.PLATFORMS)}.")
    what = str(platform) if platform else names[0] if names else "identify"
    option = f" --platform {platform}" if platform else f" --{what}" if names else ""
    if given is not None and (platform is None or not str(given).strip()):
        raise CommandError("Only a platform's secret can be given.", "Say --platform, and put it there.")
    if parameters["rotate"] and what == known.SHOPIFY:
        raise CommandError(
            "Shopify makes this secret itself.",
            f"Give it on standard input: replay site secret {site.key}{option} --stdin",
        )
    if parameters["rotate"] or given is not None:
        site = _with(site, what, str(given).strip() if given is not None else _new(what))
        await store.put_site(site)
    secret = getattr(site, f"{what}_secret")
    if not secret:
        how = "--stdin" if what == known.SHOPIFY else "--rotate"
        raise CommandError(
            f"The site {site.key} has no such secret: it was not made, or the site came with an imported "
            "session, or from a version that had none.",
            f"{'Give' if what == known.SHOPIFY else 'Make'} one: replay site secret {site.key}{option} {how}",
        )
    return {"key": site.key, f"{what}_secret": secret}


def _with(site: Site, what: str, secret: str) -> Site:
    match what:
        case "events":
            return replace(site, events_secret=secret)
        case "webhook":
            return replace(site, webhook_secret=secret)
        case known.SHOPIFY:
            return replace(site, shopify_secret=secret)
        case known.WOOCOMMERCE:
            return replace(site, woocommerce_secret=secret)
        case _:
            return replace(site, identify_secret=secret)


def _new(what: str) -> str:
    return new_webhook_secret() if what == "webhook" else new_secret()
