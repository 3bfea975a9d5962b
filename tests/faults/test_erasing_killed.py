"""kill -9 between any two steps of erasing: the next process ends it, and no receipt says what is not so."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from replay.model.session import IDLE_MS
from replay.ports import Objects, Store
from storage.eraser import Eraser
from storage.sealer import QUIET_MS, Sealer
from storage.sqlite import SqliteStore
from tests.contract.given import NOW_MS, batch, identifier, opened
from tests.contract.test_sealing import picture
from tests.faults.sealed_visits import opened as opened_in
from tests.faults.test_sealing_killed import Mortal

HERS = ("a", "b", "c")
OTHER = "other"
EMAIL = "ana@example.com"
CANARY = b"Canary-of-Ana"
STEPS = frozenset(
    {"condemn", "erase", "abandon_objects", "delete", "withdraw_object", "scrub", "finish_erasure"}
)
"""What changes something."""

STEPS_COUNT = 14
"""How many of them it takes: after each session, and last, what is abandoned is asked for and deleted."""

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.test_erasing_killed"])


async def record(store: Store, objects: Objects) -> None:
    """Of her sessions the first two are sealed."""
    for session in (*HERS, OTHER):
        carried = identifier("email", EMAIL if session in HERS else "bo@example.com", verified=True)
        fact = CANARY if session in HERS else b"of another"
        await store.commit(
            [
                *opened(session=session),
                batch(1, carried, session=session, payload=fact),
                batch(1, session=session, track=1, payload=picture(1) + fact),
            ]
        )
        if session == "b":
            with Sealer(store, objects, now_ms=lambda: NOW_MS + IDLE_MS + 2 * QUIET_MS) as sealer:
                assert await sealer.seal_due() == 2


async def erase(store: Store, objects: Objects) -> None:
    hers = sorted(await store.carriers("email", EMAIL))
    eraser = Eraser(store, objects, now_ms=lambda: NOW_MS)
    await eraser.erase(hers, command="customer erase --email", asked_by="mia")


def erase_until_killed(folder: Path, steps: int) -> None:
    left = steps

    def alive() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def run() -> None:
        store, objects = await opened_in(folder)
        mortal: Any = Mortal(store, alive, STEPS)
        mortal_objects: Any = Mortal(objects, alive, STEPS)
        await erase(mortal, mortal_objects)
        await store.close()

    asyncio.run(run())


async def untruths(store: SqliteStore, folder: Path) -> list[str]:
    """What a receipt says and is not so."""
    found = []
    objects = len([path for path in (folder / "objects").rglob("session/*/*") if path.is_file()])
    for receipt in await store.receipts():
        for session in receipt.sessions:
            if await store.session(session) is not None:
                found.append(f"{session} is said to be gone")
        if receipt.objects > 2 - objects:
            found.append(f"{receipt.objects} objects are said to be gone, and {objects} are here")
        if receipt.batches > 2 * len(receipt.sessions):
            found.append(f"{receipt.batches} batches are said to be gone")
        if receipt.finished_ms is not None and receipt.condemned:
            found.append("it is said to be finished")
    return found


async def finish(folder: Path) -> list[str]:
    """Open what a process left behind, end it as a server does, and repeat it as its operator does."""
    store, objects = await opened_in(folder)
    try:
        found = await untruths(store, folder)
        await Eraser(store, objects, now_ms=lambda: NOW_MS + 1).finish()
        if await store.carriers("email", EMAIL):
            await erase(store, objects)
        found += await untruths(store, folder)
        receipts = await store.receipts()
        if sorted(session for receipt in receipts for session in receipt.sessions) != sorted(HERS):
            found.append(f"the receipts do not name all: {receipts}")
        if (sum(one.batches for one in receipts), sum(one.objects for one in receipts)) != (6, 2):
            found.append(f"the receipts do not count all: {receipts}")
        if any(one.finished_ms is None for one in receipts):
            found.append(f"not finished: {receipts}")
        for path in folder.rglob("*"):
            if path.is_file() and (CANARY in (data := path.read_bytes()) or EMAIL.encode() in data):
                found.append(f"left in {path.name}")
        if [name async for name in objects.names()]:
            found.append("an object is left")
        if len(await store.rows(OTHER)) != 2:
            found.append("another's session was touched")
    finally:
        await store.close()
    return found


@pytest.fixture
async def recorded(tmp_path: Path) -> Path:
    folder = tmp_path / "recorded"
    folder.mkdir()
    store, objects = await opened_in(folder)
    await record(store, objects)
    await store.close()
    return folder


def test_a_kill_between_any_two_steps_leaves_it_to_be_ended(recorded: Path, tmp_path: Path) -> None:
    codes = []
    for steps in range(1, STEPS_COUNT + 2):
        folder = tmp_path / str(steps)
        shutil.copytree(recorded, folder)
        process = PROCESSES.Process(target=erase_until_killed, args=(folder, steps))
        process.start()
        process.join()
        codes.append(process.exitcode)
        process.close()
        assert asyncio.run(finish(folder)) == [], f"killed after step {steps}"
        shutil.rmtree(folder)
    assert codes == [*[-signal.SIGKILL] * STEPS_COUNT, 0]
