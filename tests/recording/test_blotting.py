"""A picture without hidden codes: only texts change, sign for sign, and what cannot be read is not served."""

from __future__ import annotations

import json
import time

import msgpack
import pytest

from replay.model.personal_code import Codes, SeenCode
from replay.recording.blotting import Blotter
from replay.recording.chunks import Chunk, open_chunk, wrap_chunk

HIDDEN = Codes(codes=(SeenCode(given="button7", stored="•••••••#a", told="•••••••#a"),))


def payload(events: object, codec: str = "gzip") -> bytes:
    data = json.dumps(events).encode()
    return wrap_chunk(Chunk(("rrweb-2/json", codec, len(data), 1.5, 9.25, 3, True), data))


def served(events: object, codec: str = "gzip") -> object:
    return events_of(Blotter().blot(payload(events, codec), HIDDEN), codec)


def events_of(blotted: bytes, codec: str = "gzip") -> object:
    chunk = open_chunk(blotted)
    assert chunk is not None
    assert chunk.header == ("rrweb-2/json", codec, len(chunk.events), 1.5, 9.25, 3, True)
    return json.loads(chunk.events)


@pytest.mark.parametrize("codec", ["gzip", "none"])
def test_texts_change_and_nothing_else_of_an_event(codec: str) -> None:
    text = {"textContent": "Use button7!\n\ud800", "t": 1764000000000.5, "é": 1e21}
    assert served([text], codec) == [{**text, "textContent": "Use •••••••!\n\ud800"}]


def test_what_makes_the_page_is_hidden_alike_wherever_it_stands() -> None:
    def page(word: str, name: str) -> list[object]:
        attributes = {"class": f"a promo-{word}", "id": word, "style": f"--c: '{word}'", "href": f"#{word}"}
        return [
            {"tagName": "button7", "attributes": {**attributes, f"data-{name}-of": ""}},
            {"textContent": f".promo-{word} {{ content: '{word}' }}", "isStyle": True},
            {"attributes": {"_cssText": f"#{word} {{}}"}},
            {"type": 3, "data": {"source": 8, "adds": [{"rule": f".promo-{word} {{}}"}]}},
            {"type": 3, "data": {"source": 13, "set": {"property": "--c", "value": f"'{word}'"}}},
            {"type": 5, "data": {"tag": word, "payload": {word: 1}}},
        ]

    assert served(page("button7", "button7")) == page("•••••••", "xxxxxxx")


def test_a_code_that_is_a_word_stays_where_it_makes_the_page() -> None:
    word = Codes(codes=(SeenCode(given="BUTTON", stored="••••••#a", told="••••••#a"),))

    def page(text: str, of_a_code: str) -> list[object]:
        attributes = {"class": f"button coupon-{of_a_code}", "type": "button", "title": f"a {text}"}
        return [
            {"tagName": "button", "attributes": attributes},
            {"textContent": f".button {{ content: '{text}' }}", "isStyle": True},
            {"textContent": f"{text}s: {text}"},
        ]

    shown = page("button", "button")
    shown[2] = {"textContent": "buttons: button"}
    told = page("••••••", "••••••")
    told[2] = {"textContent": "buttons: ••••••"}
    assert events_of(Blotter().blot(payload(shown), word)) == told


def test_a_code_that_runs_over_several_texts_is_hidden_in_snapshots_and_in_what_came() -> None:
    def text(words: str, id: int) -> dict[str, object]:
        return {"type": 3, "textContent": words, "id": id}

    def tree(one: str, two: str) -> dict[str, object]:
        bold = {"type": 2, "tagName": "b", "attributes": {}, "childNodes": [text(one, 3)], "id": 2}
        return {"type": 2, "tagName": "p", "attributes": {}, "childNodes": [bold, text(two, 4)], "id": 1}

    def came(one: str, two: str) -> dict[str, object]:
        # In the recorder's own order: what follows first, and parents before their children.
        bold = {"type": 2, "tagName": "b", "attributes": {}, "childNodes": [], "id": 2}
        adds = [
            {"parentId": 1, "nextId": None, "node": text(two, 4)},
            {"parentId": 1, "nextId": 4, "node": bold},
            {"parentId": 2, "nextId": None, "node": text(one, 3)},
        ]
        changed = [{"id": 3, "value": one}, {"id": 4, "value": two}]
        return {"type": 3, "data": {"source": 0, "adds": adds, "texts": changed}}

    shown = [{"type": 2, "data": {"node": tree("but", "ton7")}}, came("but", "ton7")]
    assert served(shown) == [{"type": 2, "data": {"node": tree("•••", "••••")}}, came("•••", "••••")]
    other = [came("but", " ton7")]
    assert served(other) == other


