"""The presenter's side of the demo shop: a page of switches, and the mails that the shop has sent.

Neither page belongs to the shop: they carry no snippet, and in the stories they stand for things
that happen elsewhere, in an inbox or behind the scenes.
"""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.storefront.back_office import BackOffice, told_by
from examples.storefront.faults import EXPLANATIONS, Fault
from examples.storefront.front.templates import render
from examples.storefront.front.visitor import MAX_FORM_BYTES, Shop, read_form
from examples.storefront.mails import mails
from examples.storefront.records import faults as records
from examples.storefront.records import orders
from examples.storefront.seed import CONFLICT_ORDER, CUSTOMERS, PASSWORD, coupons
from examples.storefront.shop.account import display_phone


def demo_routes(shop: Shop, mode: str, office: BackOffice) -> list[Route]:
    async def control(request: Request) -> Response:
        on = await records.load(shop.db)
        entries = [{"name": fault.value, "on": fault in on, "about": EXPLANATIONS[fault]} for fault in Fault]
        customers = [{"customer": entry, "phone": display_phone(entry.phone)} for entry in CUSTOMERS]
        context = {
            "mode": mode,
            "faults": entries,
            "customers": customers,
            "password": PASSWORD,
            "coupons": coupons(shop.clock()),
        }
        return HTMLResponse(render("demo", context), headers={"Cache-Control": "no-store"})

    async def switch(request: Request) -> Response:
        form = await read_form(request)
        was = await records.load(shop.db)
        wanted = _wanted(form, was)
        await records.store(shop.db, wanted)
        order = await orders.find(shop.db, CONFLICT_ORDER)
        await office.tell(told_by(frozenset(wanted), was, shop.catalogue, order, shop.clock()))
        return RedirectResponse("/demo", 303)

    async def state(request: Request) -> Response:
        on = await records.load(shop.db)
        return JSONResponse({"mode": mode, "faults": {fault.value: fault in on for fault in Fault}})

    async def mailbox(request: Request) -> Response:
        context = {"mails": mails(shop.clock()), "open": None}
        return HTMLResponse(render("mail", context))

    async def one_mail(request: Request) -> Response:
        sent = mails(shop.clock())
        opened = next((mail for mail in sent if mail.slug == request.path_params["slug"]), None)
        if opened is None:
            raise HTTPException(404)
        return HTMLResponse(render("mail", {"mails": sent, "open": opened}))

    return [
        Route("/demo", control, methods=["GET"]),
        Route("/demo/faults", state, methods=["GET"]),
        Route("/demo/faults", switch, methods=["POST"], max_body_size=MAX_FORM_BYTES),
        Route("/demo/mail", mailbox, methods=["GET"]),
        Route("/demo/mail/{slug}", one_mail, methods=["GET"]),
    ]


def _wanted(form: Mapping[str, str], on: frozenset[Fault]) -> set[Fault]:
    """`name=on` and `name=off` switch one fault each and leave the others as they are.

    A word that is no fault, or neither on nor off, is refused as a whole.
    """
    wanted = set(on)
    for name, word in form.items():
        if name not in set(Fault) or word not in ("on", "off"):
            raise HTTPException(400, f"{name}={word}: not a fault that can be switched on or off")
        (wanted.add if word == "on" else wanted.discard)(Fault(name))
    return wanted
