"""``replay promo``: what a site promised its customers, registered and looked at.

An answer writes an entry as ``promo import`` reads it, and beside it what follows from it: ``promised`` as it
is said, ``state`` now, and ``since_ms`` and ``by``: since when and by whom it is worded so.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from replay.errors import CommandError
from replay.model.promo import Promo, say_promise
from replay.model.promo_reading import FIELDS, Faults, as_given
from replay.ports import Site, Store
from replay.promo_registry import PromoRegistry, state_of

__all__ = ["change_promos"]

_TOLD = frozenset({"promised", "state", "since_ms", "by"})
"""What an answer says beside the fields: an import passes over it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command about one site's registry."""

    registry: PromoRegistry
    site: Site
    parameters: Mapping[str, object]
    now_ms: int

    @property
    def id(self) -> str:
        return str(self.parameters["id"])

    @property
    def given(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.parameters["given"])

    def told(self, promo: Promo) -> dict[str, object]:
        """The entry as it is answered."""
        latest = promo.latest
        return {
            "id": promo.id,
            **as_given(latest),
            "promised": say_promise(latest),
            "state": state_of(promo, self.now_ms),
            "since_ms": latest.since_ms,
            "by": latest.by,
        }


async def _list(asked: Asked) -> object:
    return [asked.told(promo) for promo in await asked.registry.all()]


async def _show(asked: Asked) -> object:
    """The entry with every wording that it had, the latest first."""
    promo = await asked.registry.one(asked.id)
    earlier = (Promo(id=promo.id, promises=(one,)) for one in reversed(promo.promises[:-1]))
    return {**asked.told(promo), "earlier": [asked.told(one) for one in earlier]}


async def _add(asked: Asked) -> object:
    if asked.parameters["replace"] and any(one.id == asked.id for one in await asked.registry.all()):
        return asked.told(await asked.registry.reword(asked.id, asked.given))
    return asked.told(await asked.registry.add(asked.id, asked.given))


async def _end(asked: Asked) -> object:
    return asked.told(await asked.registry.end(asked.id))


async def _remove(asked: Asked) -> object:
    return asked.told(await asked.registry.remove(asked.id))


async def _import(asked: Asked) -> object:
    """Add the entries that are new and reword those that are known; none, if one of them does not do."""
    entries = [_entry(one, place) for place, one in enumerate(_entries(asked.parameters["entries"]))]
    names = [name for name, _ in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CommandError(f"The promo {twice} is there twice.", "Nothing was changed.")
    for name, given in entries:
        _check(asked, name, given)
    return [asked.told(promo) for promo in await asked.registry.take(entries)]


def _entries(content: object) -> Sequence[object]:
    if isinstance(content, list):
        return content
    raise CommandError(
        "The file holds no list of promos.", "`replay promo list --json` prints one as it should be."
    )


def _entry(one: object, place: int) -> tuple[str, Mapping[str, object]]:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str):
        raise CommandError(f"Entry {place + 1} of the file has no id.", "Nothing was changed.")
    return one["id"], {name: value for name, value in one.items() if name != "id" and name not in _TOLD}


def _check(asked: Asked, id: str, given: Mapping[str, object]) -> None:
    try:
        asked.registry.check(id, given)
    except Faults as error:
        raise _refusal(error, id) from error


def _refusal(error: Faults, id: str) -> CommandError:
    told = "; ".join(f"{fault.field}: {fault.said}" for fault in error.faults)
    return CommandError(
        f"The promo {id} cannot be taken as it is given. {told}",
        f"Nothing was changed. The fields are: id, {', '.join(FIELDS)}.",
    )


_Command = Callable[[Asked], Coroutine[Any, Any, object]]

_COMMANDS: Mapping[str, _Command] = {
    "list": _list,
    "show": _show,
    "add": _add,
    "end": _end,
    "remove": _remove,
    "import": _import,
}


async def change_promos(
    command: str, store: Store, site: Site, parameters: Mapping[str, object], now_ms: int
) -> object:
    """Carry out one of the commands. Raises ``ProductError``."""
    by = str(parameters.get("by") or "")
    asked = Asked(PromoRegistry(store, site, by=by, now_ms=now_ms), site, parameters, now_ms)
    try:
        return await _COMMANDS[command](asked)
    except Faults as error:
        raise _refusal(error, str(parameters.get("id"))) from error
