"""A tree that keeps chunks' roots gives the roots and paths of one that keeps all leaves."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.seals.merkle import consistency_path, inclusion_path, leaf_hash, node_of, root_of
from esviewer.audit.seals.tree import CHUNK, Tree

LEAVES = [leaf_hash(str(number).encode()) for number in range(5 * CHUNK)]
SIZES = st.integers(0, len(LEAVES)) | st.sampled_from(
    [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 1, 4 * CHUNK, 5 * CHUNK]
)


def _tree(size: int, *kept: int) -> Tree:
    tree = Tree(kept)
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    return tree


@settings(max_examples=30, deadline=None)
@given(SIZES)
def test_the_root_is_that_of_all_leaves(size: int) -> None:
    assert _tree(size).root() == root_of(LEAVES[:size])
    assert len(_tree(size)) == size


@settings(max_examples=30, deadline=None)
@given(SIZES.filter(bool), st.data())
def test_paths_are_those_of_all_leaves(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = _tree(size, index // CHUNK)
    assert inclusion_path(tree.node, index, size) == inclusion_path(node_of(LEAVES), index, size)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES)
def test_growth_is_that_of_all_leaves(one: int, other: int) -> None:
    old, new = sorted((one, other))
    tree = _tree(new, max(0, old - 1) // CHUNK)
    assert consistency_path(tree.node, old, new) == consistency_path(node_of(LEAVES), old, new)


def test_a_copy_grows_by_itself() -> None:
    tree = _tree(CHUNK + 3)
    copy = tree.copy()
    copy.append(LEAVES[0])
    assert tree.root() == root_of(LEAVES[: CHUNK + 3])
    assert copy.root() == root_of([*LEAVES[: CHUNK + 3], LEAVES[0]])
