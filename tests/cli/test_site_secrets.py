"""Each secret of a site is told, made or given by itself."""

from __future__ import annotations

import json
from io import StringIO

from rich.console import Console

from replay.cli.show_platforms import platform_told
from replay.collector.platforms_told import PlatformsTold
from replay.model.server_reading import Refused
from tests.cli.conftest import Cli


def test_a_platforms_secret_is_given_or_made(cli: Cli) -> None:
    made = cli.json("site", "add", "Shop", "--origin", "https://shop.example", "--key", "mine")
    of_shopify = ("site", "secret", "mine", "--platform", "shopify")
    assert "--stdin" in cli.refused(*of_shopify)
    assert "--stdin" in cli.refused(*of_shopify, "--rotate")
    assert "woocommerce" in cli.refused("site", "secret", "mine", "--platform", "magento")
    assert "at a time" in cli.refused(*of_shopify, "--events")
    assert "--platform" in cli.refused("site", "secret", "mine", "--stdin")
    given = json.loads(cli.run(*of_shopify, "--stdin", "--json", stdin=" shpss_1\n").out)
    assert given == {"key": "mine", "shopify_secret": "shpss_1"}
    woo = cli.json("site", "secret", "mine", "--platform", "woocommerce", "--rotate")["woocommerce_secret"]
    assert len(woo) == 64
    assert cli.ok(*of_shopify) == "shpss_1\n"
    assert cli.json("site", "secret", "mine")["identify_secret"] == made["identify_secret"]
    assert "shpss_1" not in cli.ok("site", "show", "mine")


def test_what_a_platform_said_and_what_of_it_is_not_kept_is_shown_with_its_site() -> None:
    told = PlatformsTold()
    wrong = Refused("lines[7].amount", "a decimal text", "[b]4242", "Write it in quotes.")
    told.tell("mine", "shopify", {"stored": 3, "known": 1}, [wrong, wrong], 1_000)
    told.topic("mine", "shopify", 2_000)
    told.unsigned("mine", "shopify", 3_000)
    told.unsigned("mine", "shopify", 4_000)
    assert told.of("other") == []
    [one] = told.of("mine")
    shown = StringIO()
    platform_told(Console(file=shown, width=400), one, "today")
    assert shown.getvalue().split("\n")[1:3] == [
        "Webhooks of Shopify since the server started, the last today: 3 events stored, 1 known before, "
        "1 delivery of topics that are not read, 2 deliveries refused for the signature, "
        "2 events not kept, or not wholly.",
        "  2 ×  lines[].amount: expected a decimal text.",
    ]
