"""The shop platforms whose webhooks are read: the one list of them.

Their word stands in a webhook's address, before a site's secret for it, and as the system of its events;
their name is what they call themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PLATFORMS", "SHOPIFY", "WOOCOMMERCE"]

SHOPIFY = "shopify"
WOOCOMMERCE = "woocommerce"
PLATFORMS: Mapping[str, str] = {SHOPIFY: "Shopify", WOOCOMMERCE: "WooCommerce"}
"""Names by words."""
