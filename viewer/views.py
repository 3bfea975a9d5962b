"""The log of who opened what: committed before the first byte of a recording leaves the desk.

Opening the watch page is always a view of its own. What the page then fetches belongs to that view; a
request that comes without one (a script, a tab kept open over a restart) is logged by itself first. Whenever
the log cannot be written nothing is shown: ``StoreUnavailable`` goes up and becomes a 503.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

from replay.ports import Session, Store, View
from viewer.logins import SignedIn

__all__ = ["ViewLog", "What"]

What = Literal["recording", "live"]
_REMEMBERED_COUNT = 10_000
"""Views remembered as logged; one that is forgotten is only logged again."""


class ViewLog:
    """Logs views, and knows which were logged in the logins of late."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms
        self._logged: OrderedDict[tuple[bytes, str, What], None] = OrderedDict()

    async def open(self, who: SignedIn, session: Session, what: What) -> None:
        """Log that the agent opens the session now."""
        view = View(agent=who.agent.login, session=session.id, what=what, at_ms=self._now_ms())
        await self._store.log_view(view)
        key = (who.login.token_hash, session.id, what)
        self._logged[key] = None
        self._logged.move_to_end(key)
        while len(self._logged) > _REMEMBERED_COUNT:
            self._logged.popitem(last=False)

    async def ensure(self, who: SignedIn, session: Session, what: What) -> None:
        """Log it unless this login did already."""
        if (who.login.token_hash, session.id, what) not in self._logged:
            await self.open(who, session, what)
