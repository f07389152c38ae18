"""Rows of events as columns, decoded; whole events are made from them on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores.binding import COUNT, POSITION, EventTable, Part, key_text, whole
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
        return Rows(self, rows, fields, aggregate_id, unfold)

    def unreadable(self, versions: Sequence[int], reason: str, aggregate_id: str | None) -> Rows:
        """A batch of events of which only the versions are known."""
        fields = [name for name in self.table.fields if name != "aggregate_id"]
        place = fields.index("version")
        rows = [tuple(version if index == place else None for index in range(len(fields))) for version in versions]
        made = Rows(self, rows, fields, aggregate_id, False)
        made.columns[_PARSED] = [Undecodable(reason)] * len(made)
        return made


def follow(value: Value, path: Sequence[str]) -> Value:
    """What lies at a path of keys inside a value, or None."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


class Rows:
    """Some rows, column by column; what has no aggregate or version is dropped and noted."""

    def __init__(
        self, batches: Batches, rows: Sequence[Row], fields: Sequence[str], aggregate_id: str | None, unfold: bool
    ) -> None:
        self._batches = batches
        self._table = batches.table
        self._aggregate_id = aggregate_id
        columns: dict[str, Sequence[Any]] = dict.fromkeys(fields, ())
        if rows:
            columns = {name: list(map(itemgetter(index), rows)) for index, name in enumerate(fields)}
        self.columns = self._numbered(columns)
        if unfold and COUNT in self.columns and "data" in self.columns:
            self.columns = self._unfolded()
        self.versions: Sequence[int] = self.columns["version"]
        self._envelopes: list[dict[str, Value]] | None = None
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
        body = self._table.layout.payload
        if _PARSED in self.columns:
            values = self._opened_up(list(self.columns[_PARSED]))
        else:
            values = chain.parse_many(self.columns["data"])
        if body.key is not None:
            values, self._envelopes = self._split(values, body.key)
        elif body.envelope:
            self._envelopes = [
                {key: value.pop(key) for key in body.envelope if key in value} if type(value) is dict else {}
                for value in values
            ]
        self.data = chain.finish_many(values)
        if body.unwrap or self._table.layout.part("type").variant:
            self._variants = list(map(_variant, self.data))
        if body.unwrap:
            types = self.types()
            self.data = [
                _unwrapped(value) if variant is not None and variant == kind else value
                for value, variant, kind in zip(self.data, self._variants, types, strict=True)
            ]

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

    def _metadata(self, index: int) -> Value:
        raw = self.columns["metadata"][index] if "metadata" in self.columns else None
        metadata: Value = None
        inside = self._table.layout.metadata.key if self._table.layout.metadata is not None else None
        if raw is not None and self._table.metadata_chain is not None:
            try:
                metadata = self._table.metadata_chain.decode(raw)
            except DecodeError:
                # Shown as it is rather than left out.
                metadata = as_bytes(raw).decode("utf-8", "backslashreplace")
            if inside is not None and isinstance(metadata, dict):
                metadata = follow(metadata, inside)
            if metadata == []:
                metadata = {}  # how PHP writes an empty object
        extra: dict[str, Value] = {}
        for name in self._table.also:
            value = self.columns[f"also {name}"][index] if f"also {name}" in self.columns else None
            if value is not None:
                extra[name] = value
        extra.update(self._marks(index))
        if self._envelopes is not None:
            rest = {key: self._table.chain.finish(value) for key, value in self._envelopes[index].items()}
            if inside is not None and self._table.metadata is None:
                rest = _mapping(follow(rest, inside)) or rest
            extra.update(rest)
        if not extra:
            return metadata
        if metadata is None or isinstance(metadata, dict):
            return {**extra, **(metadata or {})}
        return {**extra, "metadata": metadata}

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
                return self._table.chain.finish(found)
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
            shown = self._name(index)
        kind = self._table.parts.get("aggregate_type")
        inside = kind is not None and kind.source.inside
        aggregate_type = self._part("aggregate_type", index) if "aggregate_type" in self.columns or inside else None
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
            schema_version=_number_or_text(schema),
            timestamp=self._time(index),
            data=None if error is not None else data,
            metadata=self._metadata(index),
            error=error,
            raw=as_bytes(payload) if (raw or error is not None) and payload is not None else None,
        )

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

    def batch(self) -> EventBatch:
        """The rows as a batch, decoded."""
        self.decode()
        return EventBatch(self.versions, self.types(), self.data, self.event, self.times)


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
