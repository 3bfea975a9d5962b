"""Fetching from real servers by an injected resolver: what comes, and what nobody can make us do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest

from replay.collector.fetching import USER_AGENT, Fetched, Fetcher, Unfetchable
from replay.ports import AssetKind
from tests.collector.asset_server import PNG, AssetServer, asset_server, respond


class Names:
    """A resolver that knows what a test tells it, and counts. Several answers: one after another."""

    def __init__(self, **hosts: list[list[str]]) -> None:
        self.hosts = {host.replace("_", "."): answers for host, answers in hosts.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.hosts.get(host, [])
        if not answers:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
async def shop() -> AsyncIterator[AssetServer]:
    async with asset_server() as server:
        yield server


@pytest.fixture
async def inside() -> AsyncIterator[AssetServer]:
    """Something that only the network's own machines may reach."""
    async with asset_server("127.0.0.2") as server:
        server.answers["/latest/meta-data"] = respond()
        yield server


@contextlib.asynccontextmanager
async def fetcher(
    names: Names | None = None, *, bytes: int = 1_000, ms: int = 5_000
) -> AsyncIterator[Fetcher]:
    names = names or Names(shop_test=[["127.0.0.1"]])
    opened = Fetcher(resolve=names, asset_bytes=bytes, deadline_ms=ms)
    yield opened
    await opened.close()


async def fetch(
    shop: AssetServer,
    path: str = "/a.png",
    *,
    names: Names | None = None,
    kind: AssetKind = "image",
    origins: tuple[str, ...] = (),
    private: tuple[str, ...] | None = None,
    **limits: int,
) -> Fetched | None:
    own = shop.origin()
    async with fetcher(names, **limits) as opened:
        return await opened.fetch(
            own + path, kind, origins=(own, *origins), private=(own,) if private is None else private
        )


async def refused(shop: AssetServer, path: str = "/a.png", **arguments: object) -> tuple[str, str]:
    with pytest.raises(Unfetchable) as raised:
        await fetch(shop, path, **arguments)  # type: ignore[arg-type]
    return raised.value.reason, raised.value.detail


def forever() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PNG
    while True:
        yield bytes(64 * 1024)


async def test_a_picture_is_had_whole(shop: AssetServer) -> None:
    shop.answers["/a.png?w=1"] = respond(ETag='"1"', Last_Modified="Sun, 22 Nov 2026 08:00:00 GMT")
    fetched = await fetch(shop, "/a.png?w=1#x")
    assert fetched == Fetched(
        data=PNG, type="image/png", etag='"1"', last_modified="Sun, 22 Nov 2026 08:00:00 GMT"
    )


