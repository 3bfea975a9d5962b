"""A glance never overlooks a code that taking the chunk apart would hide, and rules ordinary pages out."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from replay.model.personal_code import Codes, SeenCode
from replay.recording.blotting import blotted_events
from replay.recording.glance import could_hide

ANNA = Codes(codes=(SeenCode(given="ANNA-4711", stored="••••-••••#a", told="••••-••••#a"),))

_PIECES = ["ANNA", "4711", "anna4711", "A", "N", "NA", "4", "7", "1", "47", "1 1", "Á", "ＡＮＮＡ", "٤", "今"]
_PIECES += ["-", "–", "_", " ", "\n  ", "\t", "\u00ad", "\u0301", "\ud800", "\x00", '"', "'", "/", "”", "x"]
_PIECES += [
    "%2D",
    "%252D",
    "%41",
    "%",
    "\\",
    "\\u002d",
    "\\x2d",
    "\\41 ",
    "\\n",
    "\\2d",
    "\\\\",
    "\\u0041nna",
]
_TEXTS = st.lists(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join), min_size=1, max_size=3)


def page(texts: list[str]) -> list[object]:
    nodes: list[object] = [{"type": 3, "textContent": text, "id": 900 + at} for at, text in enumerate(texts)]
    field = {"type": 2, "tagName": "input", "attributes": {"value": texts[0], "class": texts[-1]}}
    typed = {"type": 3, "data": {"source": 5, "id": 3, "text": texts[-1]}}
    style = {"textContent": f".a {{ content: '{texts[0]}' }}", "isStyle": True}
    return [{"type": 2, "data": {"node": {"childNodes": [*nodes, field, style]}}}, typed]


@given(texts=_TEXTS, ascii_only=st.booleans())
@example(texts=["\\", "nanna-4711"], ascii_only=True)
@example(texts=["\\nanna-4711"], ascii_only=False)
@settings(max_examples=300, deadline=None)
def test_what_would_be_hidden_is_never_overlooked(texts: list[str], ascii_only: bool) -> None:
    events = page(texts)
    if "\ud800" in "".join(texts):
        ascii_only = True
    raw = json.dumps(events, ensure_ascii=ascii_only).encode()
    assert could_hide(ANNA, raw) or blotted_events(json.loads(raw), ANNA) == events


@pytest.mark.parametrize(
    "text", ["Anna has 4711 shoes", "ANNA-4712", "%41nna, 10 %", "\\f101 Annas 今日", "n 1"]
)
def test_a_page_that_has_not_all_of_a_code_is_ruled_out(text: str) -> None:
    has_it = text.startswith("Anna has")
    assert could_hide(ANNA, json.dumps(page([text]), ensure_ascii=False).encode()) is has_it


def test_a_field_whose_name_is_written_in_numbers_is_looked_into() -> None:
    assert could_hide(ANNA, rb'[{"v\u0061lue":"an"}]')
    assert not could_hide(ANNA, rb'[{"title":"\\u0061"}]')


def test_a_large_page_takes_no_time_worth_telling() -> None:
    pages = [
        "a n n a " * 100_000,
        "%2Dabc " * 60_000,
        "\\41 b " * 60_000,
        "ANNA-471 é " * 40_000,
        "“”" * 180_000,
    ]
    began_s = time.process_time()
    assert not any(could_hide(ANNA, json.dumps([one], ensure_ascii=False).encode()) for one in pages)
    assert time.process_time() - began_s < 2.0
