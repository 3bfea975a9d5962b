"""A picture without hidden codes: only texts change, sign for sign, and what cannot be read is not served."""

from __future__ import annotations

import json

import msgpack
import pytest

from replay.model.personal_code import Codes, SeenCode
from replay.recording.blotting import blot_picture
from replay.recording.chunks import Chunk, open_chunk, wrap_chunk

HIDDEN = Codes(codes=(SeenCode(given="button7", stored="•••••••#a", told="•••••••#a"),))


def payload(events: object, codec: str = "gzip") -> bytes:
    data = json.dumps(events).encode()
    return wrap_chunk(Chunk(("rrweb-2/json", codec, len(data), 1.5, 9.25, 3, True), data))


def served(events: object, codec: str = "gzip") -> object:
    chunk = open_chunk(blot_picture(payload(events, codec), HIDDEN))
    assert chunk is not None
    assert chunk.header == ("rrweb-2/json", codec, len(chunk.events), 1.5, 9.25, 3, True)
    return json.loads(chunk.events)


@pytest.mark.parametrize("codec", ["gzip", "none"])
def test_texts_change_and_what_makes_the_page_stays(codec: str) -> None:
    node = {"tagName": "button7", "attributes": {"class": "button7 promo-button7", "type": "button7"}}
    style = {"textContent": ".button7 {}", "isStyle": True}
    text = {"textContent": "Use button7!\n\ud800", "t": 1764000000000.5, "é": 1e21}
    told = {**text, "textContent": "Use •••••••!\n\ud800"}
    blotted = {**node, "attributes": {**node["attributes"], "class": "button7 promo-•••••••"}}  # type: ignore[dict-item]
    assert served([node, style, text], codec) == [blotted, style, told]


def test_a_code_that_is_being_typed_is_hidden_in_snapshots_and_in_what_frameworks_set() -> None:
    def field(value: str, **also: str) -> dict[str, object]:
        return {"tagName": "input", "attributes": {"value": value, **also}}

    chosen = field("b", type="radio")
    option = {"tagName": "option", "attributes": {"value": "b"}}
    text = {"id": 3, "value": "b"}
    quantity = field("1")
    given = [field("butto", type="text"), {"id": 7, "attributes": {"value": "Butto"}}]
    told = [field("•••••", type="text"), {"id": 7, "attributes": {"value": "•••••"}}]
    assert served([*given, chosen, option, text, quantity]) == [*told, chosen, option, text, quantity]


def test_a_code_in_the_name_of_a_field_is_hidden_and_other_names_stay() -> None:
    def field(name: str) -> dict[str, object]:
        return {"tagName": "input", "attributes": {"name": name}}

    assert served([field("coupons[button7]"), field("button7")]) == [
        field("coupons[•••••••]"),
        field("button7"),
    ]


def test_a_chunk_without_a_code_and_a_session_that_hides_none_are_served_byte_for_byte() -> None:
    plain = payload([{"textContent": "Use another"}])
    assert blot_picture(plain, HIDDEN) is plain
    quoting = payload([{"textContent": "Use button7"}])
    assert blot_picture(quoting, Codes()) is quoting


@pytest.mark.parametrize(
    "unreadable",
    [
        b"button7",
        msgpack.packb(["rrweb-2/json", "gzip", 7, 0.0, 0.0, 1, True, b"button7"]),
        payload("[")[:-3],
    ],
)
def test_what_cannot_be_read_is_served_empty(unreadable: bytes) -> None:
    chunk = open_chunk(blot_picture(unreadable, HIDDEN))
    assert chunk is not None
    assert chunk.events == b"[]"
