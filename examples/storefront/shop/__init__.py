"""What the shop does, page by page and action by action, without a word of HTML or JSON.

Each page is a function from a visit to a `Page`, each action one from a visit to an `Outcome`. Both
front ends, classic pages and single page, are built from the same tables in `routes.py`, so that
they cannot differ in what they sell or charge.
"""
