"""Floods, bombs and silence against the running product, while a good page goes on being acknowledged."""

from __future__ import annotations

import asyncio
import itertools
import zlib
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from replay.collector.guarded import FRAGMENTS_MAX_COUNT
from replay.protocol.codec import encode_message
from replay.protocol.messages import Clock
from tests.collector.page import ORIGIN, hello
from tests.hostile.conftest import WORST_ACK_S, Product, good_page
from tests.hostile.raw import BINARY, CONTINUATION, PING, frame, raw, upgraded

ATTACKERS_COUNT = 10
ATTACK_S = 2.0
SILENT_COUNT = 150
MORE_BYTES = 32 * 1024 * 1024
"""What an attack may add to the server's memory."""

HELLO = frame(BINARY, encode_message(hello(load="evil")))


def fragments(size: int) -> Iterator[bytes]:
    """One message in pieces without end."""
    yield HELLO
    yield frame(BINARY, b"", final=False)
    yield from itertools.repeat(frame(CONTINUATION, bytes(size), final=False) * 10_000)


def clocks() -> Iterator[bytes]:
    """Messages that are sound, cheap and useless."""
    yield HELLO
    yield from itertools.repeat(frame(BINARY, encode_message(Clock(sent_ms=1, received_ms=2))) * 5_000)


def pings() -> Iterator[bytes]:
    """Questions whose answers nobody reads."""
    yield HELLO
    yield from itertools.repeat(frame(PING, bytes(125)) * 1_000)


def nothing_of_ours() -> Iterator[bytes]:
    """Bytes that are no frames at all."""
    yield from itertools.repeat(bytes(range(256)) * 256)


@pytest.mark.parametrize(
    "attack",
    [lambda: fragments(0), lambda: fragments(1), clocks, pings, nothing_of_ours],
    ids=["empty fragments", "tiny fragments", "clocks", "pings", "noise"],
)
async def test_a_flood_takes_neither_time_nor_memory_of_others(
    product: Product, attack: Callable[[], Iterator[bytes]]
) -> None:
    before = product.resident_bytes()

    async def pour() -> None:
        async with upgraded(product.address) as attacker:
            await attacker.pour(attack(), ATTACK_S)

    async with good_page(product.address) as good:
        await asyncio.gather(*(pour() for _ in range(ATTACKERS_COUNT)))
        await good.more()
    assert good.worst_s() < WORST_ACK_S
    assert product.resident_bytes() - before < MORE_BYTES


async def test_a_message_of_too_many_pieces_ends_its_connection(product: Product) -> None:
    async with upgraded(product.address) as attacker:
        piece = frame(CONTINUATION, b"x", final=False)
        await attacker.send(HELLO + frame(BINARY, b"", final=False) + piece * (FRAGMENTS_MAX_COUNT - 1))
        assert b"frames in one message" in await attacker.rest()


async def test_nothing_is_inflated(product: Product) -> None:
    packer = zlib.compressobj(wbits=-15)
    bomb = packer.compress(bytes(64 * 1024 * 1024)) + packer.flush(zlib.Z_SYNC_FLUSH)
    before = product.resident_bytes()
    async with good_page(product.address) as good:
        for _ in range(20):
            asked = "Sec-WebSocket-Extensions: permessage-deflate"
            async with upgraded(product.address, asked) as attacker:
                await attacker.send(frame(BINARY, bomb, compressed=True))
                # 1002, a protocol error: there was no agreement to compress.
                assert b"\x03\xea" in await attacker.rest()
        await good.more()
    assert product.resident_bytes() - before < MORE_BYTES


async def test_nobody_is_told_that_compression_is_spoken(product: Product) -> None:
    async with raw(product.address) as page:
        await page.send(
            b"GET /ingest HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        )
        assert "permessage-deflate" not in await page.head()


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /ingest HTTP/1.1\r\nHost: x\r\n",
        b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
    ],
    ids=["nothing", "half a head", "half a body"],
)
async def test_many_silent_connections_hold_up_nobody(product: Product, beginning: bytes) -> None:
    async with good_page(product.address) as good, AsyncExitStack() as silent:
        for _ in range(SILENT_COUNT):
            connection = await silent.enter_async_context(raw(product.address))
            await connection.send(beginning)
        await good.more()
    assert good.worst_s() < WORST_ACK_S


async def test_half_a_message_then_silence_holds_up_nobody(product: Product) -> None:
    half = frame(BINARY, bytes(1_000_000))[:500_000]
    async with good_page(product.address) as good, AsyncExitStack() as silent:
        for _ in range(30):
            connection = await silent.enter_async_context(upgraded(product.address))
            await connection.send(HELLO + half)
        await good.more()
    assert good.worst_s() < WORST_ACK_S


async def test_a_head_without_end_is_refused_with_what_to_do(product: Product) -> None:
    before = product.resident_bytes()
    async with raw(product.address) as attacker:
        await attacker.send(f"GET /ingest HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\n".encode())
        ended = await attacker.pour(itertools.repeat(b"X-More: " + b"y" * 8_000 + b"\r\n"), 5.0)
        assert ended or b"at most 65536 bytes" in await attacker.rest()
    assert product.resident_bytes() - before < MORE_BYTES