async def test_we_say_who_we_are_and_carry_nothing_of_anybody(
    shop: AssetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither a proxy of the environment nor a cookie that the server gave is used.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    shop.answers["/a.png"] = respond(Set_Cookie="id=1; Path=/")
    async with fetcher() as opened:
        for _ in range(2):
            await opened.fetch(
                f"{shop.origin()}/a.png", "image", origins=[shop.origin()], private=[shop.origin()]
            )
    for request in shop.requests:
        assert f"user-agent: {USER_AGENT}\r\n" in request.lower().replace(USER_AGENT.lower(), USER_AGENT)
        assert f"\r\nHost: shop.test:{shop.port}\r\n" in request
        assert not {"cookie", "authorization", "referer", "origin"} & {
            line.partition(":")[0].lower() for line in request.split("\r\n")
        }
    assert shop.accepted == 2, "a connection is not used for a second asset"


async def test_what_did_not_change_does_not_come_again(shop: AssetServer) -> None:
    shop.answers["/a.png"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    async with fetcher() as opened:
        kept = await opened.fetch(
            f"{shop.origin()}/a.png",
            "image",
            origins=[shop.origin()],
            private=[shop.origin()],
            etag='"1"',
            last_modified="Sun, 22 Nov 2026 08:00:00 GMT",
        )
    assert kept is None
    assert 'If-None-Match: "1"\r\n' in shop.requests[0]
    assert "If-Modified-Since: Sun, 22 Nov 2026 08:00:00 GMT\r\n" in shop.requests[0]
    assert await refused(shop) == ("status", "It was answered with 304.")


async def test_the_second_address_is_tried_when_the_first_is_dead(shop: AssetServer) -> None:
    shop.answers["/a.png"] = respond()
    assert await fetch(shop, names=Names(shop_test=[["127.0.0.3", "127.0.0.1"]])) is not None


async def test_a_redirect_to_another_origin_of_the_site_is_followed(shop: AssetServer) -> None:
    cdn = shop.origin("cdn.test")
    shop.answers |= {"/a.png": respond(b"", status="302 Found", Location=f"{cdn}/b.png"), "/b.png": respond()}
    names = Names(shop_test=[["127.0.0.1"]], cdn_test=[["127.0.0.1"]])
    fetched = await fetch(shop, names=names, origins=(cdn,), private=(shop.origin(), cdn))
    assert fetched is not None
    assert names.asked == ["shop.test", "cdn.test"]
    assert f"Host: cdn.test:{shop.port}\r\n" in shop.requests[1]


async def test_five_redirects_are_followed_and_not_ten(shop: AssetServer) -> None:
    for number in range(10):
        shop.answers[f"/{number}"] = respond(b"", status="301 Moved", Location=f"/{number + 1}")
    shop.answers["/10"] = respond()
    assert await fetch(shop, "/5") is not None
    assert shop.asked("/10") == 1
    assert (await refused(shop, "/4"))[0] == "redirect"
    assert (await refused(shop, "/0"))[0] == "redirect"
    assert shop.asked("/10") == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
async def test_a_host_inside_the_network_is_not_asked(shop: AssetServer, address: str) -> None:
    assert await refused(shop, names=Names(shop_test=[[address]]), private=()) == (
        "address",
        "shop.test is inside a private network.",
    )
    # One among public ones is enough.
    names = Names(shop_test=[["93.184.216.34", address]])
    assert (await refused(shop, names=names, private=()))[0] == "address"
    assert shop.accepted == 0


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0"])
async def test_no_origin_is_allowed_the_clouds_own_services(shop: AssetServer, address: str) -> None:
    assert (await refused(shop, names=Names(shop_test=[[address]])))[0] == "address"
    assert shop.accepted == 0


async def test_only_the_very_origin_may_be_private(shop: AssetServer) -> None:
    for other in (f"https://shop.test:{shop.port}", "http://shop.test", shop.origin("www.shop.test")):
        assert (await refused(shop, private=(other,)))[0] == "address"
    assert shop.accepted == 0


async def test_no_redirect_leads_inside(shop: AssetServer, inside: AssetServer) -> None:
    secret = f"http://127.0.0.2:{inside.port}"
    shop.answers["/a.png"] = respond(b"", status="302 Found", Location=f"{secret}/latest/meta-data")
    assert await refused(shop) == ("origin", f"{secret} is not an origin of this site.")
    # Nor where somebody made it an origin of the site.
    names = Names(**{"shop_test": [["127.0.0.1"]], "127_0_0_2": [["127.0.0.2"]]})
    assert (await refused(shop, names=names, origins=(secret,)))[0] == "address"
    named = inside.origin("cdn.test")
    shop.answers["/a.png"] = respond(b"", status="307 Found", Location=f"{named}/latest/meta-data")
    names = Names(shop_test=[["127.0.0.1"]], cdn_test=[["127.0.0.2"]])
    assert (await refused(shop, names=names, origins=(named,)))[0] == "address"
    assert inside.accepted == 0


async def test_a_name_that_changes_after_it_was_judged_changes_nothing(
    shop: AssetServer, inside: AssetServer
) -> None:
    shop.answers["/a.png"] = respond()
    names = Names(shop_test=[["127.0.0.1"], ["127.0.0.2"]])
    assert await fetch(shop, names=names) is not None
    assert names.asked == ["shop.test"]
    assert inside.accepted == 0


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "", "https://user@shop.test/", "gopher://shop.test/"]
)
async def test_a_redirect_to_no_address_of_the_web_ends(shop: AssetServer, location: str) -> None:
    shop.answers["/a.png"] = respond(b"", status="302 Found", Location=location)
    assert (await refused(shop))[0] in ("origin", "redirect")


