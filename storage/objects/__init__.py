"""Where objects are kept: in memory (the reference, and the tests' fake), a local folder or a bucket."""

from storage.objects.folder import FolderObjects, open_folder
from storage.objects.memory import MemoryObjects
from storage.objects.remote import RemoteObjects, open_remote

__all__ = ["FolderObjects", "MemoryObjects", "RemoteObjects", "open_folder", "open_remote"]
