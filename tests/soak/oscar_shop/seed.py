"""Fills an empty shop with what makes carts hard to read: a title cut in listings, one from right to left, a
price above a thousand, a free article, short stock, one sold out, vouchers (20 % off, five pounds off, one
expired) and an offer of the whole site that changes the totals with the third piece."""

import datetime
from decimal import Decimal

from django.utils import timezone
from oscar.core.loading import get_class, get_model

ARTICLES = [
    ("The hacker's handbook: finding and using the holes in programs of every kind", "9.99", 40, "General"),
    ("Wireless exposed", "10.32", 3, "General"),
    ("Coders at work", "19.99", 50, "General"),
    ("Applied cryptography", "1049.50", 50, "Cryptography"),
    ("Gray hats", "28.96", 10, "General"),
    ("العربية للمبتدئين", "7.00", 20, "Languages"),
    ("Spring catalogue", "0.00", 900, "General"),
    ("Out of print", "12.00", 0, "Languages"),
]
DAY = datetime.timedelta(days=1)


def articles() -> None:
    product_class = get_model("catalogue", "ProductClass").objects.create(name="Book")
    partner = get_model("partner", "Partner").objects.create(name="House", code="house")
    into = get_class("catalogue.categories", "create_from_breadcrumbs")
    for number, (title, price, stock, category) in enumerate(ARTICLES):
        product = get_model("catalogue", "Product")(title=title, upc=f"978{number:010}")
        product.product_class = product_class
        product.save()
        product.categories.add(into(f"Books > {category}"))
        product.stockrecords.create(
            partner=partner,
            partner_sku=f"H-{number}",
            price=Decimal(price),
            price_currency="GBP",
            num_in_stock=stock,
        )


def offer(name: str, benefit: str, value: str | None, pieces: int, kind: str, everything: object) -> object:
    return get_model("offer", "ConditionalOffer").objects.create(
        name=name,
        offer_type=kind,
        # Else the offer of the site takes all pieces before a voucher sees them.
        priority=1 if kind == "Voucher" else 0,
        condition=get_model("offer", "Condition").objects.create(
            range=everything, type="Count", value=pieces
        ),
        benefit=get_model("offer", "Benefit").objects.create(
            range=everything, type=benefit, value=None if value is None else Decimal(value)
        ),
    )


def offers() -> None:
    now = timezone.now()
    everything = get_model("offer", "Range").objects.create(name="Everything", includes_all_products=True)
    # Three free articles for the price of two: Oscar looks for more of them for ever, and answers no more.
    everything.excluded_products.set(
        get_model("catalogue", "Product").objects.filter(title="Spring catalogue")
    )
    twenty = offer("Twenty per cent off", "Percentage", "20", 1, "Voucher", everything)
    five = offer("Five pounds off", "Absolute", "5", 2, "Voucher", everything)
    offer("Three for two", "Multibuy", None, 3, "Site", everything)
    for code, name, given, start, end in [
        ("SAVE20", "Twenty", twenty, now - DAY, now + 3650 * DAY),
        ("OLD20", "Last year", twenty, now - 9 * DAY, now - DAY),
        ("FIVEOFF", "Five", five, now - DAY, now + 3650 * DAY),
    ]:
        voucher = get_model("voucher", "Voucher").objects.create(
            code=code, name=name, usage="Multi-use", start_datetime=start, end_datetime=end
        )
        voucher.offers.add(given)


def shipping() -> None:
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="GB", printable_name="United Kingdom", name="UNITED KINGDOM", is_shipping_country=True
    )


def fill() -> None:
    articles()
    offers()
    shipping()
