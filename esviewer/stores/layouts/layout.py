"""Layouts: how one framework arranges its tables, read from TOML files.

A layout file has the keys `name`, `title`, `description`, `frameworks`, `source` (where its facts come from),
`databases`, `tested_with`, `version_base`, a table `[events]` and perhaps `[snapshots]`.

Both of these name the table: `tables` (likely names, which only help to rank), `required` columns, without which it
is another table, `optional` and `absent` ones, `name_with` and `name_without` (a text that the table's name must or
must not hold), `view` (whether a view will do). `where` is an SQL condition for the rows that count; `left_out` says in
words what it leaves out. `scope` is the part that an aggregate's id is unique within, `aggregate_type` or `tenant`,
where no unique index shows it. `order` names columns to sort by where there is no position. `others = true` says of
snapshots that there may be some of other things than aggregates with events, as of process managers. `unique_with` are
columns that the unique index on aggregate and version has besides; `unique_otherwise` says in words what keeps versions
unique where it is no index on columns. `compacted` are globs of the types of events that take the place of all those of
their aggregate before them. `notify` are channels on which the framework tells of new events by PostgreSQL's NOTIFY,
with `{schema}` and `{table}` for the table's names. `correlation` and `causation` are keys of the metadata with the id
that events of one process share and with the cause's id, where they are not evident as `correlationId` and
`causation_id` are.
Further tables:

    [[events.join]]       one matching row of another table: `name`, `tables`, `required`, `on = { its = "ours" }`,
                          `optional` (rows without a partner stay); its columns are then called `name.column`
    [events.family]       tables of one shape read as one: `pattern` for their names, or a `registry` table that lists
                          them (`tables`, `required`, `names`, `label`); `label` names the column that tells them apart
    [events.spread]       each column that `required` and `optional` don't name is another aggregate's id: the columns
                          `name` and `value` then hold its name and value, in one row for each that is not null
    [events.heads]        where the store itself keeps the version of each aggregate's newest event: `version`, a column
                          of the table that `join` names
    [events.chain]        where the store itself chains its events by hashes: `hash`, the column with each event's;
                          `previous`, the column with that of the event before; `within` = "store" or "aggregate";
                          `algorithm`, sha256 if not said; `of`, the columns that are hashed, as they are stored, one
                          after the other with `between` between them ("{previous}" stands for the hash of the event
                          before); `encoding` = "hex" or "base64" of hashes that are texts
    [events.unfold]       several events in one row: `count` column, paths `data` and `metadata` inside each element

`[events.parts]` and `[snapshots.parts]` say where each part comes from:

    { column = "name" }            one column, or the first of several that the table has
    { column = [...], only = "integer" }   ... that holds whole numbers (or `text`: anything else)
    { columns = [...], separator = "/" }   several columns put together
    { json = ["column", "key"] }   a key inside a JSON column, found by the database
    { sql = "expression" }         an SQL expression over the row, `{column}` for a column; or one for each database:
                                   { sql = { sqlite = "…", default = "…" } }; `{table}` and `{table:join}` stand
                                   for tables; with `column` and `stored` (SQL that makes the column's value out of
                                   `{id}`) an id made by `sql` is found by that column
    { number = ["column"] }        for a version: counts the aggregate's rows in this order
    { after = "column" }           for a snapshot's version: the last event's up to this position
    { data = "key" }, { metadata = ["key", "key"] }  a key inside the decoded payload, or a path of keys
    { variant = true }             for a type: the single key of the data
    else = "column"                for a version: what stands in where it is null
    uuid = "big_endian"            the column's 16 bytes are a UUID (or `time_swapped`, `mixed_endian`)
    rule = "before_dash"           a named text rule (see `text_rules`) on what was found
    default = 1                    where nothing was found; for an aggregate id, how rows without one are shown
    form, zone                     for timestamps: see `times`; `zone` stands in where the store names none
    optional = true                for timestamps: some events have none, as they should

`[events.data]`, `[events.metadata]` and `[snapshots.state]` name a payload's `column` (or `sql`) and its `codec` chain
(see `codecs`). `key` says where in the payload the data or state is; the rest of an event's payload goes to its
metadata. `envelope` lists keys of the data that belong to the metadata, `also` columns that do; `unwrap = "variant"`
takes the value out of `{"Type": value}`; `drop` lists keys of a state that are the framework's own. Of events from
elsewhere `kinds` names a column with the types that JSON lacks (see `model.kinds`), `error` one that says why a payload
was unreadable there, and `raw` one with its bytes.
Column names are compared without case and underscores.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, get_args

from esviewer import assets
from esviewer.errors import UsageError
from esviewer.plugins import Skipped
from esviewer.stores import codecs
from esviewer.stores.layouts import plugged, text_rules, times
from esviewer.stores.layouts.model import (
    ALGORITHMS,
    PREVIOUS,
    Chain,
    Family,
    Heads,
    Join,
    Layout,
    Payload,
    Source,
    Spread,
    Sql,
    TableLayout,
    Unfold,
    UuidBytes,
    folded,
)

__all__ = [
    "Layout",
    "LayoutError",
    "Payload",
    "Source",
    "TableLayout",
    "all_layouts",
    "folded",
    "load_layout",
    "parse_layout",
    "read_layouts",
    "user_folder",
]

DATABASES = ("sqlite", "postgresql", "mysql", "mssql", "duckdb", "other")
"""Kinds of databases that SQL texts may differ by."""
_QUOTED = re.compile(r"'(?:[^']|'')*'")
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
    "tenant",
    "archived",
    "deleted",
)
_SNAPSHOT_PARTS = ("aggregate_id", "version", "timestamp", "aggregate_type", "tenant")
_FOUND_BY = ("aggregate_id", "version", "position", "tenant")
"""Parts that rows are found or ordered by, so that the database has to know them."""
_KINDS = ("column", "columns", "json", "sql", "number", "after", "data", "metadata", "variant")


class LayoutError(UsageError):
    """A layout file can't be used; the message names the file and the key."""


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

    def path(self, key: str) -> tuple[str, ...] | None:
        found = self.texts(key)
        return found or None

    def truth(self, key: str) -> bool:
        self.known.add(key)
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def pairs(self, key: str) -> Mapping[str, str]:
        table = self.table(key)
        found = {name: table.text(name) for name in table.values}
        if not found:
            raise self.error(key, "is empty")
        return found

    def sql(self, key: str) -> Sql | None:
        self.known.add(key)
        value = self.values.get(key)
        if value is None:
            return None
        texts = {"default": value} if isinstance(value, str) else value
        if not isinstance(texts, dict) or not texts or not all(isinstance(text, str) for text in texts.values()):
            raise self.error(key, "must be a text, or a table of one for each database")
        for name, text in texts.items():
            if name not in ("default", *DATABASES):
                raise self.error(f"{key}.{name}", f"is none of default, {', '.join(DATABASES)}")
            bare = _QUOTED.sub("''", text)
            if ";" in bare or "--" in bare or "/*" in bare:
                raise self.error(key, "must be one expression, without ; and comments")
        return texts

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

    def tables(self, key: str) -> list[_Keys]:
        self.known.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise self.error(key, "must be a list of tables")
        where = f"{self.where}.{key}" if self.where else key
        return [_Keys(self.file, f"{where}[{index}]", value) for index, value in enumerate(values)]

    def finish(self) -> None:
        for key in self.values:
            if key not in self.known:
                near = get_close_matches(key, self.known, 1)
                raise self.error(key, "is not a key of a layout", f"Did you mean `{near[0]}`?" if near else "")


