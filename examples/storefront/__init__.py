"""Northlight, a small electronics and home shop to demonstrate and to test with.

It is an ordinary shop: Starlette, Jinja2 and one SQLite file. It carries the recording snippet as
any shop would, marks its prices and its cart with the documented attributes, signs its customers'
identity with its own secret, and has no other connection with the product. `create_app` builds it;
`python -m examples.storefront` serves it. What presenters and tests rely on is in README.md beside
this file: pages, class names, JSON API, demo customers, coupons and switchable faults.
"""

from examples.storefront.app import create_app
from examples.storefront.faults import Fault

__all__ = ["Fault", "create_app"]
