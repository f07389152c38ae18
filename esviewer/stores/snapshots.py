"""States that the system itself stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from esviewer.model.event import Snapshot
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores.batching import follow
from esviewer.stores.binding import BoundTable, whole
from esviewer.stores.codecs import DecodeError
from esviewer.stores.databases.database import Database
from esviewer.stores.notes import Notes
from esviewer.stores.relation import bound
from esviewer.work import Work

_SQLITE_LARGEST = (1 << 63) - 1
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class InScope:
    """What an id is unique within: a part of the layout and its value."""

    part: str
    value: Any
    shared: bool
    """Whether the same id is in another scope too."""


class Snapshots:
    """Reads the snapshots table."""

    def __init__(self, database: Database, table: BoundTable, notes: Notes) -> None:
        self.database = database
        self.table = table
        self.notes = notes

    def _within(self, scope: InScope | None) -> list[ColumnElement[bool]]:
        """The condition for snapshots of one scope; none are sure to be its own where their table does not say."""
        if scope is None:
            return []
        column = self.table.relation.given(self.table.layout.part(scope.part))
        if column is None:
            return [false()] if scope.shared else []
        return [column.is_(None) if scope.value is None else column == bound(scope.value)]

    def versions(self, shown: str, scope: InScope | None, work: Work | None) -> list[int]:
        """The versions of an aggregate's snapshots, ascending; `scope` as for `newest`."""
        table = self.table
        for key in table.key_values(shown):
            statement = select(table.version).select_from(table.table).where(table.has_id(key))
            statement = statement.where(table.version.is_not(None), *self._within(scope)).distinct()
            rows = self.database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
            numbers = [number for number in (whole(row[0]) for row in rows) if number is not None]
            if len(numbers) < len(rows):
                self.notes.say("Snapshots whose version is no whole number are left out.")
            if numbers:
                return sorted(numbers)
        return []

    def newest(self, shown: str, scope: InScope | None, at_or_before: int | None, work: Work | None) -> Snapshot | None:
        """The newest snapshot at or before a version; `scope` is what the id is unique within."""
        table = self.table
        where: list[ColumnElement[bool]] = [table.version.is_not(None), *self._within(scope)]
        # An upper bound also passes over the texts that SQLite may hold among numbers: they sort last.
        highest = _SQLITE_LARGEST if at_or_before is None else min(at_or_before, _SQLITE_LARGEST)
        where.append(table.version <= bound(max(highest, -_SQLITE_LARGEST - 1)))
        timestamp = table.parts.get("timestamp")
        picked: list[ColumnElement[Any]] = [table.version, table.payload]
        order: list[ColumnElement[Any]] = [table.version.desc()]
        if timestamp is not None and timestamp.expression is not None:
            picked.append(timestamp.expression)
        if table.keys.rowid is not None:
            order.append(table.raw(table.keys.rowid).desc())
        elif len(picked) > 2:
            order.append(picked[2].desc())
        for key in table.key_values(shown):
            statement: Select[Any] = select(*picked).select_from(table.table).where(table.has_id(key), *where)
            statement = statement.order_by(*order).limit(1)
            row = self.database.read(lambda reader, each=statement: reader.row(each), work)  # type: ignore[misc]
            if row is not None and whole(row[0]) is not None:
                return self._snapshot(shown, int(row[0]), row[1], row[2:])
        return None

    def among(self, shown: Sequence[str], work: Work | None) -> dict[str, list[Snapshot]]:
        """The snapshots of some aggregates by version, the newest of each version; those without any are left out.

        For stores whose ids are unique by themselves.
        """
        table = self.table
        source = table.layout.part("aggregate_id")
        if table.id_field is None or source.stored is not None or source.joined:
            return {each: kept for each in shown if (kept := self._one_by_one(each, work))}
        names = {value: each for each in shown for value in table.key_values(each) if value is not None}
        timestamp = table.parts.get("timestamp")
        picked: list[ColumnElement[Any]] = [table.shown_id, table.version, table.payload]
        if timestamp is not None and timestamp.expression is not None:
            picked.append(timestamp.expression)
        order = [table.version] if table.keys.rowid is None else [table.version, table.raw(table.keys.rowid)]
        found: dict[str, dict[int, Snapshot]] = {}
        keys = list(names)
        for start in range(0, len(keys), _AT_ONCE):
            statement = select(*picked).select_from(table.table).where(table.version.is_not(None))
            statement = statement.where(table.id.in_([bound(key) for key in keys[start : start + _AT_ONCE]]))
            statement = statement.order_by(*order)
            for row in self.database.read(lambda reader, each=statement: reader.rows(each), work):  # type: ignore[misc]
                version = whole(row[1])
                name = names.get(row[0], table.id_text(row[0]))
                if version is not None:
                    found.setdefault(name, {})[version] = self._snapshot(name, version, row[2], row[3:])
        return {name: [each[version] for version in sorted(each)] for name, each in found.items()}

    def _one_by_one(self, shown: str, work: Work | None) -> list[Snapshot]:
        found = [self.newest(shown, None, version, work) for version in self.versions(shown, None, work)]
        return [each for each in found if each is not None]

    def _snapshot(self, shown: str, version: int, payload: Any, timestamps: Sequence[Any]) -> Snapshot:
        table = self.table
        body = table.layout.payload
        try:
            value = table.chain.decode(payload)
        except DecodeError as error:
            return Snapshot(shown, version, self._time(timestamps, None), None, str(error))
        time = self._time(timestamps, value)
        for key in body.key or ():
            if not isinstance(value, dict) or key not in value:
                return Snapshot(shown, version, time, None, f"the snapshot has no key {key!r}")
            value = value[key]
        if isinstance(value, bytes) or (isinstance(value, str) and value.startswith("\x04\x08")):
            kind = "a Ruby Marshal value" if value[:2] in (b"\x04\x08", "\x04\x08") else f"{len(value)} bytes"
            return Snapshot(shown, version, time, None, f"the state is {kind}, which can't be decoded")
        if body.drop and isinstance(value, dict):
            value = {key: inner for key, inner in value.items() if key not in body.drop}
        return Snapshot(shown, version, time, value)

    def _time(self, timestamps: Sequence[Any], value: Value) -> Instant | None:
        path = self.table.layout.part("timestamp").data
        found = timestamps[0] if timestamps else None if path is None else follow(value, path)
        try:
            return self.table.timestamps.read(found)
        except (ValueError, OverflowError):
            self.notes.say(f"Some snapshots' timestamps can't be read, such as {str(found)[:60]!r}.")
            return None
