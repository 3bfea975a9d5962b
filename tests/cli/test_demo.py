"""``replay demo`` as somebody meets the product for the first time."""

from __future__ import annotations

import httpx

from tests.cli.conftest import Cli, Demo, log_in


def test_shop_and_desk_are_there_and_the_desk_is_not_empty(cli: Cli) -> None:
    with cli.demonstrating("pages") as demo:
        look_around(demo, "pages")
        assert demo.stop() == 0


def test_a_second_start_keeps_what_is_there_and_makes_a_new_password(cli: Cli) -> None:
    with cli.demonstrating("spa") as first:
        look_around(first, "spa")
        (site,) = cli.json("site", "list")
        assert cli.json("site", "show", site["key"])["snippet"] in httpx.get(first.shop_url).text
        assert first.stop() == 0
    secret = cli.json("site", "secret", site["key"])["identify_secret"]
    with cli.demonstrating("spa") as second:
        assert second.password != first.password
        assert cli.json("site", "secret", site["key"])["identify_secret"] == secret
        assert len(cli.json("session", "list")) == 5
        assert second.stop() == 0


def look_around(demo: Demo, mode: str) -> None:
    """The shop sells, and an agent sees the sample visits."""
    assert "Northlight" in httpx.get(f"{demo.shop_url}/p/HP-15").text
    assert httpx.get(f"{demo.shop_url}/demo/faults").json()["mode"] == mode
    with httpx.Client(base_url=demo.desk_url) as desk:
        assert log_in(desk, "agent", demo.password)
        recent = desk.get("/").text
    assert "Ana Duarte" in recent
    assert "Demo shop" in recent


def test_a_sample_imported_by_hand_before_is_no_hindrance(cli: Cli) -> None:
    """Its site came without a secret; the demo shop signs all the same."""
    with cli.demonstrating("spa") as demo:
        assert demo.stop() == 0
    sample, *_ = cli.json("session", "list")
    cli.ok("session", "export", sample["id"], "--output", "sample.replay", "--data", "replay-data")
    cli.ok("session", "import", "sample.replay", "--data", "other")
    assert cli.json("site", "show", "demo-shop", "--data", "other")["has_secret"] is False
    (cli.folder / "replay-data").rename(cli.folder / "old")
    (cli.folder / "other").rename(cli.folder / "replay-data")
    with cli.demonstrating("spa") as again:
        assert len(cli.json("site", "secret", "demo-shop")["identify_secret"]) == 64
        assert again.stop() == 0
