"""A page that is nested as deep as browsers go is blotted like any other."""

from __future__ import annotations

import sys

import pytest

from replay.recording.blotting import Blotter
from replay.recording.chunks import Chunk, open_chunk, wrap_chunk
from tests.recording.test_blotting import HIDDEN
from viewer.blotted import blotted


@pytest.mark.parametrize(("depth", "is_read"), [(515, True), (5_000, False)])
async def test_a_page_nested_as_deep_as_any_is_read(depth: int, is_read: bool) -> None:
    def page(text: str) -> str:
        return '[{"childNodes":[' * depth + f'{{"textContent":"{text}"}}' + "]}]" * depth

    before = sys.getrecursionlimit()
    data = page("Use button7!").encode()
    given = wrap_chunk(Chunk(("rrweb-2/json", "gzip", len(data), 1.5, 9.25, 3, True), data))
    [payload] = await blotted(Blotter(), [given], HIDDEN)
    chunk = open_chunk(payload)
    assert chunk is not None
    assert chunk.events.decode() == (page("Use " + "\\u2022" * 7 + "!") if is_read else "[]")
    assert sys.getrecursionlimit() == before
