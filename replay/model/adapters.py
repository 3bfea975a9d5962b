"""The adapters that read what a shop's own platform says, by their file in ``sdk_js/src/adapters``.

One place says what each is called to an agent and how it was seen to work: the desk shows both beside what an
adapter stated, and a test holds the documentation to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["ADAPTERS", "Adapter"]

Label = Literal["documented only", "seen working on a real install"]


@dataclass(frozen=True, slots=True)
class Adapter:
    """``title``: what says something there, as in "as the shop's *Shopify cart* says"."""

    title: str
    label: Label = "documented only"


ADAPTERS: Mapping[str, Adapter] = {
    "data_layer": Adapter("Google data layer"),
    "segment": Adapter("Segment or RudderStack data"),
    "adobe": Adapter("Adobe data layer"),
    "product_data": Adapter("product data"),
    "shopify": Adapter("Shopify cart"),
    "magento": Adapter("Magento cart"),
    "woocommerce": Adapter("WooCommerce cart"),
    "bigcommerce": Adapter("BigCommerce cart"),
    "sfra": Adapter("Salesforce cart"),
    "prestashop": Adapter("PrestaShop cart"),
    "opencart": Adapter("OpenCart"),
    "evershop": Adapter("EverShop cart", "seen working on a real install"),
    "medusa": Adapter("Medusa cart"),
    "saleor": Adapter("Saleor checkout"),
}
