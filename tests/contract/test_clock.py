"""By a clock that is in doubt nothing goes for its age, however often the process begins."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from replay.ports import OpenSession, Site, Store
from storage.eraser import Eraser
from storage.objects import MemoryObjects
from tests.contract.given import NOW_MS, opened, session

DAY_MS = 24 * 60 * 60 * 1_000


@dataclass
class Time:
    """A clock that can be set wrong, and time that cannot."""

    ms: int
    up_s: float = 0.0

    def pass_days(self, days: float) -> None:
        self.ms += round(days * DAY_MS)
        self.up_s += days * DAY_MS / 1_000


async def test_while_the_clock_is_doubted_nothing_goes_for_its_age(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.put_site(
        Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)
    )
    await store.commit(opened())
    time = Time(NOW_MS)

    def started() -> Eraser:
        return Eraser(store, MemoryObjects(), now_ms=lambda: time.ms, uptime_s=lambda: time.up_s, pause_s=0)

    eraser = started()
    time.pass_days(1)
    assert await eraser.erase_expired() == 0
    time.ms += 365 * DAY_MS
    assert await eraser.erase_expired() == 0
    await store.commit([OpenSession(session=session("wrong", started_ms=time.ms))])
    time.pass_days(0.9)
    assert await eraser.erase_expired() == 0
    assert await started().erase_expired() == 0
    assert "from 2023-11-15 22:13 UTC to 2024-11-14 22:13 UTC" in caplog.records[-1].getMessage()
    time.ms -= 365 * DAY_MS
    assert await eraser.erase_expired() == 0
    time.pass_days(29)
    assert await eraser.erase_expired() == 1

    # A shop where nothing is recorded any more: its server begins anew, and a day later it goes.
    await store.erase("wrong")
    await store.commit(opened(session="last", started_ms=time.ms))
    time.pass_days(31)
    eraser = started()
    assert await eraser.erase_expired() == 0
    time.pass_days(1)
    assert await eraser.erase_expired() == 1

    # Its server is started again before a day is over: what it ran before counts, once.
    for name in ("next", "one more"):
        await store.commit(opened(session=name, started_ms=time.ms))
        time.pass_days(31)
        for ran_days, went_count in ((0.6, 0), (0.6, 1)):
            eraser = started()
            assert await eraser.erase_expired() == 0
            time.pass_days(ran_days)
            assert await eraser.erase_expired() == went_count
