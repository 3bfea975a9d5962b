"""Messages come out of a body as they went in, and a body that is no such thing is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.bounds import Exceeded, Malformed
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits

LIMITS = Limits(message_bytes=50, frames_count=3)


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=20))
def test_frames_round_trip(messages: list[bytes]) -> None:
    assert split_frames(join_frames(messages), Limits()) == messages


@given(st.binary(max_size=60))
def test_random_bodies_raise_nothing_else(body: bytes) -> None:
    with suppress(Malformed):
        assert join_frames(split_frames(body, LIMITS)) == body


@pytest.mark.parametrize(
    "body",
    [
        b"\0",
        b"\0\0\0",
        b"\0\0\0\0",
        b"\0\0\0\2a",
        b"\xff\xff\xff\xffabc",
        b"\0\0\0\1a\0\0\0\0",
        b"\0\0\0\1a\0",
    ],
)
def test_a_torn_body_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        split_frames(body, LIMITS)
    assert not isinstance(raised.value, Exceeded)


def test_a_body_may_be_as_large_as_its_limit() -> None:
    assert split_frames(join_frames([b"x" * 46]), LIMITS) == [b"x" * 46]
    with pytest.raises(Exceeded):
        split_frames(join_frames([b"x" * 47]), LIMITS)


def test_a_body_may_hold_as_many_messages_as_its_limit() -> None:
    assert len(split_frames(join_frames([b"x"] * 3), LIMITS)) == 3
    with pytest.raises(Exceeded):
        split_frames(join_frames([b"x"] * 4), LIMITS)
