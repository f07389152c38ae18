"""Rows of events as columns, decoded; whole events are made from them on demand."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, Final

from esviewer.model.batch import Clock, ColumnBatch, EventBatch, KeysOf, StoreBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.model.instant import Instant
from esviewer.model.kinds import restored
from esviewer.model.scanned import Place, Scanned, Steps
from esviewer.model.values import MISSING, Value
from esviewer.stores.binding import COUNT, ERROR, KINDS, POSITION, RAW, EventTable, Part, key_text, whole
from esviewer.stores.codecs import DecodeError, as_bytes
from esviewer.stores.collecting import collector_paused
from esviewer.stores.databases.database import Row
from esviewer.stores.notes import Notes

_REMEMBERED_TYPES: Final = 50_000

_PARSED: Final = "parsed"

NOT_NUMBERED: Final = "Events without an aggregate id or a whole-number version are left out."


class Batches:
    """Makes batches of one store's rows."""

    def __init__(self, table: EventTable, notes: Notes) -> None:
        self.table = table
        self.notes = notes
        self.known_types: dict[Any, str] = {}
        self.shared: Callable[[Sequence[Any]], set[Any]] | None = None
        """Those of some ids that several aggregates have, where ids are unique only within their type or tenant."""

    def type_of(self, value: Any) -> str:
        """An event type out of what the layout's source for it holds."""
        name = self.known_types.get(value)
        if name is None:
            ruled = self.table.parts["type"].ruled(value)
            name = "" if ruled is None else key_text(ruled)
            if len(self.known_types) < _REMEMBERED_TYPES:
                self.known_types[value] = name
        return name

    def make(
        self, rows: Sequence[Row], fields: Sequence[str], aggregate_id: str | None = None, *, unfold: bool = True
    ) -> Rows:
        """A batch of rows with these fields; `aggregate_id` stands where the rows don't have it.

        Not `unfold`: a row with several events stays one, with the version of its last.
        """
        return Rows(self, columns_of(rows, fields), aggregate_id, unfold)

    def make_parts(self, columns: Mapping[str, Sequence[Any]], aggregate_id: str | None, size: int) -> Iterator[Rows]:
        """Batches of at most `size` rows out of columns."""
        for start in range(0, len(columns["version"]), size):
            part = {name: values[start : start + size] for name, values in columns.items()}
            yield Rows(self, part, aggregate_id, True)

    def unreadable(self, versions: Sequence[int], reason: str, aggregate_id: str | None) -> Rows:
        """A batch of events of which only the versions are known."""
        fields = [name for name in self.table.fields if name != "aggregate_id"]
        place = fields.index("version")
        rows = [tuple(version if index == place else None for index in range(len(fields))) for version in versions]
        made = Rows(self, columns_of(rows, fields), aggregate_id, False)
        made.columns[_PARSED] = [Undecodable(reason)] * len(made)
        return made


