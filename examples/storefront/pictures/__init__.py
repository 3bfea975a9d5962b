"""The shop's product pictures: drawings in `shapes/`, coloured and set into a scene per product.

A shape is an SVG fragment on a 400 × 400 ground with the colours of a palette as `$names`. Drawing
is deterministic, so a product's picture never changes between requests, machines or versions.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from examples.storefront.goods import CATALOGUE

SHAPES = Path(__file__).parent / "shapes"
PICTURE_AGE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Palette:
    """Two tones of ground, the thing in light, middle and shade, its dark parts, and one accent."""

    ground: str
    floor: str
    light: str
    body: str
    shade: str
    dark: str
    accent: str


PALETTES = {
    "mist": Palette("#e9eef0", "#dae3e6", "#ffffff", "#cfd9dd", "#9fb0b7", "#26343a", "#2f7f79"),
    "sand": Palette("#f6eee0", "#ecdfc8", "#fff9ee", "#e6cfa6", "#c4a26b", "#3d3222", "#c8643c"),
    "dusk": Palette("#e8e6f0", "#d8d5e6", "#f7f5ff", "#6f6a91", "#4b4770", "#23213a", "#e2a44a"),
    "clay": Palette("#f6e7df", "#ecd4c7", "#fff4ed", "#c77f5e", "#9c5a3d", "#3b231a", "#2e6b66"),
    "sage": Palette("#e7efe6", "#d5e2d3", "#f6fbf4", "#8fae8b", "#65875f", "#223024", "#d98c3f"),
    "sky": Palette("#e4eef7", "#cfe0ef", "#f7fbff", "#8fb6d8", "#5b89b4", "#1d2f42", "#e0a33e"),
    "coral": Palette("#fbe8e4", "#f4d3cc", "#fff6f4", "#e0806c", "#b85845", "#431f19", "#2d5f73"),
}

SCENE = Template(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
    '<rect width="400" height="400" fill="$ground"/>'
    '<path d="M0 300h400v100H0z" fill="$floor"/>'
    "$shape</svg>"
)


@cache
def draw(sku: str) -> str | None:
    """The product's picture as an SVG document, None for a product that is not sold."""
    product = CATALOGUE.product(sku)
    if product is None:
        return None
    colours = asdict(PALETTES[product.palette])
    shape = Template((SHAPES / f"{product.picture}.svg").read_text("utf-8")).substitute(colours)
    return SCENE.substitute(colours, shape=shape)


async def picture(request: Request) -> Response:
    drawn = draw(request.path_params["name"])
    if drawn is None:
        raise HTTPException(404)
    headers = {"Cache-Control": f"public, max-age={PICTURE_AGE_SECONDS}"}
    return Response(drawn, media_type="image/svg+xml", headers=headers)
