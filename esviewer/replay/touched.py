"""Which paths some changes touched, in a few bits: it may say yes too often, never no too often.

A Bloom filter (Bloom, 1970) with one hash function and sixteen bits or more for each path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from esviewer.model.change import Path
from esviewer.model.values import MISSING
from esviewer.replay.reducer import RawChange

_BITS_A_PATH = 16


class _Bits:
    __slots__ = ("_bits", "_mask")

    def __init__(self, paths: Collection[Path]) -> None:
        size = 1 << max(6, (len(paths) * _BITS_A_PATH - 1).bit_length())
        self._mask = size - 1
        bits = bytearray(size >> 3)
        for path in paths:
            place = hash(path) & self._mask
            bits[place >> 3] |= 1 << (place & 7)
        self._bits = bytes(bits)

    def __contains__(self, path: Path) -> bool:
        place = hash(path) & self._mask
        return bool(self._bits[place >> 3] & 1 << (place & 7))


class Touched:
    """Made of the changes of a stretch of events."""

    __slots__ = ("_at", "_through")

    def __init__(self, stretch: Iterable[Iterable[RawChange]]) -> None:
        at: set[Path] = set()
        for changes in stretch:
            for path, old, new in changes:
                at.add(path)
                if (old is MISSING or new is MISSING) and path and type(path[-1]) is int:
                    # The elements behind it have moved: that is a change of the whole list.
                    at.add(path[:-1])
        self._at = _Bits(at)
        self._through = _Bits({path[:end] for path in at for end in range(len(path))})

    def may_concern(self, paths: Iterable[Path]) -> bool:
        """Whether anything at, above or below one of the paths may have changed."""
        at, through = self._at, self._through
        return any(path in through or any(path[:end] in at for end in range(len(path) + 1)) for path in paths)
