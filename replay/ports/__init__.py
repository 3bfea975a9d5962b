"""The interfaces that the heart needs and ``storage`` makes real: the store, objects and the live bus."""

from replay.model.identity import Identifier, IdentifierKind
from replay.ports.assets import Asset, AssetIndex, AssetKind, SessionAsset, Sighting, asset_object
from replay.ports.brought import Brought
from replay.ports.bus import Bus, Published
from replay.ports.codes import CodeIndex
from replay.ports.erasure import ClockLook, Erased, ErasureIndex, Receipt
from replay.ports.findings import FindingIndex, Judged, SessionFacts
from replay.ports.objects import Objects
from replay.ports.operations import (
    AppendBatch,
    Appended,
    Commit,
    DeclareGap,
    EndSession,
    KeepServerEvent,
    MeasureClock,
    OpenLoad,
    OpenSession,
    Operation,
    RotateToken,
)
from replay.ports.problems import Counted, Notice, ProblemCounts, ProblemIndex, SameFinding
from replay.ports.promos import PromoIndex
from replay.ports.records import (
    Agent,
    BatchOutline,
    Gap,
    Load,
    Login,
    Match,
    Session,
    Site,
    StoredBatch,
    View,
)
from replay.ports.sealing import SealedObject, SealingIndex
from replay.ports.server_events import ServerEventIndex
from replay.ports.shown_prices import Others, ShownPriceIndex
from replay.ports.store import Store, StoreUnavailable

__all__ = [
    "Agent",
    "AppendBatch",
    "Appended",
    "Asset",
    "AssetIndex",
    "AssetKind",
    "BatchOutline",
    "Brought",
    "Bus",
    "ClockLook",
    "CodeIndex",
    "Commit",
    "Counted",
    "DeclareGap",
    "EndSession",
    "Erased",
    "ErasureIndex",
    "FindingIndex",
    "Gap",
    "Identifier",
    "IdentifierKind",
    "Judged",
    "KeepServerEvent",
    "Load",
    "Login",
    "Match",
    "MeasureClock",
    "Notice",
    "Objects",
    "OpenLoad",
    "OpenSession",
    "Operation",
    "Others",
    "ProblemCounts",
    "ProblemIndex",
    "PromoIndex",
    "Published",
    "Receipt",
    "RotateToken",
    "SameFinding",
    "SealedObject",
    "SealingIndex",
    "ServerEventIndex",
    "Session",
    "SessionAsset",
    "SessionFacts",
    "ShownPriceIndex",
    "Sighting",
    "Site",
    "Store",
    "StoreUnavailable",
    "StoredBatch",
    "View",
    "asset_object",
]
