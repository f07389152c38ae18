"""Merkle trees as RFC 6962 and RFC 9162 define them: SHA-256, 0x00 before a leaf's bytes, 0x01 before two nodes.

A tree of n leaves splits at the largest power of two that is less than n. Paths are asked of a `Node`, which gives the
root of the leaves from one index to the one before another, so that whoever keeps a tree need not keep all its leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

Node: TypeAlias = Callable[[int, int], bytes]
"""The root of the leaves from index `first` to the one before `end`; asked only for what splitting a tree makes."""

EMPTY: Final = sha256(b"").digest()
"""The root of a tree without leaves."""
DIGEST: Final = 32
"""Bytes of a hash."""


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf with this content."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Where a tree of at least two leaves is split: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root above leaves, given their hashes; also above nodes of equal height, all but the last of them whole."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        # A node without a neighbour goes up as it is: that is the same tree.
        above = [node_hash(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def node_of(hashes: Sequence[bytes]) -> Node:
    """The nodes of a tree whose leaves' hashes are all at hand."""
    return lambda first, end: root_of(hashes[first:end])


def inclusion_path(node: Node, index: int, size: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index` to the root of the first `size` leaves, lowest first."""
    if not 0 <= index < size:
        raise IndexError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + split(end - first)
        if index < middle:
            path.append(node(middle, end))
            end = middle
        else:
            path.append(node(first, middle))
            first = middle
    path.reverse()
    return path


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's hash and its path come to (RFC 9162, 2.1.3.2); None for a path that fits no such tree."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        place >>= 1
        last >>= 1
    return found if last == 0 else None


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves that the leaf with this hash is at `index` in the tree with this root."""
    return root_by_inclusion(leaf, index, size, path) == root


def consistency_path(node: Node, old: int, new: int) -> list[bytes]:
    """The hashes that show that the tree of the first `old` leaves begins the tree of `new` leaves (RFC 9162, 2.1.4).

    Empty where either is the whole of the other, or the old one has no leaves.
    """
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {new} leaves does not begin with {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, end = 0, new
    known = True
    while old != end:
        middle = first + split(end - first)
        if old <= middle:
            path.append(node(middle, end))
            end = middle
        else:
            path.append(node(first, middle))
            first = middle
            known = False
    if not known:
        path.append(node(first, end))
    path.reverse()
    return path


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was = node_hash(step, was)
            now = node_hash(step, now)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            now = node_hash(now, step)
        place >>= 1
        last >>= 1
    return last == 0 and was == old_root and now == new_root
