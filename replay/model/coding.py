"""In which codings a browser takes an answer: its ``Accept-Encoding``, read as HTTP says (RFC 9110, 12.5.3).

A coding is taken unless its weight is nought: ``gzip;q=0`` refuses it, by name or as one of ``*``.
"""

from __future__ import annotations

__all__ = ["takes"]


def takes(accepted: str, coding: str) -> bool:
    """Whether an answer may be sent in this coding."""
    weights: dict[str, float] = {}
    for one in accepted.split(","):
        name, _, parameter = one.partition(";")
        weights[name.strip().lower()] = _weight(parameter)
    return weights.get(coding, weights.get("*", 0.0)) > 0


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value.strip())
    except ValueError:
        return 0.0
