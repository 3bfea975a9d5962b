"""Signs who the customer is, so that the recording may be found by that name.

This is the whole of what a shop's backend has to do, and this file can be copied as it is: standard
library only. The signature covers every field and an expiry, so a page cannot be made to claim to
be somebody else, and a copied signature is of no use for long.
"""

import hashlib
import hmac
from dataclasses import dataclass

VALID_FOR_SECONDS = 3600


@dataclass(frozen=True)
class Identity:
    """Who is signed in; an empty string is a field the shop does not know."""

    customer_id: str
    email: str = ""
    phone: str = ""
    name: str = ""


def identify_call(identity: Identity, *, secret: str, now: int) -> dict[str, str | int]:
    """The argument of `replay('identify', …)`: signed when the shop has a secret, else only claimed."""
    known: dict[str, str | int] = {
        key: value
        for key, value in (
            ("customer_id", identity.customer_id),
            ("email", identity.email),
            ("phone", identity.phone),
            ("name", identity.name),
        )
        if value
    }
    if not secret:
        return known
    expires = now + VALID_FOR_SECONDS
    fields = ["v1", identity.customer_id, identity.email, identity.phone, identity.name, str(expires)]
    signature = hmac.new(secret.encode(), "\n".join(fields).encode(), hashlib.sha256).hexdigest()
    return {**known, "expires": expires, "signature": signature}
