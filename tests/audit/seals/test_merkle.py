"""Trees, paths and their verification, against the vectors of the certificate-transparency project and a naive tree."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.seals.merkle import (
    EMPTY,
    consistency_path,
    consistent,
    included,
    inclusion_path,
    leaf_hash,
    node_of,
    root_of,
)

INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The reference roots of certificate-transparency for the first 0 to 8 inputs."""
PATHS = [
    (0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
           "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
           "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
    (5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b "
           "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    (2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
]  # fmt: skip
"""Its reference inclusion paths: index, size, hashes."""
CONSISTENCY = [
    (1, 1, ""),
    (6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a "
           "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    (2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
           "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
]  # fmt: skip
"""Its reference consistency paths: old size, new size, hashes."""

LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]


def _naive(leaves: list[bytes]) -> bytes:
    """The definition of the RFC, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + _naive(leaves[:k]) + _naive(leaves[k:])).digest()


def _leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("count", range(9))
def test_reference_roots(count: int) -> None:
    assert root_of(LEAVES[:count]).hex() == ROOTS[count]


@pytest.mark.parametrize(("index", "size", "hashes"), PATHS)
def test_reference_inclusion_paths(index: int, size: int, hashes: str) -> None:
    assert [step.hex() for step in inclusion_path(node_of(LEAVES), index, size)] == hashes.split()


@pytest.mark.parametrize(("old", "new", "hashes"), CONSISTENCY)
def test_reference_consistency_paths(old: int, new: int, hashes: str) -> None:
    assert [step.hex() for step in consistency_path(node_of(LEAVES), old, new)] == hashes.split()


def test_the_tree_is_the_one_of_the_definition() -> None:
    for count in range(71):
        assert root_of(_leaves(count)) == _naive(_leaves(count))


def test_every_leaf_of_every_tree_is_proven() -> None:
    for size in range(1, 71):
        leaves = _leaves(size)
        root = _naive(leaves)
        for index in range(size):
            path = inclusion_path(node_of(leaves), index, size)
            assert included(leaves[index], index, size, path, root)


def test_every_growth_is_proven() -> None:
    for new in range(71):
        leaves = _leaves(new)
        root = _naive(leaves)
        for old in range(new + 1):
            path = consistency_path(node_of(leaves), old, new)
            assert consistent(old, _naive(leaves[:old]), new, root, path)


@settings(max_examples=300)
@given(st.data())
def test_nothing_but_the_right_inclusion_is_believed(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = _leaves(size)
    root = root_of(leaves)
    path = inclusion_path(node_of(leaves), index, size)
    what = data.draw(st.sampled_from(["index", "leaf", "root", "bit", "shorter", "longer"]))
    if what == "index":
        other = data.draw(st.integers(-2, size + 2).filter(lambda number: number != index))
        assert not included(leaves[index], other, size, path, root)
    elif what == "leaf":
        assert not included(leaf_hash(b"other"), index, size, path, root)
    elif what == "root":
        assert not included(leaves[index], index, size, path, EMPTY)
    elif what == "bit" and path:
        at = data.draw(st.integers(0, len(path) - 1))
        bent = [bytes([step[0] ^ 1]) + step[1:] if number == at else step for number, step in enumerate(path)]
        assert not included(leaves[index], index, size, bent, root)
    elif what == "shorter" and path:
        assert not included(leaves[index], index, size, path[:-1], root)
    else:
        assert not included(leaves[index], index, size, [*path, EMPTY], root)


@settings(max_examples=300)
@given(st.data())
def test_nothing_but_the_right_growth_is_believed(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, new - 1))
    leaves = _leaves(new)
    at = data.draw(st.integers(0, old - 1))
    path = consistency_path(node_of(leaves), old, new)
    bent = [leaf_hash(b"other") if number == at else leaf for number, leaf in enumerate(leaves)]

    assert not consistent(old, root_of(bent[:old]), new, root_of(leaves), path)
    assert not consistent(old, root_of(leaves[:old]), new, root_of(bent), consistency_path(node_of(bent), old, new))
    assert not consistent(old, root_of(leaves[:old]), new, root_of(leaves), path[:-1])
    assert not consistent(old, root_of(leaves[:old]), new, root_of(leaves), [*path, EMPTY])
