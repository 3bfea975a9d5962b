"""Where objects are kept: in memory (the reference, and the tests' fake), a local folder or a bucket.

The bucket is in ``storage.objects.remote`` and not named here, because most installations have no use for
what it brings into memory.
"""

from storage.objects.folder import FolderObjects, open_folder
from storage.objects.memory import MemoryObjects

__all__ = ["FolderObjects", "MemoryObjects", "open_folder"]
