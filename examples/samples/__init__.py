"""Recorded visits to the demo shop, each one file that `replay session import` takes in.

`price-mismatch.replay` tells the first story: listing and product page say $379.00, the cart says $499.00.
`return-and-tracking-fail.replay` tells the fourth: a return is asked for twice, nothing comes of it, and the
order cannot be tracked.
A real browser recorded them through the real shop, nothing in them is made up; to record one again, run
`python -m tests.browser.record_sample NAME`.
"""
