"""Layouts: how one framework arranges its tables, read from TOML files.

A layout file has the keys `name`, `title`, `description`, `frameworks`, `source` (where its facts come from),
`version_base`, a table `[events]` and perhaps `[snapshots]`. Both name the table (`tables`: likely names, which only
help to rank; `required` columns, without which it is another table; `optional` ones; `name_with` and `name_without`:
a text that the table's name must or must not hold) and, in `[events.parts]` and `[snapshots.parts]`, where each part
comes from:

    { column = "name" }            one column, or the first of several that the table has
    { column = [...], only = "integer" }   ... that holds whole numbers (or `text`: anything else)
    { sql = "expression" }         an SQL expression over the row; not for ids, versions and positions
    { data = "key" }, { metadata = "key" }  a key inside the decoded payload
    rule = "before_dash"           a named text rule (see `text_rules`) on what was found
    default = 1                    where nothing was found
    form, zone                     for timestamps: see `times`; `zone` stands in where the store names none

`[events.data]`, `[events.metadata]` and `[snapshots.state]` name a payload's `column` and its `codec` chain (see
`codecs`). `envelope` lists keys of the data that belong to the metadata, `also` columns that do; a snapshot's `key`
says where in the payload the state is, and `drop` which of its keys are the framework's own.
Column names are compared without case and underscores.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from esviewer import assets
from esviewer.errors import UsageError
from esviewer.stores import codecs, text_rules, times

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EVENT_PARTS = (
    "aggregate_id",
    "aggregate_type",
    "version",
    "position",
    "event_id",
    "type",
    "schema_version",
    "timestamp",
)
_SNAPSHOT_PARTS = ("aggregate_id", "version", "timestamp")
_COLUMN_ONLY = ("aggregate_id", "version", "position")


class LayoutError(UsageError):
    """A layout file can't be used; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one part of an event or snapshot comes from."""

    columns: tuple[str, ...] = ()
    only: str = ""
    """`integer`: only a column of whole numbers; `text`: only a column of anything else."""
    sql: str | None = None
    data: str | None = None
    metadata: str | None = None
    rule: str | None = None
    default: Any = None
    form: str = "auto"
    zone: int | None = None
    """Seconds from UTC for a timestamp that names no zone."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Which column holds a payload and how it is decoded."""

    columns: tuple[str, ...] = ()
    codec: tuple[str, ...] = ("json",)
    envelope: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    key: str | None = None
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How to recognise one table and where its parts are."""

    tables: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    name_with: str
    name_without: str
    parts: Mapping[str, Source]
    payload: Payload
    """An event's data or a snapshot's state."""
    metadata: Payload | None

    def part(self, name: str) -> Source:
        """Where a part comes from; an empty source when the layout doesn't say."""
        return self.parts.get(name, Source())


@dataclass(frozen=True, slots=True)
class Layout:
    """How one framework arranges its tables."""

    name: str
    title: str
    description: str
    frameworks: str
    source: str
    version_base: tuple[int, ...]
    events: TableLayout
    snapshots: TableLayout | None
    origin: str
    """The file it was read from; empty for the packaged ones."""


def folded(name: str) -> str:
    """A table's or column's name without case and underscores, for comparing."""
    return name.lower().replace("_", "")


class _Keys:
    """One TOML table being read: typed access that reports the full key, and complains about what nobody read."""

    def __init__(self, file: str, where: str, values: Any) -> None:
        self.file = file
        self.where = where
        if not isinstance(values, dict):
            raise self.error("", "must be a table")
        self.values: dict[str, Any] = values
        self.known: set[str] = set()

    def error(self, key: str, problem: str, hint: str = "") -> LayoutError:
        full = ".".join(part for part in (self.where, key) if part)
        return LayoutError(f"Layout {self.file}: `{full}` {problem}.", hint)

    def text(self, key: str, default: str | None = None) -> str:
        self.known.add(key)
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str):
            raise self.error(key, "must be a text")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self.values else None

    def texts(self, key: str, default: tuple[str, ...] | None = ()) -> tuple[str, ...]:
        self.known.add(key)
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, (list, tuple)) or not all(isinstance(item, str) and item for item in values):
            raise self.error(key, "must be a text or a list of texts")
        return tuple(values)

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.error(key, f"is {value!r}, which is none of {', '.join(filter(None, choices))}")
        return value

    def table(self, key: str) -> _Keys:
        self.known.add(key)
        if key not in self.values:
            raise self.error(key, "is missing")
        return _Keys(self.file, f"{self.where}.{key}" if self.where else key, self.values[key])

    def finish(self) -> None:
        for key in self.values:
            if key not in self.known:
                near = get_close_matches(key, self.known, 1)
                raise self.error(key, "is not a key of a layout", f"Did you mean `{near[0]}`?" if near else "")


