"""What a shop's words about a promotion code say: refused, taken, or neither that could be told.

The lists hold words that shops use in their own messages, in the languages of the price texts. A text in
which words of both kinds stand is a refusal ("could not be applied"); one without any is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from replay.detect.rows import SHIPPING_WORDS
from replay.detect.shown import words

__all__ = [
    "accepts",
    "changes_cart",
    "ended",
    "first_code",
    "is_sold_out",
    "names_way_of_sending",
    "percent_off",
    "promises_shipping",
    "refuses",
    "says_code",
    "speaks_of_codes",
]

_REFUSALS = words(
    """
    not no invalid expired ended unknown cannot can't couldn't isn't wasn't doesn't don't already unable error
    incorrect wrong limit exceeded reached minimum needs requires require spend eligible ineligible sorry
    unfortunately exist exists failed refused rejected declined belongs starts combined excluded only
    ungültig nicht abgelaufen leider mindestbestellwert unbekannt kein keine bereits nur
    invalide expiré expirée pas aucun inconnu déjà valable minimum seulement
    inválido inválida caducado caducada no expirado expirada mínimo desconocido ya
    scaduto scaduta non valido già ongeldig verlopen niet bestaat minimum al
    inválido expirou não já nieprawidłowy wygasł nie ogiltig gått inte ugyldig utløpt ikke udløbet
    """
)
_ACCEPTANCES = words(
    """
    applied added accepted success successful successfully activated redeemed saved valid thanks enjoy
    angewendet eingelöst hinzugefügt aktiviert erfolgreich appliqué appliquée ajouté ajoutée
    aplicado aplicada añadido applicato applicata aggiunto toegepast toegevoegd zastosowany
    använts tillagd anvendt lagt tilføjet
    """
)
_ENDINGS = words(
    "expired ended over abgelaufen beendet expiré expirée terminé caducado scaduto verlopen expirou"
)
_CHANGES = words(
    """
    add remove delete clear empty update buy reorder undo save apply minus plus entfernen löschen leeren
    hinzufügen aktualisieren kaufen supprimer retirer vider ajouter eliminar quitar borrar vaciar añadir
    rimuovi elimina svuota aggiungi verwijderen verwijder toevoegen remover excluir limpar adicionar usuń
    opróżnij dodaj odstranit smazat přidat bort lägg fjern slet tilføj legg poista lisää удалить очистить
    добавить kaldır ekle
    """
)
_CODES = words(
    """
    code codes coupon coupons voucher vouchers promo promotion discount offer gutschein gutscheincode
    rabattcode aktionscode gutscheins bon cupón cupon código codigo descuento codice buono sconto kortingscode
    actiecode cupom desconto kod kodu kupon kupón slevový rabattkod rabatkode rabattkode kampanjkod
    alennuskoodi промокод купон код
    """
)
_WAYS = words(
    """
    standard ground economy regular basic saver express expedited priority premium overnight next-day courier
    pickup domestic standardversand standardlieferung expressversand expresslieferung abholung économique
    classique estándar urgente exprés ordinaria espresso standaard normal padrão expresso ekonomi
    """
)
_SOLD_OUT = re.compile(
    r"out of stock|sold[ -]?out|no longer (?:available|in stock|sold)|(?:not|isn.t|un)\s?available"
    r"|not in stock"
    r"|ausverkauft|nicht (?:mehr )?(?:verfügbar|lieferbar|vorrätig|auf lager)|vergriffen"
    r"|rupture de stock|épuisée?s?\b|indisponible|plus disponible|agotad[oa]|sin existencias|no disponible"
    r"|esaurit[oa]|non (?:più )?disponibile|uitverkocht|niet (?:meer )?(?:op voorraad|leverbaar|beschikbaar)"
    r"|esgotad[oa]|indisponível|wyprzedan[eya]|niedostępn[ey]|vyprodáno|nedostupné|slutsåld|slut i lager"
    r"|utsolgt|udsolgt|loppuunmyyty|нет в наличии|распродан|tükendi|stokta yok"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,](\d{1,2}))?\s?%")


def _in(text: str) -> frozenset[str]:
    return frozenset(word.replace("’", "'") for word in _WORD.findall(text.casefold()))


def refuses(text: str) -> bool:
    """Whether the shop says no, or not yet."""
    return not _REFUSALS.isdisjoint(_in(text))


def accepts(text: str) -> bool:
    """Whether the shop says yes and nothing else."""
    said = _in(text)
    return _REFUSALS.isdisjoint(said) and not _ACCEPTANCES.isdisjoint(said)


def ended(text: str) -> bool:
    """Whether a refusal is that its time is over."""
    return not _ENDINGS.isdisjoint(_in(text))


def percent_off(text: str) -> tuple[int, int] | None:
    """The one percentage that a text names, as numerator and denominator of a share; None if not just one."""
    found = set(_PERCENT.findall(text))
    if len(found) != 1:
        return None
    whole, part = found.pop()
    numerator, denominator = int(whole + part), 100 * 10 ** len(part)
    return (numerator, denominator) if 0 < numerator <= denominator else None


def promises_shipping(text: str) -> bool:
    """Whether a promotion is about what sending costs."""
    return not SHIPPING_WORDS.isdisjoint(_in(text)) and percent_off(text) is None


def names_way_of_sending(text: str) -> bool:
    """Whether a text is of one of several ways in which things are sent, such as the standard one."""
    return not _WAYS.isdisjoint(_in(text))


def is_sold_out(text: str) -> bool:
    """Whether the shop says that an article cannot be had (any more)."""
    return _SOLD_OUT.search(text.casefold()) is not None


def speaks_of_codes(text: str) -> bool:
    """Whether a text is about some code at all."""
    return not _CODES.isdisjoint(_in(text))


def first_code(text: str, codes: Iterable[str]) -> str | None:
    """Which of the codes (in small letters) a text is about: the one it names first."""
    # Most texts name none, and to look for each as a word of its own takes far longer.
    folded = text.casefold()
    found = [(at, code) for code in codes if code in folded and (at := _place(text, code)) is not None]
    return min(found, default=(0, None))[1]


def says_code(text: str, code: str) -> bool:
    """Whether the code stands in the text as a word of its own."""
    return _place(text, code) is not None


def _place(text: str, code: str) -> int | None:
    found = re.search(rf"(?<!\w){re.escape(code.casefold())}(?!\w)", text.casefold())
    return found.start() if found and code else None


def changes_cart(label: str) -> bool:
    """Whether pressing what is so labelled may change a cart; of a label without words, anything may be."""
    said = _in(label)
    return not said or not _CHANGES.isdisjoint(said)
