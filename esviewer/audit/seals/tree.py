"""A tree that grows leaf by leaf and keeps the roots of its chunks, not its leaves: 32 bytes for 1,024 events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from esviewer.audit.seals.merkle import root_of

CHUNK: Final = 1024
"""Leaves of a chunk; a power of two, so that each but the last is a node of the whole tree."""


class Tree:
    """Leaves in order; `kept` are the numbers of the chunks whose leaves' hashes are wanted later."""

    def __init__(self, kept: Collection[int] = (), chunks: Sequence[bytes] = ()) -> None:
        """`chunks` are the roots of whole chunks to go on after."""
        self.chunks = list(chunks)
        """The roots of the whole chunks."""
        self.open: list[bytes] = []
        """The hashes of the leaves after those."""
        self._kept = frozenset(kept)
        self._leaves: dict[int, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self.chunks) * CHUNK + len(self.open)

    def append(self, leaf: bytes) -> bytes | None:
        """Add a leaf's hash; the root of the chunk when that made it whole."""
        self.open.append(leaf)
        if len(self.open) < CHUNK:
            return None
        number = len(self.chunks)
        if number in self._kept:
            self._leaves[number] = self.open
        root = root_of(self.open)
        self.chunks.append(root)
        self.open = []
        return root

    def copy(self) -> Tree:
        """A tree with the same leaves that grows by itself and keeps nothing for later."""
        made = Tree((), self.chunks)
        made.open = list(self.open)
        return made

    def roots(self) -> list[bytes]:
        """The roots of all chunks, the last of which may not be whole."""
        return [*self.chunks, root_of(self.open)] if self.open else list(self.chunks)

    def root(self) -> bytes:
        """The root of the whole tree."""
        return root_of(self.roots())

    def node(self, first: int, end: int) -> bytes:
        """The root of the leaves from `first` to the one before `end`; raises KeyError inside a chunk not kept."""
        chunk, start = divmod(first, CHUNK)
        if not start and (end % CHUNK == 0 or end == len(self)):
            return root_of(self.roots()[chunk : -(-end // CHUNK)])
        leaves = self.open if chunk == len(self.chunks) else self._leaves[chunk]
        if not start and end > first + CHUNK:
            inner = [*self.chunks[chunk : end // CHUNK], self.node(end - end % CHUNK, end)]
            return root_of(inner)
        return root_of(leaves[start : start + end - first])
