"""Recorded visits to the demo shop, each one file that `replay session import` takes in.

Each tells one of the stories of callers, and what rules find in it is that story and nothing else:

1. `price-mismatch.replay`: listing and product page say $379.00, the cart says $499.00.
2. `store-price.replay`: the kettle costs $79.00 on its page and $59.00 by the price lists of the stores.
3. `coupon-not-deducted.replay`: SPRING20 came with the link of a mail and is in the cart, and nothing is
   taken off.
4. `return-and-tracking-fail.replay`: a return is asked for twice, nothing comes of it, and the order cannot
   be tracked.
5. `order-conflict.replay`: the shop calls an order cancelled and refunded; the warehouse says that it was
   delivered, and the payment provider took the money and returned none.

What the shop's systems said is in the files, so they tell the same in every installation. A real browser
recorded them through the real shop, nothing in them is made up; to record one again, run
`python -m tests.browser.record_sample NAME`.
"""
