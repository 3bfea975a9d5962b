"""What shop platforms say by their own webhooks, as server events: pure functions of a body."""
