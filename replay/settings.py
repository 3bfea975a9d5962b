"""The operator's settings: environment variables named ``REPLAY_…``, overridden by the options of a command.

An unknown ``REPLAY_`` variable is an error, not a silence: a misspelt setting would otherwise act as if it
were never given. What a *site* may set is in ``replay.model.site``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from replay.errors import SettingError

__all__ = ["BUCKET", "PREFIX", "Settings", "read_settings", "variable_of"]

PREFIX = "REPLAY_"
BUCKET = "s3://"
"""How an address of a bucket begins."""

_BUCKET_URL = re.compile(BUCKET + r"[0-9a-z][0-9a-z.-]*(/[^/?#\s]+)*/?")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")
_WORDS = frozenset(("log_level", "log_format"))
"""Settings whose values are words, in whatever case they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the product listens and keeps its data."""

    data: Path = dataclasses.field(
        default=Path("replay-data"), metadata={"doc": "folder of the database, made if missing"}
    )
    objects: str = dataclasses.field(
        default="",
        metadata={
            "doc": "where recordings of ended sessions, images and fonts are kept: a folder (by default "
            "“objects” in the data folder), or a place of its own in a bucket, s3://bucket/prefix"
        },
    )
    public_host: str = dataclasses.field(
        default="127.0.0.1", metadata={"doc": "address on which customers' pages are served and collected"}
    )
    public_port: int = dataclasses.field(default=8700, metadata={"doc": "its port; 0 takes a free one"})
    desk_host: str = dataclasses.field(
        default="127.0.0.1", metadata={"doc": "address of the desk; keep it off the public network"}
    )
    desk_port: int = dataclasses.field(default=8701, metadata={"doc": "its port; 0 takes a free one"})
    public_url: str = dataclasses.field(
        default="",
        metadata={
            "doc": "how customers' browsers reach the public address, for example https://see.shop.example"
        },
    )
    desk_url: str = dataclasses.field(
        default="",
        metadata={"doc": "how agents reach the desk; with https the login cookie is sent over TLS only"},
    )
    phone_region: str = dataclasses.field(
        default="US", metadata={"doc": "country (ISO 3166) of phone numbers written without a country code"}
    )
    trusted_proxies: str = dataclasses.field(
        default="127.0.0.1",
        metadata={"doc": "addresses whose X-Forwarded-For header is believed, comma-separated"},
    )
    private_assets: str = dataclasses.field(
        default="",
        metadata={
            "doc": "origins of sites whose images and fonts may be fetched from private addresses, and of "
            "webhooks there that may be told, comma-separated, for example http://shop.internal:8080"
        },
    )
    site_gib_per_day: int = dataclasses.field(
        default=50, metadata={"doc": "most GiB that the pages of one site may send in a day (UTC)"}
    )
    disk_reserve_mib: int = dataclasses.field(
        default=512, metadata={"doc": "MiB to keep free where the data is; below it no session is begun"}
    )
    log_level: str = dataclasses.field(default="info", metadata={"doc": "debug, info, warning or error"})
    log_format: str = dataclasses.field(
        default="auto",
        metadata={"doc": "json (an object a line), text (for people), or auto: text on a terminal"},
    )

    def __post_init__(self) -> None:
        for name in ("public_port", "desk_port"):
            if not 0 <= getattr(self, name) <= 65_535:
                raise _refuse(name, getattr(self, name), "a port from 0 to 65535")
        for name in ("site_gib_per_day", "disk_reserve_mib"):
            if getattr(self, name) < 0:
                raise _refuse(name, getattr(self, name), "a whole number from 0")
        _require_addresses(self)
        _require_region(self.phone_region)
        for origin in self.private_origins:
            if _ORIGIN.fullmatch(origin) is None:
                raise _refuse("private_assets", origin, "origins such as http://shop.internal:8080")
        if self.log_level not in ("debug", "info", "warning", "error"):
            raise _refuse("log_level", self.log_level, "debug, info, warning or error")
        if self.log_format not in ("auto", "json", "text"):
            raise _refuse("log_format", self.log_format, "auto, json or text")

    @property
    def private_origins(self) -> tuple[str, ...]:
        """``private_assets`` one by one."""
        return tuple(part.strip() for part in self.private_assets.split(",") if part.strip())


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def read_settings(environment: Mapping[str, str], **given: object) -> Settings:
    """Settings from the environment, overridden by what was ``given`` (None means not given).

    Raises ``SettingError`` naming the setting, what came and what it takes.
    """
    fields = {variable_of(field.name): field for field in dataclasses.fields(Settings)}
    found: dict[str, object] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        field = fields.get(variable)
        if field is None:
            raise SettingError(
                f"There is no setting {variable}.", "The settings are: " + ", ".join(sorted(fields)) + "."
            )
        found[field.name] = _parse(field.name, type(field.default), text)
    found.update({name: value for name, value in given.items() if value is not None})
    return Settings(**found)  # type: ignore[arg-type]


def _require_addresses(settings: Settings) -> None:
    if "://" in settings.objects and not _BUCKET_URL.fullmatch(settings.objects):
        raise _refuse("objects", settings.objects, "a folder, or s3://bucket/prefix")
    for name in ("public_url", "desk_url"):
        url = getattr(settings, name)
        if url and _ORIGIN.fullmatch(url.removesuffix("/")) is None:
            raise _refuse(
                name,
                url,
                "an address of https:// or http:// and a host, without path or query, such as "
                "https://see.shop.example",
            )


def _require_region(region: str) -> None:
    from replay.model.phone import is_region  # noqa: PLC0415 (the world's numbering plans; help needs none)

    if not is_region(region):
        raise _refuse(
            "phone_region", region, "a country as two capital letters (ISO 3166), for example US, DE or GB"
        )


def _parse(name: str, kind: type, text: str) -> object:
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise _refuse(name, text, "a whole number") from None
    if name in _WORDS:
        return text.lower()
    return Path(text) if issubclass(kind, Path) else text


def _refuse(name: str, value: object, expected: str) -> SettingError:
    return SettingError(
        f"The setting {name} ({variable_of(name)}) cannot be {str(value)!r}.", f"It takes {expected}."
    )
