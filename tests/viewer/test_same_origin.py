"""What other sites can make an agent's browser do: nothing."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from tests.viewer.conftest import LOGIN, PASSWORD, MakeDesk, browse, log_in
from viewer.errors import DeskError
from viewer.same_origin import check_host, check_request, check_socket

FORM = {"login": LOGIN, "password": PASSWORD}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://desk.example"},
    ],
)
async def test_forms_of_other_sites_are_refused(
    agent: httpx.AsyncClient, visitor: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await visitor.post("/login", data=FORM, headers=headers)).status_code == 403
    assert (await agent.post("/logout", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://desk.example", 303),
        ("https://desk.example", 303),  # something in front of the desk speaks TLS for it
        ("null", 403),
        ("", 403),
        ("http://desk.example.evil.example", 403),
        ("http://evil-desk.example", 403),
        ("http://desk.example:8080", 403),
        ("http://desk.example@evil.example", 403),
    ],
)
async def test_where_a_browser_does_not_say_its_site_the_origin_decides(
    desk: Starlette, origin: str, status: int
) -> None:
    async with browse(desk) as client:
        del client.headers["Sec-Fetch-Site"]
        answer = await client.post("/login", data=FORM, headers={"Origin": origin} if origin else {})
        assert answer.status_code == status


async def test_data_is_not_given_to_scripts_and_frames_of_other_sites(agent: httpx.AsyncClient) -> None:
    for destination in ("empty", "script", "image", "iframe", "object"):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination}
        assert (await agent.get("/api/find", headers=headers)).status_code == 403
        assert (await agent.get("/", headers=headers)).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert (await agent.get("/", headers=link)).status_code == 200


async def test_under_another_name_the_desk_does_not_answer(make_desk: MakeDesk) -> None:
    desk = make_desk(desk_url="http://desk.example:8701")
    async with browse(desk) as client:
        for host in ("evil.example", "desk.example", "desk.example:8702", "127.0.0.1:8701"):
            answer = await client.get("/login", headers={"Host": host})
            assert answer.status_code == 421
            assert "http://desk.example:8701" in answer.text
        assert (await client.get("/login", headers={"Host": "desk.example:8701"})).status_code == 200
        assert (await client.get("/login", headers={"Host": "DESK.example:8701"})).status_code == 200
        client.headers["Host"] = "desk.example:8701"
        assert (await log_in(client)).status_code == 303


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://desk.example", "desk.example", "https://desk.example"),
        ("https://desk.example:443/", "desk.example", "https://desk.example"),
        ("http://Desk.example:80", "desk.example", "http://desk.example"),
        ("http://127.0.0.1:8701", "127.0.0.1:8701", "http://127.0.0.1:8701"),
    ],
)
def test_a_configured_address_is_matched_as_browsers_write_it(url: str, host: str, origin: str) -> None:
    check_host({"host": host}, url)
    check_socket({"host": host, "origin": origin}, url)
    check_request("POST", {"host": host, "origin": origin}, url)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://desk.example",
        "https://desk.example.evil.example",
        "https://evildesk.example",
        "https://sub.desk.example",
        "https://desk.example:8443",
        "https://desk.example/",
        "file://",
    ],
)
def test_a_socket_needs_exactly_the_origin_of_the_desk(origin: str) -> None:
    with pytest.raises(DeskError):
        check_socket({"host": "desk.example", "origin": origin}, "https://desk.example")
