"""Every message of the wire, as frozen dataclasses.

A message travels as a msgpack list: its number, then its fields in the order written here. A batch is known
by (session, tab, page load, track, number): the first three are those of its connection's ``Hello``. A
numbered batch never changes; it is delivered, or declared lost by a ``Gap``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Literal

from replay.model.bounds import Matching, MaxChars
from replay.model.events import Sha256

__all__ = [
    "CLIENT_MESSAGES",
    "PROTOCOL_VERSION",
    "SERVER_MESSAGES",
    "Ack",
    "Batch",
    "CheckpointWanted",
    "ClientMessage",
    "Clock",
    "CloseCode",
    "Gap",
    "Hello",
    "Refused",
    "ServerMessage",
    "Style",
    "Styles",
    "Token",
    "Watched",
    "Welcome",
]

PROTOCOL_VERSION = 1

Id = Annotated[
    str,
    MaxChars(40),
    Matching(r"[0-9A-Za-z_~-][0-9A-Za-z._~-]*", "an id of letters, digits and - . _ ~"),
]
"""Stands in addresses as it is."""


class CloseCode(IntEnum):
    """Why the collector ends a conversation. The page knows from the code whether to come again."""

    MALFORMED = 4400
    """A message does not fit the protocol: sending it again would not help."""
    WRONG_TOKEN = 4401
    """The session is not this page's: forget it and start a new one."""
    FORBIDDEN = 4403
    """Unknown site key, foreign origin or missing consent: stop until the page is loaded again."""
    SESSION_ENDED = 4410
    """The session is over (idle, signed out or erased): start a new one."""
    CONFLICT = 4409
    """A batch number was used again for other bytes: start a new page load's numbering."""
    TOO_LARGE = 4413
    """A limit of size, depth or count was passed."""
    TOO_MUCH = 4429
    """A limit on rate or total was passed: come again later."""
    CANNOT_STORE = 4503
    """The collector cannot keep anything now: hold on to what is unacknowledged and come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """First message of every connection. ``session`` and ``token`` are those of an earlier ``Welcome``."""

    version: int
    site: Id
    tab: Id
    load: Id
    consent: Literal["granted", "managed"]
    sent_ms: float
    session: Id | None = None
    token: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Page-clock times at which the hello left and its welcome arrived, for the clock offset."""

    sent_ms: float
    received_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One numbered batch; ``payload`` is kept as it came (facts: ``model.events``, picture: a chunk)."""

    track: int
    number: int
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The page will never send ``first`` to ``last`` of this track: its buffer was full or the page ended."""

    track: int
    first: int
    last: int
    reason: Annotated[str, MaxChars(120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The text of a style that ``Styles`` asked for: UTF-8 whose SHA-256 is ``hash``."""

    hash: Sha256
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """Answer to ``Hello``: the session to use from now on, and how far its tracks are already kept."""

    session: Id
    token: Id
    code: Id
    server_ms: float
    facts_acked: int
    picture_acked: int
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Everything of the track up to ``number`` is committed and synced, or declared lost."""

    track: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Somebody began or ceased to watch live: flush fast, or at ease."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointWanted:
    """Please take a full snapshot now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A new write token; the old one is void."""

    token: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """What becomes of styles that facts named. Comes when such facts are committed, in answer to a ``Style``,
    and after the welcome of a page load that the collector knows already: then for all of its session.

    ``kept``: committed and synced for the whole site, need not be sent. ``wanted``: please send. ``refused``:
    not kept in this conversation; sending it again would not help.
    """

    kept: tuple[Sha256, ...]
    wanted: tuple[Sha256, ...]
    refused: tuple[Sha256, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Last message before the collector closes: the code and a sentence that says what to do."""

    code: int
    reason: str


ClientMessage = Hello | Clock | Batch | Gap | Style
ServerMessage = Welcome | Ack | Watched | CheckpointWanted | Token | Refused | Styles

CLIENT_MESSAGES: Mapping[int, type[ClientMessage]] = {0: Hello, 1: Clock, 2: Batch, 3: Gap, 4: Style}
SERVER_MESSAGES: Mapping[int, type[ServerMessage]] = {
    0: Welcome,
    1: Ack,
    2: Watched,
    3: CheckpointWanted,
    4: Token,
    5: Refused,
    6: Styles,
}
