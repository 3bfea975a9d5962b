"""Money: integer minor units of one currency, one way to round and one way to print.

Amounts are whole US cents everywhere in the shop. Whatever is not a whole cent (a percentage, a
length of cable, a tax) is rounded half up, once, at the place where it becomes an amount that
somebody sees. The browser never formats money: both front ends show the strings made here.
"""

CURRENCY = "USD"
MINOR_PER_MAJOR = 100
MINUS = "\N{MINUS SIGN}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer, halves away from zero."""
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, got {denominator}")
    quotient, remainder = divmod(abs(numerator), denominator)
    rounded = quotient + (1 if 2 * remainder >= denominator else 0)
    return rounded if numerator >= 0 else -rounded


def display(minor: int) -> str:
    """`$1,299.00`; a negative amount has a true minus sign in front of the symbol."""
    whole, cents = divmod(abs(minor), MINOR_PER_MAJOR)
    return f"{MINUS if minor < 0 else ''}${whole:,}.{cents:02d}"


def major(minor: int) -> str:
    """The amount as a plain decimal string, as data formats want it: `1299.00`."""
    whole, cents = divmod(abs(minor), MINOR_PER_MAJOR)
    return f"{'-' if minor < 0 else ''}{whole}.{cents:02d}"


def share_out(amount: int, weights: list[int]) -> list[int]:
    """Split an amount in proportion to weights so that the parts sum to it exactly.

    Whole cents left over go to the largest remainders, earlier parts first, so that the same cart
    is always split in the same way.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts
