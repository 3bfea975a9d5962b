"""Web teams are told of problems: signed, in order, again until it arrived, and no private host is asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from replay.collector.counting import ProblemCounter
from replay.collector.metrics import Metrics
from replay.collector.notifying import FIRST_WAIT_MS, GIVE_UP_MS, Notifier, signature
from replay.model.problem import CONSEQUENCE_RULE, Family, consequence_of
from replay.ports import Counted, Notice, Store
from storage.memory import MemoryStore
from storage.sqlite import open_store
from tests.collector.test_counting import PAID_MORE
from tests.contract.given import NOW_MS, all_problems, batch, identifier, opened
from tests.contract.test_findings import judge
from tests.serving import serving
from tests.viewer.visits import SITE

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef").decode()
FAMILY = Family("shop", "rule", "signature")


class Receiver:
    """A web team's server, which answers with ``status``."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.got: list[Request] = []
        self.bodies: list[bytes] = []

    async def __call__(self, request: Request) -> Response:
        self.got.append(request)
        self.bodies.append(await request.body())
        return Response(status_code=self.status, headers=self.headers)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def origin(receiver: Receiver) -> AsyncIterator[str]:
    async def hook(request: Request) -> Response:
        return await receiver(request)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["GET", "POST"])])) as url:
        yield url


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore()
    if request.param == "sqlite":
        opened = await open_store(tmp_path / "replay.db")
    yield opened
    await opened.close()


async def put_site(store: Store, url: str | None, *, key: str = "shop") -> None:
    # Another setting that cannot be read stands in nobody's way.
    settings: dict[str, object] = {"currency": "dollars"}
    if url is not None:
        settings["problems_webhook"] = url
    await store.put_site(replace(SITE, key=key, settings=settings, webhook_secret=SECRET))


async def put(store: Store, *ids: str, site: str = "shop") -> None:
    notices = tuple(
        Notice(id=one, site=site, body=json.dumps({"is": one}), created_ms=NOW_MS, due_ms=NOW_MS)
        for one in ids
    )
    await store.put_counted(
        Counted(family=FAMILY._replace(site=site), changes_count=0, problems=(), notices=notices)
    )


class Clocked:
    """A notifier whose clock stands where a test puts it."""

    def __init__(self, store: Store, *private: str) -> None:
        self.now_ms = NOW_MS
        self.metrics = Metrics()
        self.notifier = Notifier(store, self.metrics, now_ms=lambda: self.now_ms, private=private)

    async def deliver(self, later_ms: int = 0) -> int:
        self.now_ms += later_ms
        return await self.notifier.deliver_due()


def verified(receiver: Receiver, at: int) -> object:
    """As the README has it."""
    request, body = receiver.got[at], receiver.bodies[at]
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = hmac.new(key, signed.encode() + body, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    return json.loads(body)


async def test_what_opens_is_told_with_nothing_of_any_customers(
    store: Store, receiver: Receiver, origin: str
) -> None:
    await put_site(store, f"{origin}/hook")
    for session in "abc":
        who = identifier("email", "ana@shop.example", verified=session == "a")
        await store.commit([*opened(session=session), batch(1, who, session=session)])
        refused = replace(PAID_MORE, rule="promo_rejected", subject="ANA1999")
        left = replace(
            refused,
            rule=CONSEQUENCE_RULE,
            signature=consequence_of(refused.rule, refused.signature),
            minor=499_00,
            currency="USD",
        )
        await judge(store, refused, *([left] if session != "c" else []), session=session)
    await ProblemCounter(
        store, Metrics(), now_ms=lambda: NOW_MS, desk_url="https://desk.example/"
    ).count_changed()
    (problem,) = await all_problems(store)
    assert await Clocked(store, origin).deliver() == 1
    told = verified(receiver, 0)
    assert isinstance(told, dict)
    assert (told["type"], told["problem"]["met"]) == ("problem.opened", "3 sessions")
    assert told["problem"]["carts_left"] == 2
    assert told["problem"]["carts_left_money"] == [{"currency": "USD", "minor": 998_00}]
    assert told["problem"]["url"] == f"https://desk.example/problems/{problem.id}"
    text = receiver.bodies[0].decode()
    assert "ana" not in text.casefold()
    assert await store.notices("shop", 9) == []


async def test_what_fails_is_tried_again_later_and_later_and_nothing_overtakes_it(
    store: Store, receiver: Receiver, origin: str
) -> None:
    await put_site(store, f"{origin}/hook")
    await put(store, "one", "two")
    notifier, receiver.status = Clocked(store, origin), 500
    assert await notifier.deliver() == 0
    assert await notifier.deliver(FIRST_WAIT_MS - 1) == 0
    assert len(receiver.got) == 1
    assert await notifier.deliver(1) == 0
    assert await notifier.deliver(2 * FIRST_WAIT_MS - 1) == 0
    (waiting, _) = await store.notices("shop", 9)
    assert (waiting.id, waiting.attempts_count, waiting.failure) == ("one", 2, "It answered with 500.")
    # Another process goes on where this one was.
    notifier.notifier, receiver.status = (
        Notifier(store, notifier.metrics, now_ms=lambda: notifier.now_ms, private=[origin]),
        200,
    )
    assert [await notifier.deliver(1), await notifier.deliver(), await notifier.deliver()] == [1, 1, 0]
    assert [verified(receiver, at) for at in (-2, -1)] == [{"is": "one"}, {"is": "two"}]


async def test_what_is_days_old_is_given_up(store: Store, receiver: Receiver, origin: str) -> None:
    await put_site(store, f"{origin}/hook")
    await put(store, "one")
    notifier, receiver.status = Clocked(store, origin), 404
    await notifier.deliver(GIVE_UP_MS)
    assert await store.notices("shop", 9) == []


async def test_no_redirect_is_followed(store: Store, receiver: Receiver, origin: str) -> None:
    await put_site(store, f"{origin}/hook")
    await put(store, "one")
    receiver.status, receiver.headers = 307, {"Location": f"{origin}/hook"}
    await Clocked(store, origin).deliver()
    assert len(receiver.got) == 1
    assert [one.failure for one in await store.notices("shop", 9)] == ["It answered with 307."]


async def test_private_addresses_are_asked_only_where_the_operator_said_so(
    store: Store, receiver: Receiver, origin: str
) -> None:
    port = origin.rpartition(":")[2]
    for key, url in (
        ("plain", f"{origin}/hook"),
        ("tls", f"https://127.0.0.1:{port}/hook"),
        ("name", f"https://localhost:{port}/hook"),
        ("cloud", "https://169.254.169.254/latest"),
    ):
        await put_site(store, url, key=key)
        await put(store, key, site=key)
    assert await Clocked(store).deliver() == 0
    assert receiver.got == []
    told = {key: (await store.notices(key, 9))[0].failure for key in ("plain", "tls", "name", "cloud")}
    assert told == {
        "plain": "Its address has to begin with https://.",
        "tls": "127.0.0.1 is inside a private network.",
        "name": "localhost is inside a private network.",
        "cloud": "169.254.169.254 is inside a private network.",
    }


async def test_one_that_does_not_answer_holds_up_no_other(
    store: Store, receiver: Receiver, origin: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deaf = f"http://127.0.0.1:{silent.getsockname()[1]}"
        await put_site(store, deaf, key="deaf")
        await put_site(store, f"{origin}/hook")
        await put(store, "unheard", site="deaf")
        await put(store, "heard")
        notifier = Notifier(
            store, Metrics(), now_ms=lambda: NOW_MS, private=[deaf, origin], deadline_ms=1_000
        )
        assert await notifier.deliver_due() == 1
    assert [one.failure for one in await store.notices("deaf", 9)] == ["It did not answer within 1 s."]


async def test_who_wants_to_hear_nothing_is_told_nothing(store: Store) -> None:
    await put_site(store, None)
    await put(store, "one")
    await Clocked(store).deliver()
    assert await store.notices("shop", 9) == []


def test_the_readme_says_how_to_tell_what_is_genuine() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (source,) = re.findall(r"```python\n(import base64.*?)```", readme, re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)
    now_s, body = int(time.time()), '{"title": "“HP-15”"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now_s),
        "webhook-signature": signature(SECRET, "msg_1", now_s, body),
    }
    is_genuine = names["is_genuine"]
    assert is_genuine(headers, body.encode(), SECRET)
    assert not is_genuine(headers, b"{}", SECRET)
    assert not is_genuine(headers | {"webhook-timestamp": str(now_s - 999)}, body.encode(), SECRET)
