"""A graph laid out in layers, from top to bottom; no Qt here.

After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981): cycles are
broken, nodes put into layers, long edges given a place in each layer that they pass, and layers ordered by the mean of
their neighbours. Unlike there the most frequent edges decide: they go down, and each node's layer comes from the most
frequent one that leads to it, so that rare edges don't pull the picture apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)

_SWEEPS: Final = 10
_PASSING: Final = 26.0
"""Room that an edge takes in a layer that it passes."""


@dataclass(slots=True)
class Placed(Generic[Name]):
    """Where everything is: y grows downwards."""

    nodes: dict[Name, tuple[float, float]] = field(default_factory=dict)
    """The middle of each node."""
    ways: dict[tuple[Name, Name], list[tuple[float, float]]] = field(default_factory=dict)
    """The points that each edge goes through, from its source to its target; those to themselves are missing."""
    layers: dict[Name, int] = field(default_factory=dict)


def arranged(
    widths: Mapping[Name, float],
    edges: Mapping[tuple[Name, Name], float],
    *,
    first: Name,
    last: Name,
    height: float,
    gap: float,
) -> Placed[Name]:
    """Lay out nodes with these widths; `edges` have weights, `height` is a layer's, `gap` the room between nodes."""
    layers = _layers(list(widths), edges, first, last)
    rows: list[list[object]] = [[] for _ in range(max(layers.values()) + 1)]
    wide: dict[object, float] = {}
    wide.update(widths.items())
    for name in widths:
        rows[layers[name]].append(name)
    chains: dict[tuple[Name, Name], list[object]] = {}
    neighbours: dict[object, list[tuple[object, float]]] = {name: [] for name in widths}
    for (source, target), weight in edges.items():
        if source == target:
            continue
        chain: list[object] = [source]
        low, high = layers[source], layers[target]
        for layer in range(low + 1, high) if low < high else range(low - 1, high, -1):
            passing = (source, target, layer)
            rows[layer].append(passing)
            wide[passing] = _PASSING
            neighbours[passing] = []
            chain.append(passing)
        chain.append(target)
        chains[source, target] = chain
        for one, other in pairwise(chain):
            neighbours[one].append((other, weight))
            neighbours[other].append((one, weight))
    _order(rows, neighbours)
    x = _coordinates(rows, neighbours, wide, gap)
    placed: Placed[Name] = Placed(layers=layers)
    y = {each: number * height for number, row in enumerate(rows) for each in row}
    placed.nodes = {name: (x[name], y[name]) for name in widths}
    placed.ways = {key: [(x[each], y[each]) for each in chain] for key, chain in chains.items()}
    return placed


def _layers(
    names: Sequence[Name], edges: Mapping[tuple[Name, Name], float], first: Name, last: Name
) -> dict[Name, int]:
    down: dict[Name, set[Name]] = {name: set() for name in names}
    led: dict[Name, Name] = {}
    leads: dict[Name, Name] = {}
    kept: list[tuple[Name, Name]] = []
    for (source, target), _ in sorted(edges.items(), key=lambda pair: -pair[1]):
        if source in (target, last) or target == first or _reaches(down, target, source):
            continue
        down[source].add(target)
        # Only what is the most frequent way to or from a node decides how far down it is.
        if target not in led or source not in leads:
            kept.append((source, target))
        led.setdefault(target, source)
        leads.setdefault(source, target)
    layers = dict.fromkeys(names, 0)
    for name in names:
        if name != first:
            layers[name] = 1
    for _ in names:
        moved = False
        for source, target in kept:
            if layers[target] <= layers[source]:
                layers[target] = layers[source] + 1
                moved = True
        if not moved:
            break
    layers[last] = max(layer for name, layer in layers.items() if name != last) + 1
    return layers


def _reaches(down: Mapping[Name, set[Name]], start: Name, wanted: Name) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        if at == wanted:
            return True
        new = down[at] - seen
        seen |= new
        waiting.extend(new)
    return False


def _order(rows: list[list[object]], neighbours: Mapping[object, list[tuple[object, float]]]) -> None:
    layer_of = {each: number for number, row in enumerate(rows) for each in row}
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for number in numbers:
            beside = number - 1 if downwards else number + 1
            at = {each: place for place, each in enumerate(rows[beside])}
            middle: dict[object, float] = {}
            for place, each in enumerate(rows[number]):
                pairs = [(at[other], weight) for other, weight in neighbours[each] if layer_of[other] == beside]
                total = sum(weight for _, weight in pairs)
                scale = len(rows[beside]) / max(1, len(rows[number]))
                middle[each] = sum(spot * weight for spot, weight in pairs) / total if total else place * scale
            rows[number].sort(key=middle.__getitem__)


def _coordinates(
    rows: list[list[object]],
    neighbours: Mapping[object, list[tuple[object, float]]],
    wide: Mapping[object, float],
    gap: float,
) -> dict[object, float]:
    x: dict[object, float] = {}
    for row in rows:
        at = -sum(wide[each] + gap for each in row) / 2
        for each in row:
            x[each] = at + wide[each] / 2
            at += wide[each] + gap
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = []
            for each in row:
                total = sum(weight for _, weight in neighbours[each])
                mean = sum(x[other] * weight for other, weight in neighbours[each]) / total if total else x[each]
                wanted.append((x[each] + mean) / 2)
            _spread(row, wanted, wide, gap, x)
    return x


def _spread(
    row: list[object], wanted: list[float], wide: Mapping[object, float], gap: float, x: dict[object, float]
) -> None:
    """Put a row's nodes as near to where they are wanted as order and widths allow: blocks that touch move together."""
    blocks: list[tuple[float, float, list[int]]] = []  # (sum of wanted left ends, width, members)
    for number, each in enumerate(row):
        block = (wanted[number] - wide[each] / 2, wide[each] + gap, [number])
        while blocks and blocks[-1][0] / len(blocks[-1][2]) + blocks[-1][1] > block[0] / len(block[2]):
            former = blocks.pop()
            # In the joined block each member wants the block's left end to be its own wish less what is before it.
            block = (
                former[0] + block[0] - former[1] * len(block[2]),
                former[1] + block[1],
                [*former[2], *block[2]],
            )
        blocks.append(block)
    for total, _, members in blocks:
        at = total / len(members)
        for number in members:
            each = row[number]
            x[each] = at + wide[each] / 2
            at += wide[each] + gap
