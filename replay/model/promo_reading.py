"""Reads a promise as a person gives it, and says of each field that does not do what would do.

The same fields come from the command line, from a file and from the desk's form; amounts and percentages are
decimal texts, so that none passes through a binary fraction, and a time without an offset needs a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from replay.model.currency import exponent_of
from replay.model.money import NotExact, from_scale
from replay.model.promo import (
    CODES_MAX_COUNT,
    SKUS_MAX_COUNT,
    WHOLE_BASIS_POINTS,
    Promise,
    is_pattern,
    zone_of,
)

__all__ = ["FIELDS", "Fault", "Faults", "as_given", "read_id", "read_promise"]

FIELDS = (
    "title",
    "codes",
    "campaigns",
    "percent",
    "amount",
    "free_shipping",
    "gift",
    "currency",
    "min",
    "only_skus",
    "except_skus",
    "first_order",
    "from",
    "until",
    "zone",
)
"""Everything that can be given of a promise."""

_KINDS = ("percent", "amount", "free_shipping", "gift")
_WORD_CHARS = 120
_ZONE_CHARS = 60
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
_FIXED_MIN_COUNT = 3
"""Letters and digits that a pattern has to name, so that it does not stand for every code."""
_DAY_CHARS = len("2026-04-30")
_HIGHEST = 10**15
_LATEST_MS = 253_370_764_800_000
"""The year 9999: what is later is not to be said in every zone."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, as a sentence."""

    field: str
    said: str


class Faults(ValueError):
    """A promise that cannot be taken as it was given."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


class _Wrong(ValueError):
    """What is wrong with the field that is being read, or with another one."""

    def __init__(self, said: str, field: str | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.field = field


def read_id(given: object) -> str:
    """The name by which an entry is known. Raises ``Faults``."""
    if isinstance(given, str) and _ID.fullmatch(given):
        return given
    raise Faults(
        Fault("id", "A short name is needed: small letters, digits, dots and dashes, such as spring-20.")
    )


def read_promise(
    given: Mapping[str, object], *, currency: str | None, since_ms: int = 0, by: str = ""
) -> Promise:
    """The promise. ``currency``: the site's, for amounts without one. Raises ``Faults`` with all of them."""
    faults = [
        Fault(name, f"There is no such field. The fields are: {', '.join(FIELDS)}.")
        for name in given
        if name not in FIELDS
    ]

    def read(field: str, reader: Callable[[object], T], otherwise: T) -> T:
        try:
            return reader(given.get(field))
        except _Wrong as wrong:
            faults.append(Fault(wrong.field or field, wrong.said))
            return otherwise

    kinds = [kind for kind in _KINDS if given.get(kind) not in (None, "", False)]
    if len(kinds) != 1:
        what = "Only one thing can be promised" if kinds else "What is promised is needed"
        faults.append(Fault("promise", f"{what}: a percentage, an amount, free shipping or a gift."))
    unit = (read("currency", _text, None) or currency or "").upper() or None
    promise = Promise(
        title=read("title", _title, ""),
        since_ms=since_ms,
        by=by,
        codes=read("codes", _codes, ()),
        campaigns=read("campaigns", _words, ()),
        basis_points=read("percent", _percent, None),
        minor=read("amount", lambda text: _amount(text, unit), None),
        free_shipping=read("free_shipping", _flag, False),
        gift_sku=read("gift", _text, None),
        min_minor=read("min", lambda text: _amount(text, unit), None),
        only_skus=read("only_skus", _skus, ()),
        except_skus=read("except_skus", _skus, ()),
        first_order=read("first_order", _flag, False),
        from_ms=read("from", lambda text: _moment(text, given.get("zone"), is_end=False), None),
        until_ms=read("until", lambda text: _moment(text, given.get("zone"), is_end=True), None),
        zone=read("zone", _zone_name, None),
    )
    if promise.minor is not None or promise.min_minor is not None:
        promise = replace(promise, currency=unit)
    faults += _together(promise, {one.field for one in faults})
    if faults:
        # What several fields need is told once.
        raise Faults(*dict.fromkeys(faults))
    return promise


def _together(promise: Promise, wrong: set[str]) -> list[Fault]:
    """What is wrong with fields that are right alone."""
    faults = []
    if not promise.codes and not promise.campaigns and not wrong & {"codes", "campaigns"}:
        said = "A code or a campaign is needed: by which of them does a customer come?"
        faults.append(Fault("codes", said))
    both = {one.casefold() for one in promise.only_skus} & {one.casefold() for one in promise.except_skus}
    if both:
        faults.append(Fault("except_skus", f"{min(both)} is among those that it is only for, too."))
    begins, ends = promise.from_ms, promise.until_ms
    if begins is not None and ends is not None and begins > ends:
        faults.append(Fault("until", "It ends before it begins."))
    return faults


