"""PDF reports are set from data alone, can be read by people and programs, and fit their pages."""

import io
import re
from dataclasses import replace
from datetime import datetime

import pytest
from helpers_document import COLUMNS, TIMES, document_of, grid_of
from pypdf import PdfReader

from esviewer.errors import CancelledError, EsviewerError
from esviewer.report.document import Column, Document, JsonBlock, Kind, Mapped, Section, Table
from esviewer.report.forms import pdf
from esviewer.report.forms.pdf import MAX_ROWS, write_pdf
from esviewer.work import Work

HOSTILE = [
    '#eval("1+1") #sys.version',
    '#import "@preview/cetz:0.3.0": *',
    '#read("/etc/passwd") #include "data.json"',
    "$x^2$ *bold* _it_ `raw` <label> @ref = Heading",
    "- list + enum / term: x // comment /* more",
    '"] \\u{41} \\ \\n ~ --- ... \'quotes\' "double"',
    "https://example.com/a?b=c",
    "{{ jinja }} </script>",
]


def _read(document: Document) -> PdfReader:
    out = io.BytesIO()
    write_pdf(document, out, None)
    return PdfReader(out)


def _texts(document: Document) -> list[str]:
    return [page.extract_text() for page in _read(document).pages]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_pages_are_numbered_and_headed() -> None:
    pages = _texts(document_of("order-1"))

    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page
        assert "/stores/order-1.db" in page
        assert "2026-11-23 09:00:00+09:00" in page


def test_contents_name_the_sections_and_their_pages() -> None:
    first = _texts(document_of("order-1"))[0]

    contents = first[first.index("Contents") :]
    assert re.search(r"Findings[ .]+2", contents)
    assert contents.index("Scope") < contents.index("Findings") < contents.index("Charts")


def test_the_outline_and_what_the_file_says_about_itself() -> None:
    read = _read(document_of("order-1"))

    assert read.metadata is not None
    assert read.metadata.title == "Audit report: order-1"
    assert read.metadata.creation_date == datetime.fromisoformat("2026-11-23T09:00:00+09:00")
    assert read.trailer["/Root"]["/Lang"] == "en"


def test_fonts_are_embedded_and_japanese_can_be_read() -> None:
    read = _read(document_of("注文 りんご カタカナ"))

    assert "注文 りんご カタカナ" in read.pages[0].extract_text()
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        for each in font["/DescendantFonts"]:
            assert {"/FontFile2", "/FontFile3"} & set(each.get_object()["/FontDescriptor"].get_object())


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_only_text(text: str) -> None:
    read = _squeezed("".join(_texts(document_of(text))))

    assert read.count(_squeezed(text)) >= 8


def test_the_template_asks_for_nothing_but_the_data() -> None:
    from esviewer import assets

    template = assets.path("report/document.typ").read_text(encoding="utf-8")

    assert re.findall(r"\b(?:json|read|csv|yaml|toml|xml|eval|import|include|plugin)\b *\([^\n]*", template) == [
        'json("data.json")'
    ]


def test_what_no_font_has_is_an_escape_and_is_told() -> None:
    pages = _texts(document_of("a\U0010fffdb"))

    assert "has no font for 1 character of the report" in " ".join(pages[0].split())
    assert "a\\udbff\\udffdb" in pages[0]
    assert "has no font" not in _texts(document_of("日本語"))[0]


def test_deceiving_characters_are_escapes() -> None:
    assert "a\\u202eb\\u200bc" in _texts(document_of("a\u202eb\u200bc"))[0]


def test_long_words_are_broken_and_stay_whole_when_copied() -> None:
    word = "0123456789abcdef" * 60
    columns = (Column("a", "A"), Column("b", "B", Kind.JSON))
    document = grid_of([(word, {word: word})], columns)
    pages = _texts(document)

    assert max(len(line) for page in pages for line in page.split("\n")) < 200
    assert _squeezed("".join(pages)).count(word) == 3


