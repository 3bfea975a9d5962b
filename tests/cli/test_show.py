"""What the commands print for people: nothing of a cart state is left out."""

from __future__ import annotations

import io

from rich.console import Console

from replay.cli import show


def test_a_page_has_no_say_over_the_terminal() -> None:
    printed = io.StringIO()
    site = {"key": "mine", "name": "\x1b]0;title\x07[red]Shop\x9b2J", "origins": []}
    show.sites(Console(file=printed, width=200, force_terminal=True, color_system=None), [site])
    assert "\N{REPLACEMENT CHARACTER}]0;title\N{REPLACEMENT CHARACTER}[red]Shop" in printed.getvalue()
    assert "\x1b]" not in printed.getvalue()


def test_every_text_of_a_cart_state_is_printed() -> None:
    line = {
        "name": {"raw": "Green tea", "node": 4},
        "quantity": {"raw": "2"},
        "quantity_typed": {"raw": "3"},
        "unit": {"raw": "$4.50"},
        "was": {"raw": "$5.00"},
        "total": {"raw": "$9.00"},
        "total_was": {"raw": "$10.00"},
        "notes": [{"raw": "Only 4 left"}],
    }
    fields: dict[str, object] = {
        "surface": "drawer",
        "source": "displayed",
        "lines": [line],
        "count": {"raw": "2 items"},
    }
    fields |= {"totals": [{"key": "total", "label": {"raw": "To pay"}, "amount": {"raw": "$9.00"}}]}
    fields |= {"messages": [{"raw": "Added"}], "empty": {"raw": "Nothing more"}, "lines_cut": True}
    printed = io.StringIO()
    answer = {
        "id": "visit",
        "code": "222-993",
        "site": "shop",
        "started_ms": 0,
        "seen_ms": 0,
        "ended_ms": None,
        "ended_why": None,
        "sealed_ms": None,
        "identifiers": [],
        "gaps": [],
        "told": [
            {
                "occurred_ms": 0,
                "system": "bank",
                "by": "claimed",
                "title": "Payment captured",
                "detail": "1001",
            }
        ],
        "findings": [
            {"outcome": "fail", "said": "The cart charged [$9] more."},
            {"outcome": "cannot_tell", "said": "Nobody knows."},
        ],
        "events": [{"t": 0.0, "tab": "one", "kind": "cart", "fields": fields}],
    }
    show.session(Console(file=printed, width=200), answer)
    text = printed.getvalue()
    assert (
        "Green tea | 2 | typed, not in force: 3 | $4.50 | was $5.00 | total $9.00 | total was $10.00" in text
    )
    for shown in ("Only 4 left", "2 items", "To pay: $9.00", "Added", "Nothing more", "1 line and more"):
        assert shown in text
    assert "1970-01-01 00:00  bank says (only claimed): Payment captured  1001" in text
    assert "fails The cart charged [$9] more.\n  cannot tell Nobody knows." in text


def test_an_id_stands_on_one_line_of_an_ordinary_terminal() -> None:
    printed = io.StringIO()
    visit = {"code": "7K3-QF9", "started_ms": 0, "seen_ms": 0, "ended_why": "30 minutes without activity"}
    show.sessions(Console(file=printed, width=80), [{**visit, "id": "0123456789abcdef" * 2}])
    assert "0123456789abcdef" * 2 in printed.getvalue()
    assert "7K3-QF9" in printed.getvalue()
