"""The first contents of the shop: demo customers, their orders, and coupons.

Deterministic but for the clock: everything is dated relative to the day of the first start, so that
a coupon "ends in thirty days" whenever the shop is shown.
"""

from datetime import datetime, timedelta

from examples.storefront.coupons import Benefit, Coupon
from examples.storefront.database import Database
from examples.storefront.goods import CATALOGUE
from examples.storefront.lines import PIECE, Line
from examples.storefront.ordering import order_of
from examples.storefront.pricing import price_cart
from examples.storefront.records import coupons as coupon_records
from examples.storefront.records import customers as customer_records
from examples.storefront.records import orders as order_records
from examples.storefront.records.carts import Address
from examples.storefront.records.customers import Customer
from examples.storefront.records.orders import Order, OrderStatus, Step
from examples.storefront.shipping import EXPRESS, STANDARD, ShippingMethod
from examples.storefront.tax import rate_of

PASSWORD = "northlight"
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$hJbWC9d8gHYz5ux7mi5cfQ$SL86rv/UF7gldJvOM/zUKbajH5sCtKAZRn3BIR0qW48"
)
CONFLICT_ORDER = "NL-10388"
INCIDENT = "INC-20418"
PROMISED_SKU = "KET-17"
PROMISED_PRICE = 59_00

ANA = Customer(id="C-1001", email="ana@example.com", phone="+14155550134", name="Ana Duarte")
BEN = Customer(id="C-1002", email="ben@example.com", phone="+12125550187", name="Benjamin Okafor-Lindqvist")
LAYLA = Customer(id="C-1003", email="layla@example.com", phone="+13125550162", name="ليلى حداد")
YUKI = Customer(id="C-1004", email="yuki@example.com", phone="+12065550119", name="田中 由紀")
CUSTOMERS = (ANA, BEN, LAYLA, YUKI)

ANA_ADDRESS = Address(
    name="Ana Duarte",
    phone=ANA.phone,
    street="2210 Larkin Street",
    extra="Apartment 4",
    city="San Francisco",
    state="CA",
    postcode="94109",
)
BEN_ADDRESS = Address(
    name=BEN.name,
    phone=BEN.phone,
    street="418 East 9th Street",
    extra="",
    city="New York",
    state="NY",
    postcode="10009",
)


def coupons(now: datetime) -> tuple[Coupon, ...]:
    return (
        Coupon(
            code="SPRING20",
            title="20 % off your order",
            benefit=Benefit.PERCENT,
            value=20,
            minimum=50_00,
            starts=now - timedelta(days=2),
            ends=now + timedelta(days=30),
        ),
        Coupon(
            code="WELCOME10",
            title="$10 off orders from $60",
            benefit=Benefit.AMOUNT,
            value=10_00,
            minimum=60_00,
        ),
        Coupon(
            code="AUDIO15",
            title="15 % off audio that is not on sale",
            benefit=Benefit.PERCENT,
            value=15,
            category="audio",
            excludes_sale=True,
            ends=now + timedelta(days=12),
        ),
        Coupon(code="FREESHIP", title="Free standard shipping", benefit=Benefit.FREE_SHIPPING),
        Coupon(
            code="WINTER25",
            title="25 % off your order",
            benefit=Benefit.PERCENT,
            value=25,
            starts=now - timedelta(days=120),
            ends=now - timedelta(days=20),
        ),
        Coupon(
            code="AUTUMN30",
            title="30 % off your order",
            benefit=Benefit.PERCENT,
            value=30,
            starts=now + timedelta(days=60),
            ends=now + timedelta(days=90),
        ),
        Coupon(
            code="THANKS-ANA",
            title="$25 off, for Ana",
            benefit=Benefit.AMOUNT,
            value=25_00,
            customer_id=ANA.id,
        ),
        Coupon(
            code=INCIDENT,
            title="Promised price for the gooseneck kettle",
            benefit=Benefit.PROMISED_PRICE,
            value=PROMISED_PRICE,
            sku=PROMISED_SKU,
        ),
    )


def _order(
    number: str,
    customer: Customer,
    address: Address,
    skus: tuple[str, ...],
    method: ShippingMethod,
    placed_at: datetime,
    status: OrderStatus,
    *steps: Step,
    refunded: bool = False,
    tracking_number: str = "",
) -> Order:
    lines = []
    for sku in skus:
        found = CATALOGUE.find_item(sku)
        if found is None:
            raise LookupError(sku)
        product, item = found
        lines.append(
            Line(id=sku, sku=sku, name=product.name, option=item.option, unit=item.price, quantity=PIECE)
        )
    cart = price_cart(lines, now=placed_at, method=method, tax_rate=rate_of(address.state))
    return order_of(
        cart,
        number=number,
        customer_id=customer.id,
        email=customer.email,
        address=address,
        shipping_method=method.slug,
        placed_at=placed_at,
        status=status,
        refunded=cart.total if refunded else 0,
        carrier="Meridian Parcel" if tracking_number else "",
        tracking_number=tracking_number,
        steps=steps,
    )


def orders(now: datetime) -> tuple[Order, ...]:
    def ago(days: int, hours: int = 0) -> datetime:
        return now - timedelta(days=days, hours=hours)

    return (
        _order(
            "NL-10310",
            ANA,
            ANA_ADDRESS,
            ("TOA-02", "CBL-USB"),
            STANDARD,
            ago(64),
            OrderStatus.DELIVERED,
            Step(ago(62), "Left our warehouse", "Reno, NV"),
            Step(ago(60, 4), "Out for delivery", "San Francisco, CA"),
            Step(ago(60), "Delivered, left at the front door", "San Francisco, CA"),
            tracking_number="MP4415280077US",
        ),
        _order(
            "NL-10352",
            ANA,
            ANA_ADDRESS,
            ("SPK-15",),
            STANDARD,
            ago(31),
            OrderStatus.CANCELLED,
            Step(ago(30, 20), "Cancelled at your request", "northlight.example"),
            Step(ago(29), "Refunded to your card", "northlight.example"),
            refunded=True,
        ),
        _order(
            CONFLICT_ORDER,
            ANA,
            ANA_ADDRESS,
            ("LMP-12", "BLB-4P"),
            EXPRESS,
            ago(9),
            OrderStatus.DELIVERED,
            Step(ago(8, 18), "Left our warehouse", "Reno, NV"),
            Step(ago(8, 4), "Out for delivery", "San Francisco, CA"),
            Step(ago(8), "Delivered, signed for at the door", "San Francisco, CA"),
            tracking_number="MP4415316242US",
        ),
        _order(
            "NL-10401",
            ANA,
            ANA_ADDRESS,
            ("HPH-70",),
            STANDARD,
            ago(2),
            OrderStatus.ON_ITS_WAY,
            Step(ago(1), "Left our warehouse", "Reno, NV"),
            tracking_number="MP4415330951US",
        ),
        _order(
            "NL-10377",
            BEN,
            BEN_ADDRESS,
            ("TAB-11-256-INK", "CHG-65"),
            STANDARD,
            ago(15),
            OrderStatus.DELIVERED,
            Step(ago(14), "Left our warehouse", "Allentown, PA"),
            Step(ago(12), "Delivered, handed to a neighbour", "New York, NY"),
            tracking_number="MP4415302218US",
        ),
    )


async def seed(db: Database, now: datetime) -> None:
    async with db.writing() as tx:
        for customer in CUSTOMERS:
            await customer_records.store(tx, customer, password_hash=PASSWORD_HASH)
        for coupon in coupons(now):
            await coupon_records.store(tx, coupon)
        for order in orders(now):
            await order_records.store(tx, order)
