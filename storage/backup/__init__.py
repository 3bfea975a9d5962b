"""Backups: a folder with a copy of the database, the objects that it refers to, and a manifest of both."""

from storage.backup.folder import Lost, Manifest
from storage.backup.making import Made, back_up
from storage.backup.restoring import Restored, restore

__all__ = ["Lost", "Made", "Manifest", "Restored", "back_up", "restore"]
