"""The mails the stories are told with, as an inbox would show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from examples.storefront.coupons import day
from examples.storefront.money import display
from examples.storefront.seed import INCIDENT, PROMISED_PRICE


@dataclass(frozen=True, kw_only=True)
class Mail:
    slug: str
    sender: str
    subject: str
    sent: str
    paragraphs: tuple[str, ...]
    button: str = ""
    url: str = ""
    small: str = ""


def mails(now: datetime) -> tuple[Mail, ...]:
    return (
        Mail(
            slug="spring20",
            sender="Northlight <hello@northlight.example>",
            subject="20 % off, for the first warm days",
            sent=day(now - timedelta(days=1)),
            paragraphs=(
                "The windows are open again, and so is our warehouse: 20 % off everything, once.",
                "Use the button and the code is in your cart already, or type SPRING20 yourself. "
                f"It counts from $50.00 and until {day(now + timedelta(days=30))}.",
            ),
            button="Take 20 % off",
            url="/?utm_source=email&utm_campaign=spring20&coupon=SPRING20",
            small="You receive this because you asked for it. Reply to this mail and a person answers.",
        ),
        Mail(
            slug="abandoned-cart",
            sender="Northlight <hello@northlight.example>",
            subject="You left something in your cart",
            sent=day(now - timedelta(hours=20)),
            paragraphs=(
                "Your cart is still here, with everything in it.",
                "Was anything not as it should be? Reply to this mail and tell us: a person reads it.",
            ),
            button="Back to your cart",
            url="/cart?utm_source=email&utm_campaign=cart-reminder",
            small="Sent once for each cart.",
        ),
        Mail(
            slug="price-promise",
            sender="Northlight Portland <portland@northlight.example>",
            subject=f"Your price for the gooseneck kettle [{INCIDENT}]",
            sent=day(now - timedelta(days=3)),
            paragraphs=(
                "Thank you for visiting us in Portland. You saw our Gooseneck kettle 0.9 l for "
                f"{display(PROMISED_PRICE)} on the shelf and we had just sold the last one.",
                f"You can order it online at the same price, {display(PROMISED_PRICE)}. Enter the number "
                f"{INCIDENT} in the box “Coupon or offer number” of your cart, or name it on the phone.",
                "Kind regards, Tom, Northlight Portland",
            ),
            button="Order it now",
            url="/p/KET-17",
            small=f"Incident {INCIDENT}",
        ),
    )
