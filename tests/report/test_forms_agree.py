"""Every form says the same: each is read back, figure by figure."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pytest
from helpers_document import document_of
from helpers_report import report_of
from markdown_it import MarkdownIt
from pypdf import PdfReader

from esviewer.model.change import pointer
from esviewer.model.exactjson import dumps, loads
from esviewer.model.values import MISSING, same
from esviewer.model.visible import visible
from esviewer.report.aggregate import aggregate_document
from esviewer.report.document import Chart, Diff, Document, Fact, Facts, Kind, Table, absent, exact, shown
from esviewer.report.write import FORMS

DOCUMENTS = {
    "plain": document_of(),
    "hostile": document_of("=1+1|<i>`x`</i> \u202e日本\nline\t\\ # *z*"),
    "aggregate": aggregate_document(report_of("x & y")),
}


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Document:
    return DOCUMENTS[request.param]


def rendered(document: Document, ending: str) -> bytes:
    out = io.BytesIO()
    FORMS[ending](document, out, None)
    return out.getvalue()


def facts_of(document: Document) -> Iterator[Fact]:
    yield from document.figures
    yield from document.facts
    for block in document.blocks():
        if isinstance(block, Facts):
            yield from block.items


class _Read(HTMLParser):
    """Tables as lists of rows of texts, facts by their labels, and the whole text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.labels: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self._into: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th", "dt", "dd"):
            self._into = {"dt": self.labels, "dd": self.values}.get(tag) if tag[0] == "d" else self.tables[-1][-1]
            assert self._into is not None
            self._into.append("")
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "dt", "dd"):
            self._into = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._into is not None:
            self._into[-1] += data

    def rows(self, titles: list[str]) -> list[list[str]]:
        """All rows below a head of these titles."""
        found = [table[1:] for table in self.tables if table[0] == titles]
        assert found, (titles, [table[0] for table in self.tables])
        return [row for part in found for row in part]


def _grids(document: Document) -> list[Table]:
    return [table for table in document.tables() if table.rows and table.layout == "grid"]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _shown_rows(table: Table) -> list[list[str]]:
    return [
        [visible(shown(column.kind, value)) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


def test_json(document: Document) -> None:
    plain = Document(**{name: getattr(document, name) for name in Document.__slots__ if name != "own_json"})
    read = loads(rendered(plain, ".json"))

    assert (read["form"], read["form_version"]) == ("esviewer.document", 1)
    blocks = [block for section in read["sections"] for block in section["blocks"]]
    for expected, block in zip(plain.blocks(), blocks, strict=True):
        if isinstance(expected, Table):
            assert len(block["rows"]) == len(expected.rows)
            for row, cells in zip(expected.rows, block["rows"], strict=True):
                for column, value in zip(expected.columns, row, strict=True):
                    _same_in_json(column.kind, value, cells.get(column.key, MISSING))
        elif isinstance(expected, Diff):
            assert same(block["changes"], [change.as_json() for change in expected.changes])
        elif isinstance(expected, Chart):
            numbers = [[y for _, y in series.points] for series in expected.series]
            assert same([[y for _, y in series["points"]] for series in block["series"]], numbers)
    for fact, item in zip(facts_of(plain), _facts_in_json(read, blocks), strict=True):
        assert item["label"] == fact.label
        _same_in_json(fact.kind, fact.value, item.get("value", MISSING))


def _facts_in_json(read: dict, blocks: list[dict]) -> Iterator[dict]:
    yield from (*read["figures"], *read["facts"])
    for block in blocks:
        if block["block"] == "facts":
            yield from block["items"]


def _same_in_json(kind: Kind, value: object, read: object) -> None:
    if absent(kind, value):
        assert read is MISSING
    elif kind is Kind.PATH:
        assert read == pointer(value)  # type: ignore[arg-type]
    elif kind in (Kind.TIME, Kind.BYTES):
        assert read == exact(kind, value)
    elif kind is Kind.CHANGES:
        assert same(read, [change.as_json() for change in value])  # type: ignore[attr-defined]
    else:
        assert same(read, value), (read, value)


def test_csv(document: Document) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(document, ".csv").decode(), newline="")))

    def cells(table: str, key: str) -> list[str]:
        return [_unquoted(row[key]) for row in rows if row["table"] == table]

    for table in document.tables():
        for index, column in enumerate(table.columns):
            if column.kind is Kind.CHANGES:
                changes = [(n, change) for n, row in enumerate(table.rows, 1) for change in row[index] or ()]
                key = f"{table.key}.{column.key}"
                assert cells(key, "row") == [str(number) for number, _ in changes]
                assert cells(key, "new") == [visible(exact(Kind.JSON, change.new)) for _, change in changes]
                assert cells(key, "old") == [visible(exact(Kind.JSON, change.old)) for _, change in changes]
                assert cells(key, "path") == [visible(exact(Kind.PATH, change.path)) for _, change in changes]
            else:
                assert cells(table.key, column.key) == [visible(exact(column.kind, row[index])) for row in table.rows]
    facts = [visible(exact(fact.kind, fact.value)) for fact in facts_of(document)]
    assert cells("figures", "value") + cells("facts", "value") == facts
    diffs = [change for block in document.blocks() if isinstance(block, Diff) for change in block.changes]
    assert cells("changes", "old") == [visible(exact(Kind.JSON, change.old)) for change in diffs]
    charts = [y for b in document.blocks() if isinstance(b, Chart) for series in b.series for _, y in series.points]
    assert cells("chart", "y") == ["" if y is None else dumps(y) for y in charts]


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" else text


