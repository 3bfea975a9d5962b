"""Tells web teams of problems by their webhooks: signed, in order, and again until it has arrived.

What is to be told was committed with the problem; so a restart forgets nothing, and what arrived may arrive
once more: its id is the same. Signed as standardwebhooks.com has it, which many receivers know. An address
is judged as those of assets are (``replay.collector.addresses``), and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

import httpx

from replay import __version__
from replay.collector.addresses import read_address
from replay.collector.fetching import Resolve, Unfetchable, ask, judged_addresses, resolve
from replay.collector.metrics import Metrics
from replay.model.site import WEBHOOK_SECRET_PREFIX
from replay.ports import Notice, Site, Store, StoreUnavailable

__all__ = ["Notifier", "signature"]

EVERY_S = 2.0
"""How often to look whether anything is to be told."""
DEADLINE_MS = 10_000
"""Time for one attempt, from resolving the name to the answer's status."""
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 60 * 60 * 1_000
"""How long to wait after an attempt that failed: twice as long after each."""
GIVE_UP_MS = 3 * 24 * 60 * 60 * 1_000
"""What is so old and did not arrive is news to nobody."""

logger = logging.getLogger("replay.collector")


def signature(secret: str, id: str, timestamp_s: int, body: str) -> str:
    """Of what is sent, by a secret as ``replay site secret`` prints it."""
    key = base64.b64decode(secret.removeprefix(WEBHOOK_SECRET_PREFIX))
    signed = hmac.new(key, f"{id}.{timestamp_s}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


class Notifier:
    """Delivers the notices of ``store``. ``private``: origins that may have private addresses."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        *,
        now_ms: Callable[[], int],
        private: Iterable[str] = (),
        resolve: Resolve = resolve,
        deadline_ms: int = DEADLINE_MS,
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._now_ms = now_ms
        self._private = frozenset(private)
        self._resolve = resolve
        self._deadline_ms = deadline_ms

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                while await self.deliver_due():
                    pass
            except StoreUnavailable:
                # Whoever keeps what pages send says so in the log.
                pass
            except Exception:
                logger.exception("telling web teams of problems failed")
            await asyncio.sleep(EVERY_S)

    async def deliver_due(self) -> int:
        """Try the next of each site, if it is due, all at the same time; how many arrived. Raises
        ``StoreUnavailable``."""
        due = await self._store.due_notices(self._now_ms())
        return sum(await asyncio.gather(*(self._deliver(notice) for notice in due)))

    async def _deliver(self, notice: Notice) -> bool:
        site = await self._store.site(notice.site)
        if site is None or site.problems_webhook is None:
            # Nobody wants to be told any more.
            await self._store.drop_notice(notice.id)
            return False
        try:
            async with asyncio.timeout(self._deadline_ms / 1_000):
                await self._post(site, site.problems_webhook, notice)
        except TimeoutError:
            failure = f"It did not answer within {self._deadline_ms / 1_000:g} s."
        except Unfetchable as error:
            failure = error.detail
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            failure = f"It could not be asked ({type(error).__name__})."
        else:
            self._metrics.notices.labels("delivered").inc()
            await self._store.drop_notice(notice.id)
            return True
        await self._try_later(notice, failure)
        return False

    async def _try_later(self, notice: Notice, failure: str) -> None:
        now_ms = self._now_ms()
        is_over = now_ms - notice.created_ms >= GIVE_UP_MS
        self._metrics.notices.labels("given up" if is_over else "failed").inc()
        logger.warning(
            "a webhook was not delivered",
            extra={"site": notice.site, "why": failure, "attempt": notice.attempts_count + 1},
        )
        if is_over:
            await self._store.drop_notice(notice.id)
            return
        wait_ms = min(FIRST_WAIT_MS << min(notice.attempts_count, 20), LONGEST_WAIT_MS)
        await self._store.put_notice(
            replace(
                notice,
                due_ms=now_ms + wait_ms,
                attempts_count=notice.attempts_count + 1,
                failure=failure,
            )
        )

    async def _post(self, site: Site, url: str, notice: Notice) -> None:
        target = read_address(url)
        if target is None:
            raise Unfetchable("origin", "It is not an address of the web.")
        is_private = target.origin in self._private
        if target.scheme != "https" and not is_private:
            raise Unfetchable("origin", "Its address has to begin with https://.")
        if not site.webhook_secret:
            raise Unfetchable("origin", f"It has no secret: replay site secret {site.key} --webhook --rotate")
        addresses = await judged_addresses(self._resolve, target, may_be_private=is_private)
        timestamp_s = self._now_ms() // 1_000
        headers = {
            "User-Agent": f"replay-desk/{__version__}",
            "Content-Type": "application/json",
            "Webhook-Id": notice.id,
            "Webhook-Timestamp": str(timestamp_s),
            "Webhook-Signature": signature(site.webhook_secret, notice.id, timestamp_s, notice.body),
        }
        # Problems are few: no connection is kept for the next.
        async with httpx.AsyncHTTPTransport(trust_env=False) as carrier:
            response = await ask(carrier, target, addresses, headers, notice.body.encode())
            await response.aclose()
        if not response.is_success:
            raise Unfetchable("status", f"It answered with {response.status_code}.")
