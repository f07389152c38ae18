"""From what a person names to an open store: connection, layout, tables, first remarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from esviewer.errors import StoreError
from esviewer.stores.binding import BoundTable, EventTable
from esviewer.stores.catalog import Keys, Table, keys, tables
from esviewer.stores.connection import connect
from esviewer.stores.database import Database, Reader
from esviewer.stores.detection import Fit, chosen, detect, named_layout
from esviewer.stores.layout import Layout, load_layout, read_layouts
from esviewer.stores.notes import Notes
from esviewer.stores.store import Store
from esviewer.work import Work


def open_store(target: str, layout: str | None = None, *, work: Work | None = None) -> Store:
    """Open a store read-only; `target` is a path or a SQLAlchemy URL.

    `layout` is a layout's name, `NAME:TABLE` where it fits several tables, or a path to a .toml file; without it the
    one that fits is taken. Raises StoreError (UnknownLayoutError, AmbiguousLayoutError), LayoutError for a bad file.
    """
    known, problems = read_layouts()
    asked, table = (None, None) if layout is None else _asked(layout, known)
    database = connect(target)
    try:
        notes = Notes()
        for problem in problems:
            notes.say(problem)
        found = database.read(tables, work)
        fit = _fit(found, known, asked, table, database.label)
        store = _bound(database, fit, notes, work)
        store.look_for_warnings(work)
    except BaseException:
        database.close()
        raise
    return store


def _asked(name: str, known: Sequence[Layout]) -> tuple[Layout, str | None]:
    path = Path(name).expanduser()
    if name.lower().endswith(".toml") or path.is_file():
        return load_layout(path), None
    plain, colon, table = name.partition(":")
    if colon and plain.lower().endswith(".toml"):
        return load_layout(Path(plain).expanduser()), table
    return named_layout(plain, known), table if colon else None


def _fit(found: Sequence[Table], known: Sequence[Layout], asked: Layout | None, table: str | None, label: str) -> Fit:
    if asked is None:
        return detect(found, known, label)
    return chosen(found, asked, table, label)


def _bound(database: Database, fit: Fit, notes: Notes, work: Work | None) -> Store:
    def look(reader: Reader) -> tuple[Keys, Keys | None, bool]:
        snapshots = None if fit.snapshots is None else keys(reader, fit.snapshots)
        wide = database.kind == "sqlite" and reader.value(text("PRAGMA encoding")) != "UTF-8"
        return keys(reader, fit.events), snapshots, wide

    event_keys, snapshot_keys, wide_text = database.read(look, work)
    events = EventTable(fit.layout.events, fit.events, event_keys, database.kind, wide_text=wide_text)
    snapshots = None
    if fit.snapshots is not None and snapshot_keys is not None:
        if fit.layout.snapshots is None:
            raise StoreError(f"Layout {fit.layout.name} does not describe snapshots.")
        snapshots = BoundTable(fit.layout.snapshots, fit.snapshots, snapshot_keys, database.kind, wide_text=wide_text)
    return Store(database, fit, events, snapshots, notes)
