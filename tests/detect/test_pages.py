"""The rules about pages that fail, and about buttons of which nothing comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.detect.page_error import PageError
from replay.detect.silent_failure import SilentFailure
from replay.model.events import (
    Circumstances,
    Click,
    OrderPlaced,
    Outcome,
    PageLoaded,
    PageViewed,
    RequestFailed,
    ScriptError,
)
from replay.model.finding import Finding
from replay.model.timeline import Entry, entries, timeline
from replay.model.track import Track
from replay.recording.archive import read_recording
from tests.detect.facts import START_MS, at, cart, judged, left, line, page, recorded, text

SAMPLES = Path(__file__).parents[2] / "examples" / "samples"
SHOP = "https://shop.example"


def press(label: str | None, control: str = "button.button") -> Click:
    return Click(node=77, control=control, text=text(label))


def failed(path: str, status: int | None = 500, method: str = "GET") -> RequestFailed:
    return RequestFailed(method=method, url=path if "://" in path else SHOP + path, status=status)


def test_a_request_that_fails_after_a_press() -> None:
    facts = [at(0, page("/account/orders"))]
    for t in (1, 20):
        facts += [at(t, press("Track", "a")), at(t + 0.2, failed("/api/account/orders/NL-10401/tracking"))]
    (found,) = judged(PageError, facts)
    assert found.said == "Pressed “Track” 2 times, and the shop's server answered with an error (500)."
    assert (found.severity, found.signature) == ("medium", "500")
    assert found.subject == "GET /api/account/orders/…/tracking"
    assert (found.shown[0].t, found.shown[0].node, found.shown[0].raw) == (START_MS + 1_000, 77, "Track")


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ([at(1, press("Pay")), at(2, failed("/api/checkout/payment", 503, "POST"))], "high"),
        ([at(1, press("Pay")), at(2, failed("/api/checkout/payment", None, "POST"))], "high"),
        ([at(1, failed("/api/stock"))], "low"),
        ([at(1, press("Pay")), at(1.5, ScriptError(message="x is undefined", where=f"{SHOP}/a.js"))], "high"),
    ],
)
def test_how_bad_it_is(facts: list[Entry], severity: str) -> None:
    (found,) = judged(PageError, [at(0, page("/checkout")), *facts])
    assert (found.outcome, found.severity) == ("fail", severity)


def test_a_page_that_the_server_could_not_give() -> None:
    def broken(status: int) -> PageLoaded:
        return PageLoaded(url=f"{SHOP}/account/orders/NL-10401/tracking", status=status)

    facts = [at(0, page("/account/orders")), at(1, press("Track", "a")), at(2, broken(500), load="load-2")]
    (found,) = judged(PageError, facts)
    assert found.said == (
        "Page /account/orders/…/tracking failed: the shop's server answered with an error (500)."
    )
    assert (found.outcome, found.severity, found.shown[0].load) == ("fail", "medium", "load-2")
    assert not judged(PageError, [at(2, broken(404))])


THEIR_SCRIPT = ScriptError(message="x", where="https://ads.example/a.js")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([at(1, press("Add")), at(1.1, failed("https://ads.example/pixel"))], id="a third party"),
        pytest.param([at(1, press("Save")), at(1.1, failed("/api/address", 422, "POST"))], id="an answer"),
        pytest.param([at(1, press("Go")), at(1.1, failed("/api/x", None)), at(1.2, left())], id="left"),
        pytest.param([at(1, failed("/api/x", None))], id="a line that broke by itself"),
        pytest.param([at(1, press("Go")), at(4, ScriptError(message="x"))], id="a script much later"),
        pytest.param([at(1, press("Go")), at(1.1, THEIR_SCRIPT)], id="their script"),
    ],
)
def test_what_is_not_the_shops_failure(facts: list[Entry]) -> None:
    assert not judged(PageError, [at(0, page("/checkout")), *facts])


def outcome(
    what: str, *, after: float = 5, presses: int = 1, said: str | None = None, status: int | None = None
) -> Outcome:
    return Outcome(what=what, after_ms=round(after * 1_000), presses=presses, text=text(said), status=status)  # type: ignore[arg-type]


def told(path: str) -> PageLoaded:
    return PageLoaded(url=SHOP + path, circumstances=Circumstances(sdk="2"))


def silent(*facts: Entry, path: str = "/account/orders/NL-1/return") -> tuple[Finding, ...]:
    return judged(SilentFailure, [at(0, told(path)), *facts])


SEND = press("Request the return")
IN_VAIN = [at(1, SEND), at(3, SEND), at(8, outcome("nothing", presses=2))]


def test_a_press_of_which_nothing_came() -> None:
    (found,) = silent(*IN_VAIN, at(20, SEND), at(25, outcome("nothing", status=200)))
    assert found.said == "Pressed “Request the return” 3 times; nothing happened for 5 s."
    assert (found.outcome, found.severity) == ("fail", "medium")
    assert found.subject == "/account/orders/…/return “Request the return”"
    assert found.signature == "/account/orders/…/return | Request the return | nothing"
    assert [(one.t, one.node) for one in found.shown] == [(START_MS + 3_000, 77), (START_MS + 20_000, 77)]
    assert found.decided_ms == START_MS + 8_000


@pytest.mark.parametrize(
    ("label", "path", "severity"),
    [
        ("Place your order", "/checkout/payment", "high"),
        ("Continue to shipping", "/checkout/address", "high"),
        ("Add to cart", "/p/hp-15", "medium"),
        ("Apply", "/cart", "low"),
        ("Write a review", "/p/hp-15", "low"),
    ],
)
def test_how_bad_a_dead_button_is(label: str, path: str, severity: str) -> None:
    def again(*seconds: float) -> str:
        facts = [at(t, press(label)) for t in seconds]
        last = outcome("nothing", presses=len(seconds))
        (found,) = silent(*facts, at(seconds[-1] + 5, last), path=path)
        return found.severity

    assert again(1, 4) == severity
    worse = {"low": "medium", "medium": "high", "high": "high"}
    assert again(1, 1.5, 2) == worse[severity]


def test_one_press_is_enough_where_much_depends_on_it() -> None:
    def once(label: str, path: str, *, status: int | None = None) -> int:
        return len(silent(at(1, press(label)), at(6, outcome("nothing", status=status)), path=path))

    assert once("Pay", "/checkout/payment") == once("Add to cart", "/p/hp-15") == 1
    assert once("Add to cart", "/p/hp-15", status=200) == once("Copy the link", "/p/hp-15") == 0


def test_the_failure_of_a_script_is_part_of_what_happened() -> None:
    error = ScriptError(message="Cannot read properties of undefined (reading 'NL-10401')")
    (found,) = silent(
        at(1, press("Pay")), at(1.1, error), at(6, outcome("nothing")), path="/checkout/payment"
    )
    assert "The page's script had failed: “Cannot read" in found.said
    assert found.signature.endswith("script: Cannot read properties of undefined (reading '…')")
    (page_error,) = judged(PageError, [at(0, page("/p/1")), at(1, press("Pay")), at(1.1, error)])
    assert page_error.signature == "Cannot read properties of undefined (reading '…')"


HINT = at(1.3, outcome("message", after=0.3, said="Please choose a reason."))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([at(1, SEND), HINT], id="the page said why"),
        pytest.param([at(1, SEND), at(9, SEND)], id="something came of it each time"),
        pytest.param([at(1, SEND), at(9, SEND), at(14, outcome("offline", presses=2))], id="offline"),
        pytest.param([at(1, SEND), at(6, outcome("nothing", status=502, presses=2))], id="the server failed"),
        pytest.param([*IN_VAIN, at(15, page("/done"), load="load-2")], id="a page that took its time"),
        pytest.param([at(8, outcome("nothing", presses=2))], id="a press that was lost"),
    ],
)
def test_what_is_no_dead_button(facts: list[Entry]) -> None:
    assert not silent(*facts)


def test_a_hint_that_stands_there_is_an_answer() -> None:
    (found,) = silent(at(1, SEND), HINT, at(8, SEND), at(13, outcome("nothing")))
    assert found.outcome == "pass"
    assert found.said == "Pressed “Request the return” in vain; the page had said “Please choose a reason.”."


def test_what_cannot_be_told_and_what_was_disabled() -> None:
    (unknown,) = silent(at(1, SEND), at(3, SEND), at(8, outcome("elsewhere", presses=2)))
    assert (unknown.outcome, "cannot be told" in unknown.said) == ("cannot_tell", True)
    (off,) = silent(at(1, SEND), at(3, SEND), at(8, outcome("disabled", presses=2)))
    assert (off.severity, off.signature.split(" | ")[2]) == ("low", "disabled_click")
    assert off.said.startswith("Pressed “Request the return” 2 times, which was disabled")


def test_a_failed_request_in_the_checkout() -> None:
    facts = [at(0, page("/checkout/payment")), at(1, failed("/api/checkout/payment", 503, "POST"))]
    (found,) = judged(PageError, facts)
    assert found.severity == "medium"
    (found,) = judged(PageError, [*facts, at(30, OrderPlaced(id="N-1"))])
    assert (found.severity, "placed all the same" in found.said) == ("low", True)


def vain(*facts: Entry, path: str = "/account/orders/NL-1/return") -> list[str]:
    return [one.said for one in judged(SilentFailure, [at(0, page(path)), *facts])]


def test_a_button_pressed_in_vain_is_worth_a_look_and_no_accusation() -> None:
    facts = [at(0, page("/account/orders/NL-1/return"))]
    facts += [at(1, press("Request the return")), at(5, press("Request the return"))]
    (found,) = judged(SilentFailure, facts)
    assert found.said == (
        "Pressed “Request the return” 2 times, and nothing is known to have come of it. "
        "Whether the page said why cannot be told: look at it."
    )
    assert found.outcome == "cannot_tell"
    assert (found.shown[0].t, found.shown[0].node) == (START_MS + 1_000, 77)
    assert found.subject == "/account/orders/…/return “Request the return”"


def test_a_page_that_comes_back_the_same() -> None:
    facts = [at(1, press("Send")), at(1.1, left()), at(1.2, page("/account/orders/NL-1/return"), load="2")]
    again = [at(3, press("Send"), load="2"), at(3.2, page("/account/orders/NL-1/return"), load="3")]
    (said,) = vain(*facts, *again)
    assert "the same page came back each time" in said
    hint = at(3.4, outcome("message", after=0.2, said="Choose a reason."), load="3")
    assert not vain(*facts, *again, hint)


ONE, TWO = at(0.5, cart(line("$1"))), cart(line("$1", quantity="2"))
BACK = page("/account/orders/NL-1/return")
ELSEWHERE = PageViewed(url=SHOP + "/done")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([at(1, press("Send")), at(1.3, press("Send"))], id="an impatient hand"),
        pytest.param([at(1, press("Send")), at(5, press("Close"))], id="two buttons"),
        pytest.param([at(1, press("Send", "a")), at(5, press("Send", "a"))], id="a link"),
        pytest.param([ONE, at(1, press("+")), at(1.1, TWO), at(3, press("+")), at(9, left())], id="the cart"),
        pytest.param(
            [ONE, at(1, press("+")), at(1.1, BACK), at(1.2, TWO), at(3, press("+"))], id="the next cart"
        ),
        pytest.param([at(1, press("Send")), at(5, press("Send")), at(5.2, ELSEWHERE)], id="led on"),
        pytest.param([at(1, press(None)), at(5, press(None))], id="not readable"),
    ],
)
def test_what_is_not_in_vain(facts: list[Entry]) -> None:
    assert not vain(*facts)
    assert not vain(at(1, press("Next")), at(5, press("Next")), path="/c/computers")


def test_the_demo_shop() -> None:
    (found,) = judged(PageError, recorded("tracking_error-spa"))
    assert found.said == "Pressed “Track” 2 times, and the shop's server answered with an error (500)."
    for mode in ("pages", "spa"):
        assert not judged(SilentFailure, recorded(f"return_and_track-{mode}"))
        assert not judged(PageError, recorded(f"return_and_track-{mode}"))
        (silent,) = judged(SilentFailure, recorded(f"return_silent-{mode}"))
        assert silent.said.startswith("Pressed “Request the return” 2 times")
        assert not judged(SilentFailure, recorded(f"return-{mode}"))


def test_the_fourth_story_by_page_loads() -> None:
    facts = recorded("return_and_track_fail-pages")
    (unknown,) = judged(SilentFailure, facts)
    assert (unknown.outcome, "the same page came back each time" in unknown.said) == ("cannot_tell", True)
    (tracking,) = judged(PageError, facts)
    assert tracking.subject == "page /account/orders/…/tracking"
    (said,) = (one.event.fact for one in facts if isinstance(one.event.fact, Outcome))
    assert said.text is not None
    assert said.text.raw.startswith("We could not load the tracking")


@pytest.mark.parametrize("source", ["the trip", "the sample that the demo starts with"])
def test_the_fourth_story_says_what_failed_and_where(source: str) -> None:
    facts = (
        recorded("return_and_track_fail-spa") if source == "the trip" else sample("return-and-tracking-fail")
    )
    (silent,) = judged(SilentFailure, facts)
    assert silent.said == "Pressed “Request the return” 2 times; nothing happened for 5 s."
    assert (silent.outcome, silent.severity) == ("fail", "medium")
    presses = [
        one.t for one in facts if isinstance(one.event.fact, Click) and label_of(one) == silent.shown[0].raw
    ]
    assert [one.t for one in silent.shown] == presses
    (tracking,) = judged(PageError, facts)
    assert tracking.said == "Pressed “Track”, and the shop's server answered with an error (500)."
    said = [
        one.event.fact.text.raw
        for one in facts
        if isinstance(one.event.fact, Outcome) and one.event.fact.text
    ]
    assert said[-1].startswith("We could not load the tracking of this order.")


def label_of(entry: Entry) -> str | None:
    fact = entry.event.fact
    return fact.text.raw if isinstance(fact, Click) and fact.text else None


def sample(name: str) -> list[Entry]:
    recording = read_recording((SAMPLES / f"{name}.replay").read_bytes())
    facts = [batch for batch in recording.batches if batch.track == Track.FACTS]
    return timeline(
        entries(
            load.id, load.tab, load.offset_ms, [(b.number, b.payload) for b in facts if b.load == load.id]
        )
        for load in recording.loads
    )
