"""The fact track: every kind of event that a page may state, and nothing else.

An event on the wire is ``[kind, t, fields]``: its name from ``KINDS``, the page clock in milliseconds since
1970 (one anchor per page load plus the monotonic clock, see ``replay.model.clock``) and its fields. ``t`` is
the time of what caused the event, not the time it was noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from replay.model.bounds import Between, Exceeded, Malformed, Matching, MaxChars, MaxItems
from replay.model.cart import Amount, CartGone, CartState, Node, Sentence, Text, Word
from replay.model.readers import reader, require_plain
from replay.model.schema import encode

__all__ = [
    "KINDS",
    "MAX_EVENTS_COUNT",
    "MAX_TIME_MS",
    "AssetSeen",
    "AssetsSeen",
    "Circumstances",
    "Click",
    "ConsentGiven",
    "Event",
    "Fact",
    "FactsLost",
    "Identified",
    "Mark",
    "OrderLine",
    "OrderPlaced",
    "Outcome",
    "PageLeft",
    "PageLoaded",
    "PageViewed",
    "PriceShown",
    "PromoSeen",
    "RequestFailed",
    "ScriptError",
    "Sha256",
    "SignedOut",
    "StylesUsed",
    "TabShown",
    "decode_events",
    "encode_event",
    "kind_of",
]

MAX_EVENTS_COUNT = 2_000
"""Most events of one batch."""

MAX_TIME_MS = 8_640_000_000_000_000
"""The last moment that a browser's ``Date`` can hold."""

