"""Frames: bytes compressed each by itself, many of them against one dictionary made of what they repeat.

The dictionary is content, not a table trained from samples: a page's beginning is found in that of another
page of the same visit almost as a whole, and only content keeps such long stretches. It is made of one
session alone. One that served a whole site would save a further part of short sessions, but would hold what
the pages of some customers showed, and their erasure would damage everybody's recording.

Measured on shopping trips of 16 to 26 page loads (1.3 to 1.6 MB of events): 31 to 37 KB, where independent
frames take 190 to 280 KB and a single frame, which cannot be read from the middle, 26 to 32 KB.
"""

from __future__ import annotations

import zstandard

__all__ = ["DICTIONARY_MAX_BYTES", "FRAME_RAW_MAX_BYTES", "Packer", "inflate", "learn"]

DICTIONARY_MAX_BYTES = 4 * 1024 * 1024
"""Inflated whole before anything is read: a few milliseconds."""

FRAME_RAW_MAX_BYTES = 256 * 1024 * 1024
"""No frame is inflated beyond this, whatever it says."""

_NEW_SHARE = 1 / 50
"""A frame that takes more than this of its size is new enough to be learnt."""

_LEVEL = 19
"""For frames that stand by themselves: what is new, and most of what is stored. A megabyte takes half a
second, four times what level 12 takes, and a tenth less room."""

_AGAINST_LEVEL = 12
"""For frames that repeat what is in the dictionary: to find that takes no more."""

_TRY_LEVEL = 3


def learn(dictionary: bytes, content: bytes) -> bytes:
    """The dictionary with ``content`` added, if that is new and there is room for it."""
    if len(dictionary) + len(content) > DICTIONARY_MAX_BYTES:
        return dictionary
    packed = _compressor(dictionary, _TRY_LEVEL).compress(content)
    return dictionary + content if len(packed) > _NEW_SHARE * len(content) else dictionary


class Packer:
    """Compresses frames against one dictionary, or none if it is empty."""

    def __init__(self, dictionary: bytes = b"") -> None:
        self._compressor = _compressor(dictionary, _AGAINST_LEVEL if dictionary else _LEVEL)

    def pack(self, content: bytes) -> bytes:
        return self._compressor.compress(content)


def inflate(frame: bytes, raw_bytes: int, dictionary: bytes = b"") -> bytes:
    """The content of a frame. Raises ``ValueError`` if it is not one of just this size."""
    known = _as_dictionary(dictionary) if dictionary else None
    try:
        if not 0 <= raw_bytes <= FRAME_RAW_MAX_BYTES or zstandard.frame_content_size(frame) != raw_bytes:
            raise ValueError("a frame of another size")
        content = zstandard.ZstdDecompressor(dict_data=known).decompress(frame, max_output_size=raw_bytes)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    if len(content) != raw_bytes:
        raise ValueError("a frame of another size")
    return content


def _compressor(dictionary: bytes, level: int) -> zstandard.ZstdCompressor:
    if not dictionary:
        return zstandard.ZstdCompressor(level=level)
    known = _as_dictionary(dictionary)
    known.precompute_compress(level=level)
    return zstandard.ZstdCompressor(level=level, dict_data=known)


def _as_dictionary(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