def _source(keys: _Keys, part: str, *, snapshot: bool) -> Source:
    stored = keys.sql("stored")
    if stored is not None and (part != "aggregate_id" or not keys.values.get("sql") or not keys.values.get("column")):
        raise keys.error("stored", "is only for an aggregate's id with both column and sql")
    given = [name for name in _KINDS if keys.values.get(name) and not (stored is not None and name == "column")]
    if len(given) != 1:
        raise keys.error("", f"must have exactly one of {', '.join(_KINDS)}; it has {', '.join(given) or 'none'}")
    kind = given[0]
    if part in _FOUND_BY and kind in ("data", "metadata", "variant"):
        raise keys.error("", "must come from the database, because rows are found and ordered by it")
    if kind == "number" and (part != "version" or snapshot):
        raise keys.error("number", "is only for an event's version")
    if kind == "after" and (part != "version" or not snapshot):
        raise keys.error("after", "is only for a snapshot's version")
    if kind == "variant" and part != "type":
        raise keys.error("variant", "is only for the type")
    rule = keys.optional_text("rule")
    if rule is not None:
        if part in _FOUND_BY or part == "timestamp":
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
    if default is not None and part in ("version", "position", "tenant"):
        raise keys.error("default", f"is not for {part}")
    otherwise = keys.optional_text("else")
    if otherwise is not None and (part != "version" or kind != "column"):
        raise keys.error("else", "is only for a version that comes from a column")
    uuid: Any = keys.one_of("uuid", get_args(UuidBytes), "")
    if uuid and kind != "column":
        raise keys.error("uuid", "is only for a column")
    json = keys.texts("json")
    if len(json) == 1:
        raise keys.error("json", "must name a column and a key")
    joined = keys.texts("columns")
    if joined and part not in ("aggregate_id", "aggregate_type", "event_id", "tenant"):
        raise keys.error("columns", f"is not for {part}")
    source = Source(
        columns=keys.texts("column"),
        only=keys.one_of("only", ("", "integer", "text"), ""),
        joined=joined,
        separator=keys.text("separator", "/"),
        json=json,
        sql=keys.sql("sql"),
        stored=stored,
        number=keys.texts("number"),
        after=keys.optional_text("after"),
        data=keys.path("data"),
        metadata=keys.path("metadata"),
        variant=keys.truth("variant"),
        otherwise=otherwise,
        optional=part == "timestamp" and keys.truth("optional"),
        uuid=uuid,
        rule=rule,
        default=default,
        form=form,
        zone=zone,
    )
    keys.finish()
    return source


