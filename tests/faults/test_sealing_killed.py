"""kill -9 between any two steps of sealing: nothing is lost or twice, and no object is left behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.sealed_visits import FIRST, LATE, begin, finish, opened, seal, send

STEPS = frozenset({"abandon_objects", "announce_object", "put", "seal", "delete", "withdraw_object"})
"""What changes something. A kill after anything else is one before the next of these."""

STEPS_COUNT = 7
"""How many of them it takes to seal a session anew; it is asked twice what was abandoned."""

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.sealed_visits"])


class Mortal:
    """Does what the other does, and kills the process after so many of these steps."""

    def __init__(self, other: object, alive: Callable[[], None], steps: frozenset[str] = STEPS) -> None:
        self._other = other
        self._alive = alive
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._other, name)
        if name not in self._steps:
            return method

        async def ask(*arguments: object, **keywords: object) -> object:
            answer = await method(*arguments, **keywords)
            self._alive()
            return answer

        return ask


def seal_until_killed(folder: Path, steps: int) -> None:
    left = steps

    def alive() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def run() -> None:
        store, objects = await opened(folder)
        mortal: Any = Mortal(store, alive)
        mortal_objects: Any = Mortal(objects, alive)
        await seal(mortal, mortal_objects)
        await store.close()

    asyncio.run(run())


@pytest.fixture
async def sealed_once(tmp_path: Path) -> Path:
    """A folder with a visit that was sealed, and to which something came late."""
    folder = tmp_path / "sealed-once"
    folder.mkdir()
    store, objects = await opened(folder)
    await begin(store)
    await send(store, FIRST)
    await seal(store, objects)
    await send(store, LATE)
    await store.close()
    return folder


def test_a_kill_between_any_two_steps_loses_nothing(sealed_once: Path, tmp_path: Path) -> None:
    codes = []
    for steps in range(1, STEPS_COUNT + 2):
        folder = tmp_path / str(steps)
        shutil.copytree(sealed_once, folder)
        process = PROCESSES.Process(target=seal_until_killed, args=(folder, steps))
        process.start()
        process.join()
        codes.append(process.exitcode)
        process.close()
        assert asyncio.run(finish(folder, [*FIRST, *LATE])) == [], f"killed after step {steps}"
        shutil.rmtree(folder)
    assert codes == [*[-signal.SIGKILL] * STEPS_COUNT, 0]
