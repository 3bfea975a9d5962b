"""What a browser says of the codings that it takes."""

from __future__ import annotations

import pytest

from replay.model.coding import takes


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip, br", True),
        ("br, GZIP ; Q=0.5", True),
        ("gzip;q=1.0", True),
        ("*", True),
        ("*;q=0, gzip", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("x-gzip2, br", False),
        ("gzip;q=much", False),
        ("identity", False),
        ("", False),
    ],
)
def test_a_coding_is_taken_unless_it_is_refused(accepted: str, taken: bool) -> None:
    assert takes(accepted, "gzip") is taken
