"""A problem: the same fault in many sessions, counted.

Which findings are one problem, and when that is more than one customer's bad luck, is decided in
``replay.detect.clustering``; here is what comes of it. All times are server milliseconds since 1970: a
finding counts at the time when it was decided, but neither before its session began nor after it was last
seen, so that a customer's clock moves nothing; of orders, which shops' own systems speak of, also later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from replay.model.finding import Severity

__all__ = ["CLOSE_MS", "CONSEQUENCE_RULE", "ORDER_RULES", "CartsLeft", "Change", "Exposure", "Family", "Hit"]
__all__ += ["Problem", "ProblemState", "carts_left", "consequence_of", "consequences_of"]

CLOSE_MS = 48 * 60 * 60 * 1_000
"""A problem is over when so long after its last hit somebody came by whom it did not hit."""

ORDER_RULES = frozenset({"duplicate_order", "order_state_conflict"})
"""Rules whose subjects are orders, and whose times are those of the shop's systems."""

CONSEQUENCE_RULE = "abandoned_with_problem"
"""The rule whose findings are no problems of their own: each is what came of the finding in its signature."""

ProblemState = Literal["open", "quiet", "closed"]
"""``quiet``: no hit for ``CLOSE_MS``, but nobody came by since who could have been hit, or that cannot be
told."""

Change = Literal["opened", "reopened", "closed"]


class Family(NamedTuple):
    """Findings that say the same of any subject."""

    site: str
    rule: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One finding of a family that failed. ``identities`` are whom its session was verified to be: opaque,
    the same for the same customer id, e-mail address or phone number."""

    session: str
    subject: str
    severity: Severity
    at_ms: int
    identities: tuple[str, ...] = ()
    minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartsLeft:
    """Carts that customers left after a problem, each session one, and what was in them, by currency."""

    sessions_count: int
    money: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Sessions in which a rule had something to say of a subject, whatever it was, and when the last did."""

    sessions_count: int
    last_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The findings of a family about one subject, or, where ``subject`` is None, about all of its subjects.

    ``customers_count`` are people who are verified, each once; sessions of nobody known are counted apart.
    ``money`` is what it cost them, by currency. ``exposed_count`` are the sessions since ``first_ms`` that
    the rule could judge, these among them; None where the rule is silent when all is well. ``opened_ms`` is
    when it turned out to be more than single cases, None until then.
    """

    family: Family
    subject: str | None
    subjects_count: int
    severity: Severity
    sessions_count: int
    customers_count: int
    anonymous_count: int
    first_ms: int
    last_ms: int
    is_burst: bool
    money: tuple[tuple[str, int], ...] = ()
    exposed_count: int | None = None
    exposed_ms: int | None = None
    opened_ms: int | None = None
    closed_ms: int | None = None

    @property
    def id(self) -> str:
        """The same whenever it is counted, and in every store."""
        key = "\0".join((*self.family, "" if self.subject is None else f"\1{self.subject}"))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def affected_count(self) -> int:
        """Customers, each session of nobody known taken for another one."""
        return self.customers_count + self.anonymous_count

    def state(self, now_ms: int) -> ProblemState:
        """Whether it goes on, as far as that can be told."""
        if self.exposed_ms is not None and self.exposed_ms - self.last_ms >= CLOSE_MS:
            return "closed"
        return "quiet" if now_ms - self.last_ms >= CLOSE_MS else "open"


def consequence_of(rule: str, signature: str) -> str:
    """The signature of what came of a finding."""
    return f"{rule} | {signature}"


def consequences_of(problem: Problem) -> Family:
    """The findings that say what came of a problem, or of others of its family."""
    site, rule, signature = problem.family
    return Family(site, CONSEQUENCE_RULE, consequence_of(rule, signature))


def carts_left(problem: Problem, hits: Iterable[Hit]) -> CartsLeft:
    """What came of the problem itself, of all that came of its family."""
    own = [hit for hit in hits if problem.subject is None or hit.subject == problem.subject]
    money: dict[str, int] = {}
    for hit in own:
        if hit.minor is not None and hit.currency is not None:
            money[hit.currency] = money.get(hit.currency, 0) + hit.minor
    return CartsLeft(sessions_count=len({hit.session for hit in own}), money=tuple(sorted(money.items())))
