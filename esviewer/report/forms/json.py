"""The JSON form: the document's own keys, or those of the report's own contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esviewer.model.change import pointer
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.model.visible import visible
from esviewer.report.document import (
    FORM,
    FORM_VERSION,
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
    Row,
    Section,
    Series,
    Table,
    absent,
    exact,
)


def json_pieces(document: Document) -> Iterator[str]:
    """JSON text (RFC 8259) piece by piece, one line for each row of a table; the keys are described in `head`.

    Numbers are exact. Characters that could deceive a reader are JSON escapes: no value changes by that.
    """
    if document.own_json is not None:
        yield from document.own_json()
        return
    yield from map(visible, _pieces(document))


def head(document: Document) -> dict[str, Value]:
    """All keys but `sections`.

    `form` and `form_version` (it grows when a key changes its meaning or goes); `tool` {name, version}; `made`;
    `language`, `kicker`, `title`, `subtitle`, `store`; `figures` and `facts` [{label, kind, value}]; `warnings`.
    `sections` is [{title, note, level, blocks}], where a block has its sort in `block`: paragraph {text},
    note {level, text}, facts {items}, table {key, title, columns [{key, title, kind}], rows: an object each, by the
    columns' keys, without those of empty cells}, json {title, value}, code {title, text}, diff {title, changes},
    chart {title, shape, x_title, y_title, series [{name, points [[x, y]]}]}. Times are ISO 8601, paths JSON Pointers,
    bytes base64.
    """
    return {
        "form": FORM,
        "form_version": FORM_VERSION,
        "tool": {"name": "esviewer", "version": document.tool_version},
        "made": document.made.isoformat(),
        "language": document.language,
        "kicker": document.kicker,
        "title": document.title,
        "subtitle": document.subtitle,
        "store": document.store,
        "figures": [_fact(item) for item in document.figures],
        "facts": [_fact(item) for item in document.facts],
        "warnings": list(document.warnings),
    }


def _pieces(document: Document) -> Iterator[str]:
    yield dumps(head(document), indent=2).removesuffix("\n}")
    yield ',\n  "sections": ['
    before = "\n    "
    for section in document.sections:
        yield before
        yield from _section(section)
        before = ",\n    "
    yield "\n  ]\n}\n"


def _section(section: Section) -> Iterator[str]:
    yield _open({"title": section.title, "note": section.note, "level": section.level})
    yield ',"blocks":['
    before = "\n      "
    for block in section.blocks:
        yield before
        if isinstance(block, Table):
            yield from _table(block)
        elif isinstance(block, Chart):
            yield from _chart(block)
        else:
            yield dumps(small(block))
        before = ",\n      "
    yield "]}"


def _table(table: Table) -> Iterator[str]:
    yield _open(table_head(table))
    yield ',"rows":['
    before = "\n        "
    for each in table.rows:
        yield before + dumps(row(table, each))
        before = ",\n        "
    yield "]}"


def table_head(table: Table) -> dict[str, Value]:
    """All keys of a table but `rows`."""
    columns = [{"key": column.key, "title": column.title, "kind": column.kind.value} for column in table.columns]
    return {"block": "table", "key": table.key, "title": table.title, "columns": columns}


def row(table: Table, cells: Row) -> dict[str, Value]:
    """One row of a table by its columns' keys."""
    named = zip(table.columns, cells, strict=True)
    return {column.key: _value(column.kind, value) for column, value in named if not absent(column.kind, value)}


def _chart(chart: Chart) -> Iterator[str]:
    yield _open(chart_head(chart))
    yield ',"series":['
    before = "\n        "
    for series in chart.series:
        yield before + dumps(series_of(series))
        before = ",\n        "
    yield "]}"


def chart_head(chart: Chart) -> dict[str, Value]:
    """All keys of a chart but `series`."""
    return {
        "block": "chart",
        "title": chart.title,
        "shape": chart.shape,
        "x_title": chart.x_title,
        "y_title": chart.y_title,
    }


def series_of(series: Series) -> dict[str, Value]:
    """One line, or the bars of one colour."""
    return {"name": series.name, "points": _points(series)}


def _points(series: Series) -> Sequence[Value]:
    return [[x.isoformat() if hasattr(x, "isoformat") else x, y] for x, y in series.points]


def small(block: Block) -> dict[str, Value]:
    """Any block but a table or a chart."""
    if isinstance(block, Paragraph):
        return {"block": "paragraph", "text": block.text}
    if isinstance(block, Note):
        return {"block": "note", "level": block.level, "text": block.text}
    if isinstance(block, Facts):
        return {"block": "facts", "items": [_fact(item) for item in block.items]}
    if isinstance(block, JsonBlock):
        return {"block": "json", "title": block.title, "value": block.value}
    if isinstance(block, Code):
        return {"block": "code", "title": block.title, "text": block.text}
    assert isinstance(block, Diff)
    return {"block": "diff", "title": block.title, "changes": [change.as_json() for change in block.changes]}


def _fact(fact: Fact) -> dict[str, Value]:
    named: dict[str, Value] = {"label": fact.label, "kind": fact.kind.value}
    if not absent(fact.kind, fact.value):
        named["value"] = _value(fact.kind, fact.value)
    return named


def _value(kind: Kind, value: Value) -> Value:
    if kind is Kind.TIME:
        return value.isoformat()
    if kind is Kind.PATH:
        return pointer(value)
    if kind is Kind.BYTES:
        return exact(kind, value)
    if kind is Kind.CHANGES:
        return [change.as_json() for change in value]
    return value


def _open(values: dict[str, Value]) -> str:
    """An object without its closing bracket."""
    return dumps(values)[:-1]
