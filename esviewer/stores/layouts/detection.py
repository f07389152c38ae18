"""Which layouts fit a database, and why: by tables with their columns, never by a name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from esviewer.errors import AmbiguousLayoutError, UnknownLayoutError, UsageError
from esviewer.stores.databases.catalog import Column, Table
from esviewer.stores.layouts.model import Family, Join, Layout, TableLayout, folded


@dataclass(frozen=True, slots=True)
class Section:
    """The tables that one section of a layout is read from."""

    layout: TableLayout
    table: Table
    """The table itself; of a family the first member."""
    joined: Mapping[str, Table]
    """Tables of joins by the joins' names; an optional one may be missing."""
    members: tuple[tuple[Table, str], ...] = ()
    """All tables of a family with their labels; where a registry lists them, all that look like members."""
    registry: Table | None = None

    @property
    def name(self) -> str:
        """The full name of the table that stands for it."""
        return (self.registry or self.table).full_name


@dataclass(frozen=True, slots=True)
class Fit:
    """One layout that fits: its tables, how well, and the reasons as sentences."""

    layout: Layout
    events: Section
    snapshots: Section | None
    score: int
    """Columns that were found, plus one for each table with the usual name; only for ranking."""
    reasons: tuple[str, ...]
    tables: dict[str, str] = field(default_factory=dict)
    """`events` and perhaps `snapshots`, with the full names of their tables."""

    @property
    def choice(self) -> str:
        """What `--layout` takes to choose exactly this."""
        return f"{self.layout.name}:{self.events.name}"


def _columns(table: Table) -> set[str]:
    return {folded(column.name) for column in table.columns}


def extra_columns(layout: TableLayout, table: Table) -> list[Column]:
    """The columns that a layout does not name."""
    named = {folded(name) for name in (*layout.required, *layout.optional)}
    return [column for column in table.columns if folded(column.name) not in named]


def _missing(required: Iterable[str], table: Table) -> list[str]:
    present = _columns(table)
    return [name for name in required if folded(name) not in present]


def _is_one(layout: TableLayout, table: Table) -> bool:
    name = folded(table.name)
    if layout.name_with and folded(layout.name_with) not in name:
        return False
    if layout.name_without and folded(layout.name_without) in name:
        return False
    if table.view and not layout.view:
        return False
    return not _missing(layout.required, table) and len(_missing(layout.absent, table)) == len(layout.absent)


def _usual(names: Sequence[str], table: Table) -> bool:
    return folded(table.name) in map(folded, names)


def _best(names: Sequence[str], candidates: Sequence[Table]) -> Table | None:
    """The candidate with a usual name, or the only one."""
    usual = [table for table in candidates if _usual(names, table)]
    if usual:
        return usual[0]
    return candidates[0] if len(candidates) == 1 else None


def _joined(joins: Sequence[Join], table: Table, near: Sequence[Table]) -> dict[str, Table] | None:
    """The tables that joins need, or None when one is missing."""
    found = {}
    for join in joins:
        candidates = [
            each
            for each in near
            if (each != table or _usual(join.tables, table)) and not _missing((*join.required, *join.on), each)
        ]
        # A table of an unusual name could be anything; whose usual names are not given is told by its columns.
        partner = _best(join.tables, candidates)
        if partner is not None:
            found[join.name] = partner
        elif not join.optional:
            return None
    return found


def _members(family: Family, layout: TableLayout, near: Sequence[Table]) -> list[tuple[Table, str]]:
    pattern = re.escape(family.pattern or "*").replace(r"\*", "(.*)", 1).replace(r"\*", ".*")
    found = []
    for table in near:
        match = re.fullmatch(pattern, table.name)
        if match is not None and _is_one(layout, table) and _kinds_fit(layout, table):
            found.append((table, match[1]))
    return found


def _kinds_fit(layout: TableLayout, table: Table) -> bool:
    """Whether the parts that need a column of some kind have one."""
    kinds = {folded(column.name): column.kind for column in table.columns}
    for source in layout.parts.values():
        held = [kinds[folded(name)] for name in source.columns if folded(name) in kinds]
        if source.only and held and not any((kind == "integer") == (source.only == "integer") for kind in held):
            return False
    return True


def _sections(layout: TableLayout, tables: Sequence[Table]) -> list[Section]:
    """All places in a database that a section of a layout could be read from."""
    if layout.family is None:
        found = []
        for table in tables:
            if _is_one(layout, table) and (layout.spread is None or extra_columns(layout, table)):
                joined = _joined(layout.joins, table, _near(table, tables))
                if joined is not None:
                    found.append(Section(layout, table, joined))
        return found
    return _families(layout, layout.family, tables)