def test_a_wide_table_turns_its_page() -> None:
    columns = tuple(Column(f"c{number}", f"Column {number}") for number in range(14))
    read = _read(grid_of([tuple(f"value {number}" for number in range(14))], columns))

    assert [page.mediabox.width > page.mediabox.height for page in read.pages] == [False, True]
    assert "value 13" in read.pages[1].extract_text().replace("\n", " ")


def test_turned_pages_are_shared_and_none_is_turned_for_nothing() -> None:
    columns = tuple(Column(f"c{number}", f"Column {number}") for number in range(14))
    tables = [Table(f"t{number}", "", columns, [[str(number)] * 14] * number) for number in range(3)]
    read = _read(document_of(sections=[Section(table.key, [table]) for table in tables]))

    assert [page.mediabox.width > page.mediabox.height for page in read.pages] == [False, True]


def test_a_title_that_the_section_has_is_not_said_twice() -> None:
    text = "".join(_texts(document_of(sections=[Section("Checks", [Table("t", "Checks", COLUMNS[:1], [("x",)])])])))

    assert text.count("Checks") == 1


def test_heads_of_tables_are_repeated_and_long_tables_say_what_is_left_out() -> None:
    count = MAX_ROWS + 3000
    rows = Mapped(range(count), lambda number: (f"name {number}", number))
    pages = _texts(grid_of(rows, COLUMNS[:2]))

    assert f"The first {MAX_ROWS:,} of {count:,} rows; the HTML" in " ".join(pages[0].split())
    assert all("Name" in page and "Count" in page for page in pages)
    assert f"name {MAX_ROWS - 1}" in pages[-1]
    assert f"name {MAX_ROWS}" not in "".join(pages)


def test_a_huge_state_is_cut_with_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_LINES", 50)
    text = "".join(_texts(document_of(sections=[Section("State", [JsonBlock("", list(range(500)))])])))

    assert "The first 50 of 502 lines" in " ".join(text.split())


def test_a_long_text_is_cut_with_a_remark() -> None:
    text = _squeezed("".join(_texts(grid_of([("x" * 10_000, 1)], COLUMNS[:2]))))

    assert "(cut:10,000characters;" in text


def test_a_report_of_nothing() -> None:
    empty = Document("Report", "", "", TIMES[1], "0.1.0")  # type: ignore[arg-type]

    assert "1 / 1" in _texts(empty)[0]


def test_it_can_be_cancelled() -> None:
    work = Work()
    work.cancel()

    with pytest.raises(CancelledError):
        write_pdf(document_of(), io.BytesIO(), work)


def test_what_the_typesetter_refuses_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()")
    monkeypatch.setattr(pdf.assets, "path", lambda _: broken)

    with pytest.raises(EsviewerError, match="The PDF can't be made") as caught:
        write_pdf(document_of(), io.BytesIO(), None)
    assert caught.value.hint


def test_a_row_of_a_few_lines_is_not_torn_apart() -> None:
    """And one that is longer than a page goes on on the next."""
    columns = [Column("a", "A", Kind.INTEGER), Column("b", "B"), *(Column(name, name) for name in "cdefgh")]

    def pages(rows: list[tuple[object, ...]]) -> list[str]:
        table = Table("t", "", columns, rows)
        return _texts(replace(document_of("x"), sections=(Section("Rows", (table,)),)))

    rows: list[tuple[object, ...]] = [
        (number, f"first{number}. " + "some words " * 40 + f"last{number}.", *"......") for number in range(200)
    ]
    for page in pages(rows):
        assert set(re.findall(r"first(\d+)\.", page)) == set(re.findall(r"last(\d+)\.", page))
    long = [(1, "begin " + "word " * 1100 + "end", *"......")]
    assert any("begin" in page and "end" not in page for page in pages(long)[1:])
    assert any("end" in page for page in pages(long))
