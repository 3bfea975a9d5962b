"""What the shop sells, as immutable values: products, their variants and their categories.

Everything that has a price has a sku of its own, so a variant is an `Item` like a product without
variants is. Stock is a property of the item and never runs down: a shop that is demonstrated every
day must look the same every day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Category:
    slug: str
    name: str
    line: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing with one price. `measure` is the unit it is sold by, None for pieces."""

    sku: str
    price: int
    was: int | None = None
    option: str = ""
    stock: int = 40


@dataclass(frozen=True, kw_only=True)
class Product:
    """A page of the shop. The first item's sku is the product's address unless it has variants."""

    sku: str
    name: str
    category: str
    items: tuple[Item, ...]
    summary: str
    details: tuple[tuple[str, str], ...] = ()
    picture: str
    palette: str
    measure: str | None = None
    per_measure: str | None = None
    option_name: str = ""
    badge: str = ""
    language: str = ""
    direction: str = ""
    also_known: tuple[str, ...] = field(default=())

    @property
    def cheapest(self) -> Item:
        return min(self.items, key=lambda item: item.price)

    @property
    def has_variants(self) -> bool:
        return len(self.items) > 1

    @property
    def on_sale(self) -> bool:
        return any(item.was is not None for item in self.items)

    @property
    def in_stock(self) -> bool:
        return any(item.stock > 0 for item in self.items)

    def item(self, sku: str) -> Item | None:
        return next((item for item in self.items if item.sku == sku), None)


@dataclass(frozen=True)
class Catalogue:
    """All products, in the order in which the shop likes to show them."""

    categories: tuple[Category, ...]
    products: tuple[Product, ...]

    @cached_property
    def _by_sku(self) -> dict[str, Product]:
        return {product.sku: product for product in self.products}

    @cached_property
    def _by_item(self) -> dict[str, tuple[Product, Item]]:
        return {item.sku: (product, item) for product in self.products for item in product.items}

    def product(self, sku: str) -> Product | None:
        return self._by_sku.get(sku)

    def find_item(self, sku: str) -> tuple[Product, Item] | None:
        return self._by_item.get(sku)

    def category(self, slug: str) -> Category | None:
        return next((category for category in self.categories if category.slug == slug), None)

    def in_category(self, slug: str) -> tuple[Product, ...]:
        return tuple(product for product in self.products if product.category == slug)

    def on_sale(self) -> tuple[Product, ...]:
        return tuple(product for product in self.products if product.on_sale)

    def search(self, words: str) -> tuple[Product, ...]:
        """Products in which every word occurs, those with the words in their name first."""
        wanted = words.casefold().split()
        if not wanted:
            return ()
        found = [product for product in self.products if all(word in _text(product) for word in wanted)]
        return tuple(sorted(found, key=lambda product: not _in_name(product, wanted)))

    def related(self, product: Product, count: int) -> tuple[Product, ...]:
        """Others of the same category, those after this one first, as a shelf would go on."""
        shelf = self.in_category(product.category)
        at = shelf.index(product)
        return (shelf[at + 1 :] + shelf[:at])[:count]


def _text(product: Product) -> str:
    skus = " ".join(item.sku for item in product.items)
    known = " ".join(product.also_known)
    return f"{product.name} {product.sku} {skus} {known} {product.category} {product.summary}".casefold()


def _in_name(product: Product, wanted: Sequence[str]) -> bool:
    name = f"{product.name} {product.sku}".casefold()
    return all(word in name for word in wanted)
