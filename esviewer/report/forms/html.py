"""The HTML form: one self-contained, printable page, and nothing in it but text comes from a store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from esviewer import assets
from esviewer.diff.text import SIGNS
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import escape, split, visible
from esviewer.report.document import (
    ROOT,
    Block,
    Chart,
    Column,
    Document,
    Fact,
    Kind,
    Row,
    Table,
    absent,
    shown,
)
from esviewer.report.picture import svg
from esviewer.report.widths import shares

# Possessive: what a repetition may go back to would take a hundred bytes for each letter of a long text.
_JSON_TEXT = re.compile(r'("(?:[^"\\]++|\\.)*+")(:?)')
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_RIGHT: Final = frozenset({Kind.INTEGER, Kind.NUMBER})
_CODE: Final = frozenset({Kind.JSON, Kind.PATH, Kind.BYTES})
_TALL: Final = frozenset({Kind.JSON, Kind.BYTES})


def html_pieces(document: Document) -> Iterator[str]:
    r"""The page piece by piece.

    It has no script and loads nothing, and its Content-Security-Policy forbids both. Characters that could deceive a
    reader show as escapes such as `\u202e`, and right-to-left text is isolated, so that it can't reorder what is next
    to it.
    """
    stream = _template().stream(
        document=document,
        title=visible(f"{document.kicker}: {document.title}"),
        kicker_css=re.sub("[^A-Za-z0-9 ]", "", document.kicker),
        made=shown(Kind.TIME, document.made),
    )
    stream.enable_buffering(500)
    return iter(stream)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(assets.path("report")),
        autoescape=True,
        finalize=_marked,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "change_list": _change_list,
            "grid_row": _grid_row,
            "groups": _groups,
            "pretty": _pretty,
            "record": _record,
            "right": _right,
            "sort_of": _sort_of,
            "svg": _svg,
            "value": _fact,
            "widths": _widths,
        }
    )
    return environment.get_template("document.html.j2")


def _marked(value: Any) -> Any:
    """Called on every value that the template puts out, so that none of its texts comes out with hidden characters."""
    return _escaped(value) if type(value) is str else value


def _escaped(text: str) -> Markup:
    pieces = list(split(text))
    if len(pieces) == 1 and not pieces[0][1]:
        return Markup.escape(text)
    return Markup("").join(
        Markup('<span class="esc">{}</span>').format(escape(piece)) if special else Markup.escape(piece)
        for piece, special in pieces
    )


def _json(value: Value) -> Markup:
    return _coloured(dumps(value))


def _pretty(value: Value) -> Markup:
    return _coloured(dumps(value, indent=2))


def _coloured(text: str) -> Markup:
    """JSON text with its keys set apart and its right-to-left texts isolated."""
    isolate = _RIGHT_TO_LEFT.search(text) is not None
    parts: list[str] = []
    at = 0
    for match in _JSON_TEXT.finditer(text):
        parts.append(_escaped(text[at : match.start()]))
        string = _escaped(match.group(1))
        if match.group(2):
            parts.append(f"<b>{string}</b>:")
        else:
            parts.append(f"<bdi>{string}</bdi>" if isolate else string)
        at = match.end()
    parts.append(_escaped(text[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped above


def _change_list(changes: Sequence[Change]) -> Markup:
    """Signs say what colours do."""
    lines = ['<ul class="changes">']
    for change in changes:
        path = _escaped(pointer(change.path) or ROOT)
        line = [f'<li class="{change.op}"><span class="sign">{SIGNS[change.op]}</span><code class="path">{path}</code>']
        if change.old is not MISSING:
            line.append(f' <code class="old">{_json(change.old)}</code>')
        if change.op == "replace":
            line.append(' <span class="arrow">→</span>')
        if change.new is not MISSING:
            line.append(f' <code class="new">{_json(change.new)}</code>')
        lines.append("".join([*line, "</li>"]))
    lines.append("</ul>")
    return Markup("\n".join(lines))  # noqa: S704 - paths and values are escaped above


def _sort_of(block: Block) -> str:
    return type(block).__name__


def _svg(chart: Chart) -> Markup:
    return Markup(svg(chart))  # noqa: S704 - every text in it is escaped there


def _right(column: Column) -> bool:
    return column.kind in _RIGHT


def _fact(fact: Fact) -> Markup:
    return _figure(fact.kind, fact.value)


def _figure(kind: Kind, value: Value) -> Markup:
    if absent(kind, value):
        return Markup()
    if kind is Kind.JSON:
        return Markup("<code>{}</code>").format(_json(value))
    if kind in _CODE:
        return Markup("<code>{}</code>").format(_escaped(shown(kind, value)))
    if kind is Kind.SEVERITY:
        name = value if value in ("error", "warning", "info") else "other"
        return Markup('<span class="severity {}">{}</span>').format(name, _escaped(str(value)))
    if kind is Kind.TEXT:
        return Markup('<span class="v">{}</span>').format(_escaped(str(value)))
    return _escaped(shown(kind, value))


# Tables of one line a row


class _Widths(NamedTuple):
    least: int
    """Pixels below which the table is scrolled rather than squeezed."""
    shares: list[str]
    """Of each column, in percent."""


def _widths(table: Table) -> _Widths:
    weights = shares(table)
    total = sum(weights)
    return _Widths(min(1000, round(total * 5)), [f"{weight * 100 / total:.2f}" for weight in weights])


def _grid_row(row: Row, columns: Sequence[Column]) -> Markup:
    cells: list[str] = []
    alarm, lines = False, 1
    for column, value in zip(columns, row, strict=True):
        kind = column.kind
        if absent(kind, value):
            cells.append("<td></td>")
            continue
        alarm = alarm or column.alarm
        if kind is Kind.CHANGES:
            cells.append(Markup("<td>{}</td>").format(_change_list(value)))
            lines = max(lines, len(value))
            continue
        figure = _figure(kind, value)
        lines = max(lines, _lines(figure))
        look = ' class="right"' if kind in _RIGHT else ' class="time"' if kind is Kind.TIME else ""
        cells.append(f"<td{look}>{figure}</td>")
    height = "short" if lines <= 45 else "tall"
    mark = f"{height} alarm" if alarm else height
    return Markup(f'<tr class="{mark}">{"".join(cells)}</tr>')  # noqa: S704 - every cell is escaped above


# Tables of one block a row


class _Group(NamedTuple):
    """Columns that share one cell of a record."""

    title: str
    indexes: list[int]
    columns: Sequence[Column]


class _Cell(NamedTuple):
    look: str
    title: str
    text: str | Markup
    value: Value


class _Record(NamedTuple):
    height: str
    alarm: bool
    groups: list[list[_Cell]]


def _groups(table: Table) -> list[_Group]:
    """Figures of a line on the left, JSON in the middle, changes on the right, where there are such columns."""
    sorts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for index, column in enumerate(table.columns):
        sorts[1 if column.kind in _TALL else 2 if column.kind is Kind.CHANGES else 0].append(index)
    groups = []
    for number, indexes in enumerate(sorts):
        titles = [table.columns[index].title for index in indexes]
        if indexes:
            groups.append(_Group(" · ".join(titles[:2]) if number == 0 else titles[0], indexes, table.columns))
    return groups


def _record(row: Row, groups: Sequence[_Group]) -> _Record:
    alarm = False
    lines = [0]
    made: list[list[_Cell]] = []
    for group in groups:
        cells: list[_Cell] = []
        for place, index in enumerate(group.indexes):
            column, value = group.columns[index], row[index]
            if absent(column.kind, value):
                continue
            alarm = alarm or column.alarm
            cells.append(_cell(column, value, place))
        lines.append(sum(map(_cell_lines, cells)))
        made.append(cells)
    return _Record("tall" if max(lines) > 45 else "short", alarm, made)


def _cell(column: Column, value: Value, place: int) -> _Cell:
    kind, title = column.kind, column.title
    if kind is Kind.CHANGES:
        return _Cell("changes", title, "", value)
    if kind is Kind.JSON:
        return _Cell("block", title if place else "", _pretty(value), value)
    text = shown(kind, value)
    if kind is Kind.BYTES:
        return _Cell("block", title, text, value)
    if column.alarm:
        return _Cell("alarm", title, text, value)
    if place == 0:
        return _Cell("key", title, text, value)
    if place == 1 and kind is Kind.TEXT:
        return _Cell("name", title, text, value)
    return _Cell("meta", "" if kind is Kind.TIME else title, text, value)


def _cell_lines(cell: _Cell) -> int:
    return len(cell.value) // 2 if cell.look == "changes" else _lines(cell.text)


def _lines(text: str) -> int:
    """About how many lines a text takes in one of a record's columns, in print."""
    return text.count("\n") + len(text) // 40 + 1
