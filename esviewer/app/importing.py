"""Making an embedded store of a file of events: a reproduction that travels as one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from esviewer.app import activity
from esviewer.app.masking import InForce
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.event import Event
from esviewer.model.masking import Masker
from esviewer.stores.imported import Imported, write_imported
from esviewer.unfinished import unfinished
from esviewer.work import Work


def import_events(
    session: Session, path: Path, rules: InForce, *, force: bool = False, work: Work | None = None
) -> tuple[Imported, Masker | None]:
    """Write all events of a store to a new embedded store, log that, and say what was written and what masked it.

    The store appears when it is complete. Raises UsageError when there is a file already and `force` does not allow
    replacing it, EsviewerError when it can't be written.
    """
    work = work or Work()
    target = path.resolve()
    if target.exists() and not (force and target.is_file()):
        hint = "Name another file, or add --force." if target.is_file() else "Name a file."
        raise UsageError(f"{path} is there already and is not replaced.", hint)
    masker: Masker | None = None

    def events() -> Iterator[Event]:
        nonlocal masker
        masker = rules.masker() if rules.masks else None
        found = session.store.events(work=work)
        return found if masker is None else map(masker.event, found)

    total = session.store.info(exact=False, work=work).events
    part = unfinished(target)
    try:
        try:
            done = write_imported(part, events, _reporting(work, total))
            with part.open("r+b") as out:
                os.fsync(out.fileno())
            work.check()
            for ending in ("-wal", "-shm", "-journal"):
                # They belong to the database that is replaced, and would be taken for the new one's.
                target.with_name(target.name + ending).unlink(missing_ok=True)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise EsviewerError(
            f"{path} can't be written: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to, with enough space.",
        ) from None
    masked = None if masker is None else masker.counts.total()
    activity.note("import", store=session.store.label, file=target, events=done.events, masked=masked)
    return done, masker


def _reporting(work: Work, total: int) -> Callable[[int], None]:
    return lambda done: work.report("Importing events", done, total)
