"""Recorded sessions as things of their own, apart from the store that holds them: pure, bytes in and out."""
