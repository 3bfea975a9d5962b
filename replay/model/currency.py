"""Which currencies there are, how many decimals they have, and what is written for them on a page.

The table is ISO 4217 as published on 1 January 2026 (list one, up to amendment 180), without the codes that
have no minor unit (metals, test codes, units of account). It is written out because what browsers and
libraries know is not ISO: they show forint, rupiah and Iraqi dinar without decimals, which are 2, 2 and 3.

``MARKS`` says for every sign and abbreviation which currencies use it. Most are used by several; only a mark
of one currency tells which it is.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXPONENTS", "MARKS", "exponent_of", "marked"]

_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
    VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_OTHER_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Mapping[str, int] = dict.fromkeys(_TWO_DECIMALS.split(), 2) | {
    code: exponent for exponent, codes in _OTHER_DECIMALS.items() for code in codes.split()
}
"""Decimals of every active currency that has a minor unit."""

_WITHDRAWN = {"ANG": 2, "BGN": 2, "CUC": 2, "HRK": 2, "SLL": 2, "ZWL": 2}
"""Still read on pages and in old orders; must never be taken for the shop's present currency."""


def exponent_of(code: str) -> int | None:
    """How many decimals the currency has, also one withdrawn lately; None for what ISO 4217 does not list."""
    exponent = EXPONENTS.get(code)
    return _WITHDRAWN.get(code) if exponent is None else exponent


