"""Whether a layout fits what is in a store: a few checks on a sample of its rows, each with a sentence and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

from sqlalchemy import Select

from esviewer.model.values import Value
from esviewer.stores.batching import Rows
from esviewer.stores.binding import COUNT, POSITION, EventTable, key_text, whole
from esviewer.stores.databases.database import Row
from esviewer.stores.store import Store
from esviewer.work import Work

Outcome = Literal["ok", "warning", "failed"]

KEYS_LOOKED_AT: Final = 10_000
"""Rows whose ids, versions and positions are looked at."""
PAYLOADS_LOOKED_AT: Final = 1_000
"""Rows whose payloads and times are looked at: half of them the newest, where an index gives those."""
_REREAD: Final = 20
"""Aggregates that are read whole to tell a gap from a row outside the sample."""
_BAD_SHARE: Final = 0.5
"""The share from which on what does not fit is a mistake of the layout and not of the store."""
_EARLIEST: Final = 315_532_800 * 10**9  # 1980-01-01
_LATEST: Final = 4_102_444_800 * 10**9  # 2100-01-01


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; `looked_at` is the number of rows (or aggregates) that it saw."""

    name: str
    outcome: Outcome
    sentence: str
    looked_at: int
    numbers: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer layouts check --json`."""
        return {
            "check": self.name,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "looked_at": self.looked_at,
            "numbers": dict(self.numbers),
        }


@dataclass(frozen=True, slots=True)
class _Key:
    """One row's place: its aggregate, the first and last version it holds, its position."""

    ident: Any
    first: int | None
    version: int | None
    position: Any


class _Looked:
    """A store with its table, which only checks see from outside."""

    def __init__(self, store: Store, work: Work | None) -> None:
        self.store = store
        self.work = work
        self.table: EventTable = store._table
        self._database = store._database
        self._batches = store._batches

    def rows(self, statement: Select[Any]) -> list[Row]:
        """The rows of one statement."""
        return self._database.read(lambda reader: reader.rows(statement), self.work)

    def events(self, rows: Sequence[Row], fields: Sequence[str]) -> Rows:
        """Rows as events."""
        return self._batches.make(rows, fields)


def check_store(store: Store, work: Work | None = None) -> Iterator[Check]:
    """Run all checks on an open store, one after the other; raises StoreError, CancelledError."""
    looked = _Looked(store, work)
    keys = _keys(looked)
    if not keys:
        yield Check("events", "warning", "There are no events, so nothing could be checked.", 0)
        return
    yield _ids(looked.table, keys)
    yield _unique(looked.table, keys)
    yield _base(store, keys)
    yield _gaps(looked, keys)
    yield _order(looked.table, keys)
    rows = _payloads(looked)
    yield _types(rows)
    yield _decodable(rows)
    yield _times(looked.table, rows)


def _keys(looked: _Looked) -> list[_Key]:
    table = looked.table
    fields = ["aggregate_id", "version", *(name for name in (POSITION, COUNT) if name in table.fields)]
    scope = [] if table.scope is None else [table.scope[1]]
    statement = table.select(fields).add_columns(*scope).limit(KEYS_LOOKED_AT)
    found = []
    for row in looked.rows(statement):
        named = dict(zip(fields, row, strict=False))
        ident = named["aggregate_id"]
        version = whole(named["version"])
        count = named.get(COUNT, 1) or 1
        first = None if version is None else version - int(count) + 1
        within = (*row[len(fields) :], ident if isinstance(ident, (str, int, bytes)) else str(ident))
        found.append(_Key(None if ident is None else within, first, version, named.get(POSITION)))
    return found


def _payloads(looked: _Looked) -> Rows:
    table = looked.table
    names = list(table.fields)
    half = PAYLOADS_LOOKED_AT // 2
    statement = table.select(names).where(*table.with_id(), table.version.is_not(None))
    indexed = table.store_order.keyset and table.position is not None
    statements = [statement.limit(half if indexed else PAYLOADS_LOOKED_AT)]
    if indexed and table.position is not None:
        statements.append(statement.order_by(table.position.desc()).limit(half))
    found: dict[Any, Any] = {}
    for each in statements:
        for row in looked.rows(each):
            named = dict(zip(names, row, strict=True))
            # In a small store the newest rows are the first ones as well.
            found.setdefault((str(named["aggregate_id"]), str(named["version"]), str(named.get(POSITION))), row)
    return looked.events(list(found.values()), names)


def _share(count: int, of: int) -> str:
    return f"{count:,} of {of:,}"


def _graded(count: int, of: int) -> Outcome:
    """What `count` rows out of `of` that do not fit mean."""
    return "ok" if not count else "failed" if count >= of * _BAD_SHARE else "warning"


def _ids(table: EventTable, keys: Sequence[_Key]) -> Check:
    ids = 0 if table.keeps_nameless else sum(key.ident is None for key in keys)
    versions = sum(key.version is None for key in keys)
    bad = sum(key.version is None or (key.ident is None and not table.keeps_nameless) for key in keys)
    sentence = "Every row has an aggregate's id and a version."
    if bad:
        sentence = f"{_share(bad, len(keys))} rows have no id or no whole number as version; they are not shown."
    numbers = {"without_id": ids, "without_version": versions}
    return Check("ids", _graded(bad, len(keys)), sentence, len(keys), numbers)


def _unique(table: EventTable, keys: Sequence[_Key]) -> Check:
    if table.version_source.number:
        return Check("unique", "ok", "Versions are counted, so each is there once.", len(keys), {"repeated": 0})
    seen: set[tuple[Any, Any]] = set()
    repeated = []
    for key in keys:
        if key.ident is not None and key.version is not None:
            pair = (key.ident, key.version)
            if pair in seen:
                repeated.append(pair)
            seen.add(pair)
    if repeated:
        ident, version = repeated[0]
        share = _share(len(repeated), len(keys))
        sentence = f"{share} rows repeat an aggregate's version, such as {version} of {_shown(ident)}."
        return Check("unique", "failed", sentence, len(keys), {"repeated": len(repeated)})
    sentence = "No two rows looked at share an aggregate and a version."
    if table.unique_versions:
        sentence = "A unique index keeps each aggregate's versions apart."
    return Check("unique", "ok", sentence, len(keys), {"repeated": 0})


def _shown(ident: tuple[Any, ...]) -> str:
    return "/".join(key_text(part) for part in ident if part is not None)


def _base(store: Store, keys: Sequence[_Key]) -> Check:
    first: dict[Any, int] = {}
    for key in keys:
        if key.ident is not None and key.first is not None:
            first[key.ident] = min(key.first, first.get(key.ident, key.first))
    expected = store.layout.version_base
    lowest = min(first.values(), default=None)
    if lowest is None:
        return Check("first version", "failed", "No row has a whole number as version.", len(keys))
    numbers = {"lowest": lowest}
    if expected and lowest < min(expected):
        sentence = f"Versions begin with {lowest}; the layout expects {' or '.join(map(str, expected))}."
        return Check("first version", "warning", sentence, len(keys), numbers)
    if lowest not in (expected or (0, 1)):
        sentence = f"The lowest version looked at is {lowest}: older events are gone, or another column has versions."
        return Check("first version", "warning", sentence, len(keys), numbers)
    return Check("first version", "ok", f"Versions begin with {lowest}.", len(keys), numbers)


def _gaps(looked: _Looked, keys: Sequence[_Key]) -> Check:
    spans: dict[Any, list[tuple[int, int]]] = {}
    for key in keys:
        if key.ident is not None and key.version is not None and key.first is not None:
            spans.setdefault(key.ident, []).append((key.first, key.version))
    gaps = [ident for ident, found in spans.items() if _has_gap(found)]
    where = "among the rows looked at"
    if gaps and looked.table.indexed_by_id and looked.table.scope is None:
        # The sample may lack rows that the table has.
        gaps = [ident for ident in gaps[:_REREAD] if _really(looked, ident)]
        where = "in the aggregates that were read whole"
    if not gaps:
        return Check("gaps", "ok", "Versions follow one another without gaps.", len(spans), {"with_gaps": 0})
    sentence = f"{_share(len(gaps), len(spans))} aggregates lack versions {where}, such as {_shown(gaps[0])}."
    return Check("gaps", _graded(len(gaps), len(spans) * 2), sentence, len(spans), {"with_gaps": len(gaps)})


def _has_gap(spans: list[tuple[int, int]]) -> bool:
    ordered = sorted(spans)
    return any(later[0] > earlier[1] + 1 for earlier, later in pairwise(ordered))


def _really(looked: _Looked, ident: tuple[Any, ...]) -> bool:
    versions: list[int] = []
    for batch in looked.store.batches(looked.table.id_text(ident[-1]), work=looked.work):
        versions += batch.versions
        if len(versions) > KEYS_LOOKED_AT:
            break
    return _has_gap([(version, version) for version in versions])


def _order(table: EventTable, keys: Sequence[_Key]) -> Check:
    if table.position is None:
        sentence = "There is no column with the order of all events; it is made of times and versions."
        return Check("order", "warning", sentence, len(keys))
    placed: dict[Any, list[tuple[Any, int]]] = {}
    for key in keys:
        if key.ident is not None and key.version is not None and key.position is not None:
            placed.setdefault(key.ident, []).append((key.position, key.version))
    wrong = []
    for ident, found in placed.items():
        # SQLite may hold positions of several types in one column; they don't compare with each other.
        found.sort(key=lambda place: (type(place[0]).__name__, *place))
        if any(later[1] < earlier[1] for earlier, later in pairwise(found)):
            wrong.append(ident)
    numbers = {"out_of_order": len(wrong)}
    if wrong:
        share = _share(len(wrong), len(placed))
        sentence = f"In {share} aggregates positions and versions disagree, such as {_shown(wrong[0])}."
        return Check("order", _graded(len(wrong), len(placed)), sentence, len(keys), numbers)
    return Check("order", "ok", "Positions rise with the versions of each aggregate.", len(keys), numbers)


def _types(rows: Rows) -> Check:
    types = rows.types()
    missing = sum(not name for name in types)
    kinds = len(set(types))
    numbers = {"types": kinds, "without_type": missing}
    if missing:
        sentence = f"{_share(missing, len(types))} events have no type."
        return Check("types", _graded(missing, len(types)), sentence, len(types), numbers)
    if len(types) > 20 and kinds > len(types) * 0.9:
        sentence = f"{_share(kinds, len(types))} events have a type of their own; another column may hold the types."
        return Check("types", "warning", sentence, len(types), numbers)
    return Check("types", "ok", f"Every event has a type; there are {kinds:,}.", len(types), numbers)


def _decodable(rows: Rows) -> Check:
    events = [rows.event(index) for index in range(len(rows))]
    errors = [event.error for event in events]
    failed = [error for error in errors if error is not None]
    numbers = {"decoded": len(errors) - len(failed), "not_decoded": len(failed)}
    if failed:
        sentence = f"{_share(len(failed), len(errors))} payloads can't be decoded: {failed[0]}."
        return Check("payloads", _graded(len(failed), len(errors)), sentence, len(errors), numbers)
    if not any(isinstance(event.data, (dict, list)) for event in events):
        sentence = "Every payload decodes, but none to an object or a list; another column may hold the data."
        return Check("payloads", "warning", sentence, len(errors), numbers)
    return Check("payloads", "ok", "Every payload decodes.", len(errors), numbers)


def _times(table: EventTable, rows: Rows) -> Check:
    if "timestamp" not in table.layout.parts:
        sentence = "The layout names no times: nothing can be looked up by date."
        return Check("times", "warning", sentence, 0)
    times = rows.times()
    missing = sum(time is None for time in times)
    zoneless = sum(time is not None and time.offset is None for time in times)
    numbers = {"read": len(times) - missing, "not_read": missing, "without_zone": zoneless}
    if missing:
        sentence = f"{_share(missing, len(times))} events have no time that can be read."
        return Check("times", _graded(missing, len(times)), sentence, len(times), numbers)
    odd = sum(time is not None and not _EARLIEST <= time.ns < _LATEST for time in times)
    if odd:
        sentence = f"{_share(odd, len(times))} times are before 1980 or after 2100; their form may be another."
        return Check("times", _graded(odd, len(times)), sentence, len(times), {**numbers, "odd": odd})
    if zoneless:
        sentence = f"{_share(zoneless, len(times))} times name no zone; they count as UTC."
        return Check("times", "warning", sentence, len(times), numbers)
    return Check("times", "ok", "Every event has a time with its zone.", len(times), numbers)
