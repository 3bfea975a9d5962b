"""The made-up past of a shop: always the same, skewed as a shop's, and found by what it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.finding_data import REGION, Past, fill
from replay.model.identity import normalise
from replay.ports import AppendBatch
from storage.sqlite import open_store

COUNT = 400


@pytest.fixture(scope="module")
def batches() -> list[AppendBatch]:
    return [session[-1] for session in Past(1, COUNT).sessions() if isinstance(session[-1], AppendBatch)]


def test_the_same_seed_makes_up_the_same(batches: list[AppendBatch]) -> None:
    assert [session[-1] for session in Past(1, COUNT).sessions()] == batches
    assert next(Past(2, COUNT).sessions()) != next(Past(1, COUNT).sessions())


def test_values_are_written_as_the_collector_writes_them(batches: list[AppendBatch]) -> None:
    every = [one for batch in batches for one in batch.identifiers]
    assert {one.kind for one in every} >= {"email", "phone", "name", "order", "promo", "message", "error"}
    assert all(one.value == normalise(one.kind, one.shown, REGION) for one in every)


def test_the_commonest_words_are_in_every_tenth_to_third_session(batches: list[AppendBatch]) -> None:
    words = Counter(
        word
        for batch in batches
        for word in {word for one in batch.identifiers if one.kind == "product" for word in one.value.split()}
    )
    assert all(0.1 <= count / COUNT <= 0.3 for _, count in words.most_common(10))


async def test_what_was_made_up_is_found(tmp_path: Path, batches: list[AppendBatch]) -> None:
    fill(tmp_path / "past.db", Past(1, COUNT))
    store = await open_store(tmp_path / "past.db")
    some = batches[7].identifiers[0]
    assert "session-7" in [match.session.id for match in await store.find(some.kind, some.value)]
    assert len(await store.sessions(limit=COUNT + 1)) == COUNT
    await store.close()
