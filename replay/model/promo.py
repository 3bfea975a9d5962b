"""What a shop promised its customers: the promo registry of one site.

Nothing on a page says what an e-mail promised, so the shop registers it: by which codes or campaigns a
customer comes, what is due then, and under which conditions. A promise that is changed stays known as it was,
because a visit is held against what was in force during it. Amounts are whole minor units (ISO 4217).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Annotated
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from replay.model.bounds import Between, MaxChars, MaxItems
from replay.model.cart import Word
from replay.model.identity import normalise
from replay.model.money import Money
from replay.model.money import say as say_money

__all__ = [
    "CODES_MAX_COUNT",
    "PROMISES_MAX_COUNT",
    "PROMOS_MAX_COUNT",
    "SKUS_MAX_COUNT",
    "WHOLE_BASIS_POINTS",
    "Promise",
    "Promo",
    "Registry",
    "exact_codes",
    "expected_minor",
    "is_pattern",
    "parameters_of",
    "say_moment",
    "say_promise",
    "zone_of",
]

PROMOS_MAX_COUNT = 200
"""Promos of one site."""
PROMISES_MAX_COUNT = 50
"""Wordings of one promo. Of more the second goes: the first holds for all that was before."""
CODES_MAX_COUNT = 100
SKUS_MAX_COUNT = 500
WHOLE_BASIS_POINTS = 10_000
"""All of an amount: a basis point is a hundredth of a percent."""

Minor = Annotated[int, Between(0, 10**15)]
Ms = Annotated[int, Between(0, 10**15)]
Words = Annotated[tuple[Word, ...], MaxItems(CODES_MAX_COUNT)]
Skus = Annotated[tuple[Word, ...], MaxItems(SKUS_MAX_COUNT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One wording of a promise. Exactly one of ``basis_points``, ``minor``, ``free_shipping`` and
    ``gift_sku`` is set, and ``currency`` wherever there is an amount."""

    title: Word
    since_ms: Ms = 0
    """From when on it is worded like this; the first wording holds for all that was before."""
    by: Word = ""
    """The account that worded it."""
    codes: Words = ()
    """``*`` in one stands for any letter or digit: ``SPRING-******``."""
    campaigns: Words = ()
    """Values of ``utm_campaign``, or ``parameter=value`` for another parameter of the link."""
    basis_points: Annotated[int, Between(1, WHOLE_BASIS_POINTS)] | None = None
    minor: Minor | None = None
    free_shipping: bool = False
    gift_sku: Word | None = None
    currency: Annotated[str, MaxChars(3)] | None = None
    min_minor: Minor | None = None
    """What the goods have to come to."""
    only_skus: Skus = ()
    except_skus: Skus = ()
    first_order: bool = False
    from_ms: Ms | None = None
    until_ms: Ms | None = None
    """The last millisecond in which it holds."""
    zone: Annotated[str, MaxChars(60)] | None = None
    """The time zone (IANA) in which these times were given."""

    def is_open(self, t_ms: float) -> bool:
        """Whether it holds at that time."""
        return not self.is_early(t_ms) and not self.is_over(t_ms)

    def is_early(self, t_ms: float) -> bool:
        """Whether it does not hold yet."""
        return self.from_ms is not None and t_ms < self.from_ms

    def is_over(self, t_ms: float) -> bool:
        """Whether it does not hold any more."""
        return self.until_ms is not None and t_ms >= self.until_ms + 1

    def takes(self, sku: str) -> bool:
        """Whether it is for this article."""
        folded = sku.casefold()
        if folded in {one.casefold() for one in self.except_skus}:
            return False
        return not self.only_skus or folded in {one.casefold() for one in self.only_skus}

    @property
    def is_for_all(self) -> bool:
        """Whether it is for every article."""
        return not self.only_skus and not self.except_skus


@dataclass(frozen=True, slots=True, kw_only=True)
class Promo:
    """One entry of the registry, with every wording that it had, the oldest first; there is at least one."""

    id: Word
    promises: Annotated[tuple[Promise, ...], MaxItems(PROMISES_MAX_COUNT)]

    @property
    def latest(self) -> Promise:
        """How it is worded now."""
        return self.promises[-1]

    def at(self, t_ms: float) -> Promise:
        """How it was worded at that time."""
        return next((one for one in reversed(self.promises) if one.since_ms <= t_ms), self.promises[0])

    def reworded(self, promise: Promise) -> Promo:
        """The same with this as its latest wording."""
        first, *later = (*self.promises, promise)
        return Promo(id=self.id, promises=(first, *later[-(PROMISES_MAX_COUNT - 1) :]))


