"""The forty products the demo shop sells, one module for each part of the shop.

Names come in several lengths and scripts, and there is one of each thing that carts are read
wrongly for: a sale price, a product that is sold out, variants with prices of their own, goods sold
by the metre, a price per kilogram beside the price, few left.
"""

from examples.storefront.catalogue import Catalogue, Category
from examples.storefront.goods.audio import AUDIO
from examples.storefront.goods.computers import COMPUTERS
from examples.storefront.goods.desk import DESK
from examples.storefront.goods.house import HOUSE
from examples.storefront.goods.kitchen import KITCHEN
from examples.storefront.goods.lighting import LIGHTING

CATEGORIES = (
    Category(
        slug="computers", name="Computers", line="Quiet machines and what belongs on the desk with them"
    ),
    Category(slug="audio", name="Audio", line="For the whole room, or only for you"),
    Category(slug="kitchen", name="Kitchen", line="Tools that earn their place on the counter"),
    Category(slug="lighting", name="Lighting", line="Light to read by, wake to and fall asleep with"),
    Category(
        slug="house", name="Around the house", line="Warmth, air and a door that tells you who is there"
    ),
    Category(slug="desk", name="Desk & power", line="Sit well, stand up, stay charged"),
)

CATALOGUE = Catalogue(CATEGORIES, COMPUTERS + AUDIO + KITCHEN + LIGHTING + HOUSE + DESK)
