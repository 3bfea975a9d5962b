"""One request to the shop, and the two kinds of answer: a page to show, or what an action did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from examples.storefront.catalogue import Catalogue
from examples.storefront.database import Database
from examples.storefront.faults import Fault
from examples.storefront.records.customers import Customer


@dataclass(frozen=True)
class Notice:
    """Something the shop says once. `place` is where: in the cart, beside the code box, on the page.

    `drawer` opens the cart drawer, `signed_out` lets the next page tell the recording.
    """

    text: str
    tone: str = "info"
    place: str = "page"
    drawer: bool = False
    signed_out: bool = False


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who asks for what, when, and what is meant to go wrong. `values`, `errors`: a form sent before."""

    db: Database
    catalogue: Catalogue
    browser_id: str
    customer: Customer | None
    faults: frozenset[Fault]
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def customer_id(self) -> str:
        return "" if self.customer is None else self.customer.id


@dataclass(frozen=True, kw_only=True)
class Page:
    """`name` is the template, `zone` what a recording may read of the page."""

    name: str
    title: str
    zone: str
    data: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an action did: where to go, what to say, or what was wrong with the form."""

    go: str = ""
    notice: Notice | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Elsewhere:
    """The page cannot be shown; go there instead."""

    go: str
    notice: Notice | None = None


class NotHere(Exception):
    """No such page, product or order for this visitor."""


def local_path(path: str) -> str:
    """A path on this shop from a form field; anything else becomes the cart."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/cart"
