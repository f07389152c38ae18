"""A rollback analysis as a document, in each of its forms."""

from __future__ import annotations

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
