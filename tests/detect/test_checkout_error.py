"""The rule about what the checkout refuses again and again."""

from __future__ import annotations

import pytest

from replay.detect.checkout_error import CheckoutError
from replay.model.events import Click, OrderPlaced, Outcome, PageViewed
from replay.model.finding import Finding
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, at, judged, left, page, text

PLACE = "/checkout/address"
BAD = "Please enter a valid postcode."


def refused(
    *seconds: float, said: str | None = BAD, label: str = "Continue to shipping", presses: int = 1
) -> list[Entry]:
    """Presses that are answered half a second later."""
    facts = []
    for t in seconds:
        facts.append(at(t, Click(node=7, control="button.button", text=text(label))))
        answer = Outcome(what="message", after_ms=500, text=text(said), presses=presses)
        facts.append(at(t + 0.5, answer))
    return facts


def found(*facts: Entry, path: str = PLACE) -> list[Finding]:
    return list(judged(CheckoutError, [at(0, page(path)), *facts]))


def test_three_times_the_same_words_within_two_minutes() -> None:
    (one,) = found(*refused(1, 40, 100))
    assert one.said == (
        "Pressed “Continue to shipping” 3 times in the checkout and saw “Please enter a valid postcode.”."
    )
    assert (one.outcome, one.severity) == ("fail", "medium")
    assert (one.subject, one.signature) == (f"{PLACE} “Continue to shipping”", BAD)
    assert [piece.t for piece in one.shown] == [START_MS + t * 1_000 for t in (1, 40, 100)]
    assert found(*refused(1, 40, 100, label="Pay $49.00"), path="/checkout/payment")[0].severity == "high"
    assert found(*refused(1, 30, presses=2))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(refused(1, 40), id="twice"),
        pytest.param(refused(1, 100, 200), id="seldom"),
        pytest.param([*refused(1, 40), *refused(60, said="Please enter a street.")], id="other words"),
        pytest.param(refused(1, 20, 40, label="+"), id="a stepper"),
        pytest.param(refused(1, 20, 40, label="Apply"), id="a code"),
    ],
)
def test_what_is_no_error(facts: list[Entry]) -> None:
    assert not found(*facts)


def test_only_the_checkout_is_spoken_of() -> None:
    assert not found(*refused(1, 20, 40), path="/account/register")


def test_a_page_that_comes_back_and_says_why() -> None:
    facts = [at(0, page(PLACE))]
    for n, t in enumerate((1, 20, 40)):
        facts += [
            at(t, Click(node=7, control="button.button", text=text("Continue")), load=f"load-{n}"),
            at(t + 0.3, left(), load=f"load-{n}"),
            at(t + 1, page(PLACE), load=f"load-{n + 1}"),
            at(t + 1.1, Outcome(what="message", after_ms=0, text=text(BAD)), load=f"load-{n + 1}"),
        ]
    facts[0] = at(0, page(PLACE), load="load-0")
    (one,) = judged(CheckoutError, facts)
    assert one.said.startswith("Pressed “Continue” 3 times")
    # What stands on each page of the checkout is no answer to what led there.
    assert not judged(CheckoutError, [at(0, page("/cart"), load="load-0"), *facts[1:5]])


def test_words_that_still_stand_when_nothing_comes_of_a_press() -> None:
    def in_vain(t: float, label: str = "Continue to shipping") -> list[Entry]:
        press = Click(node=7, control="button.button", text=text(label))
        return [at(t, press), at(t + 5, Outcome(what="nothing", after_ms=5_000))]

    (one,) = found(*refused(1), *in_vain(20), *in_vain(40))
    assert one.said.startswith("Pressed “Continue to shipping” 3 times in the checkout and saw “Please enter")
    # Words for another button, and those of another page, are none.
    assert not found(*refused(1, 20), *in_vain(40, "Continue"))
    elsewhere = PageViewed(url=f"https://shop.example{PLACE}?again")
    assert not found(*refused(1, 20), at(30, elsewhere), *in_vain(40))


def test_what_was_overcome_soon_is_little() -> None:
    shipping = PageViewed(url="https://shop.example/checkout/shipping")
    for then, severity in ((at(90, shipping), "low"), (at(190, shipping), "medium")):
        (one,) = found(*refused(1, 20, 40), then)
        assert one.severity == severity
    # However much the customer went to and fro before.
    places = ("/", PLACE) * 120
    again = [at(10 + t, PageViewed(url=f"https://shop.example{where}")) for t, where in enumerate(places)]
    (one,) = found(*refused(1), *again, *refused(300, 320, 340), at(390, shipping))
    assert one.severity == "low"
    (one,) = found(*refused(1, 20, 40, label="Pay"), at(60, OrderPlaced(id="1")), path="/checkout/payment")
    assert one.severity == "low"


@pytest.mark.parametrize(("path", "severity"), [("/", "medium"), ("/cart", "medium"), ("/payment", "low")])
def test_who_leaves_the_checkout_did_not_overcome_it(path: str, severity: str) -> None:
    assert found(*refused(1, 20, 40), at(60, page(path)))[0].severity == severity


def test_a_card_that_is_declined_is_told_once_and_is_little() -> None:
    facts = refused(1, said="Your bank declined this card. Please use another one.", label="Pay $49.00")
    (one,) = found(*facts, path="/checkout/payment")
    assert (one.signature, one.severity) == ("declined", "low")
    assert one.said.startswith("Pressed “Pay $49.00” in the checkout and saw “Your bank declined this card.")


def test_what_the_browser_asks_for_and_what_is_masked() -> None:
    (one,) = found(*refused(1, 20, 40, said=None))
    assert (one.outcome, one.signature) == ("fail", "a field is asked for")
    assert one.said.endswith("and the browser asked for a field each time.")
    (one,) = found(*refused(1, 20, 40, said="••••• ••••• •••••."))
    assert one.outcome == "cannot_tell"
    assert "not recorded" in one.said