def _payload(keys: _Keys, folder: Path | None, *, column_needed: bool, allowed: tuple[str, ...]) -> Payload:
    sql = keys.sql("sql")
    columns = keys.texts("column", None if column_needed and sql is None else ())
    codec = keys.texts("codec", ("json",))
    try:
        codecs.chain(codec, folder)
    except ValueError as error:
        raise keys.error("codec", str(error)) from None
    envelope = keys.texts("envelope") if "envelope" in allowed else ()
    also = keys.texts("also") if "also" in allowed else ()
    unwrap = keys.one_of("unwrap", ("", "variant"), "") if "unwrap" in allowed else ""
    key = keys.path("key")
    drop = keys.texts("drop") if "drop" in allowed else ()
    kept = [keys.text(name, "") if name in allowed else "" for name in ("kinds", "error", "raw")]
    keys.finish()
    return Payload(columns, sql, codec, key, bool(unwrap), envelope, also, drop, *kept)


def _join(keys: _Keys) -> Join:
    name = keys.text("name")
    if not name.isidentifier():
        raise keys.error("name", "must be a plain word")
    join = Join(name, keys.texts("tables"), keys.texts("required", None), keys.pairs("on"), keys.truth("optional"))
    keys.finish()
    return join


def _family(keys: _Keys) -> Family:
    label = keys.text("label", "")
    if "registry" in keys.values:
        registry = keys.table("registry")
        family = Family(
            "",
            label,
            registry.texts("tables", None),
            registry.texts("required", None),
            registry.text("names"),
            registry.text("label", ""),
        )
        registry.finish()
    else:
        family = Family(keys.text("pattern"), label)
        if "*" not in family.pattern:
            raise keys.error("pattern", "must hold a *")
    keys.finish()
    return family


def _spread(keys: _Keys) -> Spread:
    spread = Spread(keys.text("name"), keys.text("value"))
    keys.finish()
    return spread


def _heads(keys: _Keys, joins: tuple[Join, ...]) -> Heads:
    heads = Heads(keys.text("join"), keys.text("version"))
    if heads.join not in {join.name for join in joins}:
        raise keys.error("join", f"is {heads.join!r}, which is no joined table")
    keys.finish()
    return heads


def _chain(keys: _Keys) -> Chain:
    chain = Chain(
        keys.text("hash"),
        keys.text("previous", ""),
        keys.one_of("within", ("store", "aggregate"), "store"),
        keys.one_of("algorithm", ALGORITHMS, "sha256"),
        keys.texts("of"),
        keys.text("between", ""),
        keys.one_of("encoding", ("hex", "base64"), "hex"),
    )
    if not chain.previous and PREVIOUS not in chain.of:
        raise keys.error("previous", f"must name a column, or `of` hold {PREVIOUS!r}: nothing is chained otherwise")
    keys.finish()
    return chain


def _unfold(keys: _Keys) -> Unfold:
    unfold = Unfold(keys.text("count"), keys.texts("data"), keys.path("metadata"))
    keys.finish()
    return unfold


