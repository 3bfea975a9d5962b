"""``site secret``: three secrets of a site, each for one thing, and each made anew without the others.

One signs who customers are, one comes with what a back office sends, and with one we sign what a webhook is
told. Nothing else shows them once they are made.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import replace

from replay.errors import CommandError
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
    """One of the site's secrets; with ``rotate`` a new one, which makes the old one void at once."""
    events, webhook = bool(parameters.get("events")), bool(parameters.get("webhook"))
    if events and webhook:
        raise CommandError("Only one secret is told at a time.", "Give --events or --webhook.")
    if parameters["rotate"]:
        if webhook:
            site = replace(site, webhook_secret=new_webhook_secret())
        elif events:
            site = replace(site, events_secret=new_secret())
        else:
            site = replace(site, identify_secret=new_secret())
        await store.put_site(site)
    name, secret, option = "identify_secret", site.identify_secret, ""
    if webhook:
        name, secret, option = "webhook_secret", site.webhook_secret, " --webhook"
    elif events:
        name, secret, option = "events_secret", site.events_secret, " --events"
    if not secret:
        raise CommandError(
            f"The site {site.key} has no such secret: it came with an imported session, or from a version "
            "that had none.",
            f"Make one: replay site secret {site.key}{option} --rotate",
        )
    return {"key": site.key, name: secret}
