"""Which event type follows which in the lives of aggregates: a directly-follows graph, type by type.

Directly-follows graphs are those of W. van der Aalst, Process Mining (2nd edition, 2016), section 6.4. Times are exact
where a path has fewer than 1,000; else they go into a sketch with a relative error of at most 1 % (DDSketch: Masson,
Rim and Lee, PVLDB 12, 2019), so that memory does not grow with the store.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from esviewer.model.scanned import Steps
from esviewer.model.values import Value
from esviewer.questions.causation import seconds

EXAMPLES: Final = 100
"""Aggregates that are kept for each path."""
_MOST_EXAMPLES: Final = 200_000
_MOST_PATHS: Final = 20_000
"""Paths and kept aggregates of all types together; what comes later is only counted."""
_EXACT: Final = 1_000
_ERROR: Final = 0.005
"""Half of what the whole may be off; the other half is for rounding to three digits."""
_GAMMA: Final = (1 + _ERROR) / (1 - _ERROR)
_LOG_GAMMA: Final = math.log(_GAMMA)


class Spans:
    """Many spans of time in flat memory, in microseconds; they may be negative."""

    __slots__ = ("_buckets", "_values")

    def __init__(self) -> None:
        self._values: list[int] = []
        self._buckets: Counter[int] | None = None

    def add(self, span: int) -> None:
        """Take one in."""
        self._values.append(span)
        if len(self._values) >= _EXACT:
            self._buckets = self._buckets or Counter()
            self._buckets.update(map(_bucket, self._values))
            self._values = []

    @property
    def exact(self) -> bool:
        """Whether quantiles are spans that were taken in."""
        return self._buckets is None

    def quantile(self, share: float) -> int | None:
        """The least span that so large a share is not above, by nearest rank; None of none."""
        if self._buckets is None:
            ordered = sorted(self._values)
            return ordered[_rank(share, len(ordered))] if ordered else None
        counts = self._buckets + Counter(map(_bucket, self._values))
        left = _rank(share, counts.total())
        for bucket in sorted(counts):
            left -= counts[bucket]
            if left < 0:
                return _middle(bucket)
        return None


def _rank(share: float, number: int) -> int:
    return max(0, math.ceil(share * number) - 1)


def _bucket(span: int) -> int:
    """Buckets of positive spans count from 1 up, those of negative ones from −1 down."""
    if span == 0:
        return 0
    number = max(0, math.ceil(math.log(abs(span)) / _LOG_GAMMA)) + 1
    return number if span > 0 else -number


def _middle(bucket: int) -> int:
    if bucket == 0:
        return 0
    middle = 2 * _GAMMA ** (abs(bucket) - 1) / (_GAMMA + 1)
    rounded = round(middle, 2 - math.floor(math.log10(middle))) if middle >= 1000 else middle
    return round(rounded) if bucket > 0 else -round(rounded)


@dataclass(frozen=True, slots=True)
class Path:
    """One event type followed by another; None stands for the beginning and the end of a life."""

    source: str | None
    target: str | None
    count: int
    """How often it was taken."""
    aggregates: int
    """By how many aggregates."""
    share: float
    """Of all that came after the source."""
    median_us: int | None
    """Microseconds between both; None at the ends, and where times are missing."""
    p95_us: int | None
    """Those that 19 of 20 don't exceed."""
    exact: bool
    """Whether these are exact; else they are up to 1 % off."""
    examples: tuple[tuple[str, int], ...]
    """Aggregates that took it and the version that they came to, the first by their order."""

    def as_json(self, aggregate_type: str | None) -> dict[str, Value]:
        """`{aggregate_type, from, to, count, aggregates, share, median_seconds, p95_seconds, exact}`.

        `from` is null for the first events of lives, `to` for their last so far.
        """
        return {
            "aggregate_type": aggregate_type,
            "from": self.source,
            "to": self.target,
            "count": self.count,
            "aggregates": self.aggregates,
            "share": round(self.share, 6),
            "median_seconds": None if self.median_us is None else seconds(self.median_us * 1000),
            "p95_seconds": None if self.p95_us is None else seconds(self.p95_us * 1000),
            "exact": self.exact,
        }


@dataclass(frozen=True, slots=True)
class Flow:
    """How lives of one type of aggregates go."""

    aggregate_type: str | None
    aggregates: int
    events: int
    types: dict[str, int]
    """How many events of each type there are, the most frequent first."""
    paths: tuple[Path, ...]
    """The most frequent first."""


class _Path:
    __slots__ = ("aggregates", "count", "examples", "last", "spans")

    def __init__(self) -> None:
        self.count = 0
        self.aggregates = 0
        self.last = 0
        """The number of the aggregate that took it last."""
        self.spans = Spans()
        self.examples: list[tuple[str, int]] = []


class _Kind:
    def __init__(self) -> None:
        self.aggregates = 0
        self.types: Counter[str] = Counter()
        self.paths: dict[tuple[str | None, str | None], _Path] = {}


