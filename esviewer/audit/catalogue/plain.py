"""The catalogue as plain text for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esviewer.audit.catalogue.catalogue import Catalogue, Entry
from esviewer.audit.catalogue.drift import find_drift
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, examples_of, fields_of
from esviewer.audit.catalogue.kinds import shortened
from esviewer.audit.catalogue.span import Place
from esviewer.audit.catalogue.words import kinds_of, percent, range_of
from esviewer.model.exactjson import dumps

_LONGEST: Final = 60


def as_text(catalogue: Catalogue, masks: Masks = UNMASKED) -> Iterator[str]:
    """All of it, line by line; a line may hold what a terminal must not be given as it is."""
    for number, entry in enumerate(catalogue.sorted()):
        if number:
            yield ""
        yield from _entry(entry, masks)
    drifts = find_drift(catalogue)
    if drifts:
        yield ""
        yield "Drift:"
        for drift in drifts:
            name = drift.type if drift.schema_version is None else f"{drift.type}@{drift.schema_version}"
            yield f"  {name}: {drift.message} {_where(masks.place(drift.first))}"


def _entry(entry: Entry, masks: Masks) -> Iterator[str]:
    span = entry.span
    said = f"{entry.name}: {span.count:,} events"
    if entry.undecodable:
        said += f", {entry.undecodable:,} of which could not be decoded"
    if span.first is not None and span.first.time is not None and span.last is not None:
        said += f", {span.first.time} to {span.last.time}"
    yield said
    fields = [field for field in fields_of(entry) if field.present]
    if [field.pattern for field in fields] and set(fields[0].node.facts) == {"object"}:
        del fields[0]
    rows = [(field.pattern or "the payload", ", ".join(kinds_of(field)), _share(field)) for field in fields]
    widths = [max((min(len(row[place]), 40) for row in rows), default=0) for place in (0, 1, 2)]
    for (pattern, kinds, share), field in zip(rows, fields, strict=True):
        more = [*filter(None, (range_of(facts, field, masks) for facts in field.facts))]
        examples = ", ".join(shortened(dumps(each), _LONGEST) for each in examples_of(field, masks))
        tail = "; ".join(more) + (f"  e.g. {examples}" if examples else "")
        yield f"  {pattern:{widths[0]}}  {kinds:{widths[1]}}  {share:>{widths[2]}}  {tail}".rstrip()


def _share(field: Field) -> str:
    if field.share is None:
        return ""
    return "always" if field.always else percent(field.share)


def _where(place: Place) -> str:
    position = "" if place.position is None else f", position {place.position}"
    moment = "" if place.time is None else f", {place.time.isoformat()}"
    return f"({place.aggregate_id} v{place.version}{position}{moment})"
