"""Which places of two sequences belong together: longest common subsequences, bounded in time and memory."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""An index of the first sequence and the index of the second that it belongs to."""

_MAX_DIFFERENCES = 1_000
"""How many insertions and deletions the exact search looks for; its memory grows with their square (some 4 MB)."""

_MAX_STEPS = 3_000_000
"""How many elements the exact search compares, about a second's work, before it gives up."""


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Pair]:
    """Pairs of indexes of equal elements, ascending on both sides.

    They are a longest common subsequence wherever the elements that both sides have are unique or differ in at most
    `_MAX_DIFFERENCES` places; past that, a common subsequence that need not be the longest (see `_anchored`).
    """
    start, end = _equal_ends(first, second)
    pairs = [(index, index) for index in range(start)]
    stop, other_stop = len(first) - end, len(second) - end
    # What only one side has is in no common subsequence; without it the search sees few differences or none.
    shared = set(first[start:stop]) & set(second[start:other_stop])
    rows = [index for index in range(start, stop) if first[index] in shared]
    columns = [index for index in range(start, other_stop) if second[index] in shared]
    kept, other_kept = [first[index] for index in rows], [second[index] for index in columns]
    if len(kept) == len(other_kept) == len(shared):
        places = {item: index for index, item in enumerate(other_kept)}
        found = _ascending([(index, places[item]) for index, item in enumerate(kept)])
    else:
        found = _shortest_edit(kept, other_kept) or _anchored(kept, other_kept)
    pairs.extend((rows[row], columns[column]) for row, column in found)
    pairs.extend((stop + index, other_stop + index) for index in range(end))
    return pairs


def _equal_ends(first: Sequence[Hashable], second: Sequence[Hashable]) -> Pair:
    """How many elements are equal at the start, and how many of the others at the end."""
    shortest = min(len(first), len(second))
    start = 0
    while start < shortest and first[start] == second[start]:
        start += 1
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return start, end


def _shortest_edit(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Pair] | None:
    """A longest common subsequence, or None when finding it takes too long.

    The greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986).
    """
    rows, columns = len(first), len(second)
    limit = min(rows + columns, _MAX_DIFFERENCES)
    middle = limit + 1
    reach = [-1] * (2 * limit + 3)  # the furthest row on each diagonal (row - column); -1: not reached
    reach[middle + 1] = 0
    trace: list[list[int]] = []
    steps = 0
    for distance in range(limit + 1):
        trace.append(reach[middle - distance - 1 : middle + distance + 2])
        # Diagonals that lie outside the grid are left out.
        low = 2 * max(0, distance - columns) - distance
        high = distance - 2 * max(0, distance - rows)
        for diagonal in range(low, high + 1, 2):
            before, after = reach[middle + diagonal - 1], reach[middle + diagonal + 1]
            row = start = after if before < after else before + 1
            column = row - diagonal
            while row < rows and column < columns and first[row] == second[column]:
                row += 1
                column += 1
            steps += row - start + 1
            reach[middle + diagonal] = row
            if row >= rows and column >= columns:
                return _walked_back(trace, rows, columns)
        if steps > _MAX_STEPS:
            return None
    return None


def _walked_back(trace: list[list[int]], row: int, column: int) -> list[Pair]:
    pairs: list[Pair] = []
    for distance in range(len(trace) - 1, -1, -1):
        reach, diagonal = trace[distance], row - column
        before, after = reach[diagonal + distance], reach[diagonal + distance + 2]
        start = after if before < after else before + 1
        while row > start:
            row -= 1
            column -= 1
            pairs.append((row, column))
        if before < after:
            column -= 1
        else:
            row -= 1
    pairs.reverse()
    return pairs


def _anchored(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Pair]:
    """A common subsequence that need not be the longest, in O(n log n).

    Elements that occur once on each side are its anchors, as in Bram Cohen's patience diff; between two anchors, equal
    ends and equal elements at the same distance from the first one are paired.
    """
    counts, other_counts = Counter(first), Counter(second)
    places = {item: index for index, item in enumerate(second) if other_counts[item] == 1}
    anchors = _ascending([(i, places[item]) for i, item in enumerate(first) if counts[item] == 1 and item in places])
    pairs: list[Pair] = []
    row = column = 0
    for next_row, next_column in [*anchors, (len(first), len(second))]:
        gap, other_gap = first[row:next_row], second[column:next_column]
        start, end = _equal_ends(gap, other_gap)
        inner = min(len(gap), len(other_gap)) - end
        pairs.extend((row + i, column + i) for i in range(inner) if i < start or gap[i] == other_gap[i])
        pairs.extend((next_row - i, next_column - i) for i in range(end, 0, -1))
        if next_row < len(first):
            pairs.append((next_row, next_column))
        row, column = next_row + 1, next_column + 1
    return pairs


def _ascending(pairs: Sequence[Pair]) -> list[Pair]:
    """As many of the pairs (ascending in the first index) as ascend in the second too.

    Patience sorting in O(n log n): M. L. Fredman, "On computing the length of longest increasing subsequences",
    Discrete Mathematics 11 (1975).
    """
    tails: list[int] = []
    tops: list[int] = []
    links: list[int] = []
    for place, (_, column) in enumerate(pairs):
        pile = bisect_left(tails, column)
        links.append(tops[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(column)
            tops.append(place)
        else:
            tails[pile] = column
            tops[pile] = place
    kept: list[Pair] = []
    place = tops[-1] if tops else -1
    while place >= 0:
        kept.append(pairs[place])
        place = links[place]
    kept.reverse()
    return kept
