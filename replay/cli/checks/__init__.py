"""What ``replay doctor`` looks at: each check is one function that yields what it found (``finding``)."""