def as_given(promise: Promise) -> dict[str, object]:
    """The fields that ``read_promise`` reads back into the same promise; empty ones are left out."""
    points = promise.basis_points
    fields: dict[str, object] = {
        "title": promise.title,
        "codes": list(promise.codes),
        "campaigns": list(promise.campaigns),
        "percent": None if points is None else _decimal(points, 2).rstrip("0").rstrip("."),
        "amount": _written(promise.minor, promise),
        "free_shipping": promise.free_shipping,
        "gift": promise.gift_sku,
        "currency": promise.currency,
        "min": _written(promise.min_minor, promise),
        "only_skus": list(promise.only_skus),
        "except_skus": list(promise.except_skus),
        "first_order": promise.first_order,
        "from": _iso(promise.from_ms, promise),
        "until": _iso(promise.until_ms, promise),
        "zone": promise.zone,
    }
    return {name: value for name, value in fields.items() if value not in (None, [], False)}


def _text(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise _Wrong("It must be a text.")
    text = given.strip()
    if len(text) > _WORD_CHARS:
        raise _Wrong(f"At most {_WORD_CHARS} characters.")
    if not text.isprintable():
        raise _Wrong("It holds a character that cannot be seen.")
    return text or None


def _title(given: object) -> str:
    text = _text(given)
    if text is None:
        raise _Wrong("A title is needed: what agents call it.")
    return text


def _flag(given: object) -> bool:
    if given is None or isinstance(given, bool):
        return bool(given)
    raise _Wrong("It must be true or false.")


def _list(given: object, most: int) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, (list, tuple)):
        raise _Wrong("It must be a list of texts.")
    if len(given) > most:
        raise _Wrong(f"At most {most} of them.")
    return tuple(dict.fromkeys(text for one in given if (text := _text(one)) is not None))


def _words(given: object) -> tuple[str, ...]:
    return _list(given, CODES_MAX_COUNT)


def _skus(given: object) -> tuple[str, ...]:
    return _list(given, SKUS_MAX_COUNT)


def _codes(given: object) -> tuple[str, ...]:
    codes = _words(given)
    for code in codes:
        if is_pattern(code) and sum(letter.isalnum() for letter in code) < _FIXED_MIN_COUNT:
            least = f"name at least {_FIXED_MIN_COUNT} letters or digits"
            raise _Wrong(f"{code} stands for too many codes: {least}.")
    return codes


def _percent(given: object) -> int | None:
    text = _decimal_text(given, "20")
    if text is None:
        return None
    written = _PERCENT.fullmatch(text.removesuffix("%").strip())
    points = int(written[1]) * 100 + int((written[2] or "").ljust(2, "0")) if written else 0
    if not 0 < points <= WHOLE_BASIS_POINTS:
        raise _Wrong("A percentage is more than 0 and at most 100, with up to two decimals: 12.5")
    return points


def _amount(given: object, currency: str | None) -> int | None:
    text = _decimal_text(given, "10.00")
    if text is None:
        return None
    if currency is None:
        raise _Wrong("A currency such as USD is needed for the amount.", "currency")
    if exponent_of(currency) is None:
        raise _Wrong(f"{currency} is not a currency of ISO 4217.", "currency")
    try:
        minor = from_scale(text, "major", currency).minor
    except NotExact:
        decimals = exponent_of(currency)
        raise _Wrong(f"An amount in {currency} is a number with up to {decimals} decimals: 10") from None
    if not 0 < minor <= _HIGHEST:
        raise _Wrong("An amount is more than 0.")
    return minor


def _decimal_text(given: object, such: str) -> str | None:
    if given is not None and not isinstance(given, str):
        raise _Wrong(f'Write the number as a text: "{such}".')
    return _text(given)


def _zone_name(given: object) -> str | None:
    name = _text(given)
    if name is not None:
        _zone(name)
    return name


def _zone(name: str) -> ZoneInfo:
    try:
        if len(name) <= _ZONE_CHARS:
            return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        # Not there, a folder, not a relative path.
        pass
    raise _Wrong(f"{name[:_ZONE_CHARS]} is no time zone. One is written like Europe/Berlin.", "zone")


def _moment(given: object, zone: object, *, is_end: bool) -> int | None:
    """A time in milliseconds since 1970; a day that is the end is meant to its last."""
    text = _text(given)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if len(text) <= _DAY_CHARS else None
        said = datetime.combine(day, time.min) if day else datetime.fromisoformat(text)
        is_whole_day = day is not None and is_end
        if is_whole_day:
            said += timedelta(days=1)
        if said.tzinfo is None:
            name = _text(zone)
            if name is None:
                raise _Wrong("A time zone such as Europe/Berlin is needed for this time.", "zone")
            said = said.replace(tzinfo=_zone(name))
        ms = (said - _EPOCH) // timedelta(milliseconds=1)
    except _Wrong:
        raise
    except (ValueError, OverflowError):
        raise _Wrong("A time is written like 2026-04-30 or 2026-04-30T18:00.") from None
    if not 0 < ms < _LATEST_MS:
        raise _Wrong("A time is after 1970 and before 9999.")
    return ms - 1 if is_whole_day else ms


def _iso(ms: int | None, promise: Promise) -> str | None:
    if ms is None:
        return None
    at = (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone_of(promise))
    return at.isoformat(timespec="milliseconds" if ms % 1_000 else "seconds")


def _written(minor: int | None, promise: Promise) -> str | None:
    return None if minor is None else _decimal(minor, exponent_of(promise.currency or "") or 0)


def _decimal(units: int, decimals: int) -> str:
    digits = str(units).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