class ProcessMap:
    """Takes in a store's events by aggregate and counts what follows what."""

    def __init__(self, wanted: Callable[[str | None], bool] | None = None) -> None:
        """`wanted` says whether aggregates of a type count; without it all do."""
        self._wanted = wanted
        self._kinds: dict[str | None, _Kind] = {}
        self._paths = 0
        self._examples = 0
        self._current: str | None = None
        self._number = 0
        self._kind: _Kind | None = None
        self._before: tuple[str, int | None, int] | None = None
        self.events = 0
        """How many were taken in, wanted or not."""
        self.left_out = 0
        """How many steps are counted nowhere, because there were too many different ones."""

    def feed(self, steps: Steps) -> None:
        """Take in the next events."""
        total = len(steps.versions)
        self.events += total
        for number, (first, aggregate_id, kind) in enumerate(steps.runs):
            last = steps.runs[number + 1][0] if number + 1 < len(steps.runs) else total
            if number or aggregate_id != self._current:
                self._end()
                self._begin(aggregate_id, kind)
            if self._kind is not None:
                self._go(self._kind, aggregate_id, steps, first, last)

    def finish(self) -> None:
        """All were taken in."""
        self._end()

    def _begin(self, aggregate_id: str, kind: str | None) -> None:
        self._current, self._before = aggregate_id, None
        self._number += 1
        self._kind = None
        if self._wanted is None or self._wanted(kind):
            self._kind = self._kinds.setdefault(kind, _Kind())
            self._kind.aggregates += 1

    def _go(self, kind: _Kind, aggregate_id: str, steps: Steps, first: int, last: int) -> None:
        before = self._before
        types, versions, times = steps.types, steps.versions, steps.microseconds
        kind.types.update(types[first:last])
        for index in range(first, last):
            name, time, version = types[index], times[index], versions[index]
            if before is None:
                self._step(kind, None, name, aggregate_id, version, None)
            else:
                span = None if time is None or before[1] is None else int(time) - before[1]
                self._step(kind, before[0], name, aggregate_id, version, span)
            before = name, None if time is None else int(time), version
        self._before = before

    def _end(self) -> None:
        if self._kind is not None and self._before is not None and self._current is not None:
            self._step(self._kind, self._before[0], None, self._current, self._before[2], None)
        self._current = self._before = self._kind = None

    def _step(
        self, kind: _Kind, source: str | None, target: str | None, aggregate_id: str, version: int, span: int | None
    ) -> None:
        path = kind.paths.get((source, target))
        if path is None:
            if self._paths >= _MOST_PATHS:
                self.left_out += 1
                return
            self._paths += 1
            path = kind.paths[source, target] = _Path()
        path.count += 1
        if path.last != self._number:
            path.last = self._number
            path.aggregates += 1
            if len(path.examples) < EXAMPLES and self._examples < _MOST_EXAMPLES:
                self._examples += 1
                path.examples.append((aggregate_id, version))
        if span is not None:
            path.spans.add(span)

    def flows(self) -> list[Flow]:
        """What was counted, the types with the most aggregates first."""
        kinds = sorted(self._kinds.items(), key=lambda pair: (-pair[1].aggregates, pair[0] or ""))
        return [_flow(name, kind) for name, kind in kinds]


def _flow(name: str | None, kind: _Kind) -> Flow:
    leaving: Counter[str | None] = Counter()
    for (source, _), path in kind.paths.items():
        leaving[source] += path.count
    paths = [
        Path(
            source,
            target,
            path.count,
            path.aggregates,
            path.count / leaving[source],
            path.spans.quantile(0.5),
            path.spans.quantile(0.95),
            path.spans.exact,
            tuple(path.examples),
        )
        for (source, target), path in kind.paths.items()
    ]
    paths.sort(key=lambda path: (-path.count, path.source or "", path.target or ""))
    return Flow(name, kind.aggregates, kind.types.total(), dict(kind.types.most_common()), tuple(paths))


class Takers:
    """Finds the aggregates of a type that took a path, fed with a store's events by aggregate."""

    def __init__(self, aggregate_type: str | None, source: str | None, target: str | None) -> None:
        self._wanted = aggregate_type, source, target
        self._current: str | None = None
        self._kind: str | None = None
        self._former: tuple[str | None, int] = (None, 0)
        self._found = False

    def feed(self, steps: Steps) -> Iterator[tuple[str, int]]:
        """Each one's id, and the version that it first came to by the path, as soon as that is sure."""
        kind, source, target = self._wanted
        for number, (first, aggregate_id, of) in enumerate(steps.runs):
            last = steps.runs[number + 1][0] if number + 1 < len(steps.runs) else len(steps.versions)
            if number or aggregate_id != self._current:
                yield from self.finish()
                self._current, self._kind, self._former, self._found = aggregate_id, of, (None, 0), False
            if self._kind != kind or self._found:
                continue
            former = self._former[0]
            for index in range(first, last):
                name = steps.types[index]
                if target is not None and name == target and former == source:
                    self._found = True
                    yield aggregate_id, steps.versions[index]
                    break
                former = name
            self._former = former, steps.versions[last - 1]

    def finish(self) -> Iterator[tuple[str, int]]:
        """The same for the aggregate that was fed last, which has no more events."""
        kind, source, target = self._wanted
        former, version = self._former
        if self._current is not None and self._kind == kind and target is None and former == source:
            yield self._current, version
        self._current = None
