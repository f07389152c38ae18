"""What a layout says, as frozen values; `layout` reads them from TOML and documents the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

PREVIOUS: Final = "{previous}"
"""Stands among what is hashed for the hash of the event before."""
ALGORITHMS: Final = ("sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s", "sha1", "md5")
"""Hashes that a chain may be made of; the last two are no protection against someone who means harm."""
Path = tuple[str, ...]
"""Keys inside a decoded payload, from the outside in."""
Sql = Mapping[str, str]
"""SQL texts by kind of database; `default` stands for those not named. `{column}` stands for a column."""
UuidBytes = Literal["", "big_endian", "time_swapped", "mixed_endian"]
"""How a UUID is kept in 16 bytes: as RFC 9562 has it, as MySQL's UUID_TO_BIN(x, 1), as .NET's Guid.ToByteArray."""


def folded(name: str) -> str:
    """A table's or column's name without case and underscores, for comparing."""
    return name.lower().replace("_", "")


def sql_for(texts: Sql | None, database: str) -> str | None:
    """The SQL text for a kind of database, if there is one."""
    return None if texts is None else texts.get(database, texts.get("default"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where one part of an event or snapshot comes from."""

    columns: tuple[str, ...] = ()
    only: str = ""
    """`integer`: only a column of whole numbers; `text`: only a column of anything else."""
    joined: tuple[str, ...] = ()
    """Columns put together with `separator`."""
    separator: str = ""
    json: tuple[str, ...] = ()
    """A JSON column and the keys inside it."""
    sql: Sql | None = None
    stored: Sql | None = None
    """How the single column holds an id that `sql` makes: an SQL text with `{id}` in it."""
    number: tuple[str, ...] = ()
    """A version that counts an aggregate's rows in the order of these columns."""
    after: str | None = None
    """A snapshot's version: that of the last event up to the position in this column."""
    data: Path | None = None
    metadata: Path | None = None
    variant: bool = False
    """The single key of the data."""
    otherwise: str | None = None
    """A column that stands in where the version is null."""
    optional: bool = False
    """Whether events without one are as they should be, for timestamps."""
    uuid: UuidBytes = ""
    rule: str | None = None
    default: Any = None
    form: str = "auto"
    zone: int | None = None
    """Seconds from UTC for a timestamp that names no zone."""

    @property
    def inside(self) -> bool:
        """Whether it is looked for in the decoded payload."""
        return self.data is not None or self.metadata is not None or self.variant


@dataclass(frozen=True, slots=True)
class Payload:
    """Which column holds a payload and how it is decoded."""

    columns: tuple[str, ...] = ()
    sql: Sql | None = None
    codec: tuple[str, ...] = ("json",)
    key: Path | None = None
    unwrap: bool = False
    """Whether `{"Type": value}` stands for the value."""
    envelope: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    kinds: str = ""
    """A column with the types that JSON lacks, as JSON of paths and types (see `model.kinds`)."""
    error: str = ""
    """A column that says why a payload was unreadable where it came from; null where it was not."""
    raw: str = ""
    """A column with the bytes of an unreadable payload, in base64 where it holds text."""


@dataclass(frozen=True, slots=True)
class Join:
    """Another table with one matching row for each event."""

    name: str
    tables: tuple[str, ...]
    required: tuple[str, ...]
    on: Mapping[str, str]
    """Columns of the joined table, and the columns they are equal to."""
    optional: bool


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the store keeps the version of each aggregate's newest event."""

    join: str
    """The joined table that has a row for each aggregate."""
    version: str
    """Its column."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The hashes by which the store itself chains its events."""

    hash: str
    """The column with each event's."""
    previous: str
    """The column with that of the event before; empty where there is none."""
    within: str
    """Whose events make a chain, the `store`'s or an `aggregate`'s."""
    algorithm: str
    """One of ALGORITHMS."""
    of: tuple[str, ...]
    """What is hashed: columns as stored, or PREVIOUS; empty where nobody says."""
    between: str
    """What stands between them."""
    encoding: str
    """How hashes are written where they are texts, `hex` or `base64`."""


@dataclass(frozen=True, slots=True)
class Family:
    """Several tables of one shape that are read as one."""

    pattern: str
    """A glob for their names; empty where a table lists them."""
    label: str
    """The column that tells them apart: what `*` stood for, or the registry's label."""
    registry: tuple[str, ...] = ()
    """Usual names of the table that lists them."""
    required: tuple[str, ...] = ()
    names: str = ""
    labels: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """One event for each of several columns that has a value; they are those that the layout does not name."""

    name: str
    """The column that then holds their name."""
    value: str
    """The column that then holds their value."""


@dataclass(frozen=True, slots=True)
class Unfold:
    """Several events in one row."""

    count: str
    data: Path
    metadata: Path | None


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How to recognise one table, or several read as one, and where its parts are."""

    tables: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    name_with: str
    name_without: str
    parts: Mapping[str, Source]
    payload: Payload
    """An event's data or a snapshot's state."""
    metadata: Payload | None
    absent: tuple[str, ...] = ()
    view: bool = False
    where: Sql | None = None
    left_out: str = ""
    order: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    family: Family | None = None
    scope: str = ""
    """The part that an aggregate's id is unique within, `aggregate_type` or `tenant`; empty: indexes show it."""
    unfold: Unfold | None = None
    spread: Spread | None = None
    heads: Heads | None = None
    chain: Chain | None = None
    unique_with: tuple[str, ...] = ()
    """Further columns of the unique index that keeps each version of an aggregate to one event."""
    unique_otherwise: str = ""
    """What else keeps them so, in words, where no index does that can be told."""
    compacted: tuple[str, ...] = ()
    """Globs of the types of events that take the place of all events of their aggregate before them."""
    notify: tuple[str, ...] = ()
    """Channels of PostgreSQL on which the framework tells of new events; {schema} and {table} are the table's."""
    others: bool = False
    """For snapshots: whether there may be some of other things than aggregates with events."""
    correlation: tuple[str, ...] = ()
    """Keys of the metadata that hold the id shared by what belongs together, where they are not evident."""
    causation: tuple[str, ...] = ()
    """Keys of the metadata that hold the cause's id, where they are not evident."""
    codec_folder: str = ""
    """Where files that codecs name lie; empty for a packaged layout."""
    first_version: int = 1
    """The number that counted versions begin with."""

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
    databases: tuple[str, ...] = field(default=())
    tested_with: str = ""
    """What its tests ran: a framework and its version, or `documentation`."""
    plugin: str = ""
    """The plug-in that it is of; empty for all others."""

    def needs(self) -> Iterator[tuple[str, str]]:
        """Every column without which it does not fit, as (join's name or nothing, column)."""
        for name in self.events.required:
            yield "", folded(name)
        for join in self.events.joins:
            if not join.optional:
                for name in join.required:
                    yield join.name, folded(name)
        if self.events.family is not None:
            for name in self.events.family.required:
                yield "registry", folded(name)
