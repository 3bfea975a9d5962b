"""The cases that the page's msgpack is tested with are those that Python writes now."""

from __future__ import annotations

from tests.protocol.msgpack_cases import OUTPUT, generate


def test_committed_file_is_current() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == generate(), "run: python -m tests.protocol.msgpack_cases"
