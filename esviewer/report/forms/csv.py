"""The CSV form: one file with every figure, where the column `table` says which table a row is of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from esviewer.model.change import Change, pointer
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.model.values import MISSING, Value
from esviewer.report.document import (
    ROOT,
    Chart,
    Code,
    Diff,
    Document,
    Fact,
    Facts,
    JsonBlock,
    Kind,
    Note,
    Paragraph,
    Section,
    Table,
    absent,
    exact,
)

LEADING = ("table", "row", "label", "value")
CHANGES = ("op", "path", "old", "new")
CHART = ("series", "x", "y")

Cells = dict[str, str]


def csv_pieces(document: Document) -> Iterator[str]:
    """RFC 4180 text with a head of names, some rows at a time; all rows have the same columns.

    The first columns are `table`, `row` (from 1, within the table), `label` and `value`; then come the columns of all
    tables, by their keys, those of one key in one. What is not a table fills `label` and `value`: `document` (its
    title and so on), `facts`, `warnings`, `text`, `json`; changes are in `changes`, or, those of a table's column, in
    `TABLE.COLUMN` with the `row` of the table's row; points of charts in `chart`. Figures are as in `exact`.
    Text that a spreadsheet would take for a formula is preceded by an apostrophe, and so is text that begins with one;
    characters that could deceive a reader are written as escapes.
    """
    columns = list(dict.fromkeys((*LEADING, *_own(document))))
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(columns)
    for number, cells in enumerate(_rows(document), 1):
        writer.writerow([spreadsheet_text(cells[column]) if column in cells else "" for column in columns])
        if number % 200 == 0:
            yield sheet.getvalue()
            sheet.seek(0)
            sheet.truncate()
    yield sheet.getvalue()


def _own(document: Document) -> Iterator[str]:
    for block in document.blocks():
        if isinstance(block, Table):
            for column in block.columns:
                yield from (column.key,) if column.kind is not Kind.CHANGES else CHANGES
        elif isinstance(block, Diff):
            yield from CHANGES
        elif isinstance(block, Chart):
            yield from CHART


def _rows(document: Document) -> Iterator[Cells]:
    made = Fact("made", document.made, Kind.TIME)
    texts = ("kicker", "title", "subtitle", "store", "language", "tool_version")
    yield from _facts("document", [*(Fact(name, getattr(document, name)) for name in texts), made])
    yield from _facts("figures", document.figures)
    yield from _facts("facts", document.facts)
    yield from _facts("warnings", [Fact("warning", text) for text in document.warnings])
    for section in document.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[Cells]:
    yield {"table": "section", "row": str(section.level), "label": section.title, "value": section.note}
    for block in section.blocks:
        match block:
            case Table():
                yield from _table(block)
            case Facts():
                yield from _facts("facts", block.items)
            case Paragraph():
                yield {"table": "text", "row": "1", "label": "paragraph", "value": block.text}
            case Note():
                yield {"table": "text", "row": "1", "label": block.level, "value": block.text}
            case Code():
                yield {"table": "text", "row": "1", "label": block.title, "value": block.text}
            case JsonBlock():
                text = exact(Kind.JSON, block.value)
                yield {"table": "json", "row": "1", "label": block.title, "value": text}
            case Diff():
                for row, change in enumerate(block.changes, 1):
                    yield {"table": "changes", "row": str(row), "label": block.title, **change_cells(change)}
            case Chart():
                yield from _chart(block)


def _facts(table: str, facts: Iterable[Fact]) -> Iterator[Cells]:
    for row, fact in enumerate(facts, 1):
        yield {"table": table, "row": str(row), "label": fact.label, "value": exact(fact.kind, fact.value)}


def _table(table: Table) -> Iterator[Cells]:
    changes = [index for index, column in enumerate(table.columns) if column.kind is Kind.CHANGES]
    plain = [(index, column) for index, column in enumerate(table.columns) if column.kind is not Kind.CHANGES]
    for number, row in enumerate(table.rows, 1):
        yield {
            "table": table.key,
            "row": str(number),
            **{column.key: exact(column.kind, row[index]) for index, column in plain},
        }
        for index in changes:
            for change in () if absent(Kind.CHANGES, row[index]) else row[index]:
                key = f"{table.key}.{table.columns[index].key}"
                yield {"table": key, "row": str(number), **_key_cells(table, row), **change_cells(change)}


def _key_cells(table: Table, row: Sequence[Value]) -> Cells:
    """The row's first cell, for who does not want to join by row numbers."""
    first = table.columns[0]
    return {first.key: exact(first.kind, row[0])} if first.kind is not Kind.CHANGES else {}


def change_cells(change: Change) -> Cells:
    """`op`, `path`, `old` and `new` as text; old or new is empty where there is none."""
    return {
        "op": change.op,
        "path": pointer(change.path) or ROOT,
        "old": exact(Kind.JSON, change.old),
        "new": exact(Kind.JSON, change.new),
    }


def _chart(chart: Chart) -> Iterator[Cells]:
    row = 0
    for series in chart.series:
        for x, y in series.points:
            row += 1
            yield {
                "table": "chart",
                "row": str(row),
                "label": chart.title,
                "series": series.name,
                "x": x if isinstance(x, str) else exact(Kind.TIME if hasattr(x, "isoformat") else Kind.NUMBER, x),
                "y": exact(Kind.NUMBER, MISSING if y is None else y),
            }
