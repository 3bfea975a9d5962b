"""A session that is erased while an agent looks at it."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from replay.ports import Published, Store
from storage.bus import LocalBus
from tests.conftest import Serve
from tests.viewer.conftest import MakeDesk, log_in
from tests.viewer.visits import Visit, unheard

PATIENCE_S = 5.0


async def test_it_is_shown_no_more(make_desk: MakeDesk, serve: Serve, store: Store, bus: LocalBus) -> None:
    await Visit().put(store)
    address = await serve(make_desk())
    async with httpx.AsyncClient(base_url=address, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        assert (await log_in(client)).status_code == 303
        cookie = f"desk={client.cookies['desk']}"
        url = f"{address.replace('http', 'ws', 1)}/api/sessions/session-1/live"
        with bus.connected("session-1", unheard):
            async with connect(url, additional_headers={"Cookie": cookie, "Origin": address}) as socket:
                assert json.loads(await socket.recv()) == {"type": "state", "live": True}
                await store.erase("session-1")
                bus.publish(Published(session="session-1", ended=True))
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(socket.recv(), PATIENCE_S)
                assert socket.close_code == 4410
        for path in ("/watch/session-1", "/api/sessions/session-1", "/api/sessions/session-1/assets"):
            assert (await client.get(path)).status_code == 404
