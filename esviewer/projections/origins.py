"""What the columns of a projection are made of, in the paths that masking rules speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from esviewer.model.change import Path
from esviewer.model.values import Value
from esviewer.projections.definition import Projection
from esviewer.replay.expressions import paths_read

_ROOTS: Final = ("state", "data", "meta")
_ID: Final = "aggregate_id"
_DEEPEST: Final = 16
_MOST: Final = 300
"""Keys of a place, and places, that are followed within the rules of an event projection."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a column reads."""

    parts: tuple[tuple[Path, Path], ...] = ()
    """Where in its values what stands, as the place that it had in states, payloads or metadata; numbers in the former
    are all that is there. Each once."""
    ids: bool = False
    """Whether ids of aggregates are read."""

    @staticmethod
    def of(origins: Iterable[Origin]) -> Origin:
        """Several together."""
        known = list(origins)
        parts = dict.fromkeys(part for each in known for part in each.parts)
        return Origin(tuple(parts), any(each.ids for each in known))

    @property
    def paths(self) -> list[Path]:
        """The places that something of it had."""
        return list(dict.fromkeys(path for _, path in self.parts))

    def through(self, value: Value, shown: Callable[[Value, Path], Value]) -> Value:
        """A value of the column put through a function of a value and its place, for each place that it is of."""
        for inside, path in self.parts:
            value = _at(value, inside, path, shown)
        return value


def _at(value: Value, inside: Path, path: Path, shown: Callable[[Value, Path], Value]) -> Value:
    if not inside:
        return shown(value, path)
    first, rest = inside[0], inside[1:]
    if isinstance(value, dict):
        wanted = value.keys() if isinstance(first, int) else {first}
        return {key: _at(each, rest, path, shown) if key in wanted else each for key, each in value.items()}
    if isinstance(value, list) and isinstance(first, int):
        return [_at(each, rest, path, shown) for each in value]
    return value


def texts_through(value: Value, shown: Callable[[str], Value]) -> Value:
    """A value with every text in it, keys excepted, put through a function."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {key: texts_through(inner, shown) for key, inner in value.items()}
    return [texts_through(inner, shown) for inner in value] if isinstance(value, list) else value


def origins(projection: Projection) -> dict[str, Origin]:
    """The origins of all columns whose values are computed, by the columns' names."""
    keys = {name: Origin.of(_read(*each) for each in paths_read(text.text)) for name, text in projection.keys}
    found = dict(keys)
    for name, each in projection.columns:
        found[name] = Origin.of(_parts(projection, keys, each.text))
    return found


def _parts(projection: Projection, keys: dict[str, Origin], text: str) -> Iterator[Origin]:
    for root, path in paths_read(text):
        yield _read(root, path)
        if projection.kind == "event" and root == "key":
            named = path[0] if path else None
            yield keys[named] if isinstance(named, str) and named in keys else Origin.of(keys.values())
        elif projection.kind == "event" and root == "state":
            yield from _folded(projection, path, (), set())


def _read(root: str, path: Path, inside: Path = ()) -> Origin:
    ids = root == _ID or (root == "event" and path[:1] in ((), (_ID,)))
    return Origin(((inside, path),) if root in _ROOTS else (), ids)


def _folded(
    projection: Projection, path: Path, inside: Path, seen: set[tuple[Path, Path]]
) -> Iterator[Origin]:
    """What rules put into a state at a path, above or below it; values that go from place to place are followed."""
    if (path, inside) in seen:
        return
    seen.add((path, inside))
    endless = len(path) + len(inside) > _DEEPEST or len(seen) > _MOST
    for target, text in projection.folds:
        if endless:
            # A place that is put into itself, say: then anything may be there.
            yield from (_read(*each, inside) for each in paths_read(text))
            continue
        if not all(one == other or 0 in (one, other) for one, other in zip(target, path, strict=False)):
            continue
        rest, deeper = path[len(target) :], inside + target[len(path) :]
        for root, source in paths_read(text):
            yield _read(root, source + rest, deeper)
            if root == "state":
                yield from _folded(projection, source + rest, deeper, seen)
