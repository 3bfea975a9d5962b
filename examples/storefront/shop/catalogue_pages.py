"""Home, listings, search and product pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from examples.storefront.catalogue import Category, Item, Product
from examples.storefront.lines import MEASURE_STEP, PIECE, display_quantity
from examples.storefront.money import CURRENCY, display, major
from examples.storefront.shop import mischief
from examples.storefront.shop.cart_view import LOW_STOCK_COUNT, picture_url, product_url
from examples.storefront.shop.visit import NotHere, Page, Visit

PAGE_COUNT = 12
RELATED_COUNT = 4
HOME_COUNT = 8
SORTS = {"": "Our order", "price": "Lowest price first", "price-down": "Highest price first", "name": "Name"}
WHOLE_SHOP = Category(slug="all", name="Everything", line="All forty things we would buy ourselves")
ON_SALE = Category(slug="sale", name="On sale", line="The same things for less, while they last")


@dataclass(frozen=True, kw_only=True)
class Card:
    """A product as a listing shows it; `sold_as` is the sku the card's price belongs to."""

    sku: str
    name: str
    language: str
    direction: str
    url: str
    picture: str
    price: str
    was: str
    starts_from: bool
    measure: str
    per_measure: str
    badge: str
    stock: str


def card(product: Product) -> Card:
    item = product.cheapest
    return Card(
        sku=product.sku,
        name=product.name,
        language=product.language,
        direction=product.direction,
        url=product_url(product),
        picture=picture_url(product),
        price=display(item.price),
        was="" if item.was is None else display(item.was),
        starts_from=product.has_variants and any(other.price != item.price for other in product.items),
        measure=product.measure or "",
        per_measure=product.per_measure or "",
        badge=product.badge or ("Sale" if product.on_sale else ""),
        stock="" if product.in_stock else "Sold out",
    )


async def home(visit: Visit) -> Page:
    shelf = visit.catalogue.on_sale()[:HOME_COUNT]
    hero = visit.catalogue.product("HP-15")
    return Page(
        name="home",
        title="Northlight: electronics and home",
        zone="catalogue",
        data={
            "hero": None if hero is None else card(hero),
            "tiles": [
                {"slug": category.slug, "name": category.name, "picture": picture_url(products[0])}
                for category in visit.catalogue.categories
                if (products := visit.catalogue.in_category(category.slug))
            ],
            "shelf": [card(product) for product in shelf],
        },
    )


async def listing(visit: Visit, slug: str) -> Page:
    if slug == WHOLE_SHOP.slug:
        category, products = WHOLE_SHOP, visit.catalogue.products
    elif slug == ON_SALE.slug:
        category, products = ON_SALE, visit.catalogue.on_sale()
    else:
        found = visit.catalogue.category(slug)
        if found is None:
            raise NotHere(slug)
        category, products = found, visit.catalogue.in_category(slug)
    return Page(
        name="listing",
        title=category.name,
        zone="catalogue",
        data={
            "context": "listing",
            "heading": category.name,
            "line": category.line,
            "slug": category.slug,
            **_shelf(visit, f"/c/{slug}", products),
        },
    )


async def search(visit: Visit) -> Page:
    words = visit.query.get("q", "").strip()[:80]
    found = visit.catalogue.search(words)
    line = "Type a product, a brand or an article number." if not words else ""
    return Page(
        name="listing",
        title=f"Search: {words}" if words else "Search",
        zone="catalogue",
        data={
            "context": "search",
            "heading": f"“{words}”" if words else "Search",
            "line": line,
            "slug": "",
            **_shelf(visit, "/search", found),
        },
    )


def _shelf(visit: Visit, path: str, products: Sequence[Product]) -> dict[str, object]:
    """One page of a listing, with its filters, order and links to the other pages."""
    sort = visit.query.get("sort", "")
    sort = sort if sort in SORTS else ""
    available = visit.query.get("available") == "1"
    kept = [product for product in products if product.in_stock or not available]
    if sort == "name":
        kept.sort(key=lambda product: product.name.casefold())
    elif sort:
        kept.sort(key=lambda product: product.cheapest.price, reverse=sort == "price-down")
    last = max(1, -(-len(kept) // PAGE_COUNT))
    asked = visit.query.get("page", "1")
    number = min(max(1, int(asked)), last) if asked.isascii() and asked.isdigit() else 1
    settings = {"q": visit.query.get("q", ""), "sort": sort, "available": "1" if available else ""}

    def url(page: int) -> str:
        parts = {**settings, "page": str(page) if page > 1 else ""}
        query = urlencode({key: value for key, value in parts.items() if value})
        return f"{path}?{query}" if query else path

    return {
        "path": path,
        "shelf": [card(product) for product in kept[(number - 1) * PAGE_COUNT : number * PAGE_COUNT]],
        "found": "1 product" if len(kept) == 1 else f"{len(kept)} products",
        "sort": sort,
        "sorts": [{"value": value, "name": name} for value, name in SORTS.items()],
        "available": available,
        "pages": [{"number": page, "url": url(page), "here": page == number} for page in range(1, last + 1)],
        "previous": url(number - 1) if number > 1 else "",
        "next": url(number + 1) if number < last else "",
    }


async def product_page(visit: Visit, sku: str) -> Page:
    product = visit.catalogue.product(sku)
    if product is None:
        raise NotHere(sku)
    item = product.item(visit.query.get("variant", "")) or product.cheapest
    category = visit.catalogue.category(product.category)
    saving = "" if item.was is None else f"You save {display(item.was - item.price)}"
    return Page(
        name="product",
        title=product.name,
        zone="catalogue",
        data={
            "sku": item.sku,
            "name": product.name,
            "language": product.language,
            "direction": product.direction,
            "url": product_url(product, item),
            "picture": picture_url(product),
            "category": {"slug": product.category, "name": "" if category is None else category.name},
            "summary": product.summary,
            "details": [{"name": name, "value": value} for name, value in product.details],
            "price": display(item.price),
            "was": "" if item.was is None else display(item.was),
            "saving": saving,
            "measure": product.measure or "",
            "per_measure": product.per_measure or "",
            "badge": product.badge,
            "stock": _stock(item),
            "sold_out": item.stock == 0,
            "low": 0 < item.stock <= LOW_STOCK_COUNT,
            "option_name": product.option_name,
            "options": [
                {
                    "sku": option.sku,
                    "name": option.option,
                    "price": display(option.price),
                    "url": product_url(product, option),
                    "here": option.sku == item.sku,
                }
                for option in product.items
                if product.has_variants
            ],
            "step": display_quantity(MEASURE_STEP if product.measure else PIECE),
            "related": [card(other) for other in visit.catalogue.related(product, RELATED_COUNT)],
            "json_ld": _json_ld(visit, product, item),
        },
    )


def _stock(item: Item) -> str:
    if item.stock == 0:
        return "Sold out"
    return f"Only {item.stock} left" if item.stock <= LOW_STOCK_COUNT else "In stock"


def _to_the_minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _json_ld(visit: Visit, product: Product, item: Item) -> str:
    """What search engines read; `<` is escaped because it stands inside a script element."""
    value = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": item.sku,
        "name": product.name,
        "description": product.summary,
        "offers": {
            "@type": "Offer",
            "price": major(item.price),
            "priceCurrency": CURRENCY,
            "availability": f"https://schema.org/{'InStock' if item.stock else 'OutOfStock'}",
            **({} if item.was is None else {"priceValidUntil": _to_the_minute(mischief.sale_ends(visit))}),
        },
    }
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
