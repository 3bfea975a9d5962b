"""What the soak tests share: a real Chromium, and shops that are made once a run."""

from __future__ import annotations

import pytest

from tests.browser.conftest import browser
from tests.soak.evershop import EverShop, install_evershop
from tests.soak.oscar import Oscar, install_oscar

__all__ = ["browser", "evershop", "oscar"]


@pytest.fixture(scope="session")
def oscar() -> Oscar:
    """A django-oscar shop, installed and filled."""
    return install_oscar()


@pytest.fixture(scope="session")
def evershop() -> EverShop:
    """An EverShop, installed, built and filled."""
    return install_evershop()
