"""The default store: one SQLite file, owned by one process, one connection that writes and some that read."""

from storage.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
