"""Which layouts fit a database, and why: by tables with their columns, never by a name alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from esviewer.errors import AmbiguousLayoutError, UnknownLayoutError, UsageError
from esviewer.stores.catalog import Table
from esviewer.stores.layout import Layout, TableLayout, folded


@dataclass(frozen=True, slots=True)
class Fit:
    """One layout that fits: its tables, how well, and the reasons as sentences."""

    layout: Layout
    events: Table
    snapshots: Table | None
    score: int
    """Columns that were found, plus one for each table with the usual name; only for ranking."""
    reasons: tuple[str, ...]
    tables: dict[str, str] = field(default_factory=dict)
    """`events` and perhaps `snapshots`, with the full names of their tables."""

    @property
    def choice(self) -> str:
        """What `--layout` takes to choose exactly this."""
        return f"{self.layout.name}:{self.events.full_name}"


def _columns(table: Table) -> set[str]:
    return {folded(column.name) for column in table.columns}


def _missing(layout: TableLayout, table: Table) -> list[str]:
    present = _columns(table)
    return [name for name in layout.required if folded(name) not in present]


def _is_one(layout: TableLayout, table: Table) -> bool:
    name = folded(table.name)
    if layout.name_with and folded(layout.name_with) not in name:
        return False
    if layout.name_without and folded(layout.name_without) in name:
        return False
    return not _missing(layout, table)


def _usual(layout: TableLayout, table: Table) -> bool:
    return folded(table.name) in map(folded, layout.tables)


def _stem(name: str) -> str:
    plain = folded(name)
    for word in ("storedsnapshots", "storedevents", "snapshots", "snapshot", "events", "event"):
        if word in plain:
            return plain.replace(word, "", 1)
    return plain


def _snapshots_of(layout: Layout, events: Table, tables: Sequence[Table]) -> Table | None:
    """The snapshots table that belongs to an events table: same schema, same name but for the word."""
    if layout.snapshots is None:
        return None
    near = [table for table in tables if table.schema == events.schema]
    candidates = [table for table in near if table != events and _is_one(layout.snapshots, table)]
    paired = [table for table in candidates if _stem(table.name) == _stem(events.name)]
    if paired:
        usual = [table for table in paired if _usual(layout.snapshots, table)]
        return (usual or paired)[0]
    alone = len([table for table in near if _is_one(layout.events, table)]) == 1
    return candidates[0] if alone and len(candidates) == 1 else None


def _fit(layout: Layout, events: Table, tables: Sequence[Table]) -> Fit:
    snapshots = _snapshots_of(layout, events, tables)
    present = _columns(events)
    extra = [name for name in layout.events.optional if folded(name) in present]
    score = len(layout.events.required) + len(extra)
    reasons = [f"Table {events.full_name} has the columns {', '.join(layout.events.required)}."]
    if extra:
        reasons.append(f"It also has {', '.join(extra)}.")
    if _usual(layout.events, events):
        score += 1
        reasons.append("Its name is the usual one.")
    named = {"events": events.full_name}
    if snapshots is not None:
        score += 1
        named["snapshots"] = snapshots.full_name
        reasons.append(f"Table {snapshots.full_name} holds its snapshots.")
    elif layout.snapshots is not None:
        reasons.append("There is no table with its snapshots.")
    return Fit(layout, events, snapshots, score, tuple(reasons), named)


def fits(tables: Sequence[Table], layouts: Iterable[Layout]) -> list[Fit]:
    """Everything that fits, best first."""
    found = [_fit(layout, table, tables) for layout in layouts for table in tables if _is_one(layout.events, table)]
    return sorted(found, key=lambda fit: (-fit.score, fit.choice))


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
        "Describe them in a layout file and name it with --layout FILE; `esviewer layouts` lists what there is.",
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
    fitting = [each for each in named if _is_one(layout.events, each)]
    if len(fitting) > 1:
        choices = tuple(f"{layout.name}:{each.full_name}" for each in fitting)
        raise AmbiguousLayoutError(
            f"{label} has several tables {table}.", f"Choose one with --layout: {', '.join(choices)}.", choices
        )
    if not fitting:
        raise UnknownLayoutError(
            f"Layout {layout.name} does not fit table {table}: {_nearest(layout, named)}.",
            "Choose another one; `esviewer layouts` lists them.",
        )
    return _fit(layout, fitting[0], tables)


def _nearest(layout: Layout, tables: Sequence[Table]) -> str:
    best = min(tables, key=lambda table: len(_missing(layout.events, table)))
    missing = _missing(layout.events, best)
    if not missing:
        return f"the name of {best.full_name} is not one of an events table"
    return f"{best.full_name} has no column {', '.join(missing)}"


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def named_layout(name: str, layouts: Iterable[Layout]) -> Layout:
    """The layout with a name; raises UsageError."""
    known = {layout.name: layout for layout in layouts}
    if name in known:
        return known[name]
    raise UsageError(f"There is no layout {name}.", f"There are {', '.join(sorted(known))}, or name a .toml file.")