def _families(layout: TableLayout, family: Family, tables: Sequence[Table]) -> list[Section]:
    found = []
    for schema in dict.fromkeys(table.schema for table in tables):
        near = [table for table in tables if table.schema == schema]
        registries: list[Table | None] = [None]
        if not family.pattern:
            named = [table for table in near if not _missing(family.required, table)]
            registries = [table for table in named if _usual(family.registry, table)] or list(named)
        for registry in registries:
            members = [pair for pair in _members(family, layout, near) if pair[0] != registry]
            if members:
                joined = _joined(layout.joins, members[0][0], near)
                if joined is not None:
                    found.append(Section(layout, members[0][0], joined, tuple(members), registry))
    return found


def _near(table: Table, tables: Sequence[Table]) -> list[Table]:
    return [each for each in tables if each.schema == table.schema]


def _stem(name: str) -> str:
    plain = folded(name)
    for word in ("storedsnapshots", "storedevents", "snapshots", "snapshot", "events", "event"):
        if word in plain:
            return plain.replace(word, "", 1)
    return plain


def _snapshots_of(layout: Layout, events: Section, tables: Sequence[Table]) -> Section | None:
    """The snapshots that belong to events: same schema, same table name but for the word."""
    if layout.snapshots is None:
        return None
    near = _near(events.table, tables)
    candidates = _sections(layout.snapshots, near)
    if layout.snapshots.where is not None and _usual(layout.snapshots.tables, events.table):
        # Snapshots may be rows of the events table.
        return next((each for each in candidates if each.table == events.table), None)
    candidates = [each for each in candidates if each.table != events.table]
    paired = [each for each in candidates if _stem(each.table.name) == _stem(events.table.name)]
    if paired:
        return next((each for each in paired if _usual(layout.snapshots.tables, each.table)), paired[0])
    alone = len(_sections(layout.events, near)) == 1
    if not alone:
        return None
    usual = [each for each in candidates if _usual(layout.snapshots.tables, each.table)]
    if len(usual) == 1:
        return usual[0]
    return candidates[0] if len(candidates) == 1 else None


def _fit(layout: Layout, events: Section, tables: Sequence[Table]) -> Fit:
    snapshots = _snapshots_of(layout, events, tables)
    present = _columns(events.table)
    section = layout.events
    extra = [name for name in section.optional if folded(name) in present]
    score = sum(1 for _ in layout.needs()) + len(extra)
    reasons = [f"Table {events.table.full_name} has the columns {', '.join(section.required)}."]
    if events.registry is not None:
        reasons.append(f"Table {events.registry.full_name} lists the tables of its streams.")
    elif len(events.members) > 1:
        reasons.append(f"{len(events.members) - 1} more tables have the same columns.")
    for join in section.joins:
        if join.name in events.joined:
            names = ", ".join(join.required)
            reasons.append(f"Table {events.joined[join.name].full_name} belongs to it, with {names}.")
    if extra:
        reasons.append(f"It also has {', '.join(extra)}.")
    if _usual(section.tables, events.table):
        score += 1
        reasons.append("Its name is the usual one.")
    named = {"events": events.name}
    if snapshots is not None:
        score += 1
        named["snapshots"] = snapshots.name
        reasons.append(f"Table {snapshots.name} holds its snapshots.")
    elif layout.snapshots is not None:
        reasons.append("There is no table with its snapshots.")
    return Fit(layout, events, snapshots, score, tuple(reasons), named)


def fits(tables: Sequence[Table], layouts: Iterable[Layout]) -> list[Fit]:
    """Everything that fits, best first, without layouts that know only a part of what another one knows."""
    found = [_fit(layout, section, tables) for layout in layouts for section in _sections(layout.events, tables)]
    kept = [fit for fit in found if not any(_outdone(fit, other) for other in found)]
    return sorted(kept, key=lambda fit: (-fit.score, fit.choice))


def _tables_of(fit: Fit) -> set[Table]:
    return {fit.events.table, *(table for table, _ in fit.events.members)}


def _outdone(fit: Fit, other: Fit) -> bool:
    """Whether another layout reads the same tables and recognises all that this one does, and more."""
    if fit is other or not _tables_of(fit) <= (_tables_of(other) | set(other.events.joined.values())):
        return False
    return _recognised(fit) < _recognised(other)


