"""Writing events to files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TextIO

from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.model.exactjson import dumps
from esviewer.work import Work


def export_jsonl(session: Session, aggregate_id: str | None, path: Path, *, work: Work | None = None) -> int:
    """Write events as JSON Lines (UTF-8, the objects of `Event.as_json`) and return how many.

    A file appears, or replaces the one that is there, when it is complete; pipes and devices are written as they are.
    Raises EsviewerError when it can't be written.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("w", encoding="utf-8", newline="\n") as out:
                return _write(session, aggregate_id, out, work)
        # In the same folder, since a file can't be renamed across file systems.
        partial = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with partial.open("x", encoding="utf-8", newline="\n") as out:
                count = _write(session, aggregate_id, out, work)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise EsviewerError(
            f"{path} can't be written: {error.strerror}.", "Choose a folder that exists and that you may write to."
        ) from None
    return count


def _write(session: Session, aggregate_id: str | None, out: TextIO, work: Work | None) -> int:
    count = 0
    for event in session.store.events(aggregate_id, work=work):
        out.write(dumps(event.as_json()) + "\n")
        count += 1
        if work is not None and count % 1000 == 0:
            work.report("Exporting events", count)
    return count