async def test_size_at_the_limit_and_beyond(shop: AssetServer) -> None:
    shop.answers["/a.png"] = respond()
    assert await fetch(shop, bytes=len(PNG)) is not None
    assert await refused(shop, bytes=len(PNG) - 1) == ("size", f"It is larger than {len(PNG) - 1} bytes.")


async def test_a_gigabyte_is_refused_by_what_it_says_of_itself(shop: AssetServer) -> None:
    shop.answers["/a.png"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
    assert (await refused(shop))[0] == "size"


async def test_bytes_without_end_are_refused_at_the_limit(shop: AssetServer) -> None:
    shop.answers["/a.png"] = forever
    assert (await refused(shop, bytes=1_000_000))[0] == "size"


@pytest.mark.parametrize(
    "silence", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x89PNG"]
)
async def test_a_server_that_falls_silent_is_left_in_time(silence: bytes) -> None:
    ended = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(silence)
        # Until we let go.
        while await reader.read(1_000):
            pass
        writer.close()
        ended.set()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        shop = AssetServer(port=server.sockets[0].getsockname()[1])
        # Long enough to connect on a busy machine.
        assert await refused(shop, ms=700) == ("time", "It did not come whole within 0.7 s.")
        async with asyncio.timeout(5):
            await ended.wait()


async def test_redirects_do_not_win_time(shop: AssetServer) -> None:
    async def slowly(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    opened = Fetcher(resolve=slowly, deadline_ms=50)
    with pytest.raises(Unfetchable, match=r"0\.05 s"):
        await opened.fetch(f"{shop.origin()}/a", "image", origins=[shop.origin()], private=[])
    await opened.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (respond(b"<html>", type="text/html"), "type"),
        (respond(b"<html>"), "type"),
        (respond(type="text/html"), "type"),
        (respond(Content_Encoding="gzip"), "type"),
        (respond(b"", status="404 Not Found"), "status"),
        (respond(status="206 Partial Content"), "status"),
        (respond(status="500 Oops"), "status"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + PNG[:10], "network"),
        (b"what?\r\n\r\n", "network"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", "network"),
    ],
)
async def test_what_is_no_picture_is_not_kept(shop: AssetServer, answer: bytes, reason: str) -> None:
    shop.answers["/a.png"] = answer
    assert (await refused(shop))[0] == reason


async def test_names_without_an_address_and_ports_without_a_server(shop: AssetServer) -> None:
    assert (await refused(shop, names=Names()))[0] == "network"
    assert (await refused(AssetServer(port=1)))[0] == "network"


async def test_a_host_that_no_name_can_be_is_told(shop: AssetServer) -> None:
    opened, origin = Fetcher(), f"http://{'x' * 70}.test"
    with pytest.raises(Unfetchable, match="could not be asked"):
        await opened.fetch(f"{origin}/a.png", "image", origins=[origin], private=[])
    await opened.close()


async def test_tls_asks_for_the_hosts_own_certificate() -> None:
    heard = asyncio.Queue[bytes]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.read(4_000))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, fetcher() as opened:
        origin = f"https://shop.test:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Unfetchable) as raised:
            await opened.fetch(f"{origin}/a.png", "image", origins=[origin], private=[origin])
        assert raised.value.reason == "network"
        assert b"shop.test" in await heard.get()
