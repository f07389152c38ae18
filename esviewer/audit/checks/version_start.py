"""Histories that do not begin at the beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page

_KEPT: Final = 100_000


class VersionStart(PageCheck):
    """Finds aggregates that begin at another version than 0 or 1, or than the store's others do."""

    name = "version-start"
    topic = "version"
    severity = Severity.ERROR
    looks_for = "An aggregate whose first version is another one than that of the store's other aggregates."
    why = "Its first events were deleted or lost, so nothing can be rebuilt from its beginning."
    todo = "Look for them in a backup; where a store prunes on purpose, set `first` or turn this check off."
    options = {"first": -1}
    """The first version of every aggregate; -1: 0 or 1, whichever more of them begin with."""

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._first: int = self.option["first"]
        self._seen: Counter[int] = Counter()
        self._rare: dict[int, list[Mapping[str, Any]]] = {0: [], 1: []}
        """Where aggregates begin at 0 or at 1, as long as that is not what most do."""
        self.compacted: list[tuple[str, int, int]] = []
        """Aggregates that begin with an event in the place of those before it, and its version and position."""

    _MOST = 1_000

    def look(self, page: Page) -> Iterator[Finding]:
        versions = page.batch.versions
        for run in page.runs:
            if not run.begins:
                continue
            version = versions[run.first]
            if version == self._first:
                continue
            if page.is_compacted(run.first):
                position = page.column("position")[run.first]
                if isinstance(position, int) and len(self.compacted) < _KEPT:
                    self.compacted.append((run.aggregate_id, version, position))
                continue
            if not page.versioned[run.first] or page.is_deleted(run.first):
                continue
            if version not in (0, 1) or self._first != -1:
                page.owned[self.topic].add(run.first)
                yield self._found(page.place(run.first), version)
                continue
            self._seen[version] += 1
            if self._seen[version] <= self._seen[1 - version]:
                # The others may come to be the fewer.
                page.owned[self.topic].add(run.first)
            if len(self._rare[version]) < self._MOST and self._seen[version] < 2 * self._seen[1 - version] + self._MOST:
                self._rare[version].append(page.place(run.first))

    def _found(self, place: Mapping[str, Any], version: int) -> Finding:
        expected = "0 or 1" if self._first == -1 else str(self._first)
        return self.finding(f"The aggregate begins at version {version}, not at {expected}.", **place)

    @property
    def usual(self) -> int:
        """The version that aggregates begin with, as far as is known."""
        if self._first != -1:
            return self._first
        return 0 if self._seen[0] > self._seen[1] else 1

    def merge(self, other: Described) -> None:
        assert isinstance(other, VersionStart)
        self._seen.update(other._seen)
        for version, places in other._rare.items():
            self._rare[version] += places[: self._MOST - len(self._rare[version])]
        self.compacted += other.compacted[: _KEPT - len(self.compacted)]

    def finish(self) -> Iterator[Finding]:
        if self._first != -1:
            return
        self._first = self.usual
        for place in self._rare[1 - self._first]:
            yield self._found(place, 1 - self._first)
