"""The promo registry from the command line."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Cli

SPRING = ("spring-20", "--title", "Spring [b]mail", "--code", "SPRING20", "--campaign", "spring20")


def site(cli: Cli) -> None:
    cli.ok("site", "add", "Shop", "--origin", "https://shop.example", "--key", "mine")


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


def test_a_promise_is_registered_worded_anew_ended_and_removed(anyhow: Cli) -> None:
    site(anyhow)
    assert "Nothing is registered" in anyhow.ok("promo", "list", "mine")
    times = ("--until", "2999-04-30", "--zone", "America/New_York")
    added = anyhow.json(
        "promo", "add", "mine", *SPRING, "--percent", "20", "--min", "100", "--currency", "USD", *times
    )
    assert added.pop("by")
    assert added == {
        "id": "spring-20",
        "title": "Spring [b]mail",
        "codes": ["SPRING20"],
        "campaigns": ["spring20"],
        "percent": "20",
        "currency": "USD",
        "min": "100.00",
        "until": "2999-04-30T23:59:59.999-04:00",
        "zone": "America/New_York",
        "promised": "20 % off from 100.00 USD",
        "state": "open",
        "since_ms": 0,
    }
    assert "SPRING20 spring20    2999-04-30 23:59  holds" in anyhow.ok("promo", "list", "mine")
    anyhow.ok("promo", "add", "mine", *SPRING, "--percent", "10", "--replace")
    shown = anyhow.json("promo", "show", "mine", "spring-20")
    assert shown["promised"] == "10 % off"
    assert [one["promised"] for one in shown["earlier"]] == ["20 % off from 100.00 USD"]
    printed = anyhow.ok("promo", "show", "mine", "spring-20")
    assert "Spring [b]mail" in printed
    assert "at first by" in printed
    assert anyhow.json("promo", "end", "mine", "spring-20")["state"] == "over"
    assert "10 % off" in anyhow.ok("promo", "list", "mine")
    assert "Removed spring-20" in anyhow.ok("promo", "remove", "mine", "spring-20")
    assert anyhow.json("promo", "list", "mine") == []


def test_what_does_not_do_is_refused_by_its_field_and_changes_nothing(cli: Cli) -> None:
    site(cli)
    assert "currency: A currency such as USD" in cli.refused("promo", "add", "mine", *SPRING, "--amount", "5")
    both = cli.refused("promo", "add", "mine", *SPRING, "--percent", "200", "--until", "soon")
    assert "percent: A percentage" in both
    assert "until: A time" in both
    assert "id: A short name" in cli.refused(
        "promo", "add", "mine", "Spring 20", *SPRING[1:], "--percent", "5"
    )
    assert "site list" in cli.refused("promo", "list", "other")
    assert "no promo 'spring-20'" in cli.refused("promo", "end", "mine", "spring-20")
    cli.ok("promo", "add", "mine", *SPRING, "--percent", "20")
    assert "already" in cli.refused("promo", "add", "mine", *SPRING, "--percent", "10")
    cli.ok("promo", "end", "mine", "spring-20")
    assert "ended already" in cli.refused("promo", "end", "mine", "spring-20")
    assert cli.json("promo", "show", "mine", "spring-20")["percent"] == "20"


def test_a_list_is_imported_wholly_or_not_at_all(cli: Cli) -> None:
    site(cli)
    cli.ok("promo", "add", "mine", *SPRING, "--percent", "20")
    cli.ok("promo", "add", "mine", "mug", "--title", "A mug", "--code", "MUG", "--gift", "MUG-1")
    listed = cli.json("promo", "list", "mine")
    (cli.folder / "promos.json").write_text(json.dumps(listed))
    cli.ok("site", "add", "Other", "--origin", "https://other.example", "--key", "other")
    imported = cli.json("promo", "import", "other", "promos.json")
    assert [without(one, "by") for one in imported] == [without(one, "by") for one in listed]
    # The same once more words nothing anew.
    cli.ok("promo", "import", "mine", "promos.json")
    assert cli.json("promo", "show", "mine", "mug")["earlier"] == []
    wrong = [{**listed[0], "title": "Changed"}, {**listed[1], "percent": "20", "gift": "MUG-1"}]
    said = cli.refused("promo", "import", "mine", "-", stdin=json.dumps(wrong))
    assert "promise: Only one thing can be promised" in said
    assert cli.json("promo", "list", "mine") == listed
    assert "no list" in cli.refused("promo", "import", "mine", "-", stdin="{}")
    assert "has no id" in cli.refused("promo", "import", "mine", "-", stdin="[{}]")
    assert "twice" in cli.refused("promo", "import", "mine", "-", stdin=json.dumps([listed[0]] * 2))
    assert "not JSON" in cli.refused("promo", "import", "mine", "-", stdin="[")
