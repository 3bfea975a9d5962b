"""The product's nouns as plain values: events, carts, sessions, identifiers, clocks and money.

Nothing in here does I/O, reads a clock or draws a random number; whatever varies is an argument.
"""
