"""What the shop promised for the codes of a visit, as the watch page shows it beside them.

A code is looked up as the registry was worded when the visit gave it, so that an agent on the phone reads
what that customer was told, and not what holds today.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.model.promo import Promise, Registry, say_moment, say_promise
from viewer.codes import codes_of
from viewer.desk import desk_of, session_of, signed_in
from viewer.timeline import Json

__all__ = ["promises"]


async def promises(request: Request) -> Response:
    """GET /api/sessions/<session>/promises: of each code in it what is registered, if anything is at all."""
    desk, session = desk_of(request), await session_of(request)
    await desk.views.ensure(signed_in(request), session, "recording")
    brought = (await desk.store.brought([session.id])).get(session.id)
    promos = await desk.store.promos(session.site) if brought is None else brought.promos
    registry = Registry(promos=promos)
    if not registry.promos:
        return JSONResponse([])
    given = [edge for edge in await desk.store.identifiers(session.id) if edge.kind == "promo"]
    codes = await codes_of(desk.store, session)
    return JSONResponse([_code(registry, edge.shown, codes.tell(edge.shown), edge.at_ms) for edge in given])


def _code(registry: Registry, code: str, told: str, at_ms: int) -> Json:
    promo = registry.by_code(code, at_ms)
    if promo is None:
        return {"code": told, "title": None, "promised": None, "until": None, "notes": []}
    promise = promo.at(at_ms)
    return {
        "code": told,
        "title": promise.title,
        "promised": say_promise(promise),
        "until": None if promise.until_ms is None else say_moment(promise.until_ms, promise),
        "notes": list(_notes(promise, at_ms)),
    }


def _notes(promise: Promise, at_ms: int) -> tuple[str, ...]:
    """What has to be said with it."""
    notes = {
        "had ended then": promise.is_over(at_ms),
        "had not begun then": promise.is_early(at_ms),
        "for first orders only": promise.first_order,
        f"only for {', '.join(promise.only_skus)}": bool(promise.only_skus),
        f"not for {', '.join(promise.except_skus)}": bool(promise.except_skus),
    }
    return tuple(note for note, is_so in notes.items() if is_so)
