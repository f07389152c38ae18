"""The PDF form, typeset by Typst from a template of ours; the document is handed over as data, never as markup."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esviewer import assets
from esviewer.diff.text import SIGNS
from esviewer.errors import EsviewerError
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import escape, visible
from esviewer.report.document import (
    ROOT,
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
    Row,
    Section,
    Table,
    absent,
    shown,
)
from esviewer.report.picture import svg
from esviewer.report.widths import rooms, shares
from esviewer.work import Work

if TYPE_CHECKING:
    from typst import Fonts

MAX_ROWS: Final = 2000
"""Rows of a table, and changes of a diff."""
MAX_RECORDS: Final = 500
"""Rows of a table with one block a row."""
MAX_LINES: Final = 3000
"""Lines of a state."""
MAX_CELL: Final = 150
"""Lines of one event's payload, and changes of one event."""
MAX_PIECES: Final = 20_000
"""Lines, cells and changes of all together, for the typesetter takes some 30 kB for each; then tables get short."""
MIN_ROWS: Final = 20
SHORT: Final = 24
"""Lines of a table's row that stays on one page."""
MAX_TEXT: Final = 6000
"""Characters of one text or one line."""

_OTHER_FORMS: Final = "the HTML, XLSX, CSV, JSON and Markdown forms have them all"
_SANS: Final = ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans")
_JAPANESE: Final = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "IPAexGothic",
)
_CHINESE_KOREAN: Final = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Malgun Gothic")
_ALWAYS: Final = ("Libertinus Serif", "DejaVu Sans Mono")
"""Fonts that come with Typst."""
_BREAK: Final = "\u200b"
_LONG = re.compile(r"[^\s\u2e80-\uffef]{21,}")
_AFTER = re.compile(r"([,;:/._=&?{}\[\]()-](?![,;:/._=&?{}\[\]()-])|[^,;:/._=&?{}\[\]()-]{8})(?=.)")
_JSON_LINE = re.compile(r'( *)("(?:[^"\\]++|\\.)*+":)?(.*)')
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")

_NAMES: Final = frozenset({"fonts", "mono", "language", "block", "kind", "op", "level", "layout", "sign"})
"""Keys of what is never shown."""
_WHOLE: Final = frozenset({"svg", "alt", "heading"})
"""Keys of texts that can't be broken."""

Data = dict[str, Any]


def write_pdf(document: Document, out: BinaryIO, work: Work | None) -> None:
    """Write the document as PDF/A-2u with embedded subsets of this computer's fonts.

    The bytes depend on the document and on the fonts alone. Characters that no font has are written as escapes such as
    `\\u13a0`, and a warning says so. Of long tables the first rows are shown, and how many there are. Raises
    EsviewerError when the typesetter refuses.
    """
    out.write(_compiled(document, work))


