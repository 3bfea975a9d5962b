"""What ``doctor --url`` says of a page, by what was seen of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.cli.page_diagnosis import Known, diagnose
from replay.cli.page_seen import Forbidden, Seen, Snippet
from replay.cli.snippet import snippet

SEE = "https://see.example"
SHOP = "https://shop.example"
WORKS = Seen(
    url=f"{SHOP}/cart",
    snippets=(Snippet(src=f"{SEE}/sdk/replay.js", site="k1"),),
    running=True,
    granted_by_page=True,
    talked=True,
    socket=True,
    code="7K3QF9",
    acknowledged=True,
)
SILENT = replace(WORKS, socket=False, code=None, acknowledged=False)
STOPPED = replace(SILENT, running=False, granted_by_page=False, talked=False)
KNOWN = Known(origins={"k1": (SHOP,)}, public_url=SEE, arrived=True)
PASTED = snippet(SEE, "k1").removeprefix("<script>").removesuffix("</script>")


def test_nothing_is_said_of_a_page_that_works() -> None:
    assert diagnose(WORKS, KNOWN) == []
    assert diagnose(WORKS, Known()) == []


@pytest.mark.parametrize(
    ("seen", "says", "do"),
    [
        (Seen(url=SHOP), f"There is no snippet on {SHOP}.", "the keys here are k1"),
        (Seen(url=SHOP, status=404), "answers with status 404", "Paste"),
        (
            replace(
                SILENT,
                snippets=(Snippet(src=f"{SEE}/sdk/replay.js", site="k2"),),
                refusal="Unknown site key.",
            ),
            "for the key k2, which this store does not know",
            "Its keys are k1",
        ),
        (
            replace(SILENT, url="https://www.shop.example/"),
            "is of https://www.shop.example",
            f"{SHOP} --origin",
        ),
        (
            replace(
                STOPPED,
                snippets=(),
                inline=(PASTED,),
                forbidden=(Forbidden(directive="script-src-elem", what="inline"),),
            ),
            "blocks the snippet: script-src-elem",
            "script-src 'sha256-",
        ),
        (
            replace(
                STOPPED, forbidden=(Forbidden(directive="script-src-elem", what=f"{SEE}/sdk/replay.js"),)
            ),
            f"blocks {SEE}/sdk/replay.js",
            f"script-src {SEE}; connect-src {SEE} wss://see.example",
        ),
        (
            replace(STOPPED, snippets=(Snippet(src="http://see.example/sdk/replay.js", site="k1"),)),
            "by https and the script from http://see.example without",
            "TLS",
        ),
        (
            replace(STOPPED, said=("Failed to find a valid digest in the 'integrity' attribute",)),
            "integrity",
            "update",
        ),
        (replace(STOPPED, script_status=404), "answers with status 404", "/sdk/"),
        (
            replace(STOPPED, script_failure="net::ERR_NAME_NOT_RESOLVED"),
            "ERR_NAME_NOT_RESOLVED",
            "replay serve",
        ),
        (STOPPED, "its script does not run", "console"),
        (
            replace(SILENT, forbidden=(Forbidden(directive="connect-src", what="wss://see.example/ingest"),)),
            "blocks sending: connect-src",
            "connect-src https://see.example wss://see.example",
        ),
        (replace(SILENT, privacy_control=True), "Global Privacy Control", "global_privacy_control"),
        (
            replace(SILENT, managed=True, tools=("TCF",), granted_by_page=False, talked=False),
            "The consent tool (TCF) has not granted",
            "?replay_debug",
        ),
        (SILENT, "answers neither WebSocket nor post", "/ingest"),
        (replace(SILENT, code="7K3QF9"), "gave the code 7K3-QF9, but has acknowledged nothing", "/healthz"),
        (
            replace(SILENT, refusal="The site sends too much today."),
            "refuses the page: The site sends",
            "site",
        ),
    ],
)
def test_a_cause_is_one_sentence_with_what_to_do(seen: Seen, says: str, do: str) -> None:
    found = [one for one in diagnose(seen, KNOWN) if one.level == "wrong"]
    assert says in found[0].what
    assert do in found[0].do
    assert all(one.do for one in found)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (replace(WORKS, granted_by_page=False), "It was granted here"),
        (replace(WORKS, socket=False, posts=True), "No WebSocket came about"),
        (replace(WORKS, clock_off_ms=-90_000), "90 s behind"),
        (replace(WORKS, snippets=(*WORKS.snippets, Snippet(src=f"{SEE}/sdk/replay.js", site="k1"))), ""),
    ],
)
def test_what_is_only_good_to_know_is_a_note(seen: Seen, says: str) -> None:
    found = diagnose(seen, KNOWN)
    assert [one.level for one in found] == ["note"] * bool(says)
    assert says in "".join(one.what for one in found)


def test_a_session_that_another_collector_took_is_told() -> None:
    [found] = diagnose(WORKS, replace(KNOWN, arrived=False))
    assert (found.level, "not in this store" in found.what) == ("wrong", True)
