"""What a shop's own words about a code or an article are taken for."""

from __future__ import annotations

import pytest

from replay.detect.answers import (
    accepts,
    changes_cart,
    first_code,
    is_sold_out,
    percent_off,
    refuses,
    says_code,
)

NO = [
    "SPRING20 is not a code we know.",
    "SPRING20 cannot be combined with WELCOME10. Remove that first.",
    "Coupon is either invalid, expired or reached its usage limit!",
    'The coupon code "SPRING20" is not valid.',
    "SPRING20 could not be applied",
    "Sorry, this coupon isn't applicable to selected products.",
    "Der Gutschein ist abgelaufen.",
    "Der Mindestbestellwert wurde nicht erreicht.",
    "Ce code promo est invalide ou expiré",
    "El cupón ha caducado",
    "Kod wygasł",
]
YES = [
    "SPRING20 applied: 20 % off your order.",
    "Coupon code applied successfully.",
    "Gutschein wurde eingelöst.",
    "Le code a été appliqué",
    "Código aplicado",
]
NEITHER = ["HP 15 laptop is in your cart.", "20 % off your order", "", "SPRING20"]


@pytest.mark.parametrize("text", NO)
def test_a_no(text: str) -> None:
    assert refuses(text)
    assert not accepts(text)


@pytest.mark.parametrize("text", YES)
def test_a_yes(text: str) -> None:
    assert accepts(text)
    assert not refuses(text)


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert not accepts(text)
    assert not refuses(text)


def test_a_code_is_a_word_of_its_own() -> None:
    assert says_code("Code spring20: yes", "SPRING20")
    assert not says_code("SPRING200", "SPRING20")
    assert not says_code("anything", "")
    assert first_code("B cannot be combined with A.", ["a", "b"]) == "b"
    assert first_code("nothing", ["a"]) is None


def test_a_percentage_counts_if_it_is_the_only_one() -> None:
    assert percent_off("SPRING20 20 % off") == (20, 100)
    assert percent_off("7,5% Rabatt") == (75, 1000)
    assert percent_off("10 % or 20 % off") is None
    assert percent_off("0 % or 120 %") is None
    assert percent_off("Free shipping") is None


@pytest.mark.parametrize(
    "text",
    [
        "Out of stock",
        "SOLD OUT!",
        "unavailable",
        "Leider ausverkauft",
        "Nicht mehr verfügbar",
        "Épuisé",
        "Agotado",
    ],
)
def test_sold_out(text: str) -> None:
    assert is_sold_out(text)


def test_not_sold_out() -> None:
    assert not any(is_sold_out(text) for text in ("Only 2 left", "In stock", "Available tomorrow", ""))


def test_labels_that_may_change_a_cart() -> None:
    assert all(
        changes_cart(label)
        for label in ("Remove", "×", "", "Add to cart", "In den Warenkorb legen hinzufügen")
    )
    assert not any(changes_cart(label) for label in ("Computers", "View the cart", "HP 15 laptop"))
