"""See what the customer sees: session replay for customer-service agents.

The heart (``model``, ``protocol``, ``recording``) is pure; ``collector`` is its network edge; ``cli`` is the
only place that wires storage, collector and desk together.
"""

__version__ = "0.1.0"
