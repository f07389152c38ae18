"""Workbooks have typed cells, and nothing in them is a formula, a link or a number that a spreadsheet would change."""

import gc
import io
import sys
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from helpers_document import COLUMNS, RECORD_ROWS, RECORDS, TIMES, document_of, grid_of
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.instant import parse
from esviewer.model.values import Number
from esviewer.model.visible import visible
from esviewer.report.document import Column, Document, Kind, Section, Table
from esviewer.report.forms import xlsx
from esviewer.report.forms.xlsx import MAX_TEXT, fitting, spreadsheet_number, write_xlsx


def _book(document: Document) -> openpyxl.Workbook:
    out = io.BytesIO()
    write_xlsx(document, out, None)
    return openpyxl.load_workbook(out)


def _sheet(rows: list, columns: tuple[Column, ...]) -> openpyxl.worksheet.worksheet.Worksheet:
    return _book(grid_of(rows, columns)).worksheets[1]


def test_numbers_are_numbers_only_where_they_stay_as_they_are() -> None:
    assert [spreadsheet_number(value) for value in (5, -7, 0, 2.5, -0.1, 999_999_999_999_999, Number("2.5"))] == [
        5,
        -7,
        0,
        2.5,
        -0.1,
        999_999_999_999_999,
        2.5,
    ]
    for value in (
        10**15,
        9007199254740993,
        2**70,
        Number("1.10"),
        Number("1e-400"),
        0.1 + 0.2,
        float("nan"),
        True,
        "5",
    ):
        assert spreadsheet_number(value) is None, value


@given(st.floats() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False).map(lambda d: Number(str(d))))
@settings(max_examples=200, deadline=None)
def test_any_number_cell_says_the_number(value: float | int | Number) -> None:
    number = spreadsheet_number(value)

    if number is not None:
        assert Decimal(format(number, ".15g")) == Decimal(str(value))


TEXTS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.com", "mailto:a@b.c", "{=A1}", "1"]


@pytest.mark.parametrize("text", [*TEXTS, "TRUE", "\t=1", "internal:Sheet!A1", "日本\n語", "_x0041_"])
def test_texts_stay_texts(text: str) -> None:
    sheet = _sheet([(text, {"k": text})], (Column("a", "A"), Column("b", "B", Kind.JSON)))

    # A spreadsheet reads _x0041_ as A, unless its underscore is escaped; openpyxl shows the escape.
    assert sheet["A2"].value.replace("_x005F_", "_") == text
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].hyperlink is None
    assert sheet["B2"].data_type == "s"


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_book_that_can_be_read(text: str) -> None:
    sheet = _book(document_of(text)).worksheets[1]

    last = sheet.max_row
    assert sheet.cell(last, 1).value.replace("_x005F_", "_") == visible(text)


def test_heads_are_frozen_and_filtered() -> None:
    sheet = _book(document_of()).worksheets[1]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:H{sheet.max_row}"
    assert all(sheet.column_dimensions[letter].width >= 8 for letter in "ABCDEFGH")


def test_times_are_exact_texts_with_dates_beside_them() -> None:
    columns = (Column("at", "At", Kind.TIME),)
    sheet = _sheet([(time,) for time in (*TIMES, parse("1600-01-01T00:00Z"))], columns)

    assert [cell.value for cell in sheet[1]] == ["At", "At (UTC)"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [
        "2026-11-22T14:34:00.500+09:00",
        "2026-11-22T05:35:00",
        "1969-07-20T20:17:40.123456789Z",
        None,
        "1600-01-01T00:00:00Z",
    ]
    assert sheet["B2"].value == datetime(2026, 11, 22, 5, 34, 0, 500_000)
    assert sheet["B3"].value == datetime(2026, 11, 22, 5, 35)
    assert "no zone" in sheet["B3"].number_format
    assert "no zone" not in sheet["B2"].number_format
    assert sheet["B6"].value is None


def test_changes_have_a_sheet_of_their_own() -> None:
    book = _book(grid_of(RECORD_ROWS, RECORDS))

    assert book.sheetnames == ["Report", "Table", "Table Changes"]
    rows = [[cell.value for cell in row] for row in book["Table Changes"].iter_rows(values_only=False)]
    assert rows == [
        ["Version", "Change", "Path", "Old", "New"],
        [1, "add", "/a/b", None, '{"new":1.10}'],
        [1, "replace", "/list/3", '"old"', "null"],
        [1, "remove", "(root)", '{"gone":18446744073709551616}', None],
    ]


def test_names_of_sheets_are_valid_and_unique() -> None:
    titles = [
        "a:b/c?d*[e]\\f",
        "x" * 40,
        "x" * 41,
        "History",
        "'quoted'",
        "",
        "report",
        "日本語" * 20,
        "😀" * 30,
        "Same",
        "SAME",
    ]
    tables = [Table(f"t{number}", title, COLUMNS[:1], [("x",)]) for number, title in enumerate(titles)]
    names = _book(document_of(sections=[Section("", tables)])).sheetnames

    assert len(names) == len(titles) + 1
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.casefold() != "history"


def test_a_text_that_no_cell_holds_is_cut_with_a_remark() -> None:
    for text in ("x" * 40_000, "😀" * 20_000):
        cut = fitting(text)
        assert len(cut.encode("utf-16-le")) // 2 <= MAX_TEXT
        assert cut.endswith(f" … (cut: {len(text):,} characters; the JSON and CSV forms have them all)")
        assert _sheet([(text,)], COLUMNS[:1])["A2"].value == cut
    assert fitting("x" * MAX_TEXT) == "x" * MAX_TEXT


def test_a_table_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 10)
    book = _book(grid_of([(f"name {number}",) for number in range(25)], COLUMNS[:1]))

    assert book.sheetnames == ["Report", "Table", "Table 2", "Table 3"]
    assert [sheet.max_row for sheet in book.worksheets[1:]] == [11, 11, 6]
    assert book["Table 3"]["A1"].value == "Name"
    assert book["Table 3"]["A6"].value == "name 24"


def test_a_full_disk_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is half written says nothing more when it goes."""

    class Full(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if self.tell() + len(data) > 2_000:
                raise OSError(28, "No space left on device")
            return super().write(data)

    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    out = Full()
    with pytest.raises(OSError, match="No space left"):
        write_xlsx(document_of(), out, None)
    out.close()
    gc.collect()
    assert said == []
