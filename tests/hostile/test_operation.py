"""What an operator may meet: a full disk, a locked or foreign database, a stop under load, a watcher that
does not read. Each time pages are told, nothing acknowledged is lost, and work goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from replay.model.track import Track
from replay.protocol.messages import Ack, CloseCode, Refused, Welcome
from tests.cli.conftest import Cli, log_in
from tests.collector.page import Page, chunk, facts, greeted, hello, refusal, visiting
from tests.faults.visitors import Visitor, violations
from tests.hostile.conftest import WORST_ACK_S, Product, good_page, serving_product
from tests.hostile.raw import raw

STOP_MAX_S = 10.0
RECOVERY_MAX_S = 30.0
ROOM_BYTES = 300_000


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Product]:
    """A server that a test may break."""
    with serving_product(Cli(tmp_path)) as running:
        yield running


def health(product: Product) -> httpx.Response:
    return httpx.get(f"{product.address}/healthz")


def becomes_healthy(product: Product) -> None:
    """Ask again and again, as whatever watches over a service does."""
    until_s = time.monotonic() + RECOVERY_MAX_S
    while health(product).status_code != 200:
        assert time.monotonic() < until_s, health(product).text
        time.sleep(0.2)


async def test_a_full_disk_acknowledges_nothing_turns_health_red_and_recovers(own: Product) -> None:
    async with visiting(own.address) as page:
        welcome = await greeted(page)
        await page.send(chunk(1, bytes(1_000)))
        assert (await page.expect(Ack)).number == 1
        log = own.database.with_name(own.database.name + "-wal")
        hard = resource.prlimit(own.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(own.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + ROOM_BYTES, hard))
        acked = 1
        refused: Refused | None = None
        for number in range(2, 50):
            await page.send(chunk(number, bytes(100_000)))
            answer = await page.answer()
            if isinstance(answer, Refused):
                refused = answer
                break
            assert answer == Ack(track=Track.PICTURE, number=number)
            acked = number
        assert refused is not None, "the limit was never reached"
        assert refused.code == CloseCode.CANNOT_STORE
        assert "come again" in refused.reason
    told = await asyncio.to_thread(health, own)
    assert told.status_code == 503
    assert "No room to write" in told.json()["why"]

    resource.prlimit(own.pid, resource.RLIMIT_FSIZE, (hard, hard))
    await asyncio.to_thread(becomes_healthy, own)  # by itself: no page has to come first
    async with visiting(own.address) as page:
        again = await greeted(page, welcome)
        assert again.picture_acked == acked
        for number in range(acked + 1, acked + 4):
            await page.send(chunk(number, bytes(100_000)))
            assert (await page.expect(Ack)).number == number
    async with own.stopped() as store:
        kept = await store.batches(welcome.session, Track.PICTURE)
        assert [batch.number for batch in kept] == list(range(1, acked + 4))
    events = [line["event"] for line in own.cli.logged() if line["event"].startswith("store ")]
    assert events == ["store unavailable", "store available again"]


async def test_a_database_locked_from_outside_holds_acknowledgements_back_and_loses_none(
    own: Product,
) -> None:
    async with visiting(own.address) as page, visiting(own.address) as late:
        await greeted(page)
        with contextlib.closing(sqlite3.connect(own.database, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            await page.send(facts(1))
            await late.send(hello(load="late"))
            answering = asyncio.create_task(page.answer())
            done, _ = await asyncio.wait([answering], timeout=1.0)
            assert not done, "acknowledged although nothing could be written"
            shell.execute("ROLLBACK")
        assert await answering == Ack(track=Track.FACTS, number=1)
        await late.expect(Welcome)


async def test_a_database_locked_for_long_is_told_and_recovers(own: Product) -> None:
    async with visiting(own.address) as page:
        welcome = await greeted(page)
        with contextlib.closing(sqlite3.connect(own.database, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            await page.send(facts(1))
            assert (await refusal(page)).code == CloseCode.CANNOT_STORE
            assert "Another program holds" in (await asyncio.to_thread(health, own)).json()["why"]
    async with visiting(own.address) as page:
        assert (await greeted(page, welcome)).facts_acked == 0
        await page.send(facts(1))
        assert await page.expect(Ack) == Ack(track=Track.FACTS, number=1)
    assert (await asyncio.to_thread(health, own)).status_code == 200


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("newer", "written by a newer version"),
        ("foreign", "another program's database"),
        ("noise", "damaged"),
        ("folder", "cannot be opened for writing"),
    ],
)
def test_a_database_that_is_not_ours_is_named_and_left_as_it_is(
    tmp_path: Path, content: str, told: str
) -> None:
    cli = Cli(tmp_path)
    cli.data.mkdir()
    database = cli.data / "replay.sqlite3"
    if content == "noise":
        database.write_bytes(b"no database at all. " * 1_000)
    elif content == "folder":
        database.mkdir()
    else:
        if content == "newer":
            cli.ok("site", "add", "Shop", "--origin", "https://shop.example")
        with contextlib.closing(sqlite3.connect(database)) as db:
            db.execute("CREATE TABLE theirs (value)")
            if content == "newer":
                db.execute("PRAGMA user_version = 999")
            db.commit()
    before = database.read_bytes() if database.is_file() else b""
    said = cli.refused("serve", "--public-port", "0", "--desk-port", "0")
    assert told in said
    assert str(database.name) in said
    assert (database.read_bytes() if database.is_file() else b"") == before


async def test_a_stop_under_load_keeps_every_promise_and_is_quick(own: Product) -> None:
    visitors = [Visitor(f"v{number}") for number in range(20)]
    heard = asyncio.Event()
    async with asyncio.TaskGroup() as group, asyncio.timeout(60):
        for visitor in visitors:
            group.create_task(visitor.visit(own.address, heard))
        await heard.wait()
        async with raw(own.address) as silent:
            await silent.send(b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
            began = time.perf_counter()
            code = await asyncio.to_thread(own.server.stop)
    assert code == 0
    assert time.perf_counter() - began < STOP_MAX_S
    assert sum(visitor.acked[Track.FACTS] for visitor in visitors) > 0
    assert await violations(own.database, visitors) == []
    assert own.cli.logged()


# What watches and never reads is a process of its own: its socket's buffers are all that it takes.
WATCH = """
import socket, sys
host, port, session, cookie = sys.argv[1:]
watching = socket.create_connection((host, int(port)))
watching.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
watching.sendall((
    f"GET /api/sessions/{session}/live HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nOrigin: http://{host}:{port}\\r\\n"
    f"Cookie: {cookie}\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n"
).encode())
print(watching.recv(12).decode(), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def watching(*arguments: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", WATCH, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline().strip() == "HTTP/1.1 101"
        yield
        watcher.communicate()


async def test_watchers_that_never_read_cost_the_page_nothing(own: Product) -> None:
    password = own.cli.json("agent", "add", "mia")["password"]
    with httpx.Client(base_url=own.server.desk_url) as client:
        assert log_in(client, "mia", password)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    host, port = own.server.desk_url.removeprefix("http://").split(":")
    async with good_page(own.address) as good, visiting(own.address) as page:
        welcome = await greeted(page)
        before = own.resident_bytes()
        with contextlib.ExitStack() as watchers:
            for _ in range(4):
                watchers.enter_context(watching(host, port, welcome.session, cookie))
            await _send_pictures(page, 60, 500_000)
            await good.more()
        # Four queues of 8 MB, the store's caches and what is on its way; not the 120 MB that were published.
        assert own.resident_bytes() - before < 90 * 1024 * 1024
    assert good.worst_s() < WORST_ACK_S


async def _send_pictures(page: Page, count: int, size: int) -> None:
    for number in range(1, count + 1):
        await page.send(chunk(number, bytes(size), checkpoint=number == 1))
        while not isinstance(answer := await page.answer(), Ack):
            assert not isinstance(answer, Refused), answer
        assert answer.number == number
