"""Writing a report to a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from esviewer.errors import EsviewerError, UsageError
from esviewer.report.as_json import json_pieces
from esviewer.report.html import html_pieces
from esviewer.report.model import AggregateReport
from esviewer.work import Work

FORMS: dict[str, Callable[[AggregateReport], Iterator[str]]] = {
    ".html": html_pieces,
    ".htm": html_pieces,
    ".json": json_pieces,
}
"""What renders a report, by the ending of the file's name."""


def check_ending(path: Path) -> None:
    """Raise UsageError, naming the endings there are, when a report can't be written to such a file."""
    if path.suffix.lower() not in FORMS:
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise UsageError(f"{path.name!r} {ending}.", f"A report's file ends in {', '.join(FORMS)}.")


def write_report(report: AggregateReport, path: Path, *, work: Work | None = None) -> None:
    """Write a report as UTF-8 in the form that the file's ending names; a file that is there is replaced as a whole.

    Raises UsageError for an ending without a form and EsviewerError when the file can't be written; both before
    anything of the old file is lost.
    """
    check_ending(path)
    try:
        _replace(path.resolve(), FORMS[path.suffix.lower()](report), work)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EsviewerError(
            f"The report can't be written to {path}: {reason}.",
            "Choose a folder that exists and that you may write to.",
        ) from error


def _replace(path: Path, pieces: Iterator[str], work: Work | None) -> None:
    # In the same folder, since a file can't be renamed across file systems.
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
                if work is not None:
                    work.check()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
