"""Where objects are kept: in memory (the reference, and the tests' fake) or in a local folder."""

from storage.objects.folder import FolderObjects, open_folder
from storage.objects.memory import MemoryObjects

__all__ = ["FolderObjects", "MemoryObjects", "open_folder"]
