"""Folding the events of an event projection, those of each key together and in store order.

DuckDB sorts them, on disk where they are many; so that any engine and any number of processes come to the same.
"""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import duckdb
import pyarrow as pa

from esviewer.model.batch import EventBatch
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.projections.cells import cell, packed, plain_text, shown, unpacked, unpacked_many
from esviewer.projections.definition import Projection
from esviewer.projections.parts import cell_names, key_names
from esviewer.projections.sink import Counts, Matching, Problem
from esviewer.replay.fold import Folding
from esviewer.replay.reducer import StepError
from esviewer.work import Work

ORDER: Final = (
    "made.number NULLS LAST, made.text NULLS LAST, made.ns NULLS LAST, made.aggregate_id, made.version"
)
"""Store order, as all engines have it: by position, else by time, then by aggregate and version."""
_AT_ONCE: Final = 20_000
_MOST_TOLD: Final = 3


def keyed_schema(projection: Projection) -> pa.Schema:
    """The columns of the folded rows; `state` and `reasons` are what a later run goes on with."""
    text = pa.string()
    return pa.schema(
        [
            ("key", text),
            *((name, text) for name in key_names(projection)),
            ("events", pa.int64()),
            ("first_position", text),
            ("first_timestamp", text),
            ("last_position", text),
            ("last_timestamp", text),
            *((name, text) for name in cell_names(projection)),
            ("problems", text),
            ("state", text),
            ("reasons", text),
        ]
    )


KNOWN: Final = ("events", "first_position", "first_timestamp", "state", "reasons")
"""The columns of `Known`."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier run came to for a key."""

    events: int
    first: tuple[str | None, str | None]
    """The cell of the first event's position, and its time."""
    state: Value
    reasons: list[str]
    """The first of what went wrong with events."""
    reasons_in_all: int


def known_of(row: Sequence[Any]) -> Known:
    """The same of the values of `KNOWN`."""
    events, position, timestamp, state, reasons = row
    told, in_all = unpacked(reasons)
    return Known(events, (position, timestamp), unpacked(state), told, in_all)


@dataclass(slots=True)
class _Row:
    """A key's fold under way."""

    key: str
    parts: list[str | None]
    folding: Folding
    events: int = 0
    first: tuple[str | None, str | None] = (None, None)
    last: tuple[str | None, str | None] = (None, None)
    reasons: list[str] = field(default_factory=list)
    reasons_in_all: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """A row that a database counted: what the fold of all its events comes to."""

    key: str
    """As in `Matching`."""
    parts: list[str | None]
    state: Value
    events: int
    first: tuple[str | None, str | None]
    """The cell of the first event's position, and its time."""
    last: tuple[str | None, str | None]
    before: Known | None = None
    """What went into it of an earlier run."""


class Adding(Protocol):
    """Takes rows, as a TableWriter does."""

    def add(self, row: tuple[Any, ...]) -> None:
        """One row, with a value for each column."""


def _place(event: Matching) -> tuple[Any, ...]:
    """What `ORDER` sorts by, behind the key; texts as DuckDB sorts them."""
    order = [(each is None, each) for each in (event.number, event.text and event.text.encode(), event.ns)]
    return event.key.encode(), *order, event.aggregate_id.encode(), event.version


