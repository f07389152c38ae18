"""The changes of some fields as a CSV file, for spreadsheets."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Collection
from pathlib import Path as FilePath

from esviewer.app.masking import OFF
from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError, elsewhere
from esviewer.model.change import Path
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value
from esviewer.questions.field_history import field_history
from esviewer.unfinished import unfinished
from esviewer.work import Work

HEADS = ("version", "timestamp", "event_type", "path", "op", "old", "new")

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what would begin one is preceded by an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def save_field_csv(
    view: AggregateView,
    paths: Collection[Path],
    file: FilePath,
    screen: Screen | None = None,
    *,
    work: Work | None = None,
) -> int:
    """Write every change of the fields as CSV (RFC 4180, UTF-8) and return how many; old and new are JSON.

    `screen` masks what it masks.

    The file appears, or replaces the one that is there, when it is complete. Raises EsviewerError when it can't.
    """
    try:
        target = file.resolve()
        partial = unfinished(target)
        try:
            count = _write(view, paths, partial, screen or Screen(OFF), work)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise EsviewerError(
            f"{file} can't be written: {error.strerror}.", elsewhere(error)
        ) from None
    return count


def _write(
    view: AggregateView, paths: Collection[Path], partial: FilePath, screen: Screen, work: Work | None
) -> int:
    count, of = 0, view.summary.aggregate_id
    with partial.open("x", encoding="utf-8", errors="backslashreplace", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADS)
        for change in field_history(view.history, paths, last=len(view), work=work):
            instant = view.instant(change.index)
            rows.writerow(
                (
                    int(view.versions[change.index]),
                    "" if instant is None else instant.isoformat(),
                    cell(screen.text(view.type_at(change.index))),
                    cell(screen.pointer(change.path, of)),
                    change.op,
                    cell(_json(screen.shown(change.old, change.path, of))),
                    cell(_json(screen.shown(change.new, change.path, of))),
                )
            )
            count += 1
        out.flush()
        os.fsync(out.fileno())
    return count


def _json(value: Value) -> str:
    return "" if value is MISSING else dumps(value)
