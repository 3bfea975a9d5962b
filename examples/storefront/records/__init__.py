"""What the shop keeps: each module reads and writes one kind of record and decides nothing."""