@dataclass(frozen=True, kw_only=True)
class Registry:
    """All promos of a site, to be asked by code and by campaign."""

    promos: tuple[Promo, ...] = ()

    def by_code(self, code: str, t_ms: float) -> Promo | None:
        """The promo to which the code belonged at that time: one that held before one that did not, and one
        that names the code before one with a pattern for it."""
        folded = code.strip().casefold()
        known = [
            one
            for one in (*self._exact.get(folded, ()), *self._like(folded))
            if _has_code(one.at(t_ms), folded)
        ]
        return _foremost(known, t_ms)

    def by_campaign(self, value: str, t_ms: float, *, parameter: str = "utm_campaign") -> Promo | None:
        """The promo of links that carried this at that time."""
        key = _campaign_key(parameter, value)
        known = [
            promo
            for promo in self._campaigns.get(key, ())
            if any(_key_of(one) == key for one in promo.at(t_ms).campaigns)
        ]
        return _foremost(known, t_ms)

    def by_link(self, url: str, t_ms: float) -> tuple[str, Promo] | None:
        """The promo of an address, and the value by which it is known."""
        if not self._campaigns:
            return None
        for parameter, value in parameters_of(url):
            promo = self.by_campaign(value, t_ms, parameter=parameter)
            if promo is not None:
                return value, promo
        return None

    def about(
        self, codes: Iterable[str], links: Iterable[str], campaigns: Iterable[tuple[str, str]]
    ) -> tuple[Promo, ...]:
        """Those that any of these codes, addresses or parameters of links ever led to: who came by no other
        is held against no other."""
        folded = {code.strip().casefold() for code in codes}
        keys = {_campaign_key(*one) for one in campaigns}
        keys |= {_campaign_key(*one) for link in links for one in parameters_of(link)}
        return tuple(
            promo
            for promo in self.promos
            if any(
                any(_key_of(one) in keys for one in promise.campaigns)
                or any(_has_code(promise, code) for code in folded)
                for promise in promo.promises
            )
        )

    def names(self, code: str) -> bool:
        """Whether it was ever registered just like this: as a code, or as what links of a campaign carry."""
        return normalise("promo", code, "") in self._names

    def pattern_of(self, code: str) -> str | None:
        """The pattern that was ever registered for codes like this."""
        folded = code.strip().casefold()
        return next((one for one, _ in self._codes() if is_pattern(one) and _is_like(one, folded)), None)

    @cached_property
    def _names(self) -> frozenset[str]:
        exact = [code for code, _ in self._codes() if not is_pattern(code)]
        values = [key.partition("=")[2] for key in self._campaigns]
        return frozenset(normalise("promo", one, "") for one in (*exact, *values))

    @cached_property
    def _exact(self) -> Mapping[str, tuple[Promo, ...]]:
        return _grouped((code.casefold(), promo) for code, promo in self._codes() if not is_pattern(code))

    @cached_property
    def _patterns(self) -> Mapping[tuple[int, ...], Mapping[str, tuple[Promo, ...]]]:
        """Promos by where the pattern of a code has its ``*``, and by the pattern: a shop can have thousands,
        and not as many kinds of them."""
        kinds: dict[tuple[int, ...], list[tuple[str, Promo]]] = {}
        for code, promo in self._codes():
            if is_pattern(code):
                folded = code.casefold()
                places = tuple(place for place, letter in enumerate(folded) if letter == "*")
                kinds.setdefault((len(folded), *places), []).append((folded, promo))
        return {kind: _grouped(pairs) for kind, pairs in kinds.items()}

    def _like(self, folded: str) -> Iterator[Promo]:
        for (length, *places), promos in self._patterns.items():
            if length == len(folded) and all(folded[place].isalnum() for place in places):
                letters = list(folded)
                for place in places:
                    letters[place] = "*"
                yield from promos.get("".join(letters), ())

    @cached_property
    def _campaigns(self) -> Mapping[str, tuple[Promo, ...]]:
        return _grouped(
            (_key_of(campaign), promo)
            for promo in self.promos
            for promise in promo.promises
            for campaign in promise.campaigns
        )

    def _codes(self) -> Iterable[tuple[str, Promo]]:
        for promo in self.promos:
            for code in dict.fromkeys(one for promise in promo.promises for one in promise.codes):
                yield code, promo