class KeyedFold:
    """Folds sorted events into rows; with what an earlier run came to, it goes on from there."""

    def __init__(
        self,
        index: int,
        projection: Projection,
        rows: Adding,
        problems: Adding,
        counts: Counts,
        before: Callable[[str], Known | None] | None = None,
    ) -> None:
        """`before` gives what an earlier run came to for a key."""
        self._index = index
        self._projection = projection
        self._rows = rows
        self._problems = problems
        self._counts = counts
        self._before = before
        self._row: _Row | None = None
        self._keys = len(projection.keys)
        assert projection.rules is not None
        self._rules = projection.rules

    def run(self, connection: duckdb.DuckDBPyConnection, source: str, total: int, work: Work | None) -> None:
        """Fold the events of a SQL source with the columns of `parts.part_schema`."""
        names = ", ".join(key_names(self._projection))
        found = connection.execute(
            "SELECT key, number, text, aggregate_id, aggregate_type, version, type, time_ns,"
            f' "offset", data, meta, rest, {names}'
            f" FROM {source} AS made ORDER BY made.key, {ORDER}"
        )
        done = 0
        while rows := found.fetchmany(_AT_ONCE):
            self._feed(list(zip(*rows, strict=True)), work)
            done += len(rows)
            if work is not None:
                work.report(f"Folding events of {self._projection.name}", done, total)
        self._end()

    def run_in_memory(self, events: Sequence[Matching], work: Work | None) -> None:
        """The same of a few events, in any order."""
        ordered = sorted(events, key=_place)
        if ordered:
            rows = [
                (each.key, each.number, each.text, each.aggregate_id, each.aggregate_type, each.version, each.type,
                 each.time_ns, each.offset, each.data, each.meta, each.rest, *each.cells)
                for each in ordered
            ]  # fmt: skip
            self._feed(list(zip(*rows, strict=True)), work)
        self._end()

    def take(self, rows: Iterable[Counted]) -> None:
        """Rows that are folded already."""
        for each in rows:
            fold = Folding(self._rules, each.state)
            self._row = _Row(each.key, each.parts, fold, each.events, each.first, each.last)
            if each.before is not None:
                self._row.reasons = each.before.reasons
                self._row.reasons_in_all = each.before.reasons_in_all
            self._end()

    def _feed(self, columns: Sequence[Sequence[Any]], work: Work | None) -> None:
        keys = columns[0]
        first = 0
        while first < len(keys):
            key = keys[first]
            last = first + 1
            while last < len(keys) and keys[last] == key:
                last += 1
            if self._row is None or self._row.key != key:
                self._end()
                self._row = self._begin(key, [column[first] for column in columns[-self._keys :]])
            self._fold(self._row, columns, first, last, work)
            first = last

    def _begin(self, key: str, parts: list[str | None]) -> _Row:
        known = None if self._before is None else self._before(key)
        if known is None:
            return _Row(key, parts, Folding(self._rules, self._rules.initial()))
        folding = Folding(self._rules, known.state)
        return _Row(
            key, parts, folding, known.events, known.first, (None, None), known.reasons, known.reasons_in_all
        )

    def _fold(self, row: _Row, columns: Sequence[Sequence[Any]], first: int, last: int, work: Work | None) -> None:
        _, numbers, texts, ids, kinds, versions, types, times, offsets, datas, metas, rests = columns[:12]

        def made(index: int) -> Event:
            at = first + index
            position, event_id, schema = unpacked(rests[at])
            return Event(
                position=position,
                aggregate_id=ids[at],
                aggregate_type=kinds[at],
                version=versions[at],
                event_id=event_id,
                type=types[at],
                schema_version=schema,
                timestamp=None if times[at] is None else Instant(times[at], offsets[at]),
                data=data[index],
                metadata=unpacked(metas[at]),
            )

        data = unpacked_many(datas[first:last])
        row.folding.feed(EventBatch(range(last - first), types[first:last], data, made), work=work)
        for item in row.folding.skipped:
            at = first + item.version
            reason = plain_text(item.reason)
            self._problems.add(Problem(ids[at], kinds[at], versions[at], reason))
            self._counts.problems[self._index] += 1
            row.reasons_in_all += 1
            if len(row.reasons) < _MOST_TOLD:
                row.reasons.append(f"{ids[at]} version {versions[at]}: {reason}")
        row.folding.skipped.clear()

        def ends(at: int) -> tuple[str | None, str | None]:
            time = None if times[at] is None else Instant(times[at], offsets[at]).isoformat()
            return cell(texts[at] if numbers[at] is None else numbers[at]), time

        if not row.events:
            row.first = ends(first)
        row.last = ends(last - 1)
        row.events += last - first

    def _end(self) -> None:
        row, self._row = self._row, None
        if row is None:
            return
        key: Value = self._projection.key_of([shown(each) for each in row.parts])
        cells: list[str | None] = []
        own = list(row.reasons)
        more = row.reasons_in_all - len(own)
        for name, expression in self._projection.columns:
            made = None
            try:
                made = cell(expression.compute(row.folding.state, key))
            except StepError as error:
                own.append(f"column {name}: {plain_text(str(error))}")
                self._problems.add(Problem(None, None, None, own[-1], row.key))
                self._counts.problems[self._index] += 1
            cells.append(made)
        said = "; ".join(own) + (f"; and {more:,} more" if more else "")
        reasons = packed([row.reasons, row.reasons_in_all])
        ends = row.events, *row.first, *row.last
        self._rows.add((row.key, *row.parts, *ends, *cells, said or None, packed(row.folding.state), reasons))
