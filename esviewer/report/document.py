"""What a report says, as plain sections: every form (HTML, PDF, XLSX, CSV, JSON, Markdown) is made of these alone.

Texts are plain text, never markup. Figures keep their types until a form writes them, and all forms write them by
`exact` or `shown`, so that they agree.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal, TypeAlias, TypeVar, overload

from esviewer.diff.text import listing
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Value

FORM: Final = "esviewer.document"
FORM_VERSION: Final = 1
_KEY: Final = re.compile("[a-z][a-z0-9_]*")
TAKEN: Final = frozenset({"document", "figures", "facts", "warnings", "section", "text", "json", "changes", "chart"})
"""Keys that no table may have: the CSV form uses them for what is not a table."""
ROOT: Final = "(root)"
"""How the path of a whole state is written, where a JSON Pointer is empty."""


class Kind(StrEnum):
    """What a column's cells and a fact's value are. MISSING is an empty cell of any kind, None one of all but JSON."""

    TEXT = "text"
    """str."""
    INTEGER = "integer"
    """int of any size."""
    NUMBER = "number"
    """int, float, Decimal or Number, exactly."""
    TIME = "time"
    """Instant."""
    JSON = "json"
    """Any value; None is JSON's null."""
    PATH = "path"
    """A path in a state, written as a JSON Pointer."""
    SEVERITY = "severity"
    """`error`, `warning` or `info`."""
    CHANGES = "changes"
    """A sequence of Change."""
    BYTES = "bytes"
    """bytes, written as base64."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    key: str
    """Its name for programs: lower case, digits and underscores, other than `table`, `row` and the other columns'."""
    title: str
    kind: Kind = Kind.TEXT
    alarm: bool = False
    """Whether a row with something in this column is to stand out."""


Row: TypeAlias = Sequence[Value]
"""One cell for each column, of the column's kind."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text that stands out: by the way, or as something to know before the report is relied on."""

    text: str
    level: Literal["note", "warning"] = "note"


@dataclass(frozen=True, slots=True)
class Fact:
    """One named value."""

    label: str
    value: Value
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Facts:
    """Named values, one below the other."""

    items: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of typed cells; `rows` may be a lazy sequence (see `Mapped`) that is gone through more than once."""

    key: str
    """Its name for programs: lower case, digits and underscores; neither another table's nor in `TAKEN`."""
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    layout: Literal["grid", "records"] = "grid"
    """Whether forms for reading show one line a row, or one block a row, for cells with much in them."""
    empty: str = "None."
    """What stands where a table without rows would be."""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys) or not all(map(_KEY.fullmatch, [self.key, *keys])) or {"table", "row"} & {*keys}:
            raise ValueError(f"keys of the table {self.key!r} that can't be told apart or used: {keys}")


@dataclass(frozen=True, slots=True)
class JsonBlock:
    """A state or another value in full."""

    title: str
    value: Value


@dataclass(frozen=True, slots=True)
class Code:
    """Text for a machine, such as commands to type: shown as it is, in one width."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two states."""

    title: str
    changes: Sequence[Change]
    empty: str = "Nothing differs."


X: TypeAlias = "Instant | int | float | str"
"""Where a point lies: a time, a number, or (bars only) a name."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars of one colour."""

    name: str
    points: Sequence[tuple[Value, Value]]
    """X and an exact number, in the order of X; None for the number interrupts a line."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of numbers. All series share what X is: times, numbers or (bars only) names."""

    title: str
    shape: Literal["step", "line", "bar"]
    series: Sequence[Series]
    x_title: str = ""
    y_title: str = ""


Block: TypeAlias = Paragraph | Note | Facts | Table | JsonBlock | Code | Diff | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]
    level: Literal[1, 2, 3] = 1
    note: str = ""
    """A few words beside the title."""


@dataclass(frozen=True, slots=True)
class Document:
    """A report of any kind; equal documents give equal bytes in every form."""

    kicker: str
    """What kind of report it is, such as `Audit report`."""
    title: str
    subtitle: str
    made: Instant
    """When the report was made, with its zone."""
    tool_version: str
    store: str = ""
    """The store's file or URL, without a password; it heads every page."""
    language: str = "en"
    """BCP 47, such as `en` or `ja`."""
    figures: Sequence[Fact] = ()
    """The few numbers to see first."""
    facts: Sequence[Fact] = ()
    """Where the report is from and what was asked."""
    warnings: Sequence[str] = ()
    """What a reader must know before trusting the report."""
    sections: Sequence[Section] = ()
    own_json: Callable[[], Iterator[str]] | None = field(default=None, compare=False)
    """The JSON form in pieces, for a report whose keys are a contract of its own; None for the document's."""

    def __post_init__(self) -> None:
        keys = [table.key for table in self.tables()]
        if len(set(keys)) < len(keys) or TAKEN & set(keys):
            raise ValueError(f"keys of tables that can't be told apart or are taken: {keys}")

    def blocks(self) -> Iterator[Block]:
        """All blocks of all sections in order."""
        for section in self.sections:
            yield from section.blocks

    def tables(self) -> Iterator[Table]:
        """All tables in order."""
        return (block for block in self.blocks() if isinstance(block, Table))


def absent(kind: Kind, value: Value) -> bool:
    """Whether a cell is empty."""
    return value is MISSING or (value is None and kind is not Kind.JSON)


def exact(kind: Kind, value: Value) -> str:
    """A figure's text for programs: ISO 8601, JSON text, JSON Pointers (`(root)` for the root's); empty for none."""
    if absent(kind, value):
        return ""
    if kind is Kind.TIME:
        return str(value.isoformat())
    if kind is Kind.PATH:
        return pointer(value) or ROOT
    if kind is Kind.BYTES:
        return b64encode(value).decode()
    if kind is Kind.CHANGES:
        return dumps([change.as_json() for change in value])
    if kind in (Kind.INTEGER, Kind.NUMBER, Kind.JSON):
        return dumps(value)
    return str(value)


def shown(kind: Kind, value: Value) -> str:
    """A figure's text for people: as `exact`, but a time has a space in it and says when its zone isn't known."""
    if absent(kind, value):
        return ""
    if kind is Kind.TIME:
        text = str(value.isoformat()).replace("T", " ", 1)
        return text if value.has_zone else f"{text} (no zone)"
    if kind is Kind.CHANGES:
        return "\n".join(listing(value))
    return exact(kind, value)


def in_numbers(columns: Sequence[Column], rows: Iterable[Row], names: Collection[str]) -> tuple[Column, ...]:
    """The columns, those named of whole numbers where that is all that rows have there: other stores have texts."""
    places = {index: column.key for index, column in enumerate(columns) if column.key in names}
    for row in rows:
        for index in [index for index in places if row[index] is not None and type(row[index]) is not int]:
            del places[index]
        if not places:
            break
    found = places.values()
    return tuple(replace(column, kind=Kind.INTEGER) if column.key in found else column for column in columns)


_Item = TypeVar("_Item")


class Mapped(Sequence[Row]):
    """Rows made from other things one at a time, so that a table takes no more memory than what it is of."""

    __slots__ = ("_items", "_row")

    def __init__(self, items: Sequence[_Item], row: Callable[[_Item], Row]) -> None:
        self._items: Sequence[_Item] = items
        self._row: Callable[[_Item], Row] = row

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return Mapped(self._items[index], self._row)
        return self._row(self._items[index])

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._items)
