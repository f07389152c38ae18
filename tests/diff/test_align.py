"""Alignments are longest common subsequences where they say so, and valid ones everywhere."""

import itertools
import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff import align
from esviewer.diff.align import common


def _longest(first: Sequence[object], second: Sequence[object]) -> int:
    """The length of a longest common subsequence, by the textbook's table."""
    row = [0] * (len(second) + 1)
    for a in first:
        before = 0
        for index, b in enumerate(second, 1):
            before, row[index] = row[index], before + 1 if a == b else max(row[index], row[index - 1])
    return row[-1]


def _checked(first: Sequence[object], second: Sequence[object]) -> list[tuple[int, int]]:
    pairs = common(first, second)
    assert all(first[i] == second[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))
    return pairs


LETTERS = st.text(alphabet="abcd", max_size=14)


@settings(max_examples=500, deadline=None)
@given(LETTERS, LETTERS)
def test_pairs_are_a_longest_common_subsequence(first: str, second: str) -> None:
    assert len(_checked(first, second)) == _longest(first, second)


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(12)), st.permutations(range(3, 14)))
def test_so_they_are_among_unique_elements(first: list[int], second: list[int]) -> None:
    assert len(_checked(first, second)) == _longest(first, second)


def test_so_they_are_at_length() -> None:
    chance = random.Random(5)
    first = chance.choices("abcdefgh", k=700)
    second = chance.choices("abcdefgh", k=650)

    assert len(_checked(first, second)) == _longest(first, second)


@settings(max_examples=300, deadline=None)
@given(LETTERS, LETTERS)
def test_past_the_bound_pairs_are_still_a_common_subsequence(first: str, second: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(align, "_MAX_DIFFERENCES", 1)
        pairs = _checked(first, second)

    assert len(pairs) <= _longest(first, second)
    if first == second:
        assert len(pairs) == len(first)


def test_past_the_bound_unique_elements_anchor() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(align, "_MAX_DIFFERENCES", 1)

        assert _checked("aaXbbbYcc", "aXbbYccc") == [(0, 0), (2, 1), (3, 2), (4, 3), (6, 4), (7, 6), (8, 7)]


@pytest.mark.parametrize("kinds", [2, 1000, 10**9])
def test_a_hundred_thousand_elements_take_seconds_at_most(kinds: int) -> None:
    chance = random.Random(kinds)
    first = [chance.randrange(kinds) for _ in range(100_000)]
    second = [chance.randrange(kinds) for _ in range(100_000)]
    start = time.perf_counter()

    _checked(first, second)

    assert time.perf_counter() - start < 20  # a quadratic search takes an hour


def test_few_differences_in_many_elements_are_found_exactly() -> None:
    chance = random.Random(8)
    first = [chance.randrange(50) for _ in range(100_000)]
    second = list(first)
    for _ in range(40):
        del second[chance.randrange(len(second))]
    for _ in range(40):
        second.insert(chance.randrange(len(second)), -1)

    assert len(_checked(first, second)) >= len(first) - 40