def _recognised(fit: Fit) -> set[tuple[str, str]]:
    """Every column that a fit had to find, as (table, column), and the pattern of names that it knows."""
    read = {fit.events.table.full_name, *(member.full_name for member, _ in fit.events.members)}
    found = {(table, folded(name)) for table in read for name in fit.layout.events.required}
    for join in fit.layout.events.joins:
        if not join.optional:
            found |= {(fit.events.joined[join.name].full_name, folded(name)) for name in join.required}
    if fit.layout.events.family is not None and fit.layout.events.family.pattern:
        found.add((fit.events.table.full_name, fit.layout.events.family.pattern))
    if fit.events.registry is not None and fit.layout.events.family is not None:
        found |= {(fit.events.registry.full_name, folded(name)) for name in fit.layout.events.family.required}
    return found


def detect(tables: Sequence[Table], layouts: Sequence[Layout], label: str) -> Fit:
    """The one layout that fits.

    Raises UnknownLayoutError when none does, AmbiguousLayoutError when several do: nothing is guessed.
    """
    found = fits(tables, layouts)
    if len(found) == 1:
        return found[0]
    if found:
        choices = tuple(fit.choice for fit in found)
        raise AmbiguousLayoutError(
            f"{label} holds {len(found)} event stores or fits {len(found)} layouts.",
            f"Choose one with --layout: {', '.join(choices)}.",
            choices,
        )
    if not tables:
        raise UnknownLayoutError(
            f"{label} has no tables.", "It may be the wrong database, or nothing has been stored in it yet."
        )
    raise UnknownLayoutError(
        f"No layout fits the tables of {label}: {_listed([table.full_name for table in tables])}.",
        "Run `esviewer layouts guess STORE --output my.toml`, correct what it proposes, then pass --layout my.toml; "
        "or open the store in the window and map its tables there.",
    )


def chosen(tables: Sequence[Table], layout: Layout, table: str | None, label: str) -> Fit:
    """The fit of a layout that was asked for, on one table when it was named.

    Raises UnknownLayoutError with what is missing, AmbiguousLayoutError when it fits several tables.
    """
    if table is None:
        found = fits(tables, [layout])
        if found or not tables:
            return detect(tables, [layout], label)
        raise UnknownLayoutError(
            f"Layout {layout.name} does not fit {label}: {_nearest(layout, tables)}.",
            "Choose another one; `esviewer layouts` lists them.",
        )
    named = [each for each in tables if folded(table) in (folded(each.full_name), folded(each.name))]
    exact = [each for each in named if table in (each.full_name, each.name)]
    named = exact or named
    if not named:
        raise UnknownLayoutError(
            f"{label} has no table {table}.", f"Its tables are {_listed([each.full_name for each in tables])}."
        )
    fitting = [
        each
        for each in _sections(layout.events, tables)
        if each.registry in named or any(member in named for member in (each.table, *(one for one, _ in each.members)))
    ]
    if len(fitting) > 1:
        choices = tuple(f"{layout.name}:{each.name}" for each in fitting)
        raise AmbiguousLayoutError(
            f"{label} has several tables {table}.", f"Choose one with --layout: {', '.join(choices)}.", choices
        )
    if not fitting:
        raise UnknownLayoutError(
            f"Layout {layout.name} does not fit table {table}: {_nearest(layout, named, tables)}.",
            "Choose another one; `esviewer layouts` lists them.",
        )
    return _fit(layout, fitting[0], tables)


def _nearest(layout: Layout, tables: Sequence[Table], near: Sequence[Table] = ()) -> str:
    section = layout.events
    best = min(tables, key=lambda table: len(_missing(section.required, table)))
    missing = _missing(section.required, best)
    if missing:
        return f"{best.full_name} has no column {', '.join(missing)}"
    unwanted = [name for name in section.absent if folded(name) in _columns(best)]
    if unwanted:
        return f"{best.full_name} has the column {unwanted[0]}, so it is of another kind"
    if best.view and not section.view:
        return f"{best.full_name} is a view"
    for join in section.joins:
        if not join.optional and _joined([join], best, _near(best, near or tables)) is None:
            return f"there is no table {' or '.join(join.tables)} with {', '.join(join.required)} beside it"
    return f"the name of {best.full_name} is not one of an events table"


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def named_layout(name: str, layouts: Iterable[Layout]) -> Layout:
    """The layout with a name; raises UsageError."""
    known = {layout.name: layout for layout in layouts}
    if name in known:
        return known[name]
    raise UsageError(f"There is no layout {name}.", f"There are {', '.join(sorted(known))}, or name a .toml file.")
