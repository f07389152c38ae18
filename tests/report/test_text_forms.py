"""CSV, JSON and Markdown: nothing in them is a formula or markup, whatever a store holds."""

import csv
import io
import re
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers_document import COLUMNS, document_of, grid_of
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from esviewer.model.exactjson import loads
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.model.visible import visible
from esviewer.report.document import Column, Document, Kind, Mapped, Section, Table
from esviewer.report.forms.csv import csv_pieces
from esviewer.report.forms.json import json_pieces
from esviewer.report.forms.markdown import markdown_pieces
from esviewer.report.write import FORMS

ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)
MARKUP = st.text(alphabet="<>&\"'/!-[](){}%#=\\\n\t `*_|~+:.@1ahtpsw$", min_size=1, max_size=16)
DANGEROUS = re.compile(r"[=+\-@\t\r＝＋－＠]")


def _rows(document: Document) -> list[dict[str, str]]:
    text = "".join(csv_pieces(document))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_csv_has_every_table_in_one_file() -> None:
    rows = _rows(document_of())

    assert list(rows[0])[:4] == ["table", "row", "label", "value"]
    assert {row["table"] for row in rows} == {
        "document", "figures", "facts", "warnings", "section", "text", "findings", "events", "events.changes", "json",
        "changes", "chart",
    }  # fmt: skip
    findings = [row for row in rows if row["table"] == "findings"]
    assert [row["row"] for row in findings] == [str(number) for number in range(1, 10)]
    assert findings[1]["count"] == "9007199254740993"
    assert findings[1]["amount"] == "1.10"
    assert findings[2]["name"] == "'=1+1"
    assert findings[2]["count"] == "-5"
    assert findings[1]["path"] == "(root)"
    changes = [row for row in rows if row["table"] == "events.changes"]
    assert [(row["row"], row["version"], row["op"]) for row in changes] == [
        ("1", "1", "add"),
        ("1", "1", "replace"),
        ("1", "1", "remove"),
    ]


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT | st.text(alphabet="=+-@'\t\r\n,\"１２＝0123456789.e", min_size=1, max_size=8))
def test_csv_cells_begin_no_formula_and_lose_nothing(text: str) -> None:
    written = spreadsheet_text(text)
    rows = _rows(document_of(text))

    assert not DANGEROUS.match(written) or re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?", written)
    assert (written.removeprefix("'") if written != visible(text) else written) == visible(text)
    assert [row["name"] for row in rows if row["table"] == "findings"][-1] == written


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_json_keeps_any_text(text: str) -> None:
    written = "".join(json_pieces(document_of(text)))
    written.encode()
    read = loads(written)

    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert read["title"] == paired
    assert read["sections"][2]["blocks"][0]["rows"][-1]["name"] == paired


def test_json_says_what_it_is() -> None:
    read = loads("".join(json_pieces(document_of())))

    assert list(read) == [
        "form", "form_version", "tool", "made", "language", "kicker", "title", "subtitle", "store", "figures", "facts",
        "warnings", "sections",
    ]  # fmt: skip
    assert read["tool"] == {"name": "esviewer", "version": "0.1.0"}
    assert read["sections"][2]["blocks"][0]["columns"][1] == {"key": "count", "title": "Count", "kind": "integer"}
    assert read["sections"][2]["blocks"][0]["rows"][4] == {"name": ""}


class _Markup(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(source))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.text += "\n"
        elif tag != "code":  # an empty figure has no code around it
            self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def _small(text: str) -> Document:
    columns = (COLUMNS[0], Column("json", text, Kind.JSON), Column("path", "Path", Kind.PATH))
    return document_of(
        text,
        sections=[
            Section(text, [*document_of(text).sections[0].blocks, Table("t", text, columns, [(text, text, (text,))])])
        ],
    )


HARMLESS = _Markup("".join(markdown_pieces(_small("x"))))


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | MARKUP)
def test_markdown_has_no_markup_from_a_store(text: str) -> None:
    read = _Markup("".join(markdown_pieces(_small(text))))

    if text.strip() == text and "\n" not in text and "\r" not in text:
        assert read.tags == HARMLESS.tags
    assert not {"a", "img", "script", "style", "em", "strong"} & {*read.tags} - {*HARMLESS.tags}
    squeezed = re.sub(r"\s+", "", read.text.replace("\\u0009", "").replace("\\u000a", ""))
    assert squeezed.count(re.sub(r"\s+", "", visible(text))) >= 8


@pytest.mark.parametrize("key", ["table", "row", "Name", "", "a b"])
def test_keys_that_programs_could_not_use_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="keys"):
        Table("t", "", [Column(key, "A")], [])
    with pytest.raises(ValueError, match="keys"):
        Table("t", "", [Column("a", "A"), Column("a", "B")], [])


@pytest.mark.parametrize("pieces", [csv_pieces, json_pieces, markdown_pieces])
def test_long_tables_come_in_small_pieces(pieces) -> None:
    rows = [(f"name {number}", number) for number in range(5000)]

    assert max(map(len, pieces(grid_of(rows, COLUMNS[:2])))) < 100_000


def test_tables_that_programs_could_not_tell_apart_are_refused() -> None:
    for keys in (("a", "a"), ("facts",), ("changes",)):
        tables = [Table(key, "", COLUMNS[:1], []) for key in keys]
        with pytest.raises(ValueError, match="keys of tables"):
            document_of(sections=[Section("", tables)])


class _Sink(io.RawIOBase):
    """Takes any amount and keeps none."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".csv", ".json", ".md"])
def test_long_tables_take_little_memory(ending: str, tmp_path: Path) -> None:
    made = Mapped(range(20_000), lambda number: (f"name {number}", number, number, None, {"n": number}, ("n",), "info"))
    out = (tmp_path / "report").open("wb") if ending == ".xlsx" else _Sink()
    tracemalloc.start()
    with out:
        FORMS[ending](grid_of(made), out, None)  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 12_000_000
