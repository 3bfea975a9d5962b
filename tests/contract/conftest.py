"""Every implementation of the store, one after another: a test that asks for ``store`` runs over them all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from replay.ports import Store
from storage.memory import MemoryStore
from storage.sqlite import open_store


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "replay.db")
    yield opened
    await opened.close()
