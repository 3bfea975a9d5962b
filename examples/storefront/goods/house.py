"""Around the house: heating, air, floors, and the front door."""

from examples.storefront.catalogue import Item, Product

HOUSE = (
    Product(
        sku="THM-02",
        name="Hearth thermostat",
        category="house",
        items=(Item(sku="THM-02", price=179_00),),
        summary="Learns when you are home and saves when you are not. Shows what it saved, in dollars.",
        details=(("Wiring", "24 V, C wire not needed"), ("Works with", "Matter")),
        picture="thermostat",
        palette="clay",
    ),
    Product(
        sku="CAM-06",
        name="Porch camera",
        category="house",
        items=(Item(sku="CAM-06", price=129_00),),
        summary="Sees the parcel arrive, keeps the pictures at home and needs no subscription.",
        details=(
            ("Picture", "2K, night vision in colour"),
            ("Storage", "128 GB inside"),
            ("Protection", "IP66"),
        ),
        picture="camera",
        palette="mist",
    ),
    Product(
        sku="PLG-03",
        name="Smart plug",
        category="house",
        items=(Item(sku="PLG-03", price=17_95),),
        summary="Measures what the old freezer really costs, and turns the lamp on at dusk.",
        details=(("Load", "15 A"), ("Works with", "Matter")),
        picture="plug",
        palette="sky",
    ),
    Product(
        sku="VAC-11",
        name="Swift cordless vacuum",
        category="house",
        items=(Item(sku="VAC-11", price=329_00, was=399_00),),
        summary="An hour of cleaning on one charge, and a bin that empties without a cloud.",
        details=(("Running time", "60 minutes"), ("Weight", "2.4 kg"), ("Filter", "Washable")),
        picture="vacuum",
        palette="coral",
        also_known=("hoover",),
    ),
    Product(
        sku="AIR-40",
        name="Breeze 40 air purifier",
        category="house",
        items=(Item(sku="AIR-40", price=219_00),),
        summary="Clean air for forty square metres, as quiet at night as a book.",
        details=(("Filter", "HEPA 13, activated carbon"), ("Noise", "21 to 48 dB")),
        picture="purifier",
        palette="sage",
    ),
)
