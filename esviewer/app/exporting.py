"""Writing events to files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.model.exactjson import dumps
from esviewer.work import Work


def export_jsonl(session: Session, aggregate_id: str | None, path: Path, *, work: Work | None = None) -> int:
    """Write events as JSON Lines (UTF-8, the objects of `Event.as_json`) and return how many.

    The file appears when it is complete; raises EsviewerError when it can't be written.
    """
    count = 0
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
                for event in session.store.events(aggregate_id, work=work):
                    out.write(dumps(event.as_json()) + "\n")
                    count += 1
                    if work is not None and count % 1000 == 0:
                        work.report("Exporting events", count)
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise EsviewerError(f"{path} can't be written: {error.strerror}.", "Choose another folder.") from None
    return count
