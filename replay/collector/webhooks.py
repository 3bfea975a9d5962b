"""Takes what shop platforms say by their own webhooks: ``POST /api/v1/webhooks/PLATFORM/SITE``.

The site's key in the address is public and proves nothing; the signature does, over the very bytes that came.
What is signed and cannot be read or taken is answered with 200 all the same: the platform would send the
same again, or give up on the webhook, and with it on what can be taken. It is counted with its reason
instead, and comes again with the order's next update. Only what may succeed later is refused: nothing could
be stored (503), too much at once (429), a wrong signature while a secret is changed (401).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.collector.answering import answer, off_loop, refusal
from replay.collector.back_office import keep_events
from replay.collector.keeping import Collector
from replay.collector.platforms_told import field_of
from replay.collector.shells import read_body
from replay.model.bounds import Exceeded
from replay.model.json_reading import Unreadable
from replay.model.platforms import shopify, woocommerce
from replay.model.platforms.delivery import Delivered, UnknownTopic, body_of
from replay.model.platforms.known import SHOPIFY, WOOCOMMERCE
from replay.model.server_reading import Refused
from replay.ports import Site

__all__ = ["BODY_MAX_BYTES", "take_webhook"]

logger = logging.getLogger("replay.collector")

BODY_MAX_BYTES = 2 * 1024 * 1024
"""A product with a thousand variants comes whole."""
_PING = re.compile(rb"webhook_id=\d{1,20}")
"""What WooCommerce sends, unsigned, when a webhook is made."""


@dataclass(frozen=True, slots=True)
class _Platform:
    name: str
    signature: str
    topic: str
    secret_of: Callable[[Site], str]
    give: str


_PLATFORMS = {
    one.name: one
    for one in (
        _Platform(
            SHOPIFY,
            "x-shopify-hmac-sha256",
            "x-shopify-topic",
            lambda site: site.shopify_secret,
            "Give us Shopify's secret: replay site secret KEY --platform shopify --stdin.",
        ),
        _Platform(
            WOOCOMMERCE,
            "x-wc-webhook-signature",
            "x-wc-webhook-topic",
            lambda site: site.woocommerce_secret,
            "Paste into the webhook what this prints: replay site secret KEY --platform woocommerce.",
        ),
    )
}


async def take_webhook(collector: Collector, request: Request) -> Response:
    """Answer one delivery of a platform."""
    platform = _PLATFORMS.get(request.path_params["platform"])
    if platform is None:
        return refusal(404, "No such platform.", f"Known are {', '.join(_PLATFORMS)}.")
    return await answer(
        collector,
        request,
        lambda _: _take(collector, request, platform),
        shorten="Leave fields out of the webhook.",
    )


async def _take(collector: Collector, request: Request, platform: _Platform) -> Response:
    if request.headers.get("content-encoding", "identity") != "identity":
        return refusal(415, "The body is compressed.", "Send it as it was signed.")
    site = await collector.store.site(request.path_params["site"])
    secret = platform.secret_of(site) if site else ""
    body = await _body(collector, request, platform)
    signature = _one(request, platform.signature)
    if secret and platform.name == WOOCOMMERCE and signature is None and _PING.fullmatch(body):
        collector.metrics.webhooks.labels(platform.name, "ping").inc()
        return _answer({"kept": "nothing of this: it is a ping"})
    if site is None or not _is_signed(body, signature, secret):
        collector.metrics.webhooks.labels(platform.name, "unsigned").inc()
        if site is not None:
            collector.metrics.platforms.unsigned(site.key, platform.name, collector.now_ms())
        what = "The signature is missing or wrong, or the site has no such secret."
        return refusal(401, what, platform.give)
    topic = _one(request, platform.topic)
    if topic is None:
        return refusal(400, f"It has to say {platform.topic} once.", "")
    now_ms = collector.now_ms()
    triggered_at = request.headers.get("x-shopify-triggered-at")
    try:
        delivered = await off_loop(
            body, partial(_read, platform, topic, body, site.currency, now_ms, triggered_at)
        )
    except UnknownTopic:
        collector.metrics.webhooks.labels(platform.name, "topic").inc()
        logger.info("webhook of a topic that is not kept", extra=_told(site, platform, topic))
        collector.metrics.platforms.topic(site.key, platform.name, now_ms)
        return _answer({"kept": "nothing of this: the topic is not read"})
    collector.quota.tell(site.key, max(1, len(delivered.events)), now_ms)
    kept = await keep_events(collector, site, delivered.events, now_ms)
    if kept is None:
        return refusal(401, "The site is no longer here.", "Ask who runs this.")
    # What comes again of a thing in other words, such as the lines of a placed order after an edit, says
    # nothing new of it: what the order comes to now is a statement of its own.
    counts = Counter("stored" if one.outcome == "stored" else "known" for one in kept)
    for outcome in ("stored", "known"):
        collector.metrics.webhooks.labels(platform.name, outcome).inc(counts[outcome])
    collector.metrics.platforms.tell(site.key, platform.name, counts, delivered.refused, now_ms)
    return _answer(
        {
            "stored": counts["stored"],
            "known": counts["known"],
            "refused": [_refused(collector, site, platform, topic, one) for one in delivered.refused],
        }
    )


async def _body(collector: Collector, request: Request, platform: _Platform) -> bytes:
    deadline_ms = collector.limits.body_deadline_ms
    try:
        return await read_body(request, most_bytes=BODY_MAX_BYTES, deadline_ms=deadline_ms)
    except Exceeded:
        collector.metrics.webhooks.labels(platform.name, "too_large").inc()
        raise


def _answer(content: object) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _one(request: Request, name: str) -> str | None:
    """A header that came once: of two, one is somebody else's."""
    found = request.headers.getlist(name)
    return found[0] if len(found) == 1 else None


def _is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    same = hmac.compare_digest(base64.b64encode(digest), (signature or "").encode(errors="replace"))
    return same and bool(secret)


def _read(
    platform: _Platform, topic: str, body: bytes, currency: str | None, now_ms: int, triggered_at: str | None
) -> Delivered:
    try:
        said = body_of(body)
    except Refused as error:
        return Delivered(refused=(error,))
    except Unreadable as error:
        return Delivered(refused=(Refused("body", "JSON in UTF-8", None, error.do),))
    if platform.name == WOOCOMMERCE:
        return woocommerce.events_of(topic, said, currency=currency, now_ms=now_ms)
    at = triggered_at or datetime.fromtimestamp(now_ms / 1_000, UTC).isoformat()
    return shopify.events_of(topic, said, currency=currency, triggered_at=at, now_ms=now_ms)


def _refused(
    collector: Collector, site: Site, platform: _Platform, topic: str, error: Refused
) -> dict[str, str]:
    """What could not be taken, without what came: both the platform and our log keep this."""
    field = field_of(error)
    collector.metrics.webhooks.labels(platform.name, "refused").inc()
    collector.metrics.webhooks_refused.labels(platform.name, field).inc()
    logger.warning("webhook not wholly kept", extra={**_told(site, platform, topic), "field": field})
    return {"field": field, "expected": error.expected}


def _told(site: Site, platform: _Platform, topic: str) -> dict[str, str]:
    # What no platform would call a topic could be anything.
    shown = topic if re.fullmatch(r"[a-z_]{1,40}[/.][a-z_]{1,40}", topic) else "another"
    return {"site": site.key, "platform": platform.name, "topic": shown}
