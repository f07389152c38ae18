"""The catalogue as a Markdown text for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from esviewer.audit.catalogue.catalogue import Catalogue, Entry
from esviewer.audit.catalogue.drift import find_drift
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, examples_of, fields_of
from esviewer.audit.catalogue.kinds import shortened
from esviewer.audit.catalogue.span import Place
from esviewer.audit.catalogue.words import kinds_of, percent, range_of
from esviewer.model.exactjson import dumps
from esviewer.model.visible import visible

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_LONGEST: Final = 200


def as_markdown(catalogue: Catalogue, title: str, masks: Masks = UNMASKED) -> Iterator[str]:
    """All of it, line by line; `title` names the store."""
    entries = list(catalogue.sorted())
    yield f"# Schema catalogue of {_text(title)}"
    yield ""
    yield f"{catalogue.events:,} events of {len(entries):,} event types and schema versions."
    for remark in catalogue.remarks():
        yield ""
        yield f"> {_text(remark)}"
    yield ""
    yield "| event type | schema version | events | first | last |"
    yield "| --- | --- | ---: | --- | --- |"
    for entry in entries:
        span = entry.span
        cells = [
            _text(entry.type),
            "" if entry.schema_version is None else _text(str(entry.schema_version)),
            f"{span.count:,}",
            _moment(span.first),
            _moment(span.last),
        ]
        yield _row(cells)
    drifts = find_drift(catalogue)
    if drifts:
        yield ""
        yield "## Drift"
        yield ""
        for drift in drifts:
            name = drift.type if drift.schema_version is None else f"{drift.type}@{drift.schema_version}"
            yield f"- **{_text(name)}**: {_text(drift.message)} {_where(masks.place(drift.first))}"
    for entry in entries:
        yield from _entry(entry, masks)


def _entry(entry: Entry, masks: Masks) -> Iterator[str]:
    span = entry.span
    yield ""
    yield f"## {_text(entry.name)}"
    yield ""
    yield f"{span.count:,} events" + (
        f", {entry.undecodable:,} of which could not be decoded." if entry.undecodable else "."
    )
    if span.first is not None and span.last is not None:
        yield f"First: {_where(masks.place(span.first))} Last: {_where(masks.place(span.last))}"
    yield ""
    yield "| field | types | present | values | examples |"
    yield "| --- | --- | ---: | --- | --- |"
    for field in fields_of(entry):
        if field.present:
            yield _row(_cells(field, masks))


def _cells(field: Field, masks: Masks) -> list[str]:
    share = "" if field.share is None else "always" if field.always else percent(field.share)
    return [
        _text(field.pattern) or "the payload",
        ", ".join(kinds_of(field)),
        share,
        _text("; ".join(filter(None, (range_of(facts, field, masks) for facts in field.facts)))),
        ", ".join(_text(shortened(dumps(example), _LONGEST)) for example in examples_of(field, masks)),
    ]


def _moment(place: Place | None) -> str:
    return "" if place is None or place.time is None else place.time.isoformat()


def _where(place: Place) -> str:
    position = "" if place.position is None else f", position {_text(str(place.position))}"
    moment = "" if place.time is None else f", {place.time.isoformat()}"
    return f"{_text(place.aggregate_id)} version {place.version}{position}{moment}."


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Text out of a store so that Markdown takes it for nothing else."""
    return _SPECIAL.sub(r"\\\1", visible(text).replace("\n", "\\n").replace("\t", " ").replace("\r", " "))
