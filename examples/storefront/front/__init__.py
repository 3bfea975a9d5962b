"""The two ways to visit the shop: classic page loads and a single-page application.

Both are built from the tables in `shop/routes.py`; here is only what differs, HTML forms with
redirects on one side, JSON on the other, and what they share: cookies, sessions and page chrome.
"""
