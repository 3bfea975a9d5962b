"""The three stores and what a few things cost on their shelves today."""

from examples.storefront.faults import Fault
from examples.storefront.money import display
from examples.storefront.seed import PROMISED_PRICE, PROMISED_SKU
from examples.storefront.shop.cart_view import picture_url, product_url
from examples.storefront.shop.visit import Page, Visit

STORES = (
    ("San Francisco", "588 Valencia Street", "Monday to Saturday 10 to 8, Sunday 11 to 6"),
    ("Portland", "1210 NW Everett Street", "Monday to Saturday 10 to 7, Sunday closed"),
    ("Brooklyn", "73 Bergen Street", "Every day 10 to 8"),
)
ON_THE_SHELF = ("HP-15", "KET-17", "LMP-12", "SPK-15")
LOWER_ON_THE_SHELF = {PROMISED_SKU: PROMISED_PRICE, "SPK-15": 169_00}


async def stores_page(visit: Visit) -> Page:
    lower = LOWER_ON_THE_SHELF if Fault.STORE_PRICE_LOWER in visit.faults else {}
    found = [entry for sku in ON_THE_SHELF if (entry := visit.catalogue.find_item(sku)) is not None]
    return Page(
        name="stores",
        title="Our stores",
        zone="catalogue",
        data={
            "stores": [{"city": city, "street": street, "hours": hours} for city, street, hours in STORES],
            "shelf": [
                {
                    "sku": item.sku,
                    "name": product.name,
                    "url": product_url(product),
                    "picture": picture_url(product),
                    "price": display(lower.get(item.sku, item.price)),
                }
                for product, item in found
            ],
        },
    )