_WRITTEN: Mapping[str, str] = {
    "AED": "درهم دإ dhs dh AED",
    "AFN": "؋ Af",
    "ALL": "lekë lek",
    "AMD": "֏ դր",
    "ANG": "ƒ NAf",
    "AOA": "Kz",
    "ARS": "$ AR$ $AR pesos",
    "AUD": "$ A$ AU$ $AU dollars dollar",
    "AWG": "ƒ Afl",
    "AZN": "₼ manat",
    "BAM": "KM КМ",
    "BBD": "$ BB$ BDS$",
    "BDT": "৳ Tk taka টাকা",
    "BGN": "лв lv",
    "BHD": "دب دينار BD",
    "BIF": "FBu Fr",
    "BMD": "$ BD$ BM$",
    "BND": "$ B$ BN$",
    "BOB": "Bs",
    "BRL": "R$ BR$ reais",
    "BSD": "$ B$ BS$",
    "BWP": "P",
    "BYN": "руб рублей рубля р Br",
    "BZD": "$ BZ$ $BZ",
    "CAD": "$ C$ CA$ $CA CAN$ $CAN dollars dollar",
    "CDF": "FC F Fr",
    "CHF": "sfr Fr",
    "CLP": "$ CL$ $CL pesos",
    "CNY": "¥ CN¥ ¥CN 元 圆 圓 yuan rmb 人民币",
    "COP": "$ CO$ COL$ $CO pesos",
    "CRC": "₡",
    "CUP": "$ ₱ CU$ $MN pesos",
    "CVE": "$",
    "CZK": "kč Kc korun",
    "DJF": "Fdj Fr",
    "DKK": "kr dkr kroner",
    "DOP": "$ RD$ DO$ pesos",
    "DZD": "دج دينار DA",
    "EGP": "£ E£ EG£ £E جم جنيه LE",
    "ERN": "Nfk",
    "ETB": "ብር birr Br",
    "EUR": "€ euro euros евро ευρώ יורו 欧元 ユーロ",
    "FJD": "$ FJ$",
    "FKP": "£ FK£",
    "GBP": "£ £GB UK£ pounds pound",
    "GEL": "₾ ლ ლარი lari",
    "GHS": "₵ GH₵ GHC",
    "GIP": "£ GI£",
    "GNF": "FG Fr",
    "GTQ": "Q",
    "GYD": "$ G$ GY$",
    "HKD": "$ HK$ $HK 元 圓 港币 港幣 港元",
    "HNL": "L",
    "HRK": "kn",
    "HTG": "G",
    "HUF": "ft forint",
    "IDR": "rp",
    "ILS": '₪ שח ש"ח nis',
    "INR": "₹ ₨ rs रु रू रुपये",
    "IQD": "دع دينار",
    "IRR": "﷼ ریال ريال",
    "ISK": "kr íkr ikr krónur",
    "JMD": "$ J$ JA$ JM$",
    "JOD": "دأ دينار JD",
    "JPY": "¥ JP¥ 円 日元 yen",
    "KES": "ksh kshs Sh",
    "KGS": "⃀ сом",
    "KHR": "៛",
    "KMF": "CF FC Fr",
    "KPW": "₩ 원",
    "KRW": "₩ 원",
    "KWD": "دك دينار KD",
    "KYD": "$ CI$ KY$",
    "KZT": "₸ тг тенге",
    "LAK": "₭",
    "LBP": "£ L£ £L لل LL",
    "LKR": "₨ rs රු",
    "LRD": "$ L$ LD$",
    "LSL": "L",
    "LYD": "دل دينار LD",
    "MAD": "درهم دم dhs dh",
    "MDL": "lei leu L",
    "MGA": "Ar",
    "MKD": "ден",
    "MMK": "K Ks",
    "MNT": "₮ төг",
    "MOP": "$ MOP$ 元 圓",
    "MRU": "UM",
    "MUR": "₨ rs",
    "MVR": "Rf MRf",
    "MWK": "MK",
    "MXN": "$ M$ MX$ MEX$ $MX $MXN pesos",
    "MYR": "rm",
    "MZN": "MT MTn",
    "NAD": "$ N$ NA$",
    "NGN": "₦",
    "NIO": "$ C$",
    "NOK": "kr nkr kroner",
    "NPR": "₨ rs रु रू नेरू",
    "NZD": "$ NZ$ $NZ",
    "OMR": "﷼ ريال رع RO",
    "PAB": "B/",
    "PEN": "S/ soles",
    "PGK": "K",
    "PHP": "₱ P pesos",
    "PKR": "₨ rs",
    "PLN": "zł zl złotych",
    "PYG": "₲ Gs guaraníes",
    "QAR": "﷼ ريال رق QR",
    "RON": "lei leu ley L",
    "RSD": "din дин динара",
    "RUB": "₽ руб рублей рубля рубль р",
    "RWF": "FRw RF Fr",
    "SAR": "﷼ ⃁ ريال رس SR",
    "SBD": "$ SI$ SB$",
    "SCR": "₨ rs SR",
    "SDG": "£ S£ جس جنيه",
    "SEK": "kr skr kronor",
    "SGD": "$ S$ SG$",
    "SHP": "£",
    "SLE": "Le",
    "SLL": "Le",
    "SOS": "Sh",
    "SRD": "$ SR$",
    "SSP": "£ S£ SD£",
    "STN": "Db",
    "SVC": "₡",
    "SYP": "£ S£ لس",
    "SZL": "E",
    "THB": "฿ บาท baht",
    "TJS": "сом смн",
    "TMT": "manat",
    "TND": "دت دينار DT",
    "TOP": "$ T$",
    "TRY": "₺ tl",
    "TTD": "$ TT$",
    "TWD": "$ NT$ 元 圓",
    "TZS": "tsh Sh",
    "UAH": "₴ грн гривень hrn",
    "UGX": "ush Sh",
    "USD": "$ US$ $US U$S U$ dollars dollar 美元",
    "UYU": "$ $U UY$ pesos",
    "UZS": "сум soʻm so'm",
    "VES": "Bs BsS BsD",
    "VND": "₫ đ vnđ đồng",
    "VUV": "VT Vt",
    "WST": "$ WS$",
    "XAF": "fcfa cfa F Fr",
    "XCD": "$ EC$",
    "XCG": "ƒ Cg",
    "XOF": "fcfa cfa F Fr",
    "XPF": "xpf cfp fcfp F Fr",
    "YER": "﷼ ريال ري",
    "ZAR": "R",
    "ZMW": "K ZK Kw",
    "ZWG": "$ ZiG Z$",
}
"""What stands for each currency on pages, without the dots of abbreviations. A word in small letters is also
read in capitals; one with a capital only as it stands here, for it might be another word otherwise."""

_NOT_ISO = "₿ btc eth usdt تومان pts points punkte"
"""Amounts of these are amounts, but of no currency that a shop's own could be compared with."""

_ISO_IN_ANY_CASE = "chf czk dkk eur gbp huf nok pln ron sek usd"


def _inverted() -> dict[str, frozenset[str]]:
    marks: dict[str, set[str]] = {code: {code} for code in (*EXPONENTS, *_WITHDRAWN)}
    marks |= {code: {code.upper()} for code in _ISO_IN_ANY_CASE.split()}
    marks |= {mark: set() for mark in _NOT_ISO.split()}
    for code, written in _WRITTEN.items():
        for mark in written.split():
            marks.setdefault(mark, set()).add(code)
    return {mark: frozenset(codes) for mark, codes in marks.items()}


MARKS: Mapping[str, frozenset[str]] = _inverted()
"""The currencies that each sign, abbreviation or code may mean."""


def marked(mark: str) -> frozenset[str] | None:
    """The currencies that ``mark`` may mean: one if it is unique, none if it is no ISO currency, None if it
    is not the mark of a currency at all. Dots of abbreviations do not count."""
    plain = mark.replace(".", "")
    codes = MARKS.get(plain)
    return MARKS.get(plain.casefold()) if codes is None else codes
