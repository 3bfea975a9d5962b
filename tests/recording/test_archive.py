"""What is written is read back the same, and nothing that is not whole and ours is read at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.identity import Identifier
from replay.model.promo import Promise, Promo
from replay.model.schema import encode
from replay.model.server_event import LINES_MAX_COUNT, Party, ServerEvent
from replay.model.session import mint_code
from replay.recording.archive import (
    ArchivedBatch,
    ArchivedGap,
    ArchivedLoad,
    ArchivedSession,
    ArchivedSite,
    ArchiveError,
    Recording,
    read_recording,
    write_recording,
)
from replay.recording.archived_shop import EVENTS_MAX_COUNT, ArchivedEvent, ArchivedShop
from tests.model.strategies import STEADY, TEXTS, instances

LAST_LINE_BYTES = 73
START_MS = 1_764_000_000_000
CODE = mint_code(lambda below: 7)


def batch(number: int = 1, payload: bytes = b"payload", **other: Any) -> ArchivedBatch:
    fields: dict[str, Any] = {
        "load": "load-1",
        "track": 0,
        "number": number,
        "received_ms": START_MS + 5,
        "first_ms": START_MS + 0.125,
        "last_ms": START_MS + 1.5,
        "checkpoint": False,
        "payload": payload,
    }
    return ArchivedBatch(**{**fields, **other})


SMALL = Recording(
    written_by="0.1.0",
    site=ArchivedSite(key="shop", name="Café «Läden»"),
    session=ArchivedSession(
        id="session-1", code=CODE, consent="granted", started_ms=START_MS, seen_ms=START_MS + 9
    ),
    loads=(ArchivedLoad(id="load-1", tab="tab-1", opened_ms=START_MS, offset_ms=-3.25, offset_error_ms=2.0),),
    batches=(batch(), batch(2, b"\n\nsha256"), batch(1, b"", track=1, checkpoint=True)),
    gaps=(ArchivedGap(load="load-1", track=1, first=2, last=4, reason="the page’s buffer was full"),),
    identifiers=(
        Identifier(kind="email", value="ana@x.example", shown="Ana@X.example", at_ms=1, verified=True),
    ),
)


def one_of(items: list[Any], key: Any) -> list[Any]:
    return list({key(item): item for item in items}.values())


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Sessions of any content that a store could hold."""
    session = draw(instances(ArchivedSession))
    loads = one_of(draw(st.lists(instances(ArchivedLoad), max_size=3)), lambda load: load.id)
    loads = [load if load.offset_ms is not None else replace(load, offset_error_ms=None) for load in loads]
    loads = [load if load.offset_error_ms is not None else replace(load, offset_ms=None) for load in loads]
    owner = st.sampled_from([load.id for load in loads]) if loads else st.nothing()
    batches = draw(
        st.lists(st.builds(lambda one, load: replace(one, load=load), instances(ArchivedBatch), owner))
    )
    gaps = draw(st.lists(st.builds(lambda one, load: replace(one, load=load), instances(ArchivedGap), owner)))
    edges = [
        one for one in draw(st.lists(instances(Identifier), max_size=4)) if one.kind != "code" and batches
    ]
    return Recording(
        written_by=draw(TEXTS),
        site=draw(instances(ArchivedSite)),
        session=replace(
            session,
            code=CODE,
            seen_ms=max([session.seen_ms, *(one.received_ms for one in batches)]),
            ended_why=None if session.ended_ms is None else draw(TEXTS),
        ),
        loads=tuple(loads),
        batches=tuple(one_of(batches, lambda one: (one.load, one.track, one.number))),
        gaps=tuple(
            one_of(
                [replace(gap, last=max(gap.first, gap.last)) for gap in gaps],
                lambda gap: (gap.load, gap.track, gap.first, gap.last),
            )
        ),
        identifiers=tuple(one_of(edges, lambda one: (one.kind, one.value))),
    )


@STEADY
@given(recordings())
def test_what_is_written_is_read_back_the_same(recording: Recording) -> None:
    data = write_recording(recording)
    found = read_recording(data)
    assert found == recording
    assert (found.written_by, found.site.name) == (recording.written_by, recording.site.name)
    assert write_recording(found) == data


def refused(data: bytes) -> ArchiveError:
    with pytest.raises(ArchiveError) as raised:
        read_recording(data)
    error = raised.value
    assert error.what
    assert error.expected
    assert error.got
    assert error.do
    return error


def test_a_file_cut_anywhere_is_refused() -> None:
    data = write_recording(SMALL)
    for length in range(len(data)):
        error = refused(data[:length])
        assert "ends early" in error.what or (length < 40 and "not an exported session" in error.what)


@STEADY
@given(st.data())
def test_a_file_with_any_byte_changed_is_refused(data: st.DataObject) -> None:
    whole = bytearray(write_recording(SMALL))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    refused(bytes(whole))


@STEADY
@given(st.binary(max_size=300))
def test_any_other_file_is_refused(data: bytes) -> None:
    refused(data)
    refused(b"replay-session 1\n" + data)
    refused(sealed(b"replay-session 1\n" + data))


def test_more_behind_the_end_is_refused() -> None:
    refused(write_recording(SMALL) + b"x")


def test_a_newer_format_says_so() -> None:
    error = refused(write_recording(SMALL).replace(b"replay-session 1", b"replay-session 4"))
    assert (error.expected, error.got) == ("format 3 or older", "format 4")
    assert "Update" in error.do


