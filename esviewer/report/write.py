"""Writing a report to a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from esviewer.errors import EsviewerError, UsageError, elsewhere
from esviewer.plugins import Plugin, Skipped
from esviewer.report import plugged
from esviewer.report.aggregate import aggregate_document
from esviewer.report.document import Document
from esviewer.report.model import AggregateReport
from esviewer.report.plugged import endings
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
_OF_AUDITS: Final = (".sarif", ".xml")
"""Endings of forms that only some reports have, and no plug-in may take either."""


def forms_now() -> dict[str, Form]:
    """What writes a document, by the ending of the file's name; plug-ins that are switched on among them."""
    return {**FORMS, **{each: partial(_plugged, each) for each in plugged_endings()}}


def plugged_endings() -> list[str]:
    """The endings of the forms of plug-ins that are switched on; none is loaded."""
    return endings((*FORMS, *_OF_AUDITS))


def plugged_forms() -> tuple[dict[str, tuple[Plugin, object]], list[Skipped]]:
    """The forms of plug-ins that can be used, by name, and the plug-ins that can't."""
    return plugged.forms((*FORMS, *_OF_AUDITS))


def _plugged(ending: str, document: Document, out: BinaryIO, work: Work | None) -> None:
    plugged.form(ending, (*FORMS, *_OF_AUDITS))(document, out, work)


def check_ending(path: Path, forms: Mapping[str, Form] | None = None) -> None:
    """Raise UsageError, naming the endings there are, when a report can't be written to such a file.

    `forms` are all that there are for the report; None: `forms_now`. A plug-in that can't be used has none.
    """
    known = forms_now() if forms is None else forms
    ending = path.suffix.lower()
    if ending not in known:
        said = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise UsageError(f"{path.name!r} {said}.", f"A report's file ends in {', '.join(known)}.")
    if ending not in FORMS and ending not in _OF_AUDITS:
        plugged.form(ending, (*FORMS, *_OF_AUDITS))


def write_report(
    report: Document | AggregateReport,
    path: Path,
    *,
    work: Work | None = None,
    forms: Mapping[str, Form] | None = None,
) -> None:
    """Write a report in the form that the file's ending names; a file that is there is replaced as a whole.

    A report with forms of its own, such as SARIF, passes them all as `forms`. Raises UsageError for an ending without
    a form and EsviewerError when the file can't be written; both before anything of the old file is lost.
    """
    forms = forms_now() if forms is None else forms
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
