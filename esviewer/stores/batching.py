"""Rows of events as columns, decoded; whole events are made from them on demand."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores.binding import POSITION, EventTable, Part, key_text, whole
from esviewer.stores.codecs import DecodeError, as_bytes
from esviewer.stores.collecting import collector_paused
from esviewer.stores.database import Row
from esviewer.stores.notes import Notes

_REMEMBERED_TYPES: Final = 50_000

NOT_NUMBERED: Final = "Events without an aggregate id or a whole-number version are left out."


class Batches:
    """Makes batches of one store's rows."""

    def __init__(self, table: EventTable, notes: Notes) -> None:
        self.table = table
        self.notes = notes
        self.known_types: dict[Any, str] = {}

    def type_of(self, value: Any) -> str:
        """An event type out of what the layout's source for it holds."""
        name = self.known_types.get(value)
        if name is None:
            ruled = self.table.parts["type"].ruled(value)
            name = "" if ruled is None else key_text(ruled)
            if len(self.known_types) < _REMEMBERED_TYPES:
                self.known_types[value] = name
        return name

    def make(self, rows: Sequence[Row], fields: Sequence[str], aggregate_id: str | None = None) -> Rows:
        """A batch of rows with these fields; `aggregate_id` stands where the rows don't have it."""
        return Rows(self, rows, fields, aggregate_id)


class Rows:
    """Some rows, column by column; what has no aggregate or version is dropped and noted."""

    def __init__(self, batches: Batches, rows: Sequence[Row], fields: Sequence[str], aggregate_id: str | None) -> None:
        self._batches = batches
        self._table = batches.table
        self._aggregate_id = aggregate_id
        columns: dict[str, Sequence[Any]] = dict.fromkeys(fields, ())
        if rows:
            columns = {name: list(map(itemgetter(index), rows)) for index, name in enumerate(fields)}
        self.columns = self._numbered(columns)
        self.versions: Sequence[int] = self.columns["version"]
        self._envelopes: list[dict[str, Value]] | None = None
        self.data: list[Value] = []
        self._decoded = False

    def __len__(self) -> int:
        return len(self.versions)

    def _numbered(self, columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        versions = columns["version"]
        ids = columns.get("aggregate_id")
        if set(map(type, versions)) <= {int} and (ids is None or None not in ids):
            return columns
        numbers = [whole(version) for version in versions]
        keep = [i for i, number in enumerate(numbers) if number is not None and (ids is None or ids[i] is not None)]
        if len(keep) < len(versions):
            self._batches.notes.say(NOT_NUMBERED)
        columns["version"] = numbers
        return {name: [values[i] for i in keep] for name, values in columns.items()}

    def only(self, keep: Sequence[int]) -> None:
        """Drop all rows but these, before anything is decoded."""
        if len(keep) < len(self.versions):
            self.columns = {name: [values[i] for i in keep] for name, values in self.columns.items()}
            self.versions = self.columns["version"]

    def decode(self) -> None:
        """Decode all payloads; doing it twice is fine."""
        if self._decoded:
            return
        self._decoded = True
        with collector_paused():
            self._decode()

    def _decode(self) -> None:
        chain = self._table.chain
        values = chain.parse_many(self.columns["data"])
        keys = self._table.layout.payload.envelope
        if keys:
            self._envelopes = [
                {key: value.pop(key) for key in keys if key in value} if type(value) is dict else {} for value in values
            ]
        self.data = chain.finish_many(values)

    def _metadata(self, index: int) -> Value:
        raw = self.columns["metadata"][index] if "metadata" in self.columns else None
        metadata: Value = None
        if raw is not None and self._table.metadata_chain is not None:
            try:
                metadata = self._table.metadata_chain.decode(raw)
            except DecodeError:
                # Shown as it is rather than left out.
                metadata = as_bytes(raw).decode("utf-8", "backslashreplace")
        extra: dict[str, Value] = {}
        for name in self._table.also:
            value = self.columns[f"also {name}"][index]
            if value is not None:
                extra[name] = value
        if self._envelopes is not None:
            extra.update({key: self._table.chain.finish(value) for key, value in self._envelopes[index].items()})
        if not extra:
            return metadata
        if metadata is None or isinstance(metadata, dict):
            return {**extra, **(metadata or {})}
        return {**extra, "metadata": metadata}

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
        key = part.source.data
        if key is None:
            metadata = self._metadata(index)
            return metadata.get(part.source.metadata) if isinstance(metadata, dict) else None
        if self._envelopes is not None and key in self._envelopes[index]:
            return self._table.chain.finish(self._envelopes[index][key])
        data = self.data[index]
        return data.get(key) if isinstance(data, dict) else None

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
        known = self._batches.known_types
        return [known.get(value) or kind(value) for value in column]

    def times(self) -> list[Instant | None]:
        """The time of each event."""
        unreadable: list[Any] = []
        with collector_paused():
            times = self._table.timestamps.read_many(self.values("timestamp"), unreadable)
        if unreadable:
            self._batches.notes.say(f"Some timestamps can't be read, such as {str(unreadable[0])[:60]!r}.")
        return times

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
            shown = key_text(self.columns["aggregate_id"][index])
        aggregate_type = self._part("aggregate_type", index) if "aggregate_type" in self.columns else None
        if aggregate_type is None and self._aggregate_id is not None:
            aggregate_type = self._typed_by_id(shown)
        event_id = self._part("event_id", index)
        schema = self._part("schema_version", index)
        payload = self.columns["data"][index]
        return Event(
            position=self._position(index),
            aggregate_id=shown,
            aggregate_type=None if aggregate_type is None else key_text(aggregate_type),
            version=self.versions[index],
            event_id=None if event_id is None else key_text(event_id),
            type=self._batches.type_of(self._raw_type(index)),
            schema_version=schema if schema is None or type(schema) in (int, str) else whole(schema) or str(schema),
            timestamp=self._time(index),
            data=None if error is not None else data,
            metadata=self._metadata(index),
            error=error,
            raw=as_bytes(payload) if (raw or error is not None) and payload is not None else None,
        )

    def _raw_type(self, index: int) -> Any:
        if "type" in self.columns:
            return self.columns["type"][index]
        self.decode()
        value = self._inside(self._table.parts["type"], index)
        return dumps(value) if isinstance(value, (dict, list)) else value

    def _typed_by_id(self, shown: str) -> Any:
        part = self._table.parts.get("aggregate_type")
        return part.ruled(shown) if part is not None and self._table.typed_by_id else None

    def _position(self, index: int) -> int | str | None:
        if POSITION not in self.columns:
            return None
        value = self.columns[POSITION][index]
        return value if value is None or type(value) in (int, str) else whole(value) or str(value)

    def batch(self) -> EventBatch:
        """The rows as a batch, decoded."""
        self.decode()
        return EventBatch(self.versions, self.types(), self.data, self.event, self.times)
