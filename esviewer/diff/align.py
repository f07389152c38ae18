"""Which elements of two lists belong together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence

from esviewer.diff.sameness import same_ends
from esviewer.model.exactjson import canonical
from esviewer.model.values import Value

IDENTITY_KEYS = ("id", "_id", "uuid", "guid", "key", "sku", "code", "number", "name")
"""Keys that name an element when every element has one, in order of preference; then any other ending in id."""

_MAX_DIFFERENCES = 500
"""How many differing elements the exact search for a longest common subsequence goes to: beyond, its time would grow
with the square of them, and elements that occur once on both sides anchor the alignment instead."""


def aligned(old: Sequence[Value], new: Sequence[Value]) -> list[tuple[int, int]]:
    """Pairs of indexes that belong together, ascending on both sides; elements in no pair are removed or added.

    Paired elements are equal, or have the same identity, or stand at the same place between equal ones.
    """
    start, end = same_ends(old, new)
    head = [(index, index) for index in range(start)]
    tail = [(len(old) - end + index, len(new) - end + index) for index in range(end)]
    first, second = old[start : len(old) - end], new[start : len(new) - end]
    if not first or not second:
        return head + tail
    key = identity_key(first, second)
    if key is None:
        middle = _with_neighbours(
            _common([canonical_key(value) for value in first], [canonical_key(value) for value in second]),
            first,
            second,
        )
    else:
        middle = _common([_identity(value[key]) for value in first], [_identity(value[key]) for value in second])
    return head + [(start + a, start + b) for a, b in middle] + tail


def identity_key(*lists: Sequence[Value]) -> str | None:
    """The key by which elements of the lists are told apart: all are objects and its scalar values are unique."""
    sample: Value = lists[0][0]
    if type(sample) is not dict:
        return None
    others: list[str] = sorted(key for key in sample if key not in IDENTITY_KEYS and key.lower().endswith("id"))
    for key in (*IDENTITY_KEYS, *others):
        if key in sample and all(_names_all(values, key) for values in lists):
            return key
    return None


def _names_all(values: Sequence[Value], key: str) -> bool:
    seen: set[Hashable] = set()
    for value in values:
        name = value.get(key) if type(value) is dict else None
        if name is None or isinstance(name, (dict, list, bool)) or _identity(name) in seen:
            return False
        seen.add(_identity(name))
    return True


def _identity(name: Value) -> Hashable:
    return type(name).__name__, str(name)


def canonical_key(value: Value) -> Hashable:
    """Something hashable that is equal exactly for the same values."""
    if isinstance(value, (dict, list)):
        # Types that print alike (1.10 and the text "1.10" don't, a UUID and its text do) are told apart afterwards.
        return b"json", canonical(value)
    return type(value).__name__, str(value)


def _with_neighbours(
    pairs: list[tuple[int, int]], first: Sequence[Value], second: Sequence[Value]
) -> list[tuple[int, int]]:
    """Pair what lies between two pairs place by place too, where both elements are of one kind: an edited element."""
    result: list[tuple[int, int]] = []
    at, bt = 0, 0
    for a, b in [*pairs, (len(first), len(second))]:
        result.extend(
            (at + offset, bt + offset)
            for offset in range(min(a - at, b - bt))
            if type(first[at + offset]) is type(second[bt + offset])
        )
        if a < len(first):
            result.append((a, b))
        at, bt = a + 1, b + 1
    return result


def _common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of indexes.

    The algorithm is E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), on
    elements that occur on both sides; past `_MAX_DIFFERENCES` it falls back to anchors (see `_anchors`).
    """
    in_first, in_second = set(first), set(second)
    rows = [index for index, item in enumerate(first) if item in in_second]
    columns = [index for index, item in enumerate(second) if item in in_first]
    found = _myers([first[index] for index in rows], [second[index] for index in columns])
    if found is None:
        return _anchors(first, second)
    return [(rows[a], columns[b]) for a, b in found]


def _myers(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]] | None:
    rows, columns = len(first), len(second)
    reach = {1: 0}
    trace: list[dict[int, int]] = []
    for distance in range(min(rows + columns, _MAX_DIFFERENCES) + 1):
        trace.append({})
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (
                diagonal != distance and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < rows and y < columns and first[x] == second[y]:
                x += 1
                y += 1
            reach[diagonal] = trace[-1][diagonal] = x
            if x >= rows and y >= columns:
                return _walked_back(trace, rows, columns)
    return None


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for distance in range(len(trace) - 1, -1, -1):
        diagonal = x - y
        if distance == 0:
            previous_x = previous_y = 0
            begin_x = 0
        else:
            before = trace[distance - 1]
            down = diagonal == -distance or (
                diagonal != distance and before.get(diagonal - 1, -1) < before.get(diagonal + 1, -1)
            )
            previous = diagonal + 1 if down else diagonal - 1
            previous_x = before[previous]
            previous_y = previous_x - previous
            begin_x = previous_x if down else previous_x + 1
        while x > begin_x:
            x -= 1
            y -= 1
            pairs.append((x, y))
        x, y = previous_x, previous_y
    pairs.reverse()
    return pairs


def _anchors(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Common elements in order, not necessarily as many as possible, in O(n log n).

    Elements that occur once on each side are paired, and the longest ascending run of those pairs is kept (patience
    sorting, as in B. Cohen's patience diff).
    """
    once = _single(second)
    candidates = [(index, once[item]) for item, index in _single(first).items() if item in once]
    candidates.sort()
    tails: list[int] = []
    tops: list[int] = []
    links: list[int] = []
    for place, (_, column) in enumerate(candidates):
        pile = bisect_left(tails, column)
        links.append(tops[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(column)
            tops.append(place)
        else:
            tails[pile] = column
            tops[pile] = place
    pairs: list[tuple[int, int]] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        pairs.append(candidates[at])
        at = links[at]
    pairs.reverse()
    return pairs


def _single(items: Sequence[Hashable]) -> dict[Hashable, int]:
    counts: dict[Hashable, int] = {}
    places: dict[Hashable, int] = {}
    for index, item in enumerate(items):
        counts[item] = counts.get(item, 0) + 1
        places[item] = index
    return {item: places[item] for item, count in counts.items() if count == 1}