def _grouped(pairs: Iterable[tuple[str, Promo]]) -> Mapping[str, tuple[Promo, ...]]:
    found: dict[str, dict[str, Promo]] = {}
    for key, promo in pairs:
        found.setdefault(key, {})[promo.id] = promo
    return {key: tuple(promos.values()) for key, promos in found.items()}


def parameters_of(address: str) -> list[tuple[str, str]]:
    """The parameters of an address, and their values. It is taken apart by hand: a page can call anything its
    address, and libraries refuse some."""
    query = address.partition("#")[0].partition("?")[2]
    return parse_qsl(query) if "=" in query else []


def _foremost(promos: Iterable[Promo], t_ms: float) -> Promo | None:
    """The one that holds at that time, or else the one that ended last."""
    return max(
        promos,
        key=lambda one: (one.at(t_ms).is_open(t_ms), one.at(t_ms).until_ms or 0),
        default=None,
    )


def _has_code(promise: Promise, folded: str) -> bool:
    return any(_is_like(code, folded) for code in promise.codes)


def _is_like(code: str, folded: str) -> bool:
    """Whether a folded code is the one that is registered, or of its pattern."""
    registered = code.casefold()
    return len(registered) == len(folded) and all(
        letter == wanted or (wanted == "*" and letter.isalnum())
        for letter, wanted in zip(folded, registered, strict=True)
    )


def is_pattern(code: str) -> bool:
    """Whether it stands for many codes."""
    return "*" in code


def exact_codes(promo: Promo) -> Iterable[str]:
    """The codes that were ever registered just like this, as they are compared; each once."""
    codes = (code for promise in promo.promises for code in promise.codes if not is_pattern(code))
    return dict.fromkeys(value for code in codes if (value := normalise("promo", code, "")))


def _key_of(campaign: str) -> str:
    parameter, separator, value = campaign.partition("=")
    return _campaign_key(parameter, value) if separator else _campaign_key("utm_campaign", campaign)


def _campaign_key(parameter: str, value: str) -> str:
    return f"{parameter.strip().casefold()}={value.strip().casefold()}"


def expected_minor(promise: Promise, goods_minor: int) -> int | None:
    """What is to be taken off goods that come to so much, halves rounded up and never more than they cost;
    None for what is not an amount."""
    if promise.basis_points is not None:
        return (2 * goods_minor * promise.basis_points + WHOLE_BASIS_POINTS) // (2 * WHOLE_BASIS_POINTS)
    return None if promise.minor is None else min(promise.minor, goods_minor)


def say_promise(promise: Promise) -> str:
    """What is promised, as part of a sentence: "20 % off from 100.00 USD"."""
    if promise.basis_points is not None:
        whole, part = divmod(promise.basis_points, 100)
        said = f"{whole}{f'.{part:02}'.rstrip('0') if part else ''} % off"
    elif promise.minor is not None:
        said = f"{_money(promise.minor, promise)} off"
    elif promise.gift_sku is not None:
        said = f"the gift {promise.gift_sku}"
    else:
        said = "free shipping"
    return f"{said} from {_money(promise.min_minor, promise)}" if promise.min_minor else said


def _money(minor: int, promise: Promise) -> str:
    return say_money(Money(minor, promise.currency or ""))


def zone_of(promise: Promise) -> tzinfo:
    """The zone of its times; UTC where none is known, by it or by this machine."""
    try:
        return ZoneInfo(promise.zone) if promise.zone else UTC
    except (OSError, ValueError, KeyError):
        return UTC


def say_moment(ms: int, promise: Promise) -> str:
    """A time as it reads in the promise's own zone."""
    zone = zone_of(promise)
    name = "UTC" if zone is UTC else promise.zone
    return f"{datetime.fromtimestamp(ms // 1_000, zone):%Y-%m-%d %H:%M} ({name})"
