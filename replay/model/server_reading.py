"""Reads what a back office posts, and says of each event that does not fit what to change.

The developer of a back office sees these sentences in a log and nothing else, so each names the event, the
field, what was expected, what came, and what to do. Amounts are decimal texts: a number in JSON is a binary
fraction to most programs, and 499.00 must never become 498.99. Unknown fields are refused, since a
misspelt one would be lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from replay.model.json_reading import Number, Twice, Unreadable, printable, read_json
from replay.model.money import NotExact, from_scale
from replay.model.server_event import (
    KINDS,
    LINES_MAX_COUNT,
    Party,
    ServerEvent,
    ServerEventKind,
    ServerLine,
)

__all__ = [
    "DEPTH_MAX_COUNT",
    "EVENTS_MAX_COUNT",
    "FIELDS",
    "Refused",
    "Unreadable",
    "read_batch",
    "read_event",
]
__all__ += ["shown_id"]

EVENTS_MAX_COUNT = 500
"""Events of one request."""
DEPTH_MAX_COUNT = 6
"""Lists and maps within one another."""
WORD_MAX_CHARS = 120
IDS_MAX_COUNT = 20
AHEAD_MS = 24 * 60 * 60 * 1_000
"""How far another system's clock may be ahead of ours."""
EARLIEST_MS = 946_684_800_000
"""The year 2000: what is earlier is no milliseconds."""
_HIGHEST_MINOR = 10**15
"""What is more is no amount; a few of them together are still whole numbers to a browser."""
_MOST_LINES_COUNT = 10**6
_SHOWN_CHARS = 60

_AMOUNT = 'a decimal text such as "499.00"'
_CURRENCY = "a currency of ISO 4217 in capitals, such as USD"
FIELDS: tuple[str, ...] = (
    "id",
    "kind",
    "system",
    "occurred_at",
    "order",
    "ids",
    "customer",
    "status_raw",
    "amount",
)
FIELDS += ("currency", "lines", "lines_count", "sku", "store", "from", "to")


class Refused(ValueError):
    """One event cannot be taken: which field, what was expected, what came, what to do."""

    def __init__(self, field: str, expected: str, got: object, do: str) -> None:
        self.field = field
        self.expected = expected
        self.got = _shown(got)
        self.do = do
        super().__init__(f"{field}: expected {expected}, got {self.got}. {do}")


def read_batch(body: bytes) -> list[object]:
    """The events of a body as ``read_event`` takes them. Raises ``Unreadable``."""
    value = read_json(body, DEPTH_MAX_COUNT)
    if not isinstance(value, dict):
        raise Unreadable(f"The body is {_shown(value)}.", 'Send one event, or {"events": [...]}.')
    if "events" not in value:
        return [value]
    events = value["events"]
    if set(value) != {"events"} or isinstance(value, Twice) or not isinstance(events, list):
        raise Unreadable(
            "Beside a batch's events nothing can be given, and they are a list.", 'Send {"events": [...]}.'
        )
    if not 1 <= len(events) <= EVENTS_MAX_COUNT:
        raise Unreadable(
            f"{len(events)} events came at once.", f"Send between 1 and {EVENTS_MAX_COUNT} of them."
        )
    return events