def _table(
    keys: _Keys, parts: tuple[str, ...], payload: str, needed: tuple[str, ...], folder: Path | None
) -> TableLayout:
    snapshot = payload == "state"
    listed = keys.table("parts")
    sources = {name: _source(listed.table(name), name, snapshot=snapshot) for name in parts if name in listed.values}
    listed.known.update(parts)
    listed.finish()
    for name in needed:
        if name not in sources:
            raise listed.error(name, "is missing")
    allowed = ("drop",) if snapshot else ("envelope", "unwrap", "kinds", "error", "raw")
    body = _payload(keys.table(payload), folder, column_needed=True, allowed=allowed)
    metadata = None
    if not snapshot and "metadata" in keys.values:
        metadata = _payload(keys.table("metadata"), folder, column_needed=False, allowed=("also",))
    joins = tuple(map(_join, keys.tables("join")))
    table = TableLayout(
        tables=keys.texts("tables"),
        required=keys.texts("required", None),
        optional=keys.texts("optional"),
        name_with=keys.text("name_with", ""),
        name_without=keys.text("name_without", ""),
        parts=sources,
        payload=body,
        metadata=metadata,
        absent=keys.texts("absent"),
        view=keys.truth("view"),
        where=keys.sql("where"),
        left_out=keys.text("left_out", ""),
        order=keys.texts("order"),
        joins=joins,
        family=_family(keys.table("family")) if "family" in keys.values else None,
        spread=_spread(keys.table("spread")) if "spread" in keys.values and not snapshot else None,
        scope=keys.one_of("scope", ("", "aggregate_type", "tenant"), "") if not snapshot else "",
        unfold=_unfold(keys.table("unfold")) if "unfold" in keys.values and not snapshot else None,
        heads=_heads(keys.table("heads"), joins) if "heads" in keys.values and not snapshot else None,
        chain=_chain(keys.table("chain")) if "chain" in keys.values and not snapshot else None,
        unique_with=() if snapshot else keys.texts("unique_with"),
        unique_otherwise="" if snapshot else keys.text("unique_otherwise", ""),
        compacted=() if snapshot else keys.texts("compacted"),
        notify=() if snapshot else keys.texts("notify"),
        others=snapshot and keys.truth("others"),
        correlation=() if snapshot else keys.texts("correlation"),
        causation=() if snapshot else keys.texts("causation"),
        codec_folder="" if folder is None else str(folder),
    )
    keys.finish()
    return table


def parse_layout(text: str, origin: str, *, packaged: bool = False, folder: Path | None = None) -> Layout:
    """Read a layout from TOML; `origin` names it in errors. Raises LayoutError, which names the wrong key.

    Files that its codecs name are looked for in `folder`.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"Layout {origin} is not TOML: {error}.") from None
    except ValueError:
        raise LayoutError(f"Layout {origin} can't be read: a number in it has thousands of digits.") from None
    except RecursionError:
        raise LayoutError(f"Layout {origin} can't be read: it nests too deeply.") from None
    keys = _Keys(origin, "", values)
    name = keys.text("name")
    if not _NAME.fullmatch(name):
        raise keys.error("name", "may hold letters, digits, dots, dashes and underscores only")
    keys.known.add("version_base")
    base = keys.values.get("version_base", [])
    if not isinstance(base, list) or not all(type(item) is int for item in base):
        raise keys.error("version_base", "must be a list of whole numbers")
    events = _table(keys.table("events"), _EVENT_PARTS, "data", ("aggregate_id", "version", "type"), folder)
    snapshots = None
    if "snapshots" in keys.values:
        snapshots = _table(keys.table("snapshots"), _SNAPSHOT_PARTS, "state", ("aggregate_id", "version"), folder)
    layout = Layout(
        name,
        keys.text("title", name),
        keys.text("description", ""),
        keys.text("frameworks", ""),
        keys.text("source", ""),
        tuple(base),
        replace(events, first_version=base[0] if base else 1),
        snapshots,
        "" if packaged else origin,
        keys.texts("databases"),
        keys.text("tested_with", ""),
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
    return parse_layout(text, str(path), folder=path.absolute().parent)


def user_folder() -> Path:
    """Where a user's own layouts are looked for (ESVIEWER_CONFIG_DIR overrides the configuration folder)."""
    return assets.config_dir() / "layouts"


@cache
def _packaged() -> tuple[Layout, ...]:
    return tuple(
        parse_layout(file.read_text(encoding="utf-8"), file.name, packaged=True)
        for file in sorted(assets.path("layouts").glob("*.toml"))
    )


def plugged_layouts() -> tuple[list[Layout], list[Skipped]]:
    """The layouts of plug-ins that can be used, and the plug-ins that can't."""
    return plugged.layouts({layout.name for layout in _packaged()}, parse_layout)


def read_layouts() -> tuple[list[Layout], list[str]]:
    """All layouts by name, and what is wrong with files of the user and plug-ins that can't be used.

    A user's layout takes the place of a packaged one, or a plug-in's, with the same name.
    """
    found = {layout.name: layout for layout in _packaged()}
    plugged_in, skipped = plugged_layouts()
    found |= {layout.name: layout for layout in plugged_in}
    problems = [each.why for each in skipped]
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
    """Every layout that can be used, by name: the packaged ones, those of plug-ins and the user's."""
    return read_layouts()[0]
