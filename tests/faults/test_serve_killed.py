"""kill -9 on the running product while pages send: every acknowledged batch is there, byte for byte, once."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import REPLAY, Cli
from tests.collector.page import ORIGIN, SITE
from tests.faults.visitors import Visitor, violations

KILLS_COUNT = 50
VISITORS_COUNT = 20
LIVES_MS = 150
"""How long after the first acknowledgement the server is killed, at most."""
PATIENCE_S = 60.0

HONEST = (str(REPLAY),)
EARLY = (
    sys.executable,
    "-c",
    """
from replay.cli import main
from replay.collector.keeping import Keeper

commit = Keeper._commit_batch

async def acknowledge_and_commit(self, batch):
    self._machine.ack(batch.track, batch.number)
    self._notify()
    await commit(self, batch)

Keeper._commit_batch = acknowledge_and_commit
main()
""",
)
"""The same product with one mistake: it acknowledges before it commits."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with a site in it, and the command that serves it."""

    cli: Cli
    command: Sequence[str]

    @property
    def database(self) -> Path:
        return self.cli.data / "replay.sqlite3"

    @contextmanager
    def started(self) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """The server's process and address; killed at the end if it is still there."""
        with (
            (self.cli.folder / "log").open("a") as log,
            subprocess.Popen(
                [*self.command, "serve", "--public-port", "0", "--desk-port", "0"],
                cwd=self.cli.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            ) as process,
        ):
            assert process.stdout is not None
            try:
                said = process.stdout.readline()
                assert "http://" in said, (self.cli.folder / "log").read_text()
                yield process, "http://" + said.partition("http://")[2].split()[0].rstrip("/")
            finally:
                process.kill()

    async def live_and_die(self, visitors: Sequence[Visitor], draw: random.Random) -> None:
        """Serve until something was acknowledged and a little longer."""
        heard = asyncio.Event()
        with self.started() as (process, address):
            async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
                for visitor in visitors:
                    group.create_task(visitor.visit(address, heard))
                await heard.wait()
                await asyncio.sleep(draw.random() * LIVES_MS / 1_000)
                process.kill()
            assert process.wait() == -9, "it was to go on until it was killed"


def installation(tmp_path: Path, command: Sequence[str]) -> Installation:
    cli = Cli(tmp_path)
    cli.ok("site", "add", "Shop", "--origin", ORIGIN, "--key", SITE)
    return Installation(cli, command)


@pytest.mark.parametrize("kills", [KILLS_COUNT, pytest.param(500, marks=pytest.mark.soak)])
async def test_what_was_acknowledged_survives_every_kill(tmp_path: Path, kills: int) -> None:
    honest = installation(tmp_path, HONEST)
    visitors = [Visitor(f"v{number}") for number in range(VISITORS_COUNT)]
    draw = random.Random(1)
    for _ in range(kills):
        await honest.live_and_die(visitors, draw)
    assert await violations(honest.database, visitors) == []
    assert sum(sum(visitor.acked.values()) for visitor in visitors) > 10 * kills
    assert sum(visitor.resent_count for visitor in visitors) > kills, "no kill left anything to be sent again"

    # What was not acknowledged is taken once the server is back, and it stops in good order.
    with honest.started() as (process, address):
        async with asyncio.timeout(PATIENCE_S):
            heard = asyncio.Event()
            await asyncio.gather(*(visitor.visit(address, heard, more=False) for visitor in visitors))
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    assert all(visitor.acked == visitor.sent for visitor in visitors)
    assert await violations(honest.database, visitors) == []


async def test_a_server_that_acknowledges_too_early_is_found_out(tmp_path: Path) -> None:
    """The control: the same check has to notice when the promise is broken."""
    early = installation(tmp_path, EARLY)
    draw = random.Random(2)
    for life in range(KILLS_COUNT):
        visitors = [Visitor(f"{life}-{number}") for number in range(VISITORS_COUNT)]
        await early.live_and_die(visitors, draw)
        if any(
            one.startswith("lost although acknowledged") for one in await violations(early.database, visitors)
        ):
            return
    pytest.fail(f"{KILLS_COUNT} kills, and nothing was lost that was acknowledged before it was committed")
