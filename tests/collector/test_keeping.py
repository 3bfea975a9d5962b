"""What a page is told when nothing can be kept."""

from __future__ import annotations

from replay.protocol.messages import Ack, CloseCode
from tests.collector.conftest import Running
from tests.collector.page import facts, greeted, refusal, visiting


async def test_a_page_whose_batches_cannot_be_kept_is_refused_once(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        running.store.full = True
        await page.send(*(facts(number) for number in range(1, 6)))
        assert (await refusal(page)).code == CloseCode.CANNOT_STORE
    refused = running.collector.metrics.registry.get_sample_value(
        "replay_refused_total", {"code": "cannot_store"}
    )
    assert refused == 1
    running.store.full = False
    async with visiting(running.address) as page:
        assert (await greeted(page, welcome)).facts_acked == 0
        await page.send(*(facts(number) for number in range(1, 6)))
        while (await page.expect(Ack)).number < 5:
            pass