def _source(keys: _Keys, part: str) -> Source:
    columns = keys.texts("column")
    sql = keys.optional_text("sql")
    data = keys.optional_text("data")
    metadata = keys.optional_text("metadata")
    given = [
        name for name, value in (("column", columns), ("sql", sql), ("data", data), ("metadata", metadata)) if value
    ]
    if len(given) != 1:
        raise keys.error(
            "", f"must have exactly one of column, sql, data, metadata; it has {', '.join(given) or 'none'}"
        )
    if part in _COLUMN_ONLY and not columns:
        raise keys.error("", "must come from a column, because rows are found and ordered by it")
    if sql is not None and (";" in sql or "--" in sql or "/*" in sql):
        raise keys.error("sql", "must be one expression, without ; and comments")
    rule = keys.optional_text("rule")
    if rule is not None:
        if part in _COLUMN_ONLY or part == "timestamp":
            raise keys.error("rule", f"is not for {part}")
        if rule not in text_rules.RULES:
            raise keys.error("rule", f"is {rule!r}, which is none of {', '.join(text_rules.RULES)}")
    form, zone = "auto", None
    if part == "timestamp":
        form = keys.one_of("form", times.FORMS, "auto")
        named_zone = keys.optional_text("zone")
        if named_zone is not None:
            try:
                zone = times.offset_of(named_zone)
            except ValueError as error:
                raise keys.error("zone", str(error)) from None
    keys.known.add("default")
    default = keys.values.get("default")
    if default is not None and not isinstance(default, (str, int)):
        raise keys.error("default", "must be a text or a whole number")
    only = keys.one_of("only", ("", "integer", "text"), "")
    keys.finish()
    return Source(columns, only, sql, data, metadata, rule, default, form, zone)


def _payload(keys: _Keys, *, column_needed: bool, allowed: tuple[str, ...]) -> Payload:
    columns = keys.texts("column", None if column_needed else ())
    codec = keys.texts("codec", ("json",))
    try:
        codecs.chain(codec)
    except ValueError as error:
        raise keys.error("codec", str(error)) from None
    envelope = keys.texts("envelope") if "envelope" in allowed else ()
    also = keys.texts("also") if "also" in allowed else ()
    key = keys.optional_text("key") if "key" in allowed else None
    drop = keys.texts("drop") if "drop" in allowed else ()
    keys.finish()
    return Payload(columns, codec, envelope, also, key, drop)


def _table(keys: _Keys, parts: tuple[str, ...], payload: str, needed: tuple[str, ...]) -> TableLayout:
    tables = keys.texts("tables")
    required = keys.texts("required", None)
    optional = keys.texts("optional")
    name_with = keys.text("name_with", "")
    name_without = keys.text("name_without", "")
    listed = keys.table("parts")
    sources = {name: _source(listed.table(name), name) for name in parts if name in listed.values}
    listed.known.update(parts)
    listed.finish()
    for name in needed:
        if name not in sources:
            raise listed.error(name, "is missing")
    body = _payload(
        keys.table(payload), column_needed=True, allowed=("envelope",) if payload == "data" else ("key", "drop")
    )
    metadata = None
    if payload == "data":
        keys.known.add("metadata")
        if "metadata" in keys.values:
            metadata = _payload(keys.table("metadata"), column_needed=False, allowed=("also",))
    keys.finish()
    return TableLayout(tables, required, optional, name_with, name_without, sources, body, metadata)


def parse_layout(text: str, origin: str, *, packaged: bool = False) -> Layout:
    """Read a layout from TOML; `origin` names it in errors. Raises LayoutError, which names the wrong key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"Layout {origin} is not TOML: {error}.") from None
    keys = _Keys(origin, "", values)
    name = keys.text("name")
    if not _NAME.fullmatch(name):
        raise keys.error("name", "may hold letters, digits, dots, dashes and underscores only")
    keys.known.add("version_base")
    base = keys.values.get("version_base", [])
    if not isinstance(base, list) or not all(type(item) is int for item in base):
        raise keys.error("version_base", "must be a list of whole numbers")
    events = _table(keys.table("events"), _EVENT_PARTS, "data", ("aggregate_id", "version", "type"))
    snapshots = None
    keys.known.add("snapshots")
    if "snapshots" in keys.values:
        snapshots = _table(keys.table("snapshots"), _SNAPSHOT_PARTS, "state", ("aggregate_id", "version"))
    layout = Layout(
        name,
        keys.text("title", name),
        keys.text("description", ""),
        keys.text("frameworks", ""),
        keys.text("source", ""),
        tuple(base),
        events,
        snapshots,
        "" if packaged else origin,
    )
    keys.finish()
    return layout


def load_layout(path: Path) -> Layout:
    """Read a layout file; raises LayoutError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LayoutError(f"The layout file {path} can't be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise LayoutError(f"The layout file {path} is not UTF-8 text.") from None
    return parse_layout(text, str(path))


def user_folder() -> Path:
    """Where a user's own layouts are looked for (ESVIEWER_CONFIG_DIR overrides the configuration folder)."""
    return assets.config_dir() / "layouts"


def read_layouts() -> tuple[list[Layout], list[str]]:
    """All layouts by name, and what is wrong with files of the user that can't be used.

    A user's layout takes the place of a packaged one with the same name.
    """
    found = {}
    for file in sorted(assets.path("layouts").glob("*.toml")):
        layout = parse_layout(file.read_text(encoding="utf-8"), file.name, packaged=True)
        found[layout.name] = layout
    problems = []
    folder = user_folder()
    try:
        files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    except OSError as error:
        files = []
        problems.append(f"Your own layouts in {folder} can't be read: {error.strerror}.")
    for file in files:
        try:
            layout = load_layout(file)
        except LayoutError as error:
            problems.append(str(error))
        else:
            found[layout.name] = layout
    return sorted(found.values(), key=lambda layout: layout.name), problems


def all_layouts() -> list[Layout]:
    """Every layout that can be used, by name: the packaged ones and the user's."""
    return read_layouts()[0]
