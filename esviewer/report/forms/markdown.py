"""The Markdown form (CommonMark with the tables of GitHub Flavored Markdown)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from esviewer.diff.text import listing
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import visible
from esviewer.report.document import (
    Block,
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
    Table,
    absent,
    shown,
)

_ACTIVE = re.compile(r"([\\`*_\[\]<>&|~#$])")
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)|(@)")
_INDENT = re.compile(r"(?m)^[ \t]+")
_LIST = re.compile(r"(?m)^((?:&#32;)?(?:\d+(?=[.)])|(?=[-+=])))")
_TICKS = re.compile("`+")
_HARMLESS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.TIME})
_QUOTED = frozenset({Kind.JSON, Kind.PATH, Kind.CHANGES, Kind.BYTES})


def markdown_pieces(document: Document) -> Iterator[str]:
    """The document as Markdown, piece by piece; nothing in it but headings, tables, lists and code is markup."""
    yield f"*{text(document.kicker)}*\n\n# {text(document.title)}\n\n"
    if document.subtitle:
        yield f"{text(document.subtitle)}\n\n"
    made = Fact("Made", f"{shown(Kind.TIME, document.made)} by esviewer {document.tool_version}")
    store = [Fact("Store", document.store)] if document.store else []
    yield from _facts([*document.figures, *store, *document.facts, made])
    if document.warnings:
        yield "## Before you rely on this report\n\n"
        yield from (f"- {_in_line(warning)}\n" for warning in document.warnings)
        yield "\n"
    for section in document.sections:
        note = f" ({_in_line(section.note)})" if section.note else ""
        yield f"{'#' * (section.level + 1)} {_in_line(section.title)}{note}\n\n"
        for block in section.blocks:
            yield from _block(block, section.title)


def text(plain: str) -> str:
    """Plain text as Markdown that shows it: what has a meaning in Markdown is escaped."""
    escaped = _ACTIVE.sub(r"\\\1", visible(plain))
    escaped = _LINKS.sub(lambda match: f"\\{match.group()}", escaped)
    # An entity at a line's begin doesn't indent; a backslash keeps the line from being a list's item, or a heading.
    return _LIST.sub(r"\1\\", _INDENT.sub("&#32;", escaped))


def code(plain: str) -> str:
    """Text as a code span, in one line."""
    shown_text = visible(plain).replace("\t", "\\u0009").replace("\n", "\\u000a")
    if not shown_text:
        return ""
    ticks = "`" * (max((len(found) for found in _TICKS.findall(shown_text)), default=0) + 1)
    pad = " " if shown_text[0] in "` " or shown_text[-1] in "` " else ""
    return f"{ticks}{pad}{shown_text}{pad}{ticks}"


def _in_line(plain: str) -> str:
    return text(plain).replace("\n", "<br>")


def _cell(kind: Kind, value: Value) -> str:
    if absent(kind, value):
        return ""
    if kind in _HARMLESS:
        return shown(kind, value)
    if kind is Kind.CHANGES:
        return "<br>".join(code(line).replace("|", "\\|") for line in listing(value))
    if kind in _QUOTED:
        return code(shown(kind, value)).replace("|", "\\|")
    return _in_line(shown(kind, value))


def _item(kind: Kind, value: Value) -> str:
    """A figure outside of a table, where a bar in code needs no escape."""
    return code(shown(kind, value)) if kind in _QUOTED and not absent(kind, value) else _cell(kind, value)


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    yield from (f"- {_in_line(fact.label)}: {_item(fact.kind, fact.value)}\n" for fact in facts)
    yield "\n"


def _block(block: Block, section: str) -> Iterator[str]:
    if not isinstance(block, (Paragraph, Note, Facts)) and block.title == section:
        block = replace(block, title="")  # it would be said twice
    match block:
        case Paragraph():
            yield text(block.text).replace("\n", "  \n") + "\n\n"
        case Note():
            head = "**Warning:** " if block.level == "warning" else "**Note:** "
            yield f"> {head}{_in_line(block.text)}\n\n"
        case Facts():
            yield from _facts(block.items)
        case Table():
            yield from _table(block)
        case JsonBlock():
            yield _fenced(block.title, visible(dumps(block.value, indent=2)), "json")
        case Code():
            yield _fenced(block.title, visible(block.text), "")
        case Diff():
            yield _fenced(block.title, "\n".join(listing(block.changes)) or block.empty, "")
        case Chart():
            yield from _chart(block)


def _fenced(title: str, content: str, language: str) -> str:
    fence = "`" * max(3, 1 + max((len(found) for found in _TICKS.findall(content)), default=0))
    head = f"**{_in_line(title)}**\n\n" if title else ""
    return f"{head}{fence}{language}\n{content}\n{fence}\n\n"


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{_in_line(table.title)}**\n\n"
    if not table.rows:
        yield f"{_in_line(table.empty)}\n\n"
    elif table.layout == "records":
        yield from _records(table)
    else:
        right = {Kind.INTEGER, Kind.NUMBER}
        yield _line([_in_line(column.title) for column in table.columns])
        yield _line(["---:" if column.kind in right else "---" for column in table.columns])
        for row in table.rows:
            yield _line([_cell(column.kind, value) for column, value in zip(table.columns, row, strict=True)])
        yield "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _records(table: Table) -> Iterator[str]:
    """A list item for each row, with its empty cells left out."""
    for row in table.rows:
        before = "- "
        for column, value in zip(table.columns, row, strict=True):
            if absent(column.kind, value):
                continue
            if column.kind is Kind.CHANGES:
                yield f"{before}{_in_line(column.title)}:{'' if value else ' none'}\n"
                yield from (f"    - {code(line)}\n" for line in listing(value))
            else:
                yield f"{before}{_in_line(column.title)}: {_item(column.kind, value)}\n"
            before = "  - "
    yield "\n"


def _chart(chart: Chart) -> Iterator[str]:
    if chart.title:
        yield f"**{_in_line(chart.title)}**\n\n"
    yield _line(["Series", _in_line(chart.x_title) or "x", _in_line(chart.y_title) or "y"])
    yield "| --- | --- | ---: |\n"
    for series in chart.series:
        for x, y in series.points:
            kind = Kind.TEXT if isinstance(x, str) else Kind.TIME if hasattr(x, "isoformat") else Kind.NUMBER
            yield _line([_in_line(series.name), _cell(kind, x), _cell(Kind.NUMBER, MISSING if y is None else y)])
    yield "\n"
