"""One page load's conversation with the collector, whatever carries it.

The protocol machine says what came; this module decides who is let in and hands the rest to the keeper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from replay.collector.addresses import page_settings
from replay.collector.keeping import Collector, Keeper
from replay.collector.quota import OverQuota
from replay.collector.sessions import Denied, admit, may_resume, may_send
from replay.ports import Published, Site, StoreUnavailable
from replay.protocol.connection import (
    BatchReceived,
    ClockMeasured,
    GapDeclared,
    Greeted,
    Refusing,
    ServerConnection,
    StyleIgnored,
    StyleReceived,
)
from replay.protocol.messages import CloseCode, Hello

__all__ = ["Conversation"]

logger = logging.getLogger("replay.collector")


class Conversation:
    """Feed it messages with ``receive``; send what ``outgoing`` gives whenever ``notify`` is called.

    Used as an async context manager: on leaving, what is in flight is still committed.
    """

    def __init__(
        self, collector: Collector, *, origin: str | None, address: str, notify: Callable[[], None]
    ) -> None:
        self._collector = collector
        self._origin = origin
        self._address = address
        self._notify = notify
        self._machine = ServerConnection(collector.limits)
        self._held: list[AbstractContextManager[None]] = []
        self._site: Site | None = None
        self.keeper: Keeper | None = None
        """None until the page was let in."""

    async def __aenter__(self) -> Conversation:
        return self

    async def __aexit__(self, *error: object) -> None:
        try:
            await self.settle()
        finally:
            for held in self._held:
                held.__exit__(None, None, None)

    @property
    def close_code(self) -> int | None:
        """The code to close with once ``outgoing`` is sent; None while the conversation goes on."""
        return self._machine.close_code

    @property
    def close_reason(self) -> str:
        """What to put beside the code."""
        return self._machine.close_reason

    def outgoing(self) -> list[bytes]:
        """Messages to send now, each once."""
        return self._machine.data_to_send()

    def refuse(self, code: CloseCode, reason: str, *, cap: str | None = None) -> None:
        """End the conversation. The first refusal stands."""
        if self._machine.close_code is None:
            self._machine.refuse(code, reason)
            self._refused(code, cap)

    async def receive(self, data: bytes) -> None:
        """Take one message. Returns when it may be followed by the next one."""
        for event in self._machine.receive(data, self._collector.now_ms()):
            match event:
                case Greeted(hello=hello):
                    await self._greet(hello)
                case Refusing(code=code):
                    self._refused(code)
                case BatchReceived() if self.keeper is not None:
                    self.keeper.keep(event)
                case GapDeclared() if self.keeper is not None:
                    self.keeper.declare(event)
                case ClockMeasured() if self.keeper is not None:
                    self.keeper.measured(event)
                case StyleReceived() if self.keeper is not None:
                    self.keeper.keep_style(event)
                case StyleIgnored():
                    self._notify()
        if self.keeper is not None:
            await self.keeper.room()

    def _refused(self, code: CloseCode, cap: str | None = None) -> None:
        site = None if self._site is None else self._site.key
        self._collector.metrics.refuse(code, site=site, cap=cap)
        self._notify()

    def attend(self) -> None:
        """The page stays: let it be told when it is watched, and the desk that it is here."""
        if self.keeper is not None:
            self._hold(self._collector.bus.connected(self.keeper.session, self.keeper.watched))

    def _hold(self, held: AbstractContextManager[None]) -> None:
        """Until the conversation is over."""
        held.__enter__()
        self._held.append(held)

    async def settle(self) -> None:
        """Wait until everything received is committed or refused."""
        if self.keeper is not None:
            await self.keeper.settle()

    async def _greet(self, hello: Hello) -> None:
        collector = self._collector
        site = await collector.site(hello.site)
        if site is None:
            self.refuse(CloseCode.FORBIDDEN, "Unknown site key. `replay site list` shows the keys.")
            return
        self._site = site
        may_open = may_send(site, self._origin)
        if not may_open and not may_resume(hello, self._origin):
            self.refuse(CloseCode.FORBIDDEN, f"Not an origin of this site: {str(self._origin)[:60]}")
            return
        now_ms = collector.now_ms()
        try:
            collector.quota.greet(self._address, now_ms)
            self._hold(collector.quota.site_connection(site.key))
            admitted = await admit(
                collector.store,
                collector.writer,
                site,
                hello,
                now_ms,
                count_new=lambda: collector.count_session(self._address, site.key, now_ms),
                may_open=may_open,
            )
        except OverQuota as error:
            self.refuse(error.code, str(error), cap=error.cap)
            return
        except StoreUnavailable:
            self.refuse(CloseCode.CANNOT_STORE, "Nothing can be kept now: come again later.")
            return
        if isinstance(admitted, Denied):
            self.refuse(admitted.code, admitted.reason)
            return
        if admitted.new:
            collector.metrics.sessions.inc()
            logger.info("session opened", extra={"site": site.key, "session": admitted.session.id})
        self._hold(collector.quota.session(admitted.session.id))
        self.keeper = Keeper(
            collector, site, admitted, self._address, self._machine, notify=self._notify, refuse=self.refuse
        )
        self._machine.welcome(
            session=admitted.session.id,
            token=admitted.token,
            code=admitted.session.code,
            server_ms=collector.now_ms(),
            facts_acked=admitted.load.facts_acked,
            picture_acked=admitted.load.picture_acked,
            settings=page_settings(site),
        )
        if admitted.load.facts_acked:
            await self._resume(self.keeper)
        collector.bus.publish(Published(session=admitted.session.id, load_opened=True))
        self._notify()

    async def _resume(self, keeper: Keeper) -> None:
        try:
            await keeper.resume()
        except StoreUnavailable:
            self.refuse(CloseCode.CANNOT_STORE, "Nothing can be kept now: come again later.")
