"""Recorded visits to the demo shop, each one file that `replay session import` takes in.

`price-mismatch.replay` tells the first story: listing and product page say $379.00, the cart says $499.00.
A real browser recorded it through the real shop, nothing in it is made up; to record it again, run
`python -m tests.browser.record_sample`.
"""
