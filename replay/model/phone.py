"""One form for a phone number, however it is written: E.164, as far as the numbering plans can tell.

"+1 (415) 555-0134", "415-555-0134" typed in the US and "001 415 555 0134" are one number. Only the plans know
which leading digits are a trunk prefix and which belong to the number, so they are asked (``phonenumbers``,
tables and no I/O). What no plan knows stays as its digits and still finds itself.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

__all__ = ["is_region", "looks_like_phone", "normalise_phone"]

_DIGITS_MIN_COUNT, _DIGITS_MAX_COUNT = 7, 18
"""From a local number to the longest international one behind an exit code."""
_WRITTEN = re.compile(
    r"\s*(tel:)?[\s+\d().\-/\u2010-\u2015\u00a0]+((ext\.?|x|#)\s*\d{1,6})?\s*", re.IGNORECASE
)


def is_region(text: str) -> bool:
    """Whether there is a country or territory of this name (ISO 3166, ``US``) with a numbering plan."""
    return text in phonenumbers.SUPPORTED_REGIONS


def looks_like_phone(text: str) -> bool:
    """Whether ``text`` is written as people write phone numbers, whether or not there is such a number."""
    digits = sum(character.isdigit() for character in text)
    return _DIGITS_MIN_COUNT <= digits <= _DIGITS_MAX_COUNT and _WRITTEN.fullmatch(text) is not None


@functools.lru_cache(maxsize=1024)
def normalise_phone(text: str, region: str) -> str:
    """The number in E.164 ("+14155550134"); ``region`` is where a number without country code is from.

    What cannot be a number anywhere comes back as its digits, "" if it has none.
    """
    plain = "".join(_plain(character) for character in text)
    digits = "".join(character for character in plain if character.isdecimal())
    return _number(plain, region) or _number(digits, region) or digits


def _number(text: str, region: str) -> str:
    """What the plans make of it, a number that exists before one that might; "" if nothing."""
    possible = ""
    for number in _attempts(text, region):
        written = _e164(number)
        if phonenumbers.is_valid_number(number):
            return written
        # Of zeros alone some are lost each time they are read.
        if not possible and _is_whole(number) and _e164(phonenumbers.parse(written)) == written:
            possible = written
    return possible


def _e164(number: phonenumbers.PhoneNumber) -> str:
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    reason: int = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


def _plain(character: str) -> str:
    """A digit of any script, also a raised or encircled one, as the plans write it; other characters stay."""
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _attempts(text: str, region: str) -> Iterator[phonenumbers.PhoneNumber]:
    # Most of the world dials 00 for abroad, also people who write to a shop where one dials something else.
    abroad = re.sub(r"^\s*00", "+", text)
    for attempt in (text, abroad) if abroad != text else (text,):
        try:
            yield phonenumbers.parse(attempt, region)
        except phonenumbers.NumberParseException:
            continue
