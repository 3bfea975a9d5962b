"""``replay serve`` as an operator meets it: starting, being in the way of others, stopping without loss."""

from __future__ import annotations

import re
import socket

import httpx

from tests.cli.conftest import STOP_TIMEOUT_S, Cli, log_in


def test_it_serves_pages_and_desk_until_it_is_told_to_stop(cli: Cli) -> None:
    with cli.serving() as server:
        assert httpx.get(f"{server.pages_url}/sdk/replay.js", follow_redirects=True).status_code == 200
        assert httpx.get(f"{server.desk_url}/login").status_code == 200
        site = cli.json("site", "add", "Shop", "--origin", "https://shop.example")
        assert server.pages_url in site["snippet"]
        assert server.stop() == 0
    assert [line["event"] for line in cli.logged() if line["level"] == "info"] == [
        "started",
        "command",
        "stopped",
    ]
    assert [one["key"] for one in cli.json("site", "list")] == [site["key"]]


def test_the_desk_answers_to_any_name_unless_one_is_set(cli: Cli) -> None:
    with cli.serving() as server:
        by_name = server.desk_url.replace("127.0.0.1", "localhost")
        assert httpx.get(f"{by_name}/login").status_code == 200


def test_an_agent_can_log_in_with_the_newest_password_only(cli: Cli) -> None:
    with cli.serving() as server:
        first = cli.json("agent", "add", "mia")["password"]
        assert can_log_in(server.desk_url, first)
        second = cli.json("agent", "add", "mia", "--replace")["password"]
        assert can_log_in(server.desk_url, second)
        assert not can_log_in(server.desk_url, first)


def can_log_in(desk_url: str, password: str) -> bool:
    with httpx.Client(base_url=desk_url) as client:
        return log_in(client, "mia", password)


def test_a_port_in_use_is_named(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = cli.refused("serve", "--public-port", port, "--desk-port", "0")
    assert f"Cannot listen on 127.0.0.1:{port}" in told
    assert "--public-port" in told


def test_a_second_server_on_the_same_data_is_refused(cli: Cli) -> None:
    with cli.serving() as first:
        told = cli.refused("serve", "--public-port", "0", "--desk-port", "0")
        assert re.search(rf"in use by process {first.process.pid}\b", told)
        assert "replay-data" in told


def test_a_misspelt_setting_is_an_error(cli: Cli) -> None:
    told = cli.refused("serve", REPLAY_DESK_PROT="1")
    assert "There is no setting REPLAY_DESK_PROT." in told
    assert "REPLAY_DESK_PORT" in told


def test_a_setting_with_a_value_that_it_does_not_take_is_an_error(cli: Cli) -> None:
    assert "a whole number" in cli.refused("serve", REPLAY_DESK_PORT="many")


def test_it_stops_while_a_page_is_connected(cli: Cli) -> None:
    with cli.serving() as server:
        host, port = server.pages_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=STOP_TIMEOUT_S) as page:
            page.sendall(b"GET /ingest HTTP/1.1\r\nHost: x\r\n")
            assert server.stop() == 0
