"""The XLSX form: a sheet for what the report says, and one for each of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esviewer.model.change import Change
from esviewer.model.counted import counted
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import visible
from esviewer.report.document import (
    Block,
    Chart,
    Code,
    Column,
    Diff,
    Document,
    Fact,
    Facts,
    JsonBlock,
    Kind,
    Note,
    Paragraph,
    Table,
    absent,
    exact,
)
from esviewer.work import Work

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS: Final = 1_048_575
"""Rows of a sheet below its head."""
MAX_TEXT: Final = 32_767
"""Characters of a cell (UTF-16 code units)."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_CHANGES = (
    Column("op", "Change"),
    Column("path", "Path", Kind.PATH),
    Column("old", "Old", Kind.JSON),
    Column("new", "New", Kind.JSON),
)
_WIDTHS = {
    Kind.TEXT: 26,
    Kind.INTEGER: 12,
    Kind.NUMBER: 14,
    Kind.TIME: 34,
    Kind.JSON: 60,
    Kind.PATH: 34,
    Kind.SEVERITY: 10,
    Kind.CHANGES: 60,
    Kind.BYTES: 40,
}
_FILLS = {"error": "#FDEAEA", "warning": "#FFF7E0", "info": "#E8F0FA"}


def write_xlsx(document: Document, out: BinaryIO, work: Work | None) -> None:
    """Write the document as an Office Open XML workbook.

    Numbers are number cells where a spreadsheet keeps them as they are (15 digits at most), else texts. A time is
    written twice: exactly as text, and as a date cell in UTC (or as stored, where no zone is known) to sort and filter
    by. Changes have a sheet of their own, with the first cell of the row they belong to. Texts longer than a cell may
    be are cut and say so; tables longer than a sheet go on in another. Nothing is ever a formula or a link.
    """
    from xlsxwriter.exceptions import FileCreateError
    from xlsxwriter.workbook import Workbook

    book = Workbook(
        _Output(out),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    book.set_properties(
        {
            "title": visible(document.title),
            "subject": visible(document.kicker),
            "comments": f"esviewer {document.tool_version}",
            "created": _utc(document.made) or datetime(2000, 1, 1),
        }
    )
    _Book(book, work).write(document)
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from None  # the OSError that it hides


class _Output:
    """A file that takes everything once it could not be written: an archive writes its end when it goes, whatever
    happened before, and nobody is there to be told then."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._failed = False
        self._at = 0

    def write(self, data: bytes) -> int:
        if not self._failed:
            self._failed = True
            self._out.write(data)
            self._failed = False
        self._at += len(data)
        return len(data)

    def seek(self, offset: int) -> int:
        if not self._failed:
            self._failed = True
            self._out.seek(offset)
            self._failed = False
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        if not self._failed:
            self._failed = True
            self._out.flush()
            self._failed = False


@dataclass(slots=True)
class _Formats:
    head: Format
    text: Format
    wrapped: Format
    mono: Format
    bold: Format
    title: Format
    date: Format
    zoneless: Format
    severities: dict[str, Format]


@dataclass(slots=True)
class _Sheet:
    """One sheet that rows are added to; a new one takes over when it is full."""

    sheet: Worksheet
    columns: Sequence[Column]
    rows: int = 0
    parts: int = 1
    name: str = ""
    previous: list[tuple[Worksheet, int]] = field(default_factory=list)


class _Book:
    def __init__(self, book: Workbook, work: Work | None) -> None:
        self._book = book
        self._work = work
        self._names: set[str] = {"history"}  # a name that Excel keeps for itself
        base = {"valign": "top"}
        self._formats = _Formats(
            head=book.add_format({"bold": True, "bg_color": "#E6EBF2", "bottom": 1, "valign": "vcenter"}),
            text=book.add_format(base),
            wrapped=book.add_format({**base, "text_wrap": True}),
            mono=book.add_format({**base, "font_name": "Consolas", "font_size": 10}),
            bold=book.add_format({**base, "bold": True}),
            title=book.add_format({"bold": True, "font_size": 16}),
            date=book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm:ss.000", "align": "left"}),
            zoneless=book.add_format({**base, "num_format": 'yyyy-mm-dd hh:mm:ss.000 "(no zone)"', "align": "left"}),
            severities={
                name: book.add_format({**base, "bold": name == "error", "bg_color": fill})
                for name, fill in _FILLS.items()
            },
        )

    def write(self, document: Document) -> None:
        self._report(document)
        for section in document.sections:
            for block in section.blocks:
                match block:
                    case Table():
                        self._table(block, block.title or section.title)
                    case Diff():
                        self._diff(block, block.title or section.title)
                    case Chart():
                        self._chart(block)

    # The sheet of all that is no table

    def _report(self, document: Document) -> None:
        sheet = self._book.add_worksheet(self._name("Report"))
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        sheet.hide_gridlines(2)
        for number, line in enumerate(self._lines(document)):
            label, value, kind, style = line
            if label:
                self._text(sheet, number, 0, label, style)
            if value is not MISSING:
                self._cell(sheet, number, 1, kind, value, self._formats.wrapped)

    def _lines(self, document: Document) -> Iterator[tuple[str, Value, Kind, Format]]:
        bold, title, plain = self._formats.bold, self._formats.title, self._formats.text
        blank = ("", MISSING, Kind.TEXT, plain)
        yield document.kicker, MISSING, Kind.TEXT, plain
        yield document.title, MISSING, Kind.TEXT, title
        yield document.subtitle, MISSING, Kind.TEXT, plain
        yield blank
        made = [Fact("Made", document.made, Kind.TIME), Fact("Program", f"esviewer {document.tool_version}")]
        store = [Fact("Store", document.store)] if document.store else []
        for fact in (*document.figures, *store, *document.facts, *made):
            yield fact.label, fact.value, fact.kind, plain
        if document.warnings:
            yield blank
            yield "Before you rely on this report", MISSING, Kind.TEXT, bold
            for warning in document.warnings:
                yield "Warning", warning, Kind.TEXT, plain
        for section in document.sections:
            yield blank
            yield section.title, section.note, Kind.TEXT, bold
            for block in section.blocks:
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[tuple[str, Value, Kind, Format]]:
        plain = self._formats.text
        match block:
            case Paragraph():
                yield "", block.text, Kind.TEXT, plain
            case Note():
                yield block.level.capitalize(), block.text, Kind.TEXT, plain
            case Facts():
                for fact in block.items:
                    yield fact.label, fact.value, fact.kind, plain
            case JsonBlock():
                yield block.title, block.value, Kind.JSON, plain
            case Code():
                yield block.title, block.text, Kind.TEXT, plain
            case Table():
                count = f"{counted(len(block.rows), 'row')}, in a sheet of their own" if block.rows else block.empty
                yield block.title, count, Kind.TEXT, plain
            case Diff():
                changes = counted(len(block.changes), "change")
                count = f"{changes}, in a sheet of their own" if block.changes else block.empty
                yield block.title, count, Kind.TEXT, plain
            case Chart():
                yield block.title, "Its figures are in a sheet of their own.", Kind.TEXT, plain

    # Tables

    def _table(self, table: Table, title: str) -> None:
        if not table.rows:
            return
        plain = [index for index, column in enumerate(table.columns) if column.kind is not Kind.CHANGES]
        sheet = self._open(title, [table.columns[index] for index in plain])
        own = {
            index: self._open(f"{title} {column.title}", [table.columns[plain[0]], *_CHANGES])
            for index, column in enumerate(table.columns)
            if column.kind is Kind.CHANGES and any(row[index] for row in table.rows)
        }
        for row in table.rows:
            self._add(sheet, [row[index] for index in plain])
            for index, changes in own.items():
                for change in () if absent(Kind.CHANGES, row[index]) else row[index]:
                    self._add(changes, [row[plain[0]], *_change_row(change)])
        for each in (sheet, *own.values()):
            self._close(each)

    def _diff(self, diff: Diff, title: str) -> None:
        if not diff.changes:
            return
        sheet = self._open(title, _CHANGES)
        for change in diff.changes:
            self._add(sheet, _change_row(change))
        self._close(sheet)

    def _chart(self, chart: Chart) -> None:
        first = next((point[0] for series in chart.series for point in series.points), "")
        kind = Kind.TEXT if isinstance(first, str) else Kind.TIME if isinstance(first, Instant) else Kind.NUMBER
        columns = (
            Column("series", "Series"),
            Column("x", chart.x_title or "x", kind),
            Column("y", chart.y_title or "y", Kind.NUMBER),
        )
        sheet = self._open(chart.title, columns)
        for series in chart.series:
            for x, y in series.points:
                self._add(sheet, (series.name, x, y))
        self._close(sheet)

    def _open(self, title: str, columns: Sequence[Column]) -> _Sheet:
        opened = _Sheet(self._book.add_worksheet(self._name(title)), columns, name=title)
        self._head(opened)
        return opened

    def _head(self, opened: _Sheet) -> None:
        sheet = opened.sheet
        sheet.freeze_panes(1, 0)
        at = 0
        for column in opened.columns:
            sheet.set_column(at, at, max(_WIDTHS[column.kind], len(column.title) + 4))
            self._text(sheet, 0, at, column.title, self._formats.head)
            at += 1
            if column.kind is Kind.TIME:
                sheet.set_column(at, at, 30)
                self._text(sheet, 0, at, f"{column.title} (UTC)", self._formats.head)
                at += 1

    def _add(self, opened: _Sheet, row: Iterable[Value]) -> None:
        if opened.rows == MAX_ROWS:
            self._close(opened)
            opened.parts += 1
            opened.rows = 0
            opened.sheet = self._book.add_worksheet(self._name(f"{opened.name} {opened.parts}"))
            self._head(opened)
        opened.rows += 1
        if self._work is not None and opened.rows % 200 == 0:
            self._work.check()
        at = 0
        for column, value in zip(opened.columns, row, strict=True):
            self._cell(opened.sheet, opened.rows, at, column.kind, value, self._formats.text)
            at += 1
            if column.kind is Kind.TIME:
                if not absent(Kind.TIME, value):
                    self._date(opened.sheet, opened.rows, at, value)
                at += 1

    def _close(self, opened: _Sheet) -> None:
        width = sum(2 if column.kind is Kind.TIME else 1 for column in opened.columns)
        opened.sheet.autofilter(0, 0, opened.rows, width - 1)

    # Cells

    def _cell(self, sheet: Worksheet, row: int, column: int, kind: Kind, value: Value, style: Format) -> None:
        if absent(kind, value):
            return
        number = spreadsheet_number(value) if kind in (Kind.INTEGER, Kind.NUMBER, Kind.JSON) else None
        if number is not None:
            sheet.write_number(row, column, number, style)
        elif kind is Kind.SEVERITY:
            self._text(sheet, row, column, str(value), self._formats.severities.get(str(value), style))
        else:
            self._text(sheet, row, column, exact(kind, value), style)

    def _text(self, sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
        sheet.write_string(row, column, fitting(visible(text)), style)

    def _date(self, sheet: Worksheet, row: int, column: int, instant: Instant) -> None:
        moment = _utc(instant)
        if moment is not None and 1900 < moment.year < 9999:
            sheet.write_datetime(
                row, column, moment, self._formats.date if instant.has_zone else self._formats.zoneless
            )

    def _name(self, title: str) -> str:
        """A sheet's name as Excel takes it: 31 characters, none of `[]:*?/\\`, no apostrophe at an end, not twice."""
        name = _FORBIDDEN.sub(" ", visible(title)).strip(" '") or "Table"
        name = _units(name, 31).strip(" '")
        number = 1
        unique = name
        while unique.casefold() in self._names:
            number += 1
            tail = f" {number}"
            unique = _units(name, 31 - len(tail)).rstrip() + tail
        self._names.add(unique.casefold())
        return unique


def spreadsheet_number(value: Value) -> int | float | None:
    """The number as a cell that keeps and shows it as it is written; None for all else."""
    if type(value) is int:
        return value if abs(value) < 10**15 else None
    if type(value) is float or isinstance(value, Decimal):
        text = dumps(value)
        try:
            number = float(text)
        except ValueError:
            return None  # NaN and the infinities print as strings
        plain = format(number, ".15g")
        return number if plain in (text, text.removesuffix(".0")) and abs(number) < 1e300 else None
    return None


def fitting(text: str) -> str:
    """The text, cut with a remark where a cell can't hold it."""
    if len(text) <= MAX_TEXT // 2 or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_TEXT:
        return text
    remark = f" … (cut: {len(text):,} characters; the JSON and CSV forms have them all)"
    return _units(text, MAX_TEXT - len(remark)) + remark


def _units(text: str, most: int) -> str:
    """The text's beginning, of no more than so many UTF-16 code units."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")


def _utc(instant: Instant) -> datetime | None:
    """A naive datetime of the moment in UTC, to the microsecond; None where datetime can't hold it."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant.ns // 1000)
    except OverflowError:
        return None
    return moment.replace(tzinfo=None)


def _change_row(change: Change) -> tuple[Any, ...]:
    return (change.op, change.path, change.old, change.new)