def test_xlsx(document: Document) -> None:
    book = openpyxl.load_workbook(io.BytesIO(rendered(document, ".xlsx")))
    sheets = {tuple(cell.value for cell in sheet[1]): sheet for sheet in book.worksheets[1:]}

    for table in document.tables():
        if not table.rows:
            continue
        kept = [(index, column) for index, column in enumerate(table.columns) if column.kind is not Kind.CHANGES]
        titles = [t for _, c in kept for t in ([c.title, f"{c.title} (UTC)"] if c.kind is Kind.TIME else [c.title])]
        sheet = sheets[tuple(titles)]
        for number, row in enumerate(table.rows, 2):
            for index, column in kept:
                cell = sheet.cell(number, titles.index(column.title) + 1)
                _same_in_cell(cell, column.kind, row[index])
        for index, column in enumerate(table.columns):
            changes = (
                [change for row in table.rows for change in (row[index] or ())] if column.kind == "changes" else []
            )
            if changes:
                own = sheets[(table.columns[0].title, "Change", "Path", "Old", "New")]
                for number, change in enumerate(changes, 2):
                    _same_in_cell(own.cell(number, 3), Kind.PATH, change.path)
                    _same_in_cell(own.cell(number, 4), Kind.JSON, change.old)
                    _same_in_cell(own.cell(number, 5), Kind.JSON, change.new)
    report = book.worksheets[0]
    values = {(row[0].value, str(row[1].value)) for row in report.iter_rows(max_col=2) if len(row) > 1}
    for fact in facts_of(document):
        assert (visible(fact.label), visible(exact(fact.kind, fact.value))) in values


def _same_in_cell(cell: openpyxl.cell.Cell, kind: Kind, value: object) -> None:
    text = visible(exact(kind, value))
    assert cell.data_type in ("s", "n", "inlineStr"), cell.data_type
    if isinstance(cell.value, (int, float)):
        assert kind in (Kind.INTEGER, Kind.NUMBER, Kind.JSON)
        assert Decimal(str(cell.value)) == Decimal(text)
    else:
        assert (cell.value or "") == text


def test_html(document: Document) -> None:
    read = _Read(rendered(document, ".html").decode())

    for table in _grids(document):
        rows = read.rows([visible(column.title) for column in table.columns])
        assert rows == _shown_rows(table)
    expected = [visible(shown(fact.kind, fact.value)) for fact in facts_of(document)][len(document.figures) :]
    assert [value for value in expected if value not in read.values] == []
    text = _squeezed(read.text)
    for wanted, count in _everything(document).items():
        assert text.count(wanted) >= count, wanted


def test_markdown(document: Document) -> None:
    source = rendered(document, ".md").decode()
    read = _Read(MarkdownIt("commonmark").enable("table").render(source))

    for table in _grids(document):
        rows = read.rows([visible(column.title) for column in table.columns])
        for row, expected in zip(rows, _shown_rows(table), strict=True):
            assert [_squeezed(_unescaped(cell)) for cell in row] == [_squeezed(cell) for cell in expected]
    text = _squeezed(_unescaped(read.text))
    for wanted, count in _everything(document).items():
        assert text.count(wanted) >= count, wanted


def _unescaped(text: str) -> str:
    """Code spans have no line breaks and tabs."""
    return text.replace("\\u000a", "").replace("\\u0009", "")


def test_pdf(document: Document) -> None:
    read = PdfReader(io.BytesIO(rendered(document, ".pdf")))
    text = _squeezed("".join(page.extract_text() for page in read.pages))

    for table in _grids(document):
        for row in _shown_rows(table):
            for cell in row:
                assert _squeezed(cell) in text, cell
    for wanted in _everything(document):
        # A page may end within a longer text, and its foot comes between.
        assert wanted in text or all(text.count(wanted[at : at + 12]) for at in range(0, len(wanted), 24)), wanted


def _everything(document: Document) -> Counter[str]:
    """Each figure's text without white space, and how often it must be there at least."""
    texts = Counter(_squeezed(visible(shown(fact.kind, fact.value))) for fact in facts_of(document))
    for table in document.tables():
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                if column.kind is Kind.CHANGES:
                    for change in value or ():
                        for side in (change.old, change.new):
                            if side is not MISSING:
                                texts[_squeezed(visible(dumps(side)))] += 1
                else:
                    texts[_squeezed(visible(shown(column.kind, value)))] += 1
    del texts[""]
    return texts


def test_charts_are_pictures_in_html_and_pdf() -> None:
    document = DOCUMENTS["plain"]
    page = rendered(document, ".html").decode()
    read = PdfReader(io.BytesIO(rendered(document, ".pdf")))

    assert page.count("<svg ") == 2
    assert any("Balance text" in page.extract_text() for page in read.pages)


def test_equal_documents_give_equal_bytes(document: Document) -> None:
    for ending in FORMS:
        assert rendered(document, ending) == rendered(document, ending), ending


def test_the_aggregate_report_keeps_its_own_json() -> None:
    assert json.loads(rendered(DOCUMENTS["aggregate"], ".json"))["form"] == "esviewer.aggregate-report"
