"""What the rows of a cart's totals are, by their key or by the words beside them.

Shops that mark their totals say it with a key; of others the row has only its label, such as "Estimated
tax" or "Total (incl. VAT)". What is not known for sure is ``other``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from replay.detect.shown import words
from replay.model.cart import Amount, CartState, Total

__all__ = ["SHIPPING_WORDS", "Kind", "amount_of", "kind_of", "text_of"]

Kind = Literal["total", "goods", "discount", "shipping", "tax", "other"]

_KEYS: dict[str, Kind] = {
    "total": "total",
    "items": "goods",
    "discount": "discount",
    "shipping": "shipping",
    "tax": "tax",
}
_DISCOUNTS = words(
    """
    discount discounts promo promotion promotions coupon coupons voucher vouchers savings saving rabatt
    rabatte gutschein remise réduction descuento sconto korting desconto rabat sleva kedvezmény скидка indirim
    """
)
_TOTALS = frozenset(
    {"total", "grand total", "order total", "estimated total", "cart total", "total to pay", "gesamt"}
    | {"gesamtsumme", "gesamtbetrag", "totale", "totaal", "totalt", "razem", "celkem", "итого", "toplam"}
)
_GOODS = frozenset(
    {"items", "subtotal", "sub total", "item total", "items total", "goods", "merchandise", "products"}
    | {"zwischensumme", "sous total", "subtotale", "subtotaal", "delsumma", "mezisoučet", "ara toplam"}
)
_TAXES = words("tax taxes vat gst hst pst qst mwst ust iva tva btw moms alv dph áfa kdv ндс")
SHIPPING_WORDS = words(
    """
    shipping delivery postage versand versandkosten lieferung livraison port envío spedizione verzending frete
    frakt levering toimitus dostawa doprava kargo доставка
    """
)
_WORD = re.compile(r"[^\W\d_]+")
_REMARK = re.compile(
    r"\(.*?\)|\b(?:incl|inkl|including|includes|inclusive|excl|exkl|excluding|ttc|ht|before|after)\b.*"
)


def text_of(row: Total) -> str:
    """Key and label of a row, in small letters."""
    return f"{row.key} {row.label.raw if row.label else ''}".casefold()


def kind_of(row: Total) -> Kind:
    """What a row is."""
    return _KEYS.get(row.key) or _by_words(row.label.raw if row.label else row.key)


@lru_cache(maxsize=1_000)
def _by_words(label: str) -> Kind:
    said = _WORD.findall(_REMARK.sub(" ", label.casefold()))
    phrase = " ".join(said)
    if not _DISCOUNTS.isdisjoint(said):
        return "discount"
    if phrase in _TOTALS:
        return "total"
    if phrase in _GOODS:
        return "goods"
    if not SHIPPING_WORDS.isdisjoint(said):
        return "shipping"
    return "other" if _TAXES.isdisjoint(said) else "tax"


def amount_of(state: CartState, kind: Kind) -> Amount | None:
    """The amount of the first row of a kind."""
    return next((row.amount for row in state.totals if kind_of(row) == kind), None)