def sealed(body: bytes) -> bytes:
    return body + b"\nsha256 " + hashlib.sha256(body).hexdigest().encode() + b"\n"


def changed(of_shop: ArchivedShop | None = None, **parts: Any) -> bytes:
    """A file whose checksum is right and whose manifest has other parts."""
    body = write_recording(replace(SMALL, shop=of_shop))[:-LAST_LINE_BYTES]
    first, line, payloads = body.split(b"\n", 2)
    manifest = {**json.loads(line), **parts}
    return sealed(b"\n".join([first, json.dumps(manifest).encode(), payloads]))


def entries() -> Any:
    return json.loads(write_recording(SMALL).split(b"\n", 2)[1])


def test_an_unchanged_manifest_is_no_reason_to_refuse() -> None:
    assert read_recording(changed()) == SMALL


@pytest.mark.parametrize(
    "parts",
    [
        {"batches": []},
        {"batches": [*entries()["batches"], entries()["batches"][2]]},
        {"batches": [{**one, "sha256": "0" * 64} for one in entries()["batches"]]},
        {"batches": [{**one, "load": "load-2"} for one in entries()["batches"]]},
        {"batches": [{**one, "received_ms": START_MS + 10} for one in entries()["batches"]]},
        {"batches": [{**one, "first_ms": float("nan")} for one in entries()["batches"]]},
        {"gaps": [{**one, "last": 1} for one in entries()["gaps"]]},
        {"gaps": entries()["gaps"] * 2},
        {"gaps": [{**one, "load": "load-2"} for one in entries()["gaps"]]},
        {"loads": entries()["loads"] * 2},
        {"loads": [{**one, "offset_error_ms": None} for one in entries()["loads"]]},
        {"identifiers": entries()["identifiers"] * 2},
        {"identifiers": [{**one, "kind": "code"} for one in entries()["identifiers"]]},
        {"identifiers": [{**one, "kind": "shoe size"} for one in entries()["identifiers"]]},
        {"session": {**entries()["session"], "code": "222223"}},
        {"session": {**entries()["session"], "id": "../../etc"}},
        {"session": {**entries()["session"], "ended_ms": START_MS}},
        {"session": None},
        {"site": "shop"},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_a_manifest_that_does_not_fit_is_refused(parts: dict[str, Any]) -> None:
    assert "does not fit" in refused(changed(**parts)).what


EVENT = ServerEvent(
    id="evt-1",
    kind="order.created",
    system="shop",
    occurred_ms=START_MS,
    order="1001",
    customer=Party(email="Ana@X.example"),
    minor=49_900,
    currency="USD",
)
SHOP = ArchivedShop(
    until_ms=START_MS + 20,
    region="US",
    currency="USD",
    orders_since_ms=START_MS - 5,
    told=(ArchivedEvent(received_ms=START_MS + 1, event=EVENT),),
    promos=(
        Promo(id="spring", promises=(Promise(title="Spring", codes=("SPRING20",), basis_points=2_000),)),
    ),
)


def test_what_the_shop_says_is_read_back_and_older_formats_have_none() -> None:
    data = write_recording(replace(SMALL, shop=SHOP))
    assert data.startswith(b"replay-session 3\n")
    assert read_recording(data).shop == SHOP
    assert write_recording(read_recording(data)) == data
    assert write_recording(SMALL).startswith(b"replay-session 1\n")
    assert read_recording(write_recording(SMALL)).shop is None
    body = data[:-LAST_LINE_BYTES]
    for number in (b"1", b"2"):
        older = sealed(body.replace(b"replay-session 3", b"replay-session " + number, 1))
        assert "what the shop says" in refused(older).what
    assert "what the shop says" in refused(changed(SHOP, shop=None)).what


TOLD = encode(SHOP)["told"]


@pytest.mark.parametrize(
    "parts",
    [
        {"told": [*cast("list[Any]", TOLD) * 2]},
        {"told": [{"received_ms": START_MS + 21, "event": encode(EVENT)}]},
        {"told": [{"received_ms": 1.5, "event": encode(EVENT)}]},
        {"told": [{"received_ms": 1, "event": {**encode(EVENT), "kind": "order.eaten"}}]},
        {"told": [{"received_ms": 1, "event": {**encode(EVENT), "minor": "49900"}}]},
        {"told": [{"received_ms": 1, "event": {**encode(EVENT), "order": "9" * 10_000}}]},
        {"told": [{"received_ms": 1, "event": {**encode(EVENT), "lines": [{}] * (LINES_MAX_COUNT + 1)}}]},
        {
            "told": [
                {"received_ms": 1, "event": {**encode(EVENT), "id": str(one)}}
                for one in range(EVENTS_MAX_COUNT + 1)
            ]
        },
        {"told": None},
        {"until_ms": -1},
        {"region": "us"},
        {"currency": "dollars"},
        {"promos": [encode(SHOP.promos[0])] * 2},
        {"promos": [{"id": "spring", "promises": []}]},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_no_shop_says_is_refused(parts: dict[str, Any]) -> None:
    assert "does not fit" in refused(changed(SHOP, shop={**encode(SHOP), **parts})).what


def test_nothing_that_gives_access_is_in_the_file() -> None:
    assert not any(word in write_recording(SMALL) for word in (b"token", b"secret", b"password"))
