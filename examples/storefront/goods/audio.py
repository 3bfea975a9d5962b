"""Things to listen with, one of them sold out and one with a very long name."""

from examples.storefront.catalogue import Item, Product

AUDIO = (
    Product(
        sku="HPH-70",
        name="Hush 70 noise-cancelling headphones",
        category="audio",
        items=(Item(sku="HPH-70", price=249_00, was=299_00),),
        summary="They take the aeroplane away and leave the music: thirty hours on a charge.",
        details=(
            ("Noise cancelling", "Adaptive, three strengths"),
            ("Battery", "30 hours, 5 minutes charge for 3 hours"),
            ("Weight", "238 g"),
            ("Cable", "3.5 mm, included"),
        ),
        picture="headphones",
        palette="dusk",
        badge="Staff pick",
    ),
    Product(
        sku="BUD-03",
        name="Drift earbuds",
        category="audio",
        items=(Item(sku="BUD-03", price=89_00),),
        summary="So small that you forget them, so good that you notice when they are gone.",
        details=(("Battery", "6 + 18 hours"), ("Protection", "IPX4"), ("Tips", "Four sizes")),
        picture="earbuds",
        palette="sage",
        also_known=("headphones", "in-ear"),
    ),
    Product(
        sku="SPK-15",
        name="Corner bookshelf speakers, pair",
        category="audio",
        items=(Item(sku="SPK-15", price=199_00),),
        summary="Two small boxes in walnut veneer that make a living room sound like a concert hall.",
        details=(("Power", "2 × 40 W"), ("Finish", "Walnut veneer"), ("Size", "28 × 17 × 22 cm each")),
        picture="speakers",
        palette="clay",
    ),
    Product(
        sku="TRN-01",
        name="Orbit turntable",
        category="audio",
        items=(Item(sku="TRN-01", price=279_00, stock=0),),
        summary="Belt drive, carbon arm and a cartridge already aligned: put on the record and sit down.",
        details=(("Speeds", "33⅓ and 45"), ("Drive", "Belt"), ("Preamplifier", "Built in, can be bypassed")),
        picture="turntable",
        palette="sand",
        also_known=("record player", "vinyl"),
    ),
    Product(
        sku="BAR-21",
        name="Longbow soundbar",
        category="audio",
        items=(Item(sku="BAR-21", price=229_00),),
        summary="Voices you can follow at low volume, without a subwoofer under the sofa.",
        details=(
            ("Channels", "2.1, virtual 5.1"),
            ("Inputs", "HDMI eARC, optical, Bluetooth"),
            ("Width", "90 cm"),
        ),
        picture="soundbar",
        palette="mist",
    ),
    Product(
        sku="RAD-05",
        name="Sunday Morning kitchen radio with DAB+, internet radio, Bluetooth, two alarms, a wooden case "
        "and a carrying handle of saddle leather",
        category="audio",
        items=(Item(sku="RAD-05", price=149_00),),
        summary="It knows 20,000 stations and has six buttons, which is as many as a radio should have.",
        details=(
            ("Reception", "FM, DAB+, internet"),
            ("Case", "Ash"),
            ("Power", "Mains or battery, 8 hours"),
        ),
        picture="radio",
        palette="coral",
    ),
)
