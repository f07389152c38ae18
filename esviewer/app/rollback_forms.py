"""A rollback analysis as a document, in each of its forms."""

from __future__ import annotations

from pathlib import Path

from esviewer.app.files import write_whole
from esviewer.errors import EsviewerError
from esviewer.model.exactjson import dumps
from esviewer.questions.rollback import Rollback

ENDINGS = {"text": ".txt", "markdown": ".md", "json": ".json", "patch": ".json"}
"""The forms, and what a file of each ends in; `patch` is only the JSON Patch (RFC 6902)."""


def document(found: Rollback, form: str) -> str:
    """The whole document in one of the forms, as it stands in a file."""
    if form == "text":
        return found.text()
    if form == "markdown":
        return found.markdown()
    return dumps(found.as_json() if form == "json" else found.patch(), indent=2) + "\n"


def save(found: Rollback, form: str, file: Path) -> None:
    """Write the document to a file; raises EsviewerError when that can't be done."""
    try:
        write_whole(file, document(found, form).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise EsviewerError(
            f"The rollback can't be written to {file}: {error.strerror}.", "Choose another file."
        ) from None