def read_event(value: object, now_ms: int) -> ServerEvent:
    """One event, checked; ``now_ms`` is the server's time. Raises ``Refused``."""
    given = _Given("", _fields("event", value, FIELDS))
    kind = given.take("kind", _one_of_kinds, required=True)
    currency = given.take("currency", _word)
    if currency is not None:
        _minor("currency", "0", currency)
    event = ServerEvent(
        id=given.take("id", _word, required=True),
        kind=kind,
        system=given.take("system", _word, required=True),
        occurred_ms=given.take("occurred_at", lambda name, one: _past(name, one, now_ms), required=True),
        order=given.take("order", _word, required=kind.startswith(("order.", "payment.", "return."))),
        ids=given.take("ids", _ids),
        customer=given.take("customer", _party),
        status_raw=given.take("status_raw", _word),
        currency=currency,
        minor=given.take(
            "amount",
            lambda name, one: _minor(name, one, currency),
            required=kind in ("payment.authorized", "payment.captured", "payment.refunded", "price.list"),
        ),
        lines=given.take("lines", lambda name, one: _lines(name, one, currency)),
        lines_count=given.take("lines_count", _lines_count),
        sku=given.take("sku", _word, required=kind == "price.list"),
        store=given.take("store", _word, required=kind == "price.list"),
        from_ms=given.take("from", _moment),
        to_ms=given.take("to", _moment),
    )
    if event.lines_count is not None and event.lines_count <= len(event.lines or ()):
        do = "Leave it out where all of them are given."
        raise Refused("lines_count", "more than `lines` holds", event.lines_count, do)
    if kind == "email.sent" and event.order is None and event.customer is None:
        raise Refused("order", "an order or a customer", None, "Say whom the e-mail went to, or about what.")
    if kind != "price.list":
        for name, one in (("sku", event.sku), ("store", event.store), ("from", event.from_ms)):
            if one is not None:
                raise Refused(name, "nothing: only price.list has it", one, "Put articles into `lines`.")
    elif event.to_ms is not None and event.to_ms <= (event.from_ms or event.occurred_ms):
        raise Refused("to", "a time after `from`", event.to_ms, "Leave out `to` while the price has no end.")
    return event


def shown_id(value: object) -> str | None:
    """The id that an event was given, if it can be read at all."""
    given = value.get("id") if isinstance(value, dict) else None
    return printable(given[:WORD_MAX_CHARS]) if isinstance(given, str) else None


@dataclass(frozen=True, slots=True)
class _Given:
    """The fields of one map; ``path`` is where it stands."""

    path: str
    fields: Mapping[str, object]

    def take(self, name: str, read: Callable[[str, object], Any], *, required: bool = False) -> Any:
        """The field as ``read`` reads it; None where it is not given or null."""
        value = self.fields.get(name)
        if value is None:
            if required:
                raise Refused(self.path + name, "a value: it is required", None, f"Give `{name}`.")
            return None
        return read(self.path + name, value)


