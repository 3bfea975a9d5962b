"""The collector's half of one conversation with a page, without any I/O: bytes in, events and bytes out.

The shell reads messages from a socket or a post, gives them to ``receive`` and acts on the events; it
answers through the methods below and sends what ``data_to_send`` returns. Nothing that a peer sends raises:
the first thing that does not fit ends the conversation with a close code and a sentence that says what to
do, and whatever comes after it is ignored. What the store decides (sessions, duplicates, conflicts) is not
decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from replay.model.bounds import Exceeded, Malformed
from replay.model.clock import measure
from replay.model.events import Event
from replay.model.track import Track
from replay.protocol.chunk import ChunkHeader
from replay.protocol.codec import decode_chunk_header, decode_client, decode_facts, encode_message
from replay.protocol.limits import Limits
from replay.protocol.messages import (
    Ack,
    Batch,
    CheckpointWanted,
    Clock,
    CloseCode,
    Gap,
    Hello,
    Refused,
    ServerMessage,
    Style,
    Styles,
    Token,
    Watched,
    Welcome,
)

__all__ = [
    "REASON_BYTES",
    "BatchReceived",
    "ClockIgnored",
    "ClockMeasured",
    "GapDeclared",
    "Greeted",
    "Received",
    "Refusing",
    "ServerConnection",
    "StyleIgnored",
    "StyleReceived",
]

REASON_BYTES = 120
"""Longest reason; a close frame has room for 123 bytes."""
_ELLIPSIS = "…".encode()


@dataclass(frozen=True, slots=True)
class Greeted:
    """The page said hello. Answer with ``welcome`` or ``refuse``."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class ClockMeasured:
    """Page clock + ``offset_ms`` = the collector's clock, give or take ``error_ms``."""

    offset_ms: float
    error_ms: float