def test_the_box_for_codes_shows_what_begins_a_readable_code_and_nothing_else() -> None:
    spring = Codes(codes=(SeenCode(given="SPRING-20", stored="••••••-••#a", told="SPRING-20"),))

    def typing(text: str) -> list[object]:
        boxed = {"value": text, "rr_promo": ""}
        return [
            {"type": 2, "data": {"node": {"tagName": "input", "attributes": {"type": "text", **boxed}}}},
            {"type": 3, "data": {"source": 0, "attributes": [{"id": 3, "attributes": boxed}]}},
            {"type": 3, "data": {"source": 5, "id": 3, "text": text, "rr_promo": ""}},
        ]

    for text, shown in (("spri", "spri"), ("ANN", "•••"), ("123", "•••"), ("•••••", "•••••")):
        assert events_of(Blotter().blot(payload(typing(text)), spring)) == typing(shown)
        assert events_of(Blotter().blot(payload(typing("ANN")), Codes())) == typing("•••")


def test_what_was_typed_into_the_box_is_a_code_from_then_on() -> None:
    def typed(text: str) -> bytes:
        return payload([{"type": 3, "data": {"source": 5, "id": 3, "text": text, "rr_promo": ""}}])

    page = payload([{"textContent": "ANNA-4711 is not valid, PRICE ANNA-47"}])
    blotter = Blotter()
    assert blotter.blot(page, Codes()) is page
    for text in ("PRICE", "PRICELESS", "ANNA-47", "ANNA-4711", "ANNA", ""):
        blotter.blot(typed(text), Codes())
    hidden = [{"textContent": "••••-•••• is not valid, PRICE ANNA-47"}]
    assert events_of(blotter.blot(page, Codes())) == hidden


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


def test_a_style_of_nothing_but_quotes_is_read_once() -> None:
    began_s = time.process_time()
    for hostile in ("\\'" * 200_000, "'" * 200_001, '"\\' * 200_000, "'button7"):
        style = [{"textContent": hostile, "isStyle": True}]
        hidden = [{"textContent": hostile.replace("button7", "•••••••"), "isStyle": True}]
        assert served(style, "none") == hidden
    assert time.process_time() - began_s < 5.0


def test_what_a_link_brought_is_a_code_before_any_event_names_it() -> None:
    def page(code: str) -> list[object]:
        address = f"https://shop.example/?utm_campaign=spring&Coupon={code}&page=2"
        return [{"type": 4, "data": {"href": address}}, {"textContent": f"{code} is applied, spring 2"}]

    given = payload(page("ANNA-4711"))
    assert events_of(Blotter().blot(given, Codes())) == page("••••-••••")
    readable = Codes(codes=(SeenCode(given="anna4711", stored="••••••••#a", told="anna4711"),))
    assert Blotter().blot(given, readable) is given


def test_a_sign_that_is_none_in_utf_8_empties_nothing() -> None:
    data = b'\xef\xbb\xbf[{"textContent":"\xffbutton7"},{"textContent":"\xff button7"}]'
    given = wrap_chunk(Chunk(("rrweb-2/json", "gzip", len(data), 1.5, 9.25, 3, True), data))
    assert events_of(Blotter().blot(given, HIDDEN)) == [
        {"textContent": "\ufffd•••••••"},
        {"textContent": "\ufffd •••••••"},
    ]


@pytest.mark.parametrize("host", ["http://[", "http://[::1", "//\u2100", "https://shop.example:x%zz", ""])
def test_an_address_that_is_none_is_read_all_the_same(host: str) -> None:
    def page(code: str) -> list[object]:
        return [{"type": 4, "data": {"href": f"{host}?coupon={code}#?"}}, {"textContent": f"Use {code}!"}]

    assert events_of(Blotter().blot(payload(page("ANNA-4711")), Codes())) == page("••••-••••")


def test_a_chunk_without_a_code_and_a_session_that_hides_none_are_served_byte_for_byte() -> None:
    plain = payload([{"textContent": "Use another"}])
    assert Blotter().blot(plain, HIDDEN) is plain
    quoting = payload([{"textContent": "Use button7"}])
    assert Blotter().blot(quoting, Codes()) is quoting


@pytest.mark.parametrize(
    "unreadable",
    [
        b"button7",
        msgpack.packb(["rrweb-2/json", "gzip", 7, 0.0, 0.0, 1, True, b"button7"]),
        payload("[")[:-3],
    ],
)
def test_what_cannot_be_read_is_served_empty(unreadable: bytes) -> None:
    chunk = open_chunk(Blotter().blot(unreadable, HIDDEN))
    assert chunk is not None
    assert chunk.events == b"[]"