def _fields(name: str, value: object, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Refused(name, "a map of fields", value, "Send a JSON object.")
    if isinstance(value, Twice):
        raise Refused(value.key, "each field once", "it twice", "Leave one of them out.")
    for field in value:
        if field not in known:
            raise Refused(
                _shown_key(field),
                "a field that is known",
                "one that is not",
                f"Known are {', '.join(known)}.",
            )
    return cast("Mapping[str, object]", value)


def _word(name: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise Refused(name, "a text", value, f'Write it in quotes: "{value}".')
    if not isinstance(value, str):
        raise Refused(name, "a text", value, "Write it in quotes.")
    return _text(name, value, WORD_MAX_CHARS)


def _text(name: str, value: object, most: int) -> str:
    if not isinstance(value, str):
        raise Refused(name, "a text", value, "Write it in quotes.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(name, "valid Unicode", "half a surrogate pair", "Send the whole character.") from None
    if not value.strip() or len(value) > most:
        raise Refused(name, f"a text of 1 to {most} characters", value, "Leave the field out or shorten it.")
    return value


def _one_of_kinds(name: str, value: object) -> ServerEventKind:
    for kind in KINDS:
        if value == kind:
            return kind
    raise Refused(name, "one of " + ", ".join(KINDS), value, "Map your system's event to one of these.")


def _moment(name: str, value: object) -> int:
    expected = "a time with its zone, or milliseconds since 1970"
    do = 'For example "2026-11-22T10:04:12Z" or "2026-11-22T10:04:12+01:00".'
    if isinstance(value, str) and len(value) <= _SHOWN_CHARS:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise Refused(name, expected, value, do) from None
        if moment.tzinfo is None or moment.utcoffset() is None:
            raise Refused(name, expected, value, f"It has no zone: whose clock is it? {do}")
        value = round(moment.timestamp() * 1_000)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(name, expected, value, do)
    if not EARLIEST_MS <= value <= 9 * 10**12:
        raise Refused(name, expected, value, "Seconds have to be multiplied by 1000.")
    return value


def _past(name: str, value: object, now_ms: int) -> int:
    moment = _moment(name, value)
    if moment > now_ms + AHEAD_MS:
        raise Refused(name, "a time that has been", value, "Send the event when it happened.")
    return moment


def _minor(name: str, value: object, currency: str | None) -> int:
    if not isinstance(value, str):
        raise Refused(name, _AMOUNT, value, "Write amounts in quotes: numbers of JSON lose hundredths.")
    if currency is None:
        raise Refused("currency", "a currency such as USD, for the amount", None, "Give `currency`.")
    if value.startswith("-"):
        raise Refused(name, f"{_AMOUNT} without a sign", value, "What an event does is said by its kind.")
    try:
        minor = from_scale(value, "major", currency).minor
    except NotExact as error:
        if name == "currency":
            raise Refused(name, _CURRENCY, currency, 'Write it so: "USD".') from None
        raise Refused(name, _AMOUNT, value, f"{error}.") from None
    if minor > _HIGHEST_MINOR:
        raise Refused(name, _AMOUNT, value, "Nothing costs so much: is it an amount?")
    return minor


def _party(name: str, value: object) -> Party:
    given = _Given(f"{name}.", _fields(name, value, ("customer_id", "email", "phone")))
    party = Party(
        customer_id=given.take("customer_id", _word),
        email=given.take("email", lambda field, one: _text(field, one, 254)),
        phone=given.take("phone", lambda field, one: _text(field, one, 40)),
    )
    if party == Party():
        raise Refused(name, "customer_id, email or phone", "none of them", "Give one, or leave it out.")
    return party


def _ids(name: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or isinstance(value, Twice) or len(value) > IDS_MAX_COUNT:
        do = 'For example {"erp": "A-1001"}.'
        raise Refused(name, f"a map of at most {IDS_MAX_COUNT} systems to ids", value, do)
    return {_word(name, system): _word(f"{name}.{_shown_key(system)}", one) for system, one in value.items()}


def _lines(name: str, value: object, currency: str | None) -> tuple[ServerLine, ...]:
    if not isinstance(value, list) or len(value) > LINES_MAX_COUNT:
        do = "Send a list of maps; of more lines the first, and how many they are as `lines_count`."
        raise Refused(name, f"a list of at most {LINES_MAX_COUNT} lines", value, do)
    return tuple(_line(f"{name}[{index}]", one, currency) for index, one in enumerate(value))


def _lines_count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST_LINES_COUNT:
        raise Refused(name, "a whole number", value, "Send how many lines there are in all.")
    return value


def _line(name: str, value: object, currency: str | None) -> ServerLine:
    given = _Given(f"{name}.", _fields(name, value, ("sku", "name", "quantity", "amount")))
    return ServerLine(
        sku=given.take("sku", _word),
        name=given.take("name", lambda field, one: _text(field, one, 600)),
        quantity=given.take("quantity", _quantity),
        minor=given.take("amount", lambda field, one: _minor(field, one, currency)),
    )


def _quantity(name: str, value: object) -> str:
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(written, str) or re.fullmatch(r"\d{1,9}(\.\d{1,6})?", written, re.ASCII) is None:
        raise Refused(name, 'a whole number, or a decimal text such as "1.5"', value, "Send it as such.")
    whole, _, fraction = written.partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))


def _shown_key(key: str) -> str:
    return printable(key[:_SHOWN_CHARS])


def _shown(value: object) -> str:
    """What came, briefly: whoever reads it sent it."""
    if value is None:
        return "nothing"
    if isinstance(value, Number):
        return f"the number {printable(value.written[:_SHOWN_CHARS])}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"the number {value}"
    if isinstance(value, str):
        cut = "…" if len(value) > _SHOWN_CHARS else ""
        return f"“{printable(value[:_SHOWN_CHARS])}{cut}”"
    return f"a list of {len(value)}" if isinstance(value, list) else "a map"