@dataclass(frozen=True, slots=True)
class ClockIgnored:
    """The page's times cannot be those of this conversation's hello and welcome."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReceived:
    """A batch that fits the protocol; ``payload`` is to be kept byte for byte and ``digest`` is its SHA-256.

    ``first_ms`` and ``last_ms`` are page-clock times. A facts batch has ``facts`` (the events of known kinds,
    perhaps none), a picture batch has ``chunk``.
    """

    track: Track
    number: int
    payload: bytes
    digest: bytes
    first_ms: float
    last_ms: float
    checkpoint: bool = False
    facts: tuple[Event, ...] = ()
    chunk: ChunkHeader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDeclared:
    """The page will never send these numbers."""

    track: Track
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class StyleReceived:
    """The text of a style: valid UTF-8 whose SHA-256 is ``hash``. Answer with ``styles``."""

    hash: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StyleIgnored:
    """The text of a style is not what its hash says, or no text. The page is told."""

    hash: str


@dataclass(frozen=True, slots=True)
class Refusing:
    """The conversation is over because of what the page sent. The page is told, see ``close_code``."""

    code: CloseCode
    reason: str


Received = (
    Greeted
    | ClockMeasured
    | ClockIgnored
    | BatchReceived
    | GapDeclared
    | StyleReceived
    | StyleIgnored
    | Refusing
)


class ServerConnection:
    """One conversation: the page says hello and is welcomed, then sends its clock, batches and gaps."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._outgoing: list[bytes] = []
        self._refused: Refusing | None = None
        self._hello: Hello | None = None
        self._hello_ms = 0.0
        self._welcome_ms: float | None = None

    @property
    def close_code(self) -> CloseCode | None:
        """The code to close with after everything has been sent; None while the conversation goes on."""
        return None if self._refused is None else self._refused.code

    @property
    def close_reason(self) -> str:
        """What to put beside the code: at most ``REASON_BYTES`` of UTF-8."""
        return "" if self._refused is None else self._refused.reason

    def data_to_send(self) -> list[bytes]:
        """Messages for the page, each once and in order."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    # What the page sends

    def receive(self, data: bytes, now_ms: float) -> list[Received]:
        """Take one message that arrived at ``now_ms``."""
        if self._refused is not None:
            return []
        try:
            return self._receive(data, now_ms)
        except Exceeded as error:
            return self._give_up(CloseCode.TOO_LARGE, error, "Send less at once.")
        except Malformed as error:
            return self._give_up(CloseCode.MALFORMED, error, "Update the page's SDK.")

    def _receive(self, data: bytes, now_ms: float) -> list[Received]:
        if len(data) > self._limits.message_bytes:
            raise Exceeded("message", f"at most {self._limits.message_bytes} bytes", data)
        message = decode_client(data)
        if isinstance(message, Hello):
            return [self._greet(message, now_ms)]
        if self._hello is None:
            raise Malformed("message", "Hello first", message)
        match message:
            case Clock():
                return self._measure(message, self._hello)
            case Batch():
                return [self._read_batch(message)]
            case Gap():
                return [self._read_gap(message)]
            case Style():
                return self._read_style(message)

    def _greet(self, hello: Hello, now_ms: float) -> Greeted:
        if self._hello is not None:
            raise Malformed("message", "Hello once", hello)
        self._hello, self._hello_ms = hello, now_ms
        return Greeted(hello)

    def _measure(self, clock: Clock, hello: Hello) -> list[Received]:
        if self._welcome_ms is None:
            return [ClockIgnored("it came before the welcome, or a second time")]
        # The later of both: a clock that belongs to an earlier conversation's hello cannot pass.
        offset = measure(
            sent_ms=max(hello.sent_ms, clock.sent_ms),
            arrived_ms=self._hello_ms,
            answered_ms=self._welcome_ms,
            received_ms=clock.received_ms,
        )
        if offset is None:
            return [ClockIgnored("the page received the welcome before it sent the hello")]
        self._welcome_ms = None
        return [ClockMeasured(offset.offset_ms, offset.error_ms)]

    def _read_batch(self, batch: Batch) -> BatchReceived:
        track = self._track(batch.track)
        self._require_number("Batch.number", batch.number)
        digest = hashlib.sha256(batch.payload).digest()
        if track is Track.FACTS:
            if len(batch.payload) > self._limits.facts_bytes:
                raise Exceeded(
                    "Batch.payload", f"at most {self._limits.facts_bytes} bytes of facts", batch.payload
                )
            facts = decode_facts(batch.payload)
            return BatchReceived(
                track=track,
                number=batch.number,
                payload=batch.payload,
                digest=digest,
                first_ms=facts.first_ms,
                last_ms=facts.last_ms,
                facts=facts.events,
            )
        chunk = decode_chunk_header(batch.payload)
        if chunk.raw_bytes > self._limits.chunk_raw_bytes:
            raise Exceeded("Chunk.raw_bytes", f"at most {self._limits.chunk_raw_bytes}", chunk.raw_bytes)
        return BatchReceived(
            track=track,
            number=batch.number,
            payload=batch.payload,
            digest=digest,
            first_ms=chunk.first_ms,
            last_ms=chunk.last_ms,
            checkpoint=chunk.checkpoint,
            chunk=chunk,
        )

    def _read_gap(self, gap: Gap) -> GapDeclared:
        self._require_number("Gap.first", gap.first)
        self._require_number("Gap.last", gap.last)
        if gap.last < gap.first:
            raise Malformed("Gap.last", f"a number from {gap.first}, its first", gap.last)
        return GapDeclared(track=self._track(gap.track), first=gap.first, last=gap.last, reason=gap.reason)

    def _read_style(self, style: Style) -> list[Received]:
        if len(style.data) > self._limits.style_bytes:
            raise Exceeded("Style.data", f"at most {self._limits.style_bytes} bytes", style.data)
        if hashlib.sha256(style.data).hexdigest() != style.hash or not _is_text(style.data):
            # Its own fault alone: what the page records is none the worse for it.
            self.styles(refused=(style.hash,))
            return [StyleIgnored(style.hash)]
        return [StyleReceived(style.hash, style.data)]

    def _track(self, number: int) -> Track:
        try:
            return Track(number)
        except ValueError:
            raise Malformed("track", "0 (facts) or 1 (picture)", number) from None

    def _require_number(self, path: str, number: int) -> None:
        if number < 1:
            raise Malformed(path, "a number from 1", number)
        if number > self._limits.number_max_count:
            raise Exceeded(path, f"at most {self._limits.number_max_count}", number)

    def _give_up(self, code: CloseCode, error: Malformed, advice: str) -> list[Received]:
        # What to do is never what is cut off.
        self.refuse(code, f"{_cut(str(error), REASON_BYTES - len(advice) - 2)}. {advice}")
        return [] if self._refused is None else [self._refused]

    # What the page is told

    def welcome(
        self,
        *,
        session: str,
        token: str,
        code: str,
        server_ms: float,
        facts_acked: int,
        picture_acked: int,
        settings: Mapping[str, object],
    ) -> None:
        """Answer the hello at ``server_ms``."""
        self._welcome_ms = server_ms
        self._send(
            Welcome(
                session=session,
                token=token,
                code=code,
                server_ms=server_ms,
                facts_acked=facts_acked,
                picture_acked=picture_acked,
                settings=settings,
            )
        )

    def ack(self, track: int, number: int) -> None:
        """Everything of the track up to ``number`` is committed and synced, or declared lost."""
        self._send(Ack(track=track, number=number))

    def watched(self, on: bool) -> None:
        """Somebody began or ceased to watch."""
        self._send(Watched(on=on))

    def checkpoint_wanted(self) -> None:
        """Ask for a full snapshot."""
        self._send(CheckpointWanted())

    def token(self, token: str) -> None:
        """Hand over a new write token."""
        self._send(Token(token=token))

    def styles(
        self, *, kept: tuple[str, ...] = (), wanted: tuple[str, ...] = (), refused: tuple[str, ...] = ()
    ) -> None:
        """Say what becomes of styles that the page named."""
        self._send(Styles(kept=kept, wanted=wanted, refused=refused))

    def refuse(self, code: CloseCode, reason: str) -> None:
        """End the conversation. The first refusal stands."""
        reason = _cut(reason, REASON_BYTES)
        self._send(Refused(code=code, reason=reason))
        if self._refused is None:
            self._refused = Refusing(code, reason)

    def _send(self, message: ServerMessage) -> None:
        if self._refused is None:
            self._outgoing.append(encode_message(message))


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _cut(text: str, room_bytes: int) -> str:
    data = text.encode(errors="replace")
    if len(data) <= room_bytes:
        return data.decode()
    return data[: room_bytes - len(_ELLIPSIS)].decode(errors="ignore") + _ELLIPSIS.decode()
