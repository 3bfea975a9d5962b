"""What is sealed comes out event for event, whatever pages sent, and nothing else is ever taken for it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.model.track import Track
from replay.protocol.chunk import Chunk
from replay.protocol.codec import decode_chunk, encode_chunk
from replay.recording.archive import read_recording
from replay.recording.chunks import open_chunk
from replay.recording.frames import DICTIONARY_MAX_BYTES
from replay.recording.sealed import (
    DamagedObject,
    Sealed,
    SealedBatch,
    open_sealed,
    same_content,
    seal,
)

SAMPLE = Path(__file__).parents[2] / "examples" / "samples" / "price-mismatch.replay"
LOADS = ("one", "two", "three")
TIMES_MS = st.floats(0, 4e12, allow_nan=False)


def chunk(events: bytes, *, codec: str = "gzip", raw_bytes: int | None = None) -> bytes:
    return encode_chunk(
        Chunk(
            format="rrweb-2/json",
            codec="gzip" if codec == "gzip" else "none",
            raw_bytes=len(events) if raw_bytes is None else raw_bytes,
            first_ms=1.5,
            last_ms=2.5,
            count=1,
            checkpoint=False,
            data=gzip.compress(events) if codec == "gzip" else events,
        )
    )


def batch(
    number: int = 1,
    payload: bytes = b"",
    *,
    load: str = "one",
    track: Track = Track.PICTURE,
    checkpoint: bool = False,
) -> SealedBatch:
    return SealedBatch(
        load=load,
        track=track,
        number=number,
        received_ms=1_700_000_000_000 + number,
        first_ms=number + 0.25,
        last_ms=number + 0.5,
        checkpoint=checkpoint,
        sent_bytes=len(payload),
        payload=payload,
    )


def opened(batches: Sequence[SealedBatch]) -> Sealed:
    data = seal("visit", LOADS, batches)
    return open_sealed(data, hashlib.sha256(data).digest())


EVENTS = st.lists(st.sampled_from([b'{"type":3}', b"<div>", b"x" * 5_000, b"\0"]), max_size=6).map(b"".join)
HOSTILE = st.one_of(
    st.binary(max_size=40),
    st.builds(chunk, EVENTS, raw_bytes=st.integers(0, 2**40)),
    EVENTS.map(lambda events: chunk(events)[:-3]),
    EVENTS.map(lambda events: chunk(events) + b"more"),
)
PAYLOADS = st.one_of(
    st.builds(chunk, EVENTS, codec=st.sampled_from(["gzip", "none"])), st.binary(max_size=40), HOSTILE
)
BATCHES = st.builds(
    SealedBatch,
    load=st.sampled_from(LOADS),
    track=st.sampled_from([Track.FACTS, Track.PICTURE]),
    number=st.integers(1, 2**53 - 1) | st.integers(1, 9),
    received_ms=st.integers(0, 2**53 - 1),
    first_ms=TIMES_MS,
    last_ms=TIMES_MS,
    checkpoint=st.booleans(),
    sent_bytes=st.integers(0, 2**40),
    payload=PAYLOADS,
)


@settings(deadline=None)
@given(
    st.lists(BATCHES, max_size=12, unique_by=lambda one: (one.load, one.track, one.number)),
    st.sampled_from([None, *LOADS]),
    st.integers(0, 9),
)
def test_what_went_in_comes_out(batches: list[SealedBatch], load: str | None, after: int) -> None:
    sealed = opened(batches)
    for track in (Track.FACTS, Track.PICTURE):
        expected = sorted(
            (
                one
                for one in batches
                if one.track == track and one.number > after and load in (None, one.load)
            ),
            key=lambda one: (LOADS.index(one.load), one.number),
        )
        found = list(sealed.batches(track, load=load, after=after))
        assert len(found) == len(expected)
        assert all(map(same_content, found, expected))
        if load is None and after == 0:
            assert list(sealed.outline(track)) == [
                (one.load, one.number, one.first_ms, one.last_ms, one.checkpoint, one.sent_bytes)
                for one in expected
            ]


def test_facts_and_what_is_no_chunk_are_kept_byte_for_byte() -> None:
    bomb = chunk(b"", raw_bytes=2**40)
    cut = chunk(b"events" * 50)[:-4]
    batches = [
        batch(1, b"\x93 any bytes", track=Track.FACTS),
        batch(1, b"no chunk"),
        batch(2, bomb),
        batch(3, cut),
        batch(4, chunk(b"[1]", codec="none")),
    ]
    sealed = opened(batches)
    assert [*sealed.batches(Track.FACTS), *sealed.batches(Track.PICTURE)] == batches


def test_a_chunk_that_inflates_to_far_more_than_pages_send_is_not_inflated() -> None:
    bomb = chunk(bytes(30_000_000))
    assert open_chunk(bomb) is None
    assert len(seal("visit", LOADS, [batch(1, bomb)])) < 2 * len(bomb)


def test_a_chunk_that_hardly_packed_what_it_holds_is_sealed_like_any_other() -> None:
    events = b"[" + b" " * 2_000_000 + b"]"
    fields = msgpack.unpackb(chunk(events))
    plain = msgpack.packb([*fields[:-1], gzip.compress(events, 0)])
    [found] = opened([batch(1, plain)]).batches(Track.PICTURE)
    assert len(found.payload) < len(plain) / 100
    assert same_content(batch(1, plain), found)


def test_what_the_desk_gets_is_a_chunk_that_every_browser_reads() -> None:
    events = json.dumps([{"type": 3, "timestamp": 1}] * 40).encode()
    [found] = opened([batch(1, chunk(events))]).batches(Track.PICTURE)
    read = decode_chunk(found.payload)
    assert (read.codec, read.raw_bytes, gzip.decompress(read.data)) == ("gzip", len(events), events)


def test_other_events_or_times_are_not_the_same() -> None:
    one = batch(1, chunk(b"[1]"))
    assert same_content(one, batch(1, chunk(b"[1]")))
    for other in (batch(1, chunk(b"[2]")), batch(2, chunk(b"[1]")), batch(1, b"no"), batch(1, b"chunk")):
        assert not same_content(one, other)
    assert not same_content(batch(1, b"no"), batch(1, b"chunk"))


def test_only_what_is_asked_for_is_inflated() -> None:
    """A seek does not pay for page loads before, and a frame that nobody asks for may be anything."""
    noise = hashlib.shake_256(b"").digest(DICTIONARY_MAX_BYTES + 1)
    last = batch(1, chunk(b"[1]"), load="two")
    data = seal("visit", LOADS, [batch(1, chunk(noise, codec="none"), checkpoint=True), last])
    sealed = open_sealed(data, hashlib.sha256(data).digest())
    sealed._data = data[:1_000] + bytes(len(noise) // 2) + data[1_000 + len(noise) // 2 :]
    assert all(map(same_content, sealed.batches(Track.PICTURE, load="two"), [last]))
    with pytest.raises(ValueError, match=r"frame|[Dd]ata"):
        list(sealed.batches(Track.PICTURE))


@pytest.mark.parametrize("harm", ["cut", "flip", "other"])
def test_an_object_that_is_not_what_was_sealed_is_damaged(harm: str) -> None:
    data = seal("visit", LOADS, [batch(1, chunk(b"[1]"))])
    digest = hashlib.sha256(data).digest()
    harmed = {
        "cut": data[:-1],
        "flip": data[:40] + bytes([data[40] ^ 1]) + data[41:],
        "other": seal("visit", LOADS, [batch(1, chunk(b"[2]"))]),
    }[harm]
    with pytest.raises(DamagedObject, match="its checksum differs"):
        open_sealed(harmed, digest)


def test_another_format_is_not_guessed_at() -> None:
    data = b"replay-sealed 2\n"
    with pytest.raises(DamagedObject, match="this version cannot read it"):
        open_sealed(data, hashlib.sha256(data).digest())


def test_a_recorded_session_comes_out_event_for_event_and_smaller() -> None:
    recording = read_recording(SAMPLE.read_bytes())
    names = [field.name for field in fields(SealedBatch) if field.name != "sent_bytes"]
    batches = [
        SealedBatch(**{name: getattr(one, name) for name in names}, sent_bytes=len(one.payload))
        for one in recording.batches
    ]
    data = seal(recording.session.id, [load.id for load in recording.loads], batches)
    sealed = open_sealed(data, hashlib.sha256(data).digest())
    found = [*sealed.batches(Track.FACTS), *sealed.batches(Track.PICTURE)]
    assert len(found) == len(batches)
    assert all(map(same_content, found, sorted(batches, key=lambda one: (one.track, one.number))))
    # One page load, all of it new: the kind of session that gains least.
    assert len(data) < 0.8 * gzipped_bytes(batches)


def test_page_loads_that_begin_alike_cost_little_more_than_one() -> None:
    words = "".join(hashlib.sha256(f"{place}".encode()).hexdigest() for place in range(400))
    loads = [
        batch(
            1,
            chunk(json.dumps([{"type": 2, "page": words, "id": load}]).encode()),
            load=load,
            checkpoint=True,
        )
        for load in LOADS
    ]
    size = len(seal("visit", LOADS, loads))
    assert size < 1.1 * len(seal("visit", LOADS, loads[:1]))
    assert size < gzipped_bytes(loads) / 2


def gzipped_bytes(batches: Sequence[SealedBatch]) -> int:
    """What the events of the pictures take, gzipped as pages send them."""
    chunks = [open_chunk(one.payload) for one in batches if one.track == Track.PICTURE]
    return sum(len(gzip.compress(one.events)) for one in chunks if one is not None)
