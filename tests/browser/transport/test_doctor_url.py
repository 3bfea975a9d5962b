"""``doctor --url`` on pages of a shop: each cause is told as what it is, and a page that works as working."""

from __future__ import annotations

from dataclasses import replace

from replay.cli.page_diagnosis import Known, diagnose
from replay.cli.page_seen import see_page
from tests.browser.transport.conftest import SITE, Shop


async def test_each_cause_is_told(shop: Shop) -> None:
    site = await shop.store.site(SITE)
    assert site is not None
    known = Known(origins={SITE: site.origins}, public_url=shop.collector_url)

    # A page that waits for its visitor works, and consent is told of.
    seen = await see_page(shop.page("/works", consent=""))
    [waits] = diagnose(seen, known)
    assert waits.level == "note"
    assert "replay('consent', 'granted')" in waits.do
    assert seen.acknowledged
    [session] = await shop.sessions()
    assert seen.code == session.code

    # A policy that forbids the snippet, with what would allow it.
    shop.headers["Content-Security-Policy"] = "script-src 'self'"
    [blocked] = diagnose(await see_page(shop.page("/policy")), known)
    assert "blocks the snippet: script-src-elem" in blocked.what
    assert f" {shop.collector_url}; connect-src {shop.collector_url} ws://" in blocked.do
    # With that it works.
    shop.headers["Content-Security-Policy"] = blocked.do.removeprefix("Add to it: ")
    assert diagnose(await see_page(shop.page("/policy", consent="")), known) == [waits]
    shop.headers.clear()

    # Another origin is refused: the store knows the command, without a store the collector's word is told.
    await shop.store.put_site(replace(site, origins=("https://another.example",)))
    seen = await see_page(shop.page("/origin"))
    [told] = diagnose(seen, Known(origins={SITE: ("https://another.example",)}))
    assert told.do == f"Add it: replay site set {SITE} --origin https://another.example --origin {shop.url}"
    [refused] = diagnose(seen, Known())
    assert refused.what == f"The collector refuses the page: Not an origin of this site: {shop.url}"
