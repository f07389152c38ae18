"""`esviewer report` in every form."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from esviewer.app.demo import PUZZLING_ORDER

EVENTS = 16


def _versions(path: Path) -> list[int]:
    """The versions of the timeline that a form tells."""
    text = path.read_bytes()
    match path.suffix:
        case ".json":
            return [step["version"] for step in json.loads(text)["timeline"]]
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return [int(row["version"]) for row in csv.DictReader(file) if row["table"] == "events"]
        case ".xlsx":
            sheet = openpyxl.load_workbook(path)["Timeline"]
            return [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]  # type: ignore[misc]
        case ".md":
            lines = text.decode().splitlines()
            return [int(line.removeprefix("- Version: ")) for line in lines if line.startswith("- Version: ")]
        case ".html":
            return [int(part.split("<")[0]) for part in text.decode().split('<span class="key">')[1:]]
    pages = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    timeline = pages[pages.rindex("each event, and what it did") :]
    return [number for number in range(1, EVENTS + 1) if f"\n{number} " in timeline]


@pytest.mark.parametrize("ending", ["html", "pdf", "xlsx", "csv", "json", "md"])
def test_every_form_tells_every_event(run, demo: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report.{ending}"
    done = run("report", demo, PUZZLING_ORDER, "--output", path)

    assert (done.code, done.out) == (0, "")
    assert f"Report written to {path}." in done.err
    assert _versions(path) == list(range(1, EVENTS + 1))


def test_the_help_names_the_forms(run) -> None:
    assert ".html, .pdf, .xlsx, .csv, .json" in " ".join(run("report", "--help").out.split())


def test_nothing_of_the_forms_is_loaded_for_other_commands() -> None:
    script = (
        "import sys, esviewer.report.write, esviewer.cli.commands.report\n"
        "print([name for name in ('typst', 'xlsxwriter', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=os.environ, check=True)

    assert done.stdout.strip() == "[]"
