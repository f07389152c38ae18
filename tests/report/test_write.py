"""Reports are written whole or not at all."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from helpers_report import report_of

from esviewer.errors import CancelledError, EsviewerError, UsageError
from esviewer.report.aggregate import aggregate_document
from esviewer.report.as_json import render_json
from esviewer.report.forms.html import html_pieces
from esviewer.report.model import AggregateReport
from esviewer.report.write import write_report
from esviewer.work import Work


def _html(report: AggregateReport) -> str:
    return "".join(html_pieces(aggregate_document(report)))


@pytest.mark.parametrize("name", ["report.html", "REPORT.HTM", "レポート.html"])
def test_html(tmp_path: Path, name: str) -> None:
    write_report(report_of("日本語\ud800"), tmp_path / name)

    assert (tmp_path / name).read_text("utf-8") == _html(report_of("日本語\ud800"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_json_replaces_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old and longer than nothing" * 10_000)

    write_report(report_of("x"), path)

    assert path.read_bytes() == render_json(report_of("x")).encode()
    assert json.loads(path.read_bytes())["form"] == "esviewer.aggregate-report"


@pytest.mark.parametrize("name", ["report.docx", "report", "html", "report.html.gz"])
def test_other_endings_are_refused_by_naming_the_ones_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.html, \.htm, .*\.xlsx, \.csv, \.json, \.md"):
        write_report(report_of("x"), tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EsviewerError, match=r"can't be written to .*No such file") as caught:
        write_report(report_of("x"), tmp_path / "nowhere" / "report.html")

    assert caught.value.exit_code == 3
    assert caught.value.hint


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()

    with pytest.raises(EsviewerError, match="can't be written"):
        write_report(report_of("x"), tmp_path / "report.html")

    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(os.name == "nt", reason="rights as POSIX has them")
def test_a_folder_without_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root may write everywhere; nobody may not
    try:
        with pytest.raises(EsviewerError, match="Permission denied"):
            write_report(report_of("x"), tmp_path / "report.html")
    finally:
        if root:
            os.seteuid(0)
        tmp_path.chmod(0o700)


def test_cancelling_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    work = Work()
    work.cancel()

    with pytest.raises(CancelledError):
        write_report(report_of("x"), path, work=work)

    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old")
    link = tmp_path / "link.html"
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("no right to make links")

    write_report(report_of("x"), link)

    assert link.is_symlink()
    assert target.read_text("utf-8") == _html(report_of("x"))


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_twenty_thousand_events_are_all_there(tmp_path: Path, name: str) -> None:
    report = report_of("x")
    steps = [
        replace(report.steps[0], event=replace(report.steps[0].event, version=version)) for version in range(20_000)
    ]

    write_report(replace(report, steps=steps), tmp_path / name)

    assert (tmp_path / name).read_text("utf-8").count("9007199254740993") >= 20_000
