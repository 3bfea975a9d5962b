"""The watch page and what it fetches: the timeline as JSON and the picture as stored payloads.

Each answer stands behind the same two steps: may this agent open the session, and is the view logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Iterable, Iterator

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Message, Send

from replay.model.personal_code import Codes
from replay.model.schema import decode
from replay.model.session import show_code
from replay.model.site import PageSettings
from replay.model.track import Track
from replay.ports import Session, Site, StoredBatch
from replay.recording.blotting import Blotter
from viewer.blotted import blotted
from viewer.codes import codes_of
from viewer.desk import desk_of, page_response, session_of, signed_in
from viewer.errors import DeskError, not_found
from viewer.pages import WatchPage
from viewer.timeline import Json, session_json, timeline_json

__all__ = ["picture", "timeline", "watch"]

PIECE_BYTES = 32 * 1024
"""How much of a picture, compressed, is sent at once; one chunk may be more."""


async def watch(request: Request) -> Response:
    """GET /watch/<session>"""
    desk, session = desk_of(request), await session_of(request)
    site = await desk.store.site(session.site)
    await desk.views.open(signed_in(request), session, "recording")
    return page_response(
        request,
        WatchPage(
            session_id=session.id,
            code=show_code(session.code),
            site=session.site,
            site_name=site.name if site else session.site,
            started_ms=session.started_ms,
            seen_ms=session.seen_ms,
            ended_ms=session.ended_ms,
            live=_is_live(request, session),
        ),
    )


async def timeline(request: Request) -> Response:
    """GET /api/sessions/<session>"""
    desk, session = desk_of(request), await session_of(request)
    await desk.views.ensure(signed_in(request), session, "recording")
    store = desk.store
    # Facts are read before page loads: a fact whose page load is not in the answer would have no clock.
    facts, chunks, findings, told, brought = await asyncio.gather(
        store.batches(session.id, Track.FACTS),
        store.outline(session.id, Track.PICTURE),
        store.findings(session.id),
        store.told(session.id),
        store.brought([session.id]),
    )
    loads, gaps, identifiers, views, agents, site = await asyncio.gather(
        store.loads(session.id),
        store.gaps(session.id),
        store.identifiers(session.id),
        store.views(session.id),
        store.agents(),
        store.site(session.site),
    )
    own = brought.get(session.id)
    # After facts and findings, so that there is none whose code is not known here.
    codes = await codes_of(store, session)
    # A long session is some ten thousand events: reading them must not hold up anybody's live picture.
    body = await asyncio.to_thread(
        timeline_json,
        codes=codes,
        session=_session_json(request, session, site),
        loads=loads,
        facts=facts,
        chunks=chunks,
        gaps=gaps,
        findings=findings,
        told=told,
        told_until_ms=own.until_ms if own else None,
        visit_ms=session.started_ms,
        identifiers=identifiers,
        views=views,
        agent_names={agent.login: agent.name for agent in agents},
        payment_paths=decode(PageSettings, dict(site.settings if site else {})).payment_paths,
    )
    return await asyncio.to_thread(JSONResponse, body)


async def picture(request: Request) -> Response:
    """GET /api/sessions/<session>/picture/<load>?after=<number>"""
    desk, session = desk_of(request), await session_of(request)
    after = _number(request.query_params.get("after", "0"))
    load = await desk.store.load(session.id, request.path_params["load"])
    if load is None:
        raise not_found("There is no such page load in this session.")
    await desk.views.ensure(signed_in(request), session, "recording")
    chunks = await desk.store.batches(session.id, Track.PICTURE, load=load.id, after=after)
    return _Picture(chunks, await codes_of(desk.store, session), desk.send_timeout_ms)


def _is_live(connection: HTTPConnection, session: Session) -> bool:
    """Whether a page of the session is open in the customer's browser now."""
    return session.ended_ms is None and desk_of(connection).bus.live(session.id)


def _session_json(connection: HTTPConnection, session: Session, site: Site | None) -> Json:
    """The session's JSON as of now."""
    return session_json(
        session,
        site_name=site.name if site else session.site,
        live=_is_live(connection, session),
        now_ms=desk_of(connection).now_ms(),
    )


class _Picture(StreamingResponse):
    """The payloads as frames. A reader who takes nothing more for a while is let go of, with all that is held
    for it; the player sees that the answer was cut short and asks again."""

    def __init__(self, chunks: Iterable[StoredBatch], codes: Codes, send_timeout_ms: int) -> None:
        super().__init__(_frames(chunks, codes), media_type="application/octet-stream")
        self._send_timeout_ms = send_timeout_ms

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._send_timeout_ms / 1_000):
                await send(message)

        with contextlib.suppress(TimeoutError):
            await super().stream_response(send_in_time)


async def _frames(chunks: Iterable[StoredBatch], codes: Codes) -> AsyncIterator[bytes]:
    blotter = Blotter()
    for piece in _pieces(chunks):
        payloads = await blotted(blotter, [chunk.payload for chunk in piece], codes)
        yield b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads)


def _pieces(chunks: Iterable[StoredBatch]) -> Iterator[list[StoredBatch]]:
    """Chunks as they are blotted and sent together: most are so small that going to a thread takes longer."""
    piece: list[StoredBatch] = []
    size = 0
    for chunk in chunks:
        piece.append(chunk)
        size += len(chunk.payload)
        if size >= PIECE_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise DeskError(
            400, "The number to go on after cannot be read.", "Ask again.", "a whole number", text[:40]
        )
    return int(text)
