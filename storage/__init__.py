"""The ports of ``replay.ports`` made real: in memory (the reference and the tests' fake) and in SQLite."""