Url = Annotated[str, MaxChars(2_000)]
Sha256 = Annotated[str, Matching(r"[0-9a-f]{64}", "a SHA-256 as 64 hexadecimal digits")]
Scalar = str | int | float | bool | None
Scalars = Annotated[Mapping[str, Scalar], MaxItems(64)]
Pixels = Annotated[int, Between(0, 100_000)]
Place = Annotated[int, Between(-10_000_000, 10_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the customer's browser was like when the page loaded. Unknown things are None. ``sdk``: which
    facts the SDK states; from ``2`` on it says that nothing came of a press, so that silence tells.
    ``locale``: what the browser is set to; ``language``: what the page says it is written in (BCP 47)."""

    user_agent: Sentence | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    pixel_ratio: Annotated[float, Between(0, 1_000)] | None = None
    locale: Word | None = None
    language: Word | None = None
    time_zone: Word | None = None
    release: Word | None = None
    experiments: Scalars | None = None
    campaign: Scalars | None = None
    sdk: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLoaded:
    """A document began to be recorded. ``how``: the navigation type; ``resumed``: back/forward cache.
    ``age_ms``: how long before it had been loaded, where that is not just now. ``status``: what the server
    answered with, where that is an error and the browser says so."""

    url: Url
    title: Sentence | None = None
    status: Annotated[int, Between(400, 599)] | None = None
    referrer: Url | None = None
    how: Literal["navigate", "reload", "back_forward", "resumed", "restarted"] = "navigate"
    age_ms: Annotated[int, Between(0, MAX_TIME_MS)] | None = None
    circumstances: Circumstances = Circumstances()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageViewed:
    """A single-page shop changed its address without loading a document."""

    url: Url
    title: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TabShown:
    """The tab came to the front or went behind another."""

    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLeft:
    """The document was left. ``picture_complete`` is false when unsent picture had to stay behind."""

    picture_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The shop said who the customer is; ``signature`` proves that its backend said so."""

    customer_id: Word | None = None
    email: Annotated[str, MaxChars(254)] | None = None
    phone: Annotated[str, MaxChars(40)] | None = None
    name: Word | None = None
    expires: int | None = None
    signature: Annotated[str, MaxChars(64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """The customer signed out; the session ends with this event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceShown:
    """A price outside the cart, as shown (or as the shop declared it). ``until``: when the shop says that it
    ends, an ISO 8601 date with or without a time."""

    source: Literal["displayed", "declared"]
    context: Word
    role: Word
    sku: Word | None = None
    name: Text | None = None
    amount: Amount = Amount()  # noqa: RUF009 (frozen)
    until: Annotated[str, MaxChars(40)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoSeen:
    """A step in the life of a promotion."""

    source: Literal["displayed", "declared"]
    state: Literal["offered", "entered", "applied", "rejected", "removed"]
    code: Word | None = None
    campaign: Word | None = None
    amount: Amount | None = None
    reason: Word | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order as the shop declared it."""

    sku: Word | None = None
    name: Sentence | None = None
    quantity: Word | None = None
    price: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced:
    """The shop's page said that an order was placed."""

    id: Word
    currency: Annotated[str, MaxChars(3)] | None = None
    total: Amount | None = None
    lines: Annotated[tuple[OrderLine, ...], MaxItems(500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A named fact of the shop's own."""

    name: Word
    data: Scalars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A trusted click. ``text`` is the control's visible label where its zone is readable."""

    node: Node | None = None
    control: Word | None = None
    text: Text | None = None
    x: Place | None = None
    y: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a press on a button or link, where no other fact tells: the click ``after_ms`` earlier in
    the same page load, the last of ``presses`` on the same control.

    ``nothing``: no change of the page, no message, no other page. ``elsewhere``: only what stands apart from
    the control changed, later than what follows from a press. ``message``: the page said ``text``, or,
    without it, the browser asked for a field; with no click at that time, it said so when it had just loaded.
    ``disabled``: nothing, and the control was disabled. ``offline``: nothing, and there was no network.
    ``status``: what the page's own server answered meanwhile.
    """

    what: Literal["nothing", "elsewhere", "message", "disabled", "offline"]
    after_ms: Annotated[int, Between(0, 2**31 - 1)]
    presses: Annotated[int, Between(1, 10_000)] = 1
    text: Text | None = None
    status: Annotated[int, Between(0, 999)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptError:
    """An uncaught error or rejected promise of the page."""

    message: Sentence
    where: Url | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFailed:
    """A request that was answered with 400 or above, or not at all (``status`` None)."""

    method: Word
    url: Url
    status: Annotated[int, Between(0, 999)] | None = None
    duration_ms: Annotated[int, Between(0, 2**31 - 1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The visitor's choice, as the shop's page stated it, with its version where it has one."""

    state: Literal["granted", "denied"]
    version: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsLost:
    """The page dropped facts because its buffer was full."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSeen:
    """An image or font that the page showed, or a style sheet whose rules it may not read. ``url``: absolute,
    exactly as the recording has it, without its fragment; ``bytes``: decoded size; ``width`` and ``height``:
    an image's own, not those it is shown with."""

    url: Url
    kind: Literal["image", "font", "style"]
    bytes: Annotated[int, Between(0, 2**40)] | None = None
    width: Pixels | None = None
    height: Pixels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetsSeen:
    """What the page showed that the collector may fetch, each once per page load (again when it changed)."""

    items: Annotated[tuple[AssetSeen, ...], MaxItems(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StylesUsed:
    """Style texts that the recording refers to by the SHA-256 of their UTF-8, each once per page load."""

    hashes: Annotated[tuple[Sha256, ...], MaxItems(200)]


Fact = (
    PageLoaded
    | PageViewed
    | TabShown
    | PageLeft
    | Identified
    | SignedOut
    | CartState
    | CartGone
    | PriceShown
    | PromoSeen
    | OrderPlaced
    | Mark
    | Click
    | Outcome
    | ScriptError
    | RequestFailed
    | ConsentGiven
    | FactsLost
    | AssetsSeen
    | StylesUsed
)

KINDS: Mapping[str, type[Fact]] = {
    "page": PageLoaded,
    "view": PageViewed,
    "tab": TabShown,
    "left": PageLeft,
    "identify": Identified,
    "signout": SignedOut,
    "cart": CartState,
    "cart_gone": CartGone,
    "price": PriceShown,
    "promo": PromoSeen,
    "order": OrderPlaced,
    "mark": Mark,
    "click": Click,
    "outcome": Outcome,
    "error": ScriptError,
    "request": RequestFailed,
    "consent": ConsentGiven,
    "lost": FactsLost,
    "assets": AssetsSeen,
    "styles": StylesUsed,
}

_NAMES = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """A fact and its page-clock time in milliseconds since 1970."""

    t: float
    fact: Fact


def kind_of(fact: Fact) -> str:
    """The fact's name on the wire."""
    return _NAMES[type(fact)]


_READERS = {name: reader(kind) for name, kind in KINDS.items()}


def decode_events(value: object) -> tuple[Event, ...]:
    """Check the decoded body of a facts batch.

    An event of a kind that this collector does not know is dropped (the page may be newer); everything else
    that does not fit raises ``Malformed``.
    """
    if type(value) is not list:
        raise Malformed("events", "a list", value)
    if len(value) > MAX_EVENTS_COUNT:
        raise Exceeded("events", f"at most {MAX_EVENTS_COUNT} items", value)
    events = []
    for index, item in enumerate(value):
        try:
            event = _decode_event(item)
        except Malformed as error:
            raise error.inside(f"events[{index}]") from None
        if event is not None:
            events.append(event)
    return tuple(events)


def _decode_event(item: object) -> Event | None:
    if type(item) is not list or len(item) != 3:
        raise Malformed("", "a list of kind, time and fields", item)
    kind, t, fields = item
    if type(kind) is not str:
        raise Malformed("[0]", "the name of a kind", kind)
    if (type(t) is not float and type(t) is not int) or not 0 <= t <= MAX_TIME_MS:
        raise Malformed("[1]", "milliseconds since 1970", t)
    try:
        read = _READERS.get(kind)
        if read is None:
            require_plain(fields)
            return None
        return Event(float(t), read(fields))
    except Malformed as error:
        raise error.inside(kind if kind in KINDS else "[2]") from None


def encode_event(event: Event) -> list[object]:
    """The list that stands for the event on the wire and in JSON."""
    return [kind_of(event.fact), event.t, encode(event.fact)]