def _compiled(document: Document, work: Work | None) -> bytes:
    fonts = _fonts()
    data = _data(document, fonts.families(), work)
    missing: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="esviewer-") as folder:
        for _ in range(6):
            if work is not None:
                work.check()
            content = _prepared(_with_remark(data, missing), missing)
            Path(folder, "data.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
            made = _typeset(folder, fonts, document.made)
            if isinstance(made, bytes):
                return made
            missing |= made
    raise EsviewerError(
        "The PDF can't be made: this computer's fonts lack characters of the report.",
        "Install the Noto fonts, or choose another form, such as HTML.",
    )


@cache
def _fonts() -> Fonts:
    """What this computer has; to look for them takes longer than to set a page."""
    from typst import Fonts

    return Fonts()


def _typeset(folder: str, fonts: Fonts, made: Instant) -> bytes | set[str]:
    """The PDF, or the characters that no font has."""
    from typst import Compiler, TypstError

    template = assets.path("report/document.typ").read_bytes()
    # Packages would be looked for on the network; the template uses none, and these folders have none.
    compiler = Compiler(template, root=folder, font_paths=fonts, package_path=folder, package_cache_path=folder)
    try:
        pdf, _ = compiler.compile_with_warnings(format="pdf", pdf_standards=["a-2u"], timestamp=_moment(made))
    except TypstError as error:
        found = {character for text in _NO_GLYPH.findall(error.diagnostic) for character in _unescaped(text)}
        if not found:
            raise EsviewerError(
                f"The PDF can't be made: {error.message}.", "Choose another form, such as HTML, which prints as well."
            ) from error
        return found
    assert isinstance(pdf, bytes)
    return pdf


def _moment(made: Instant) -> datetime:
    zone = timezone(timedelta(minutes=(made.offset or 0) // 60))
    try:
        return datetime(1970, 1, 1, tzinfo=UTC).astimezone(zone) + timedelta(seconds=made.ns // 1_000_000_000)
    except OverflowError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _unescaped(text: str) -> str:
    """What stands in a Rust string literal."""
    return _RUST_ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


# Strings


def _prepared(data: Data, missing: set[str]) -> Data:
    """The data with what no font has as escapes, and with places where long words may be broken."""
    pattern = re.compile(f"[{re.escape(''.join(sorted(missing)))}]") if missing else None

    def escaped(text: str) -> str:
        return pattern.sub(lambda found: escape(found[0]), text) if pattern is not None else text

    def walk(value: Value, key: str) -> Value:
        if isinstance(value, dict):
            return {name: walk(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [walk(item, key) for item in value]
        if not isinstance(value, str) or key in _NAMES:
            return value
        return escaped(value) if key in _WHOLE else _breakable(escaped(value))

    return dict(walk(data, ""))


def _breakable(text: str) -> str:
    return _LONG.sub(lambda run: _AFTER.sub(rf"\1{_BREAK}", run[0]), text) if len(text) > 20 else text


def _with_remark(data: Data, missing: set[str]) -> Data:
    if not missing:
        return data
    scripts = sorted({unicodedata.name(character, "unnamed").split()[0].capitalize() for character in missing})
    some = ", ".join(scripts[:6]) + (" …" if len(scripts) > 6 else "")
    count = "1 character" if len(missing) == 1 else f"{len(missing):,} characters"
    remark = (
        f"The computer that made this PDF has no font for {count} of the report ({some}); "
        f"they are written as escapes such as {escape(min(missing))}. The other forms have them as they are."
    )
    return {**data, "warnings": [*data["warnings"], remark]}


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]} … (cut: {len(text):,} characters; {_OTHER_FORMS})"
    return visible(text).replace("\t", "    ")


# The document as data for the template


class _Room:
    """How much may still go into the PDF."""

    def __init__(self, work: Work | None) -> None:
        self.left = MAX_PIECES
        self.work = work

    def take(self, wanted: int, most: int, least: int = 200) -> int:
        """How many of `wanted` pieces to take: `most`, or `least` if there is no more room."""
        taken = min(wanted, most, max(self.left, least))
        self.left -= taken
        return taken


def _data(document: Document, families: Iterable[str], work: Work | None) -> Data:
    room = _Room(work)
    installed = set(families)
    eastern = _CHINESE_KOREAN + _JAPANESE if document.language[:2] in ("zh", "ko") else _JAPANESE + _CHINESE_KOREAN
    fonts = [name for name in (*_SANS, *eastern, *_ALWAYS) if name in installed]
    mono = [name for name in ("DejaVu Sans Mono", *eastern, *_SANS) if name in installed]
    made = shown(Kind.TIME, document.made)
    facts = [Fact("Store", document.store)] if document.store else []
    facts += [*document.facts, Fact("Made", f"{made} by esviewer {document.tool_version}")]
    return {
        "language": document.language.split("-")[0],
        "fonts": fonts,
        "mono": mono,
        "heading": _text(f"{document.kicker}: {document.title}")[:500],
        "header": _short(document.store or document.title),
        "footer": _short(f"{document.kicker} · {document.title}"),
        "made": made,
        "kicker": _text(document.kicker),
        "title": _text(document.title),
        "subtitle": _text(document.subtitle),
        "figures": [_fact(fact) for fact in document.figures],
        "facts": [_fact(fact) for fact in facts],
        "warnings": [_text(warning) for warning in document.warnings],
        "parts": [
            {"wide": wide, "sections": [_section(section, room, wide) for section in sections]}
            for wide, sections in groupby(document.sections, _wide)
        ],
    }


def _section(section: Section, room: _Room, wide: bool) -> Data:
    blocks = [_block(block, room, wide) for block in section.blocks]
    for block in blocks:
        if block.get("title") == _text(section.title):
            block["title"] = ""  # it would be said twice
    return {"title": _text(section.title), "note": _text(section.note), "level": section.level, "blocks": blocks}


def _wide(section: Section) -> bool:
    """Whether some table of it needs pages turned on their sides."""
    return any(
        block.layout == "grid" and bool(block.rows) and (len(block.columns) > 7 or sum(rooms(block)) > 170)
        for block in section.blocks
        if isinstance(block, Table)
    )


def _short(text: str) -> str:
    line = _text(text).replace("\n", " ")
    return line if len(line) <= 90 else f"{line[:44]} … {line[-44:]}"


def _fact(fact: Fact) -> Data:
    return {"label": _text(fact.label), "kind": fact.kind.value, "text": _text(shown(fact.kind, fact.value))}


def _figure(kind: Kind, value: Value) -> Data:
    if kind is Kind.CHANGES and not absent(kind, value):
        return {"kind": "changes", **_changes(value, MAX_CELL)}
    return {"kind": "text" if kind is Kind.CHANGES else kind.value, "text": _text(shown(kind, value))}


def _changes(changes: Sequence[Change], most: int) -> Data:
    return {
        "changes": [_change(change) for change in islice(changes, most)],
        "note": _first(len(changes), most, "changes"),
    }


def _change(change: Change) -> Data:
    data = {"op": change.op, "sign": SIGNS[change.op], "path": _text(pointer(change.path) or ROOT) + ":"}
    for name, value in (("old", change.old), ("new", change.new)):
        if value is not MISSING:
            data[name] = _text(dumps(value))
    return data


def _block(block: Block, room: _Room, wide: bool) -> Data:
    if room.work is not None:
        room.work.check()
    match block:
        case Paragraph():
            return {"block": "paragraph", "text": _text(block.text)}
        case Note():
            return {"block": "note", "level": block.level, "text": _text(block.text)}
        case Facts():
            return {"block": "facts", "items": [_fact(fact) for fact in block.items]}
        case JsonBlock():
            return _code(block.title, dumps(block.value, indent=2), room)
        case Code():
            return _code(block.title, block.text, room)
        case Diff():
            return {
                "block": "diff",
                "title": _text(block.title),
                "empty": _text(block.empty),
                **_changes(block.changes, room.take(len(block.changes), MAX_ROWS)),
            }
        case Chart():
            title = _text(block.title)
            return {"block": "chart", "title": title, "alt": title or "chart", "svg": svg(block)}
        case Table():
            return _table(block, room, wide)


def _code(title: str, text: str, room: _Room) -> Data:
    lines = text.split("\n")
    most = room.take(len(lines), MAX_LINES)
    return {
        "block": "code",
        "title": _text(title),
        "lines": _lines(lines[:most]),
        "note": _first(len(lines), most, "lines"),
    }


def _lines(lines: Iterable[str]) -> list[Data]:
    """Each line's indentation, its key (with quotes and colon) if it is of a JSON object, and the rest."""
    made: list[Data] = []
    for line in lines:
        match = _JSON_LINE.fullmatch(_text(line).replace("\n", " "))
        assert match is not None
        made.append({"indent": len(match[1]), "key": match[2] or "", "text": match[3]})
    return made


def _first(count: int, most: int, what: str) -> str:
    return f"The first {most:,} of {count:,} {what}; {_OTHER_FORMS}." if count > most else ""


# Tables


def _table(table: Table, room: _Room, wide: bool) -> Data:
    records = table.layout == "records"
    widths = [] if records else shares(table, turned=wide)
    rows: list[Data] = []
    for row in islice(table.rows, MAX_RECORDS if records else MAX_ROWS):
        if room.left <= 0 and len(rows) >= MIN_ROWS:
            break
        data = _record(row, table.columns) if records else _row(row, table.columns, widths)
        rows.append(data)
        room.left -= _pieces(data)
        if room.work is not None:
            room.work.check()
    return {
        "block": "table",
        "layout": table.layout,
        "title": _text(table.title),
        "note": _first(len(table.rows), len(rows), "rows"),
        "empty": _text(table.empty),
        "columns": [
            {"title": _text(column.title), "right": column.kind in (Kind.INTEGER, Kind.NUMBER)}
            for column in table.columns
        ],
        "shares": widths,
        "rows": rows,
    }


def _pieces(data: Value) -> int:
    """How many objects the data is made of."""
    if isinstance(data, dict):
        return 1 + sum(map(_pieces, data.values()))
    return sum(map(_pieces, data)) if isinstance(data, list) else 0


def _row(row: Row, columns: Sequence[Column], widths: Sequence[float]) -> Data:
    cells = [_figure(column.kind, value) for column, value in zip(columns, row, strict=True)]
    tall = any(_height(cell, width) > SHORT for cell, width in zip(cells, widths, strict=True))
    return {"alarm": _alarms(row, columns), "tall": tall, "cells": cells}


def _height(cell: Data, width: float) -> float:
    """About how many lines a cell takes at most, in a column of so many characters."""
    if cell["kind"] == "changes":
        return SHORT + 1 if cell["changes"] else 0
    # Characters may be twice as wide as usual ones, and words are kept whole.
    return sum(1 + len(line) * 3 / width for line in str(cell["text"]).split("\n"))


def _alarms(row: Row, columns: Sequence[Column]) -> bool:
    return any(column.alarm and not absent(column.kind, value) for column, value in zip(columns, row, strict=True))


def _record(row: Row, columns: Sequence[Column]) -> Data:
    """One block: its first cell and text as a title, short cells in a line, JSON on the left, changes on the right."""
    data: Data = {
        "key": "",
        "name": "",
        "alarm": _alarms(row, columns),
        "facts": [],
        "alarms": [],
        "blocks": [],
        "lists": [],
    }
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        kind, title = column.kind, _text(column.title)
        if absent(kind, value):
            continue
        if kind is Kind.CHANGES:
            data["lists"].append({"title": title, **_figure(kind, value)})
        elif kind in (Kind.JSON, Kind.BYTES):
            lines = (dumps(value, indent=2) if kind is Kind.JSON else shown(kind, value)).split("\n")
            note = _first(len(lines), MAX_CELL, "lines")
            data["blocks"].append({"title": title, "lines": _lines(lines[:MAX_CELL]), "note": note})
        elif column.alarm:
            data["alarms"].append({"label": title, "text": _text(shown(kind, value))})
        elif place == 0:
            data["key"] = _text(shown(kind, value))
        elif place == 1 and kind is Kind.TEXT:
            data["name"] = _text(value)
        else:
            label = "" if kind is Kind.TIME else title
            data["facts"].append({"label": label, "text": _text(shown(kind, value))})
    return data
