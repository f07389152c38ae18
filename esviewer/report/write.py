"""Writing a report to a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from esviewer.errors import EsviewerError, UsageError, elsewhere
from esviewer.report.aggregate import aggregate_document
from esviewer.report.document import Document
from esviewer.report.model import AggregateReport
from esviewer.unfinished import unfinished
from esviewer.work import Work

Form: TypeAlias = Callable[[Document, BinaryIO, "Work | None"], None]
"""What writes a document in one form."""

# A form's module is loaded when it is asked for: no command should wait for another's libraries.


def _html(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.html import html_pieces

    write_text(html_pieces(document), out, work)


def _pdf(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.pdf import write_pdf

    write_pdf(document, out, work)


def _xlsx(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.xlsx import write_xlsx

    write_xlsx(document, out, work)


def _csv(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.csv import csv_pieces

    write_text(csv_pieces(document), out, work)


def _json(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.json import json_pieces

    write_text(json_pieces(document), out, work)


def _markdown(document: Document, out: BinaryIO, work: Work | None) -> None:
    from esviewer.report.forms.markdown import markdown_pieces

    write_text(markdown_pieces(document), out, work)


FORMS: Final[Mapping[str, Form]] = {
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".xlsx": _xlsx,
    ".csv": _csv,
    ".json": _json,
    ".md": _markdown,
}
"""What writes a document, by the ending of the file's name."""


def check_ending(path: Path, forms: Mapping[str, Form] = FORMS) -> None:
    """Raise UsageError, naming the endings there are, when a report can't be written to such a file."""
    if path.suffix.lower() not in forms:
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise UsageError(f"{path.name!r} {ending}.", f"A report's file ends in {', '.join(forms)}.")


def write_report(
    report: Document | AggregateReport,
    path: Path,
    *,
    work: Work | None = None,
    forms: Mapping[str, Form] = FORMS,
) -> None:
    """Write a report in the form that the file's ending names; a file that is there is replaced as a whole.

    A report with forms of its own, such as SARIF, passes them all as `forms`. Raises UsageError for an ending without
    a form and EsviewerError when the file can't be written; both before anything of the old file is lost.
    """
    check_ending(path, forms)
    document = report if isinstance(report, Document) else aggregate_document(report)
    try:
        _replace(path.resolve(), forms[path.suffix.lower()], document, work)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EsviewerError(
            f"The report can't be written to {path}: {reason}.",
            elsewhere(error),
        ) from error


def write_text(pieces: Iterator[str], out: BinaryIO, work: Work | None = None) -> None:
    """Write text as UTF-8, piece by piece."""
    for piece in pieces:
        out.write(piece.encode())
        if work is not None:
            work.check()


def _replace(path: Path, form: Form, document: Document, work: Work | None) -> None:
    part = unfinished(path)
    try:
        with part.open("xb") as file:
            form(document, file, work)
            if work is not None:
                work.check()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
