"""The words that stand beside amounts in shops, and what they make of an amount.

"from $10", "was $499", "$3.99 / 100 g", "+$5.00" and "4 payments of $12.50" are no prices that could be
compared with what a cart charges. The lists cover the languages of the parser's table of cases; any other
word stays beside the amount for whoever compares it (``Exact.beside``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = [
    "EACH",
    "FREE",
    "FREELY",
    "LABELS",
    "MAGNITUDES",
    "MANY",
    "MEASURES",
    "MULTIPLE",
    "PER",
    "SUBUNITS",
]
__all__ += ["TIMES", "TO", "UNSPACED", "Role", "role_near", "role_of"]

Role = Literal[
    "about",
    "count",
    "extra",
    "free",
    "from",
    "installment",
    "member",
    "per_measure",
    "saving",
    "threshold",
    "up_to",
    "was",
]

_NEAR: Mapping[Role, str] = {
    "about": """
        about approx ca circa cca etwa ungefähr env environ ongeveer около приблизно
    """,
    "from": """
        from ab dès desde vanaf va v.a fra från alkaen alk od от від da la από începând dari từ mulai tól től
        ból ből ден from: เริ่มต้น من מ
    """,
    "up_to": """
        to bis zu hasta fino tot до do till til upp jusqu'à jusqu'a até
    """,
    "was": """
        van
    """,
}
"""Small words that are said of an amount only if they stand right beside it."""

_ANYWHERE: Mapping[Role, str] = {
    "about": """
        approximately estimated estimate est
    """,
    "extra": """
        deposit pfand pant statiegeld consigne kaution earn
    """,
    "from": """
        up low starting partir partire начиная başlayan itibaren החל
    """,
    "installment": """
        month monthly mo pm weekly week yearly year annually yr payments instalments instalment installments
        installment monat mtl monatlich raten monatsrate woche jahr mois mensualités mensuel mensual mensuales
        cuota cuotas mese mensile mensili rata maand termijnen mês parcela parcelas juros månad måned md mdr
        kk měsíc měsíčně miesiąc miesięcznie raty мес месяц месяцев taksit taksitle aylık bulan
    """,
    "member": """
        member members club mitglieder adhérent adhérents soci socios leden medlem medlemspris klub
    """,
    "saving": """
        save saving savings saved off discount rebate sparen spare gespart ersparnis rabatt économisez
        économie remise réduction ahorra ahorro ahorras descuento risparmi risparmia sconto bespaar korting
        desconto economize poupe poupa spar sparar besparelse säästä alennus oszczędzasz rabat ušetříte sleva
        zľava kedvezmény reducere economisești economisesti скидка экономия знижка отстъпка indirim hemat
        diskon giảm הנחה خصم έκπτωση
    """,
    "threshold": """
        over above under below min minimum mindestens mindestbestellwert more spend away unlock qualify
    """,
    "up_to": """
        jusqu'à
    """,
    "was": """
        was before previously prior regular reg rrp prp msrp srp list compare original originally instead
        statt uvp vorher bisher früher ehemals streichpreis lieu avant ancien conseillé antes anterior pvp
        pvpr prima listino consigliato invece voorheen adviesprijs tidligere før førpris veiledende tidigare
        ordinarie ord ovh normaalihinta ennen zamiast było była regularna katalogowa původně původní bývala
        eredeti helyett vechi было старая раньше вместо стара eski semula coret
    """,
}

_UNSPACED: Mapping[str, Role] = {
    "から": "from",
    "より": "from",
    "以上": "from",
    "起": "from",
    "부터": "from",
    "이상": "from",
    "まで": "up_to",
    "까지": "up_to",
    "約": "about",
    "定価": "was",
    "通常": "was",
    "参考": "was",
    "原价": "was",
    "原價": "was",
    "정가": "was",
    "割引": "saving",
    "할인": "saving",
    "節省": "saving",
    "省": "saving",
    "월": "installment",
    "月": "installment",
    "会员": "member",
    "会員": "member",
    "회원": "member",
    "每": "per_measure",
}
"""Words of scripts without spaces: found anywhere in a run of letters."""

UNSPACED = "\u2e80"
"""From here on scripts put no spaces between words."""


def _roles(words: Mapping[Role, str]) -> dict[str, Role]:
    return {word: role for role, listed in words.items() for word in listed.split()}


_ROLES_NEAR = _roles(_NEAR)
_ROLES_ANYWHERE = _roles(_ANYWHERE)


def role_of(word: str) -> Role | None:
    """What a word in small letters says of an amount wherever it stands beside it."""
    if word >= UNSPACED:
        return next((role for part, role in _UNSPACED.items() if part in word), None)
    return _ROLES_ANYWHERE.get(word)


def role_near(word: str) -> Role | None:
    """What a word in small letters says of the amount right after or before it."""
    return _ROLES_NEAR.get(word)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PER = _set(
    """
    per pro je par por pr на за på
    """
)
"""Before a measure, a time or a piece."""
EACH = _set(
    """
    each ea piece pieces pc pcs unit item items stk stck stück st styck kpl pièce pce unité pieza ud unidad
    pezzo pz stuk szt sztuka ks kus db шт buc adet 個 件 개
    """
)
TIMES = frozenset(word for word, role in _ROLES_ANYWHERE.items() if role == "installment") | _set(
    """
    an jaar año anno ano år rok год ay day tag jour día giorno dag night nacht nuit hour h
    """
)
TO = _set("- ~ to bis à a al hasta tot do до til till até から 至 到")
"""Between the two ends of a range."""

MEASURES = _set(
    """
    kg g gr mg l ml cl dl hl lt lb lbs oz m cm mm km ft sq yd gal m² qm sqm litre litres liter liters litro
    kilo kilogramm gramm gram grams meter metre metro кг г л мл м
    """
)
MULTIPLE = _set(
    """
    for x für pour por per voor för за zum fur za
    """
)
"""After a number of pieces: "3 for $10", "2 x $5"."""
FREELY = _set(
    """
    shipping delivery versand lieferung versandkosten livraison port envío gastos spedizione verzending
    verzendkosten bezorging frete entrega frakt fragt levering toimitus dostawa wysyłka doprava dopravy
    poštovné szállítás livrare transport доставка kargo ongkir ขนส่ง standard 送料 배송
    """
)
"""What may stand beside a word for "free" without making it anything else than nothing to pay."""
FREE = _set(
    """
    free kostenlos kostenlose kostenloser kostenfrei gratis umsonst gratuit gratuite offert offerte gratuito
    gratuita grátis ilmainen ilmaiseksi bezpłatnie bezpłatna darmowa darmowy zdarma zadarmo ingyenes ingyen
    бесплатно бесплатная безкоштовно безплатно ücretsiz bedava δωρεάν ฟรี חינם مجاني مجانا مجاناً رایگان 無料
    送料無料 免费 免費 包邮 免運 免运费 免運費 무료 무료배송 besplatno brezplačno nemokamai bezmaksas tasuta
    """
)
MAGNITUDES = _set(
    """
    k m mn mio mln mil mill million millions thousand bn tys tis тыс млн mrd rb ribu jt juta tr triệu nghìn
    ngàn lakh lac lakhs crore crores cr ezer mii bin tuhat
    tuhatta tusen duizend mila mille χιλ хил ألف الف مليون هزار میلیون हजार हज़ार लाख लाखों হাজার লাখ
    """
)
"""After a number: it is not the amount in full."""
MANY = (*"万萬億亿千百만천억", "พัน", "หมื่น", "แสน", "ล้าน")
"""The same in scripts without spaces, where it begins a word."""

LABELS = _set(
    """
    price pris priset prix preis precio prezzo prijs preço cena ár preț prețul цена ціна hinta hind kaina
    fiyat fiyatı total totalt totale totaal gesamt gesamtsumme gesamtbetrag summe suma sum summa celkem
    spolu razem összesen итого всего разом yhteensä kokku kopā iš viso subtotal sous-total zwischensumme
    delsum delsumma subtotale subtotaal mezisoučet välisumma részösszeg nu nå now jetzt nyní teraz ahora
    maintenant ora agora сейчас зараз shipping frakt fragt livraison versand doprava dostawa szállítás
    доставка moms mva alv dph vat tva mwst iva kdv пдв ндс incl inkl excl exkl ttc ht netto brutto each
    """
)
"""Words that lead to an amount and have no number of their own."""

SUBUNITS: Mapping[str, frozenset[str]] = {
    "¢": frozenset({"USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "ZAR"}),
    "p": frozenset({"GBP"}),
    "pence": frozenset({"GBP"}),
    "ct": frozenset({"EUR"}),
    "cent": frozenset({"EUR", "USD", "CAD", "AUD"}),
    "cents": frozenset({"EUR", "USD", "CAD", "AUD"}),
}
"""Hundredths by name: "99¢", "80p"."""
