"""Few codes are looked for each by itself, many all at once: both find the same."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from replay.model.code_matching import NEAR_MAX_COUNT, Matcher

CODES = ("ANNA-4711", "ANNA-47", "ANNA-4711-XL", "47110 815", "GEHEIM-ANNA", "Élan4711", "春のセール五")
FEW = Matcher(CODES)
MANY = Matcher((*CODES, *(f"QQ{at}WW" for at in range(NEAR_MAX_COUNT))))

_PIECES = [
    "ANNA",
    "4711",
    "47",
    "11",
    "XL",
    "0815",
    "GEHEIM",
    "Élan",
    "春の",
    "セール五",
    "b",
    "A N N A 4 7 1 1",
]
_PIECES += [" ", "-", " - ", "\n    ", "_", "・", ".", " b ", "\u00ad", "\u0301", "%2D", "\\2d ", "SUS", "4"]
_TEXTS = st.lists(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join), max_size=4)


@given(texts=_TEXTS)
@settings(max_examples=500, deadline=None)
def test_few_codes_are_found_where_many_are(texts: list[str]) -> None:
    assert FEW.find_across(texts) == MANY.find_across(texts)
    assert [FEW.find(text) for text in texts] == [MANY.find(text) for text in texts]


def test_of_a_long_text_only_what_is_near_a_code_is_read() -> None:
    one = Matcher(["ANNA-4711"])
    began_s = time.process_time()
    for hostile in ("a n n a ", "ANNA-471 ", "anna4711", "ANNA", "4 7 1 1 "):
        text = hostile * 200_000
        assert [(found.start, found.end) for found in one.find(f"{text} ANNA-4711")][-1:] == [
            (len(text) + 1, len(text) + 10)
        ]
    assert time.process_time() - began_s < 2.0
