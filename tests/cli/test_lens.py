"""``replay lens`` without a browser: facts put together as what is read, settings as a site's are checked."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from replay.cli.browsing import address_of
from replay.cli.lens import for_page, print_reading
from replay.cli.lens_reading import reading_of
from tests.cli.conftest import Cli

DRAWER = {"surface": "drawer", "source": "displayed", "lines": [{"sku": "HP-15", "unit": {"raw": "$499.00"}}]}
DECLARED = {"surface": "drawer", "source": "declared"}
PRICE = {"source": "displayed", "context": "product", "role": "current", "sku": "HP-15"}


def test_the_last_state_of_a_surface_counts_and_what_left_is_gone() -> None:
    mini = {"surface": "mini", "source": "displayed", "count": {"raw": "1"}}
    read = reading_of(
        [
            ("page", {"url": "https://shop.example/"}),
            ("cart", {**DRAWER, "lines": []}),
            ("cart", mini),
            ("cart", DECLARED),
            ("cart", DRAWER),
            ("cart_gone", {"surface": "mini"}),
            ("price", {**PRICE, "amount": {"raw": "$379.00"}}),
            ("price", {**PRICE, "amount": {"raw": "$399.00"}}),
            ("price", {**PRICE, "role": "was", "amount": {"raw": "$499.00"}}),
            ("promo", {"source": "declared", "state": "offered", "code": "SPRING"}),
        ]
    )
    assert read["carts"] == [DRAWER, DECLARED]
    assert [price["amount"]["raw"] for price in read["prices"]] == ["$399.00", "$499.00"]
    assert read["stated"] == [{"kind": "promo", "source": "declared", "state": "offered", "code": "SPRING"}]


def test_is_printed_with_what_is_missing_and_without_the_pages_control_characters() -> None:
    out = io.StringIO()
    answer = {
        "url": "https://shop.example/",
        "status": 200,
        "carts": [],
        "prices": [{**PRICE, "sku": None, "name": {"raw": "Lap\x1b[31mtop"}, "amount": {"raw": "$379.00"}}],
        "stated": [],
        "adapters": [],
        "zones": {"catalogue": 3, "unknown": 1},
        "texts": {"readable": 3, "masked": 1},
    }
    print_reading(Console(file=out, width=200), answer)
    said = out.getvalue()
    assert "No cart is read" in said
    assert "(no article number)  Lap\ufffd[31mtop  current $379.00  (product, displayed)" in said
    assert "texts by zone: catalogue 3, unknown 1; 3 readable, 1 masked" in said


def test_the_page_is_told_nothing_that_is_not_for_pages() -> None:
    given = {
        "carts": [],
        "consent": "managed",
        "keep_days": 1,
        "problems_webhook": "https://hooks.example/key",
    }
    assert for_page(given).keys() == {"carts", "flush_ms", "flush_watched_ms", "global_privacy_control"}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('{"carts": [{"surface": "drawer", "root": "..x"}]}', "carts[0].root must be a CSS selector"),
        ('{"cart": []}', "There is no site setting 'cart'"),
        ("{", "is not JSON"),
    ],
)
def test_settings_are_checked_before_a_browser_is_started(cli: Cli, settings: str, says: str) -> None:
    (cli.folder / "settings.json").write_text(settings)
    done = cli.run("lens", "https://shop.example", "--settings", "settings.json")
    assert done.code == 1
    assert says in done.err


def test_a_site_is_asked_of_the_store(cli: Cli) -> None:
    done = cli.run("lens", "https://shop.example", "--site", "k1", "--data", str(cli.data), "--json")
    assert "There is no store in" in done.err
    assert json.dumps("k1") not in done.out


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("shop.example/p/1", "https://shop.example/p/1"),
        ("http://shop.example", "http://shop.example"),
        ("localhost:8702/cart", "http://localhost:8702/cart"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("localhost.example", "https://localhost.example"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(given: str, meant: str) -> None:
    assert address_of(given) == meant
