"""Builds the shop: one ASGI application over one database file, in one of two modes.

What connects it with the recording comes from outside as text, as any shop gets it: the snippet to
put into its pages, the secret to sign its customers with, and where its systems tell what happened
to orders, with the secret for that. All may be empty.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from examples.storefront.back_office import BackOffice
from examples.storefront.database import open_database
from examples.storefront.demo import demo_routes
from examples.storefront.faults import Fault
from examples.storefront.front.classic import classic_routes
from examples.storefront.front.single import single_routes
from examples.storefront.front.visitor import Shop
from examples.storefront.goods import CATALOGUE
from examples.storefront.pictures import picture
from examples.storefront.records import faults as fault_records
from examples.storefront.seed import seed

Mode = Literal["pages", "spa"]
STATIC = Path(__file__).parent / "static"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Path,
    *,
    snippet: str = "",
    identify_secret: str = "",
    events_url: str = "",
    events_secret: str = "",
    mode: Mode = "pages",
    faults: Iterable[Fault | str] | None = None,
    clock: Callable[[], datetime] = _utc_now,
) -> Starlette:
    """The shop. `faults`, when given, replaces what is switched on in the database at each start."""
    chosen = None if faults is None else [Fault(name) for name in faults]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_database(database) as db:
            if db.is_new:
                await seed(db, clock())
            if chosen is not None:
                await fault_records.store(db, chosen)
            shop = Shop(
                db=db, catalogue=CATALOGUE, snippet=snippet, identify_secret=identify_secret, clock=clock
            )
            front = single_routes(shop) if mode == "spa" else classic_routes(shop)
            app.router.routes[:] = [
                Mount("/static", StaticFiles(directory=STATIC), name="static"),
                Route("/pictures/{name}.svg", picture),
                *demo_routes(shop, mode, BackOffice(events_url, events_secret)),
                *front,
            ]
            yield

    return Starlette(lifespan=lifespan)
