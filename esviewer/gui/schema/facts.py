"""What the schema room shows, made from a catalogue on a worker: plain texts and numbers, masked as the screen is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from esviewer.app.catalogue import fold_masked_keys
from esviewer.app.screen import Screen
from esviewer.audit.catalogue.catalogue import Catalogue, Entry, SchemaVersion
from esviewer.audit.catalogue.drift import Drift, entry_drift
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, examples_of, fields_of
from esviewer.audit.catalogue.span import Place
from esviewer.audit.catalogue.words import kinds_of, percent, range_of
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.text import preview, visible
from esviewer.gui.times import shown_time
from esviewer.work import Work

_EXAMPLE = 60


@dataclass(frozen=True, slots=True)
class DriftFact:
    """One field that drifted."""

    kind: str
    """appears, disappears or type."""
    field: str
    message: str
    where: str
    at: float | None
    """Where it lies on the chart's axis; None without a moment."""
    aggregate_id: str
    """As it is; `where` is what shows of it."""
    version: int


@dataclass(frozen=True, slots=True)
class TypeFact:
    """One event type in one schema version."""

    name: str
    type: str
    schema_version: str
    count: int
    undecodable: int
    first: str
    last: str
    ends: tuple[tuple[str, int], tuple[str, int]] | None
    """The first and the last event: aggregate id and version."""
    counts: np.ndarray
    """How many events there are in each stretch of the axis."""
    drifts: tuple[DriftFact, ...]
    key: tuple[str, SchemaVersion]


@dataclass(frozen=True, slots=True)
class Overview:
    """All types, and the axis that their counts lie on."""

    events: int
    types: tuple[TypeFact, ...]
    by_time: bool
    edges: np.ndarray
    """Where stretches begin and the last one ends: seconds since 1970, or positions."""
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldFact:
    """One place in the payloads of a type."""

    name: str
    pattern: str
    depth: int
    """0 for the payload itself."""
    kinds: str
    share: str
    extent: str
    examples: str


def masks_on(screen: Screen) -> Masks:
    """What the screen lets be shown of a catalogue."""
    if not screen.masks:
        return UNMASKED
    return Masks(lambda path, value: screen.masker.value(value, path), screen.aggregate_id)


def overview(catalogue: Catalogue, screen: Screen, work: Work) -> Overview:
    """All types; objects whose keys are masked become maps, in the catalogue too."""
    if screen.masks:
        fold_masked_keys(catalogue, screen.masker)
    axis = catalogue.axis
    scale = 1 if catalogue.positions else 1_000_000
    # Differences to the first stretch stay small, so that a float holds the edges of microseconds.
    edges = (axis.start + np.arange(axis.used + 1, dtype=np.int64) * axis.width) / scale
    types = []
    for entry in catalogue.sorted():
        work.check()
        types.append(_type(entry, catalogue, screen))
    return Overview(catalogue.events, tuple(types), not catalogue.positions, edges, tuple(catalogue.remarks()))


def _type(entry: Entry, catalogue: Catalogue, screen: Screen) -> TypeFact:
    span = entry.span
    first, last = span.first, span.last
    ends = None
    if first is not None and last is not None:
        ends = (first.aggregate_id, first.version), (last.aggregate_id, last.version)
    return TypeFact(
        visible(screen.text(entry.name)),
        visible(screen.text(entry.type)),
        "" if entry.schema_version is None else visible(str(entry.schema_version)),
        span.count,
        entry.undecodable,
        _moment(first),
        _moment(last),
        ends,
        span.buckets[: catalogue.axis.used],
        tuple(_drift(each, catalogue, screen) for each in entry_drift(entry)),
        (entry.type, entry.schema_version),
    )


def _moment(place: Place | None) -> str:
    if place is None:
        return ""
    if place.time is None:
        return "" if place.position is None else visible(f"@ {place.position}")
    return shown_time(place.time)


def _drift(drift: Drift, catalogue: Catalogue, screen: Screen) -> DriftFact:
    place = drift.first
    shown = masks_on(screen).place(place)
    at: float | None = None
    if catalogue.positions:
        at = float(place.position) if isinstance(place.position, int) else None
    elif place.time is not None:
        at = place.time.ns / 1e9
    where = f"{shown.aggregate_id} v{place.version} · {_moment(place)}"
    return DriftFact(
        drift.kind,
        visible(screen.text(drift.field)) or "/",
        visible(localised(screen.text(drift.message))),
        visible(where),
        at,
        place.aggregate_id,
        place.version,
    )


def fields(entry: Entry, screen: Screen, work: Work) -> tuple[FieldFact, ...]:
    """All places of a type, each before what is inside of it."""
    masks = masks_on(screen)
    found = []
    for number, field in enumerate(fields_of(entry)):
        if number % 100 == 0:
            work.check()
        if field.present:
            found.append(_field(field, masks, screen))
    return tuple(found)


def _field(field: Field, masks: Masks, screen: Screen) -> FieldFact:
    pattern = visible(screen.text(field.pattern))
    extents = [*filter(None, (range_of(facts, field, masks) for facts in field.facts))]
    examples = [preview(each, _EXAMPLE) for each in examples_of(field, masks)]
    share = "" if field.share is None else percent(field.share)
    if share and field.always:
        share = translate("Schema", "always")
    return FieldFact(
        pattern.rpartition("/")[2].replace("~1", "/").replace("~0", "~"),
        pattern,
        len(field.path),
        visible(", ".join(kinds_of(field))),
        share,
        visible("; ".join(extents)),
        ", ".join(examples),
    )
