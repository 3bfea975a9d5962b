"""Things built with the toolkit by people outside it: a demo shop, integrations, deployments.

Nothing here is imported by the product, and nothing here imports the product: an example
uses only what any shop would be given, a snippet to paste and a secret to sign with.
"""