def columns_of(rows: Sequence[Row], fields: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Rows as columns, by the names of their fields."""
    if not rows:
        return dict.fromkeys(fields, ())
    return {name: list(map(itemgetter(index), rows)) for index, name in enumerate(fields)}


def follow(value: Value, path: Sequence[str]) -> Value:
    """What lies at a path of keys inside a value, or None."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


class _Envelopes:
    """What some keys of values hold, which are taken out of them; an item of it is that of one value."""

    def __init__(self, values: Sequence[Value], keys: Sequence[str]) -> None:
        holders = [value if type(value) is dict else {} for value in values]
        self._columns = {key: list(map(dict.pop, holders, repeat(key), repeat(MISSING))) for key in keys}

    def __getitem__(self, index: int) -> dict[str, Value]:
        return {key: column[index] for key, column in self._columns.items() if column[index] is not MISSING}


class Rows:
    """Some rows, column by column; what has no aggregate or version is dropped and noted."""

    def __init__(
        self, batches: Batches, columns: dict[str, Sequence[Any]], aggregate_id: str | None, unfold: bool
    ) -> None:
        self._batches = batches
        self._table = batches.table
        self._aggregate_id = aggregate_id
        self.columns = self._numbered(columns)
        if unfold and COUNT in self.columns and "data" in self.columns:
            self.columns = self._unfolded()
        self.versions: Sequence[int] = self.columns["version"]
        self._envelopes: Sequence[dict[str, Value]] | _Envelopes | None = None
        self._variants: list[str | None] = []
        self.data: list[Value] = []
        self._decoded = False
        self._shared: set[Any] | None = None

    def __len__(self) -> int:
        return len(self.versions)

    def _numbered(self, columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        versions = columns["version"]
        ids = columns.get("aggregate_id")
        if ids is not None and self._table.keeps_nameless and None in ids:
            columns["aggregate_id"] = ids = [self._table.id_text(ident) if ident is None else ident for ident in ids]
        if set(map(type, versions)) <= {int} and (ids is None or None not in ids):
            return columns
        numbers = [whole(version) for version in versions]
        keep = [i for i, number in enumerate(numbers) if number is not None and (ids is None or ids[i] is not None)]
        if len(keep) < len(versions):
            self._batches.notes.say(NOT_NUMBERED)
        columns["version"] = numbers
        return {name: [values[i] for i in keep] for name, values in columns.items()}

    def _unfolded(self) -> dict[str, Sequence[Any]]:
        """A row for each of the events that a row holds; `parsed` has their part of the payload."""
        payloads = self._table.chain.parse_many(self.columns["data"])
        where: list[int] = []
        versions: list[int] = []
        parsed: list[Value] = []
        for index, (last, count) in enumerate(zip(self.columns["version"], self.columns[COUNT], strict=True)):
            held = payloads[index]
            number = whole(count) or 0
            if type(held) is not Undecodable and not (isinstance(held, list) and len(held) == number):
                held = Undecodable(f"the row should hold a list of {number} events")
            parsed += held if isinstance(held, list) else [held] * number
            where += [index] * number
            versions += range(last - number + 1, last + 1)
        columns: dict[str, Sequence[Any]] = {
            name: [values[index] for index in where] for name, values in self.columns.items()
        }
        return {**columns, "version": versions, _PARSED: parsed}

    def only(self, keep: Sequence[int]) -> None:
        """Drop all rows but these."""
        if len(keep) == len(self.versions):
            return
        self.columns = {name: [values[i] for i in keep] for name, values in self.columns.items()}
        self.versions = self.columns["version"]
        if self._decoded:
            # What decides which rows are kept may itself lie in the payloads.
            self.data = [self.data[i] for i in keep]
            if self._envelopes is not None:
                self._envelopes = [self._envelopes[i] for i in keep]
            if self._variants:
                self._variants = [self._variants[i] for i in keep]

    def decode(self) -> None:
        """Decode all payloads; doing it twice is fine."""
        if self._decoded:
            return
        self._decoded = True
        with collector_paused():
            self._decode()

    def _decode(self) -> None:
        chain = self._table.chain
        body = self._table.layout.payload
        if _PARSED in self.columns:
            values = self._opened_up(list(self.columns[_PARSED]))
        else:
            values = chain.parse_many(self.columns["data"])
        if body.key is not None:
            values, self._envelopes = self._split(values, body.key)
        elif body.envelope:
            self._envelopes = _Envelopes(values, body.envelope)
        self.data = chain.finish_many(values)
        if body.unwrap or self._table.layout.part("type").variant:
            self._variants = list(map(_variant, self.data))
        if body.unwrap:
            types = self.types()
            self.data = [
                _unwrapped(value) if variant is not None and variant == kind else value
                for value, variant, kind in zip(self.data, self._variants, types, strict=True)
            ]
        self._restore()

    def _restore(self) -> None:
        """Give payloads what was kept of them beside their JSON: types that it lacks, and that they were unreadable."""
        for index, text in enumerate(self.columns.get(KINDS, ())):
            if text is not None and type(self.data[index]) is not Undecodable:
                self.data[index] = restored(self.data[index], _kinds(text), "/data")
        for index, reason in enumerate(self.columns.get(ERROR, ())):
            if reason is not None:
                self.data[index] = Undecodable(key_text(reason))

    def _raw(self, index: int) -> Any:
        """The payload's bytes as stored, or as kept of where it was unreadable."""
        if ERROR in self.columns and RAW in self.columns and self.columns[ERROR][index] is not None:
            kept = self.columns[RAW][index]
            try:
                return base64.b64decode(kept, validate=True) if isinstance(kept, str) else kept
            except ValueError:
                return kept
        return self.columns["data"][index]

    def _opened_up(self, elements: list[Value]) -> list[Value]:
        unfold = self._table.layout.unfold
        if unfold is None:
            return elements
        self._envelopes = [
            {key: value for key, value in element.items() if key != unfold.data[0]}
            if isinstance(element, dict) and unfold.metadata is None
            else _mapping(follow(element, unfold.metadata or ()))
            for element in elements
        ]
        return [each if type(each) is Undecodable else follow(each, unfold.data) for each in elements]

    def _split(self, values: list[Value], path: Sequence[str]) -> tuple[list[Value], list[dict[str, Value]]]:
        """What lies at a path of each value, and the rest of it."""
        inner: list[Value] = []
        rests: list[dict[str, Value]] = []
        for value in values:
            if type(value) is not dict:
                inner.append(value)
                rests.append({})
                continue
            holder = follow(value, path[:-1])
            inner.append(holder.pop(path[-1], None) if type(holder) is dict else None)
            rests.append(value)
        return inner, rests

    def _metadata(self, index: int, decoded: Value = MISSING) -> Value:
        """The metadata of one event; `decoded` is what its own column has, where that is known."""
        raw = self.columns["metadata"][index] if "metadata" in self.columns else None
        metadata: Value = None
        inside = self._table.layout.metadata.key if self._table.layout.metadata is not None else None
        if raw is not None and self._table.metadata_chain is not None:
            if decoded is MISSING:
                try:
                    decoded = self._table.metadata_chain.decode(raw)
                except DecodeError:
                    # Shown as it is rather than left out.
                    decoded = as_bytes(raw).decode("utf-8", "backslashreplace")
            metadata = decoded
            if inside is not None and isinstance(metadata, dict):
                metadata = follow(metadata, inside)
            if metadata == []:
                metadata = {}  # how PHP writes an empty object
            if KINDS in self.columns and self.columns[KINDS][index] is not None:
                metadata = restored(metadata, _kinds(self.columns[KINDS][index]), "/metadata")
        extra: dict[str, Value] = {}
        for name in self._table.also:
            value = self.columns[f"also {name}"][index] if f"also {name}" in self.columns else None
            if value is not None:
                extra[name] = value
        extra.update(self._marks(index))
        if self._envelopes is not None:
            rest = {key: self._table.chain.finish_or_leave(value) for key, value in self._envelopes[index].items()}
            if inside is not None and self._table.metadata is None:
                rest = _mapping(follow(rest, inside)) or rest
            extra.update(rest)
        if not extra:
            return metadata
        if metadata is None or isinstance(metadata, dict):
            return {**extra, **(metadata or {})}
        return {**extra, "metadata": metadata}

    def _metadata_of_all(self) -> list[Value]:
        """The metadata of each event: what `_metadata` gives, decoded together."""
        chain = self._table.metadata_chain
        raws = self.columns.get("metadata")
        if chain is None or raws is None:
            return [self._metadata(index) for index in range(len(self))]
        with collector_paused():
            decoded = chain.finish_many(chain.parse_many(raws))
        return [
            self._metadata(index, MISSING if type(value) is Undecodable else value)
            for index, value in enumerate(decoded)
        ]

    def _marks(self, index: int) -> dict[str, Value]:
        """The event's tenant, and whether it is archived or deleted."""
        found: dict[str, Value] = {}
        for name in ("archived", "deleted"):
            if name in self.columns and marked(self.columns[name][index]):
                found[name] = True
        if "tenant" in self.columns:
            tenant = self._part("tenant", index)
            if tenant is not None:
                found["tenant"] = key_text(tenant)
        return found

    def values(self, name: str) -> Sequence[Any]:
        """One part of every row as the store has it, before its text rule; None where it has none."""
        if name in self.columns:
            return self.columns[name]
        part = self._table.parts.get(name)
        if part is None or not part.present:
            return [None] * len(self)
        self.decode()
        return [self._inside(part, index) for index in range(len(self))]

    def _inside(self, part: Part, index: int) -> Value:
        source = part.source
        if source.variant:
            return self._variants[index]
        if source.data is None:
            return follow(self._metadata(index), source.metadata or ())
        if self._envelopes is not None:
            found = follow(self._envelopes[index], source.data)
            if found is not None:
                return self._table.chain.finish_or_leave(found)
        return follow(self.data[index], source.data)

    def _part(self, name: str, index: int) -> Any:
        part = self._table.parts.get(name)
        if part is None:
            return None
        if name in self.columns:
            return part.ruled(self.columns[name][index])
        return part.ruled(self._inside(part, index)) if part.present else part.source.default

    def types(self) -> Sequence[str]:
        """The type of each event."""
        kind = self._batches.type_of
        if "type" not in self.columns:
            return [kind(self._raw_type(index)) for index in range(len(self))]
        column = self.columns["type"]
        if self._table.parts["type"].source.rule is None and set(map(type, column)) <= {str}:
            return column
        names = {value: kind(value) for value in set(column)}
        return list(map(names.__getitem__, column))

    def times(self) -> list[Instant | None]:
        """The time of each event."""
        unreadable: list[Any] = []
        with collector_paused():
            times = self._table.timestamps.read_many(self.values("timestamp"), unreadable)
        if unreadable:
            self._batches.notes.say(f"Some timestamps can't be read, such as {str(unreadable[0])[:60]!r}.")
        return times

    def clock(self) -> Clock | None:
        """The time of each event as a column, where all are of one form."""
        return self._table.timestamps.clock(self.values("timestamp"))

    def _time(self, index: int) -> Instant | None:
        value = self._part("timestamp", index)
        try:
            return self._table.timestamps.read(value)
        except (ValueError, OverflowError):
            self._batches.notes.say(f"Some timestamps can't be read, such as {str(value)[:60]!r}.")
            return None

    def event(self, index: int, *, raw: bool = False) -> Event:
        """One event, whole."""
        self.decode()
        data = self.data[index]
        error = data.reason if type(data) is Undecodable else None
        shown = self._aggregate_id
        if shown is None:
            shown = self._name(index)
        aggregate_type = self._aggregate_type(index, shown)
        event_id = self._part("event_id", index)
        schema = self._part("schema_version", index)
        payload = self._raw(index) if raw or error is not None else None
        return Event(
            position=self._position(index),
            aggregate_id=shown,
            aggregate_type=aggregate_type,
            version=self.versions[index],
            event_id=None if event_id is None else key_text(event_id),
            type=self._batches.type_of(self._raw_type(index)),
            schema_version=_number_or_text(schema),
            timestamp=self._time(index),
            data=None if error is not None else data,
            metadata=self._metadata(index),
            error=error,
            raw=None if payload is None else as_bytes(payload),
        )

    def events(self) -> list[Event]:
        """All events, whole: what `event` gives for each."""
        self.decode()
        number = len(self)
        alone = self._aggregate_id
        names = [alone] * number if alone is not None else [self._name(index) for index in range(number)]
        with collector_paused():
            columns = zip(
                self._whole_column("position"),
                names,
                [self._aggregate_type(index, name) for index, name in enumerate(names)],
                self.versions,
                self._whole_column("event_id"),
                self.types(),
                self._whole_column("schema_version"),
                self.times(),
                self.data,
                self._whole_column("metadata"),
                strict=True,
            )
            return [
                self.event(index) if type(parts[8]) is Undecodable else Event(*parts)
                for index, parts in enumerate(columns)
            ]

    def _aggregate_type(self, index: int, shown: str) -> str | None:
        kind = self._table.parts.get("aggregate_type")
        inside = kind is not None and kind.source.inside
        found = self._part("aggregate_type", index) if "aggregate_type" in self.columns or inside else None
        if found is None and self._aggregate_id is not None:
            found = self._typed_by_id(shown)
        return None if found is None else key_text(found)

    def _name(self, index: int) -> str:
        """The aggregate's id as people see it, with its type or tenant where others have the same."""
        key = self.columns["aggregate_id"][index]
        shown = self._table.id_text(key)
        scope = self._table.scope
        if scope is None or self._batches.shared is None:
            return shown
        if self._shared is None:
            # Those without an id are called so already.
            nameless = {str(self._table.id_source.default)} if self._table.keeps_nameless else set()
            self._shared = self._batches.shared(list(set(self.columns["aggregate_id"]) - nameless))
        if key not in self._shared:
            return shown
        value = self.columns[scope[0]][index]
        return f"{'' if value is None else key_text(value)}/{shown}"

    def _raw_type(self, index: int) -> Any:
        if "type" in self.columns:
            return self.columns["type"][index]
        self.decode()
        value = self._inside(self._table.parts["type"], index)
        return dumps(value) if isinstance(value, (dict, list)) else value

    def _typed_by_id(self, shown: str) -> Any:
        part = self._table.parts.get("aggregate_type")
        if part is None:
            return None
        return part.ruled(shown) if self._table.typed_by_id else part.source.default

    def _position(self, index: int) -> int | str | None:
        if POSITION not in self.columns:
            return None
        return _number_or_text(self.columns[POSITION][index])

    def positions(self) -> Sequence[int | str | None]:
        """The position of each event."""
        stored = self.columns.get(POSITION, ())
        if stored and set(map(type, stored)) <= {int}:
            return stored
        return [self._position(index) for index in range(len(self))]

    def names(self) -> list[str]:
        """The id of each event's aggregate, as people see it."""
        return [self._name(index) for index in range(len(self))]

    def column(self, name: str) -> Sequence[Value]:
        """One part of every event, as `ColumnBatch.column` gives it; parts in columns need no payload."""
        found: Sequence[Value] = self._whole_column(name)
        return found

    def batch(self) -> EventBatch:
        """The rows as a batch, decoded."""
        self.decode()
        return EventBatch(self.versions, self.types(), self.data, self.event, self.times, self.clock)

    def batch_of(self, keys: frozenset[str], timed: bool) -> EventBatch:
        """The rows as a batch of what is at these keys, and maybe others; times are in it if `timed`."""
        time = self._table.parts.get("timestamp")
        inside = time is not None and time.present and "timestamp" not in self.columns
        data = self._data(None if timed and inside else keys)
        if not timed:
            return EventBatch(self.versions, self.types(), data, _not_read)
        return EventBatch(self.versions, self.types(), data, _not_read, self.times, self.clock)

    def _only_keys(self, keys: frozenset[str]) -> Sequence[Value] | None:
        """What the data have at these keys, without decoding the rest; None where all of it has to be looked at."""
        layout = self._table.layout
        body = layout.payload
        apart = {_PARSED, KINDS, ERROR} & self.columns.keys()
        if self._decoded or apart or "type" not in self.columns or layout.unfold or body.key is not None or body.unwrap:
            return None
        with collector_paused():
            return self._table.chain.decode_keys(self.columns["data"], keys.difference(body.envelope))

    def _data(self, keys: frozenset[str] | None) -> Sequence[Value]:
        """The data, of which those that are objects may be without what is at other keys."""
        data = None if keys is None else self._only_keys(keys)
        if data is not None:
            return data
        self.decode()
        return self.data

    def store_batch(self, names: Mapping[Any, str] | None = None, keys: KeysOf | None = None) -> StoreBatch:
        """The rows of several aggregates, those of each together, as a batch, decoded as far as `keys` says.

        `names` says what they are called, by their ids as stored, where this table alone doesn't tell.
        """
        runs = self._runs(names)
        data = self._data(None if keys is None else keys(runs))
        event = self.event if names is None else partial(self._named, names)
        batch = EventBatch(self.versions, self.types(), data, event, self.times, self.clock)
        return StoreBatch(batch, runs, self._whole_column)

    def _runs(self, names: Mapping[Any, str] | None) -> list[tuple[int, str, str | None]]:
        ids = self.columns["aggregate_id"]
        scope = self.columns.get(self._table.scope[0]) if self._table.scope is not None else None
        runs: list[tuple[int, str, str | None]] = []
        typed = "aggregate_type" in self.columns or not self._table.layout.part("aggregate_type").inside
        for index, ident in enumerate(ids):
            if index and ident == ids[index - 1] and (scope is None or scope[index] == scope[index - 1]):
                continue
            name = self._name(index) if names is None else names[ident]
            # What lists of aggregates don't know is not said here either: a type inside of payloads.
            runs.append((index, name, self._aggregate_type(index, name) if typed else None))
        return runs

    def steps(self, names: Mapping[Any, str] | None = None) -> Steps:
        """The rows of several aggregates, those of each together, without their payloads; `names` as above."""
        if "data" in self.columns:
            self.decode()  # a part may be inside
        return Steps(self._runs(names), self.versions, self.types(), self._whole_column("microseconds"))

    def marks(self) -> EventBatch:
        """The rows of one aggregate as a batch of types and times, without data."""
        if "data" in self.columns:
            self.decode()  # a part may be inside
        return EventBatch(self.versions, self.types(), (), _not_read, self.times, self.clock)

    def single_batch(self) -> StoreBatch:
        """The rows of one aggregate as a batch, decoded."""
        first = self.event(0)
        return StoreBatch(self.batch(), [(0, first.aggregate_id, first.aggregate_type)], self._whole_column)

    def _named(self, names: Mapping[Any, str], index: int) -> Event:
        return replace(self.event(index), aggregate_id=names[self.columns["aggregate_id"][index]])

    def scanned(self) -> Scanned:
        """The rows in their order, of which only some parts were read."""
        if "data" in self.columns:
            self.decode()  # a part may be inside
        return Scanned(len(self), self._whole_column, self._place)

    def _place(self, index: int) -> Place:
        shown = self._name(index)
        typed = "aggregate_type" in self.columns or not self._table.layout.part("aggregate_type").inside
        kind = self._aggregate_type(index, shown) if typed else None
        return Place(shown, kind, self.versions[index], self._position(index))

    def column_batch(self) -> ColumnBatch:
        """The rows in their order as a batch, decoded."""
        return ColumnBatch(self.batch(), self._whole_column)

    @property
    def _has_metadata(self) -> bool:
        if self._table.layout.payload.envelope and "data" in self.columns:
            self.decode()  # metadata is in what was not read
        marks = {"archived", "deleted", "tenant"} & set(self._table.parts)
        return self._table.metadata is not None or bool(self._table.also or marks) or self._envelopes is not None

    def _whole_column(self, name: str) -> Any:
        if name == "microseconds":
            found = self._table.timestamps.microseconds(self.values("timestamp"))
            return [None if each is None else each.ns // 1000 for each in self.times()] if found is None else found
        if name == "position":
            return self.positions()
        if name == "metadata":
            if not self._has_metadata:
                return [None] * len(self)
            return self._metadata_of_all()
        part = self._table.parts.get(name)
        if name not in self.columns and part is not None and part.source.inside:
            self.decode()
        if name == "aggregate_type":
            return [self._aggregate_type(index, self._aggregate_id or "") for index in range(len(self))]
        if part is None or not (part.present or part.source.default is not None or name in self.columns):
            return [None] * len(self)
        parts = [self._part(name, index) for index in range(len(self))]
        if name == "schema_version":
            return [_number_or_text(value) for value in parts]
        return [None if value is None else key_text(value) for value in parts]


def _not_read(index: int) -> Event:
    raise TypeError(f"event {index} was read for its type and some keys of its data only")


def _kinds(text: Any) -> dict[str, Value]:
    try:
        return _mapping(loads(text))
    except NotJsonError:
        return {}


def marked(value: Any) -> bool:
    """Whether a flag or a time says that something was archived or deleted."""
    return value not in (None, False, 0, "", "0", b"\0", "false", "f")


def _number_or_text(value: Any) -> int | str | None:
    if value is None or type(value) in (int, str):
        return value  # type: ignore[no-any-return]
    number = whole(value)
    return str(value) if number is None else number


def _mapping(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _variant(value: Value) -> str | None:
    """The name of a Rust enum's variant, as serde tags it from outside: `{"Name": …}` or `"Name"`."""
    if isinstance(value, dict) and len(value) == 1:
        return str(next(iter(value)))
    return value if isinstance(value, str) else None


def _unwrapped(value: Value) -> Value:
    return next(iter(value.values())) if isinstance(value, dict) else {}
