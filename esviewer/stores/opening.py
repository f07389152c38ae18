"""From what a person names to an open store: connection, layout, tables, first remarks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import column, select, table, text

from esviewer.errors import StoreError
from esviewer.stores.binding import EventTable, SnapshotTable
from esviewer.stores.codecs.cipher import cipher_key
from esviewer.stores.collecting import patient_collector
from esviewer.stores.databases.catalog import Keys, Table, keys, tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.database import Database, Reader
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.layouts.detection import Fit, Section, chosen, detect, named_layout
from esviewer.stores.layouts.layout import load_layout, read_layouts
from esviewer.stores.layouts.model import Layout, Source, folded
from esviewer.stores.notes import Notes
from esviewer.stores.relation import Relation
from esviewer.stores.store import Store
from esviewer.work import Work

_FEW_TABLES = 50


def open_store(
    target: str,
    layout: str | None = None,
    *,
    options: ConnectionOptions | None = None,
    tenant: str | None = None,
    work: Work | None = None,
) -> Store:
    """Open a store read-only; `target` is a path or a SQLAlchemy URL.

    With `tenant`, here or in the `options` of the connection, only that tenant's events are read. `layout` is a
    layout's name, `NAME:TABLE` where it fits several tables, or a path to a .toml file; without it the one that fits
    is taken. Raises StoreError (UnknownLayoutError, AmbiguousLayoutError), LayoutError for a bad file.
    """
    patient_collector()
    known, problems = read_layouts()
    asked, named = (None, None) if layout is None else _asked(layout, known)
    database = connect(target, options)
    if tenant is None and options is not None:
        tenant = options.tenant
    try:
        notes = Notes()
        for problem in problems:
            notes.say(problem)
        found = database.read(tables, work)
        fit = _fit(found, known, asked, named, database.label)
        store = _bound(database, fit, notes, tenant, work)
        if store.plugins:
            notes.say(f"It is read by plug-ins: {', '.join(store.plugins)}.")
        store.look_for_warnings(work)
        # A closure, which shows nothing of the target's password.
        store.opened_by(lambda: open_store(target, layout, options=options, tenant=tenant))
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


def _bound(database: Database, fit: Fit, notes: Notes, tenant: str | None, work: Work | None) -> Store:
    sections = [fit.events] if fit.snapshots is None else [fit.events, fit.snapshots]

    def look(reader: Reader) -> tuple[dict[str, Keys], list[tuple[Table, str]], bool]:
        known = {}
        for section in sections:
            # What orders a family's tables is only of use where they are few.
            family = [each for each, _ in section.members] if len(section.members) <= _FEW_TABLES else []
            for each in (section.table, *section.joined.values(), *family):
                known[each.full_name] = keys(reader, each)
        wide = database.kind == "sqlite" and reader.value(text("PRAGMA encoding")) != "UTF-8"
        return known, members(reader, fit.events), wide

    known, listed, wide_text = database.read(look, work)

    def relation(
        section: Section,
        name: str,
        tables: Sequence[tuple[Table, str]] = (),
        only: Sequence[tuple[Source, Any]] = (),
    ) -> Relation:
        layout = section.layout
        if tenant is not None and "tenant" in layout.parts:
            only = [*only, (layout.part("tenant"), tenant)]
        return Relation(
            section,
            known,
            database.kind,
            id_source=layout.part("aggregate_id"),
            version_source=layout.part("version"),
            members=tables,
            only=only,
            name=name,
            cipher=partial(cipher_key, database.label),
        )

    if tenant is not None and "tenant" not in fit.layout.events.parts:
        raise StoreError(f"Layout {fit.layout.name} knows no tenants.", "Leave the tenant out.")
    events = EventTable(relation(fit.events, "e", listed), wide_text=wide_text)
    snapshots = None
    if fit.snapshots is not None:
        snapshots = SnapshotTable(relation(fit.snapshots, "s"), events, wide_text=wide_text)

    def within(value: Any) -> EventTable:
        only = [(fit.events.layout.part(events.scope[0]), value)] if events.scope is not None else []
        return EventTable(relation(fit.events, "e", listed, only), wide_text=wide_text)

    return Store(database, fit, events, within, snapshots, notes)


def members(reader: Reader, section: Section) -> list[tuple[Table, str]]:
    """The tables of a family with their labels; those that its registry lists, where it has one."""
    family = section.layout.family
    if family is None or section.registry is None:
        return list(section.members)
    names = {folded(each.name): each.name for each in section.registry.columns}
    source = table(section.registry.name, *map(column, names.values()), schema=section.registry.schema)
    picked = [source.c[names[folded(family.names)]]]
    picked.append(source.c[names[folded(family.labels)]] if family.labels else picked[0])
    listed = {str(name): str(label) for name, label in reader.rows(select(*picked).distinct())}
    return [(each, listed[each.name]) for each, _ in section.members if each.name in listed]
