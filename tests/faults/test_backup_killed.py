"""kill -9 before any step of a backup or a restore: what is left is whole or none, and is done again."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replay.errors import CommandError
from replay.ports import StoreUnavailable
from storage.backup.folder import read_manifest
from tests.contract.given import batch
from tests.storage.backup.stored import DATABASE, answers, backed_up, fill, restored, seal, storing

STEPS = frozenset({"open", "os.rename", "os.remove"})
"""What Python tells of before it is done, where it changes which files there are or what they hold."""

_WRITES = os.O_WRONLY | os.O_RDWR

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.test_backup_killed"])


def die_before(step: int, folder: Path) -> None:
    """Kill this process before so many of these steps in a folder were taken."""
    left = step

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in STEPS or not str(arguments[0]).startswith(f"{folder}{os.sep}"):
            return
        if event == "open" and not arguments[2] & _WRITES:
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def back_up_until_killed(data: Path, folder: Path, step: int) -> None:
    async def run() -> None:
        async with storing(data) as stored:
            die_before(step, folder)
            await backed_up(stored, folder)

    asyncio.run(run())


def restore_until_killed(folder: Path, data: Path, step: int) -> None:
    die_before(step, data)
    asyncio.run(restored(folder, data))


def exit_code(target: Callable[..., None], *arguments: object) -> int | None:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    return code


async def asked(data: Path) -> list[Any]:
    async with storing(data) as stored:
        return await answers(stored)


async def restored_answers(folder: Path, data: Path) -> list[Any]:
    """What a backup's store answers, of which nothing is lost."""
    assert (await restored(folder, data)).lost_count == 0
    found = await asked(data)
    shutil.rmtree(data)
    return found


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
async def test_a_killed_backup_is_the_one_before_or_whole_or_none(tmp_path: Path, is_first: bool) -> None:
    data, folder, other = tmp_path / "data", tmp_path / "backup", tmp_path / "other"
    async with storing(data) as stored:
        await fill(stored)
        await seal(stored)
        before = await answers(stored)
        if not is_first:
            await backed_up(stored, folder)
            await stored.store.commit([batch(8, session="first", load="one")])
            await seal(stored)
        now = await answers(stored)
    kept = tmp_path / "kept"
    folder.mkdir(exist_ok=True)
    shutil.copytree(folder, kept)
    seen: list[str] = []
    code = None
    while code != 0:
        step = len(seen) + 1
        code = await asyncio.to_thread(exit_code, back_up_until_killed, data, folder, step)
        if read_manifest(folder) is None:
            with pytest.raises(CommandError, match="no whole backup"):
                await restored(folder, other)
            assert not other.exists()
            seen.append("none")
        else:
            found = await restored_answers(folder, other)
            seen.append("before" if found == before != now else "whole")
            assert found in (before, now), f"killed before step {step}"
        async with storing(data) as stored:
            assert await answers(stored) == now
            made = await backed_up(stored, folder)
        assert len([path for path in folder.rglob("*") if path.is_file()]) == 3 + made.manifest.objects
        assert await restored_answers(folder, other) == now
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    earlier = "none" if is_first else "before"
    assert (seen[0], seen[-1]) == (earlier, "whole")
    assert seen == sorted(seen, key=lambda one: one != earlier)


async def test_a_killed_restore_is_no_store_and_is_done_again(tmp_path: Path) -> None:
    data, folder, other = tmp_path / "data", tmp_path / "backup", tmp_path / "other"
    async with storing(data) as stored:
        await fill(stored)
        await seal(stored)
        before = await answers(stored)
        await backed_up(stored, folder)
    codes: list[int | None] = []
    while 0 not in codes:
        codes.append(await asyncio.to_thread(exit_code, restore_until_killed, folder, other, len(codes) + 1))
        if codes[-1] == 0:
            assert await asked(other) == before
        else:
            assert not (other / DATABASE).exists()
            if (other / f"{DATABASE}.restoring").exists():
                with pytest.raises(StoreUnavailable, match="did not end"):
                    await asked(other)
            assert await restored_answers(folder, other) == before
    assert len(codes) > 6
    assert set(codes[:-1]) == {-signal.SIGKILL}
