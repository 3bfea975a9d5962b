"""kill -9 between a commit and the judgement of what it brought: the next process judges it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from storage.bus import LocalBus
from storage.sqlite import open_store
from tests.contract.given import NOW_MS
from tests.detect.rules import REST_MS, Everything

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from storage.sqlite import open_store
from tests.collector.test_judging import VIEW, facts
from tests.contract.given import NOW_MS, opened

async def main():
    store = await open_store(Path(sys.argv[1]))
    await store.commit([*opened(), facts(1, (0, VIEW), judge_ms=NOW_MS + 2_000)])
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def begin(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, path], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL


async def test_what_is_due_survives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    begin(path)
    store = await open_store(path)
    try:
        judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: NOW_MS + REST_MS, rules=[Everything])
        assert await judge.judge_due() == 1
        assert [one.said for one in await store.findings("visit")] == [f"load/1/view@{NOW_MS}.0"]
    finally:
        await store.close()
