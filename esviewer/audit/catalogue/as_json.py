"""The catalogue as JSON: documented keys, and a number that says which release of them it is.

    {form: "esviewer-schema-catalogue", form_version: 1, axis: {by, start, width, stretches}, events, remarks: [text],
     types: [type]}

`axis` says how counts `over_time` lie: by `time`, then `start` is ISO 8601 and `width` in seconds; or by `position`.
Each type (in one schema version):

    {type, schema_version, count, undecodable, first, last, over_time: [count], fields: [field], drift: [drift]}

`first` and `last` are `{aggregate_id, version, position, timestamp}`. Each field, the payload itself (path "") first:

    {path, present, of, share, always, types: {kind: {count, minimum?, maximum?, shortest?, longest?, fewest?, most?,
     not_finite?, exact?, formats?, over_time}}, examples}

`path` is like a JSON Pointer, `*` for the elements of a list, `{}` for the values of a map (a field that is really
called so: `~2`, `~3`). `of` is how many objects could have the field; it, `share` and `always` are null for what is no
field. `minimum` and `maximum` are those of numbers; `shortest` and `longest` lengths of texts in characters; `fewest`
and `most` the sizes of lists and objects. Counts `over_time` count the events, lists or objects that hold such values.
Drift is as in drift.Drift.as_json, without type and schema version.
"""

from __future__ import annotations

from typing import Any, Final

from esviewer.audit.catalogue.catalogue import Catalogue, Entry
from esviewer.audit.catalogue.drift import entry_drift
from esviewer.audit.catalogue.facts import Facts
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, examples_of, fields_of, is_masked
from esviewer.audit.catalogue.kinds import BEYOND_JSON, NUMERIC
from esviewer.audit.catalogue.span import Span
from esviewer.model.instant import Instant
from esviewer.model.values import Value

FORM: Final = "esviewer-schema-catalogue"
FORM_VERSION: Final = 1


def as_json(catalogue: Catalogue, masks: Masks = UNMASKED) -> dict[str, Value]:
    """All of it; see the module's own text for the keys."""
    axis = catalogue.axis
    timed = not catalogue.positions
    return {
        "form": FORM,
        "form_version": FORM_VERSION,
        "axis": {
            "by": "time" if timed else "position",
            "start": Instant(axis.start * 1000).isoformat() if timed else axis.start,
            "width": _seconds(axis.width) if timed else axis.width,
            "stretches": axis.used,
        },
        "events": catalogue.events,
        "remarks": list(catalogue.remarks()),
        "types": [entry_as_json(entry, masks) for entry in catalogue.sorted()],
    }


def _seconds(microseconds: int) -> int | float:
    return microseconds // 1_000_000 if microseconds % 1_000_000 == 0 else microseconds / 1_000_000


def entry_as_json(entry: Entry, masks: Masks = UNMASKED) -> dict[str, Value]:
    """One event type in one schema version."""
    span = entry.span
    return {
        "type": entry.type,
        "schema_version": entry.schema_version,
        "count": span.count,
        "undecodable": entry.undecodable,
        "first": None if span.first is None else masks.place(span.first).as_json(),
        "last": None if span.last is None else masks.place(span.last).as_json(),
        "over_time": over_time(span),
        "fields": [_field(field, masks) for field in fields_of(entry) if field.present],
        "drift": [
            {key: value for key, value in drift.as_json(masks).items() if key not in ("type", "schema_version")}
            for drift in entry_drift(entry)
        ],
    }


def over_time(span: Span) -> list[int]:
    """How often something was seen in each stretch of the axis that is in use."""
    found: list[int] = span.buckets[: span.axis.used].tolist()
    return found


def _field(field: Field, masks: Masks) -> dict[str, Value]:
    hidden = is_masked(field, masks)
    return {
        "path": field.pattern,
        "present": field.present,
        "of": field.possible,
        "share": field.share,
        "always": None if field.parent is None else field.always,
        "types": {facts.kind: _facts(facts, field, masks, hidden) for facts in field.facts},
        "examples": examples_of(field, masks),
    }


def _facts(facts: Facts, field: Field, masks: Masks, hidden: bool) -> dict[str, Value]:
    found: dict[str, Any] = {"count": facts.count}
    if facts.minimum is not None:
        if facts.kind in NUMERIC or facts.kind == "decimal":
            found["minimum"] = masks.value(field.path, facts.minimum)
            found["maximum"] = masks.value(field.path, facts.maximum)
        elif facts.kind in ("array", "object"):
            found["fewest"], found["most"] = facts.minimum, facts.maximum
        elif not hidden:
            found["shortest"], found["longest"] = facts.minimum, facts.maximum
    if facts.odd:
        found["not_finite"] = facts.odd
    if facts.exact:
        found["exact"] = facts.exact
    if facts.formats and (facts.kind == "string" or facts.kind in BEYOND_JSON):
        found["formats"] = list(facts.formats)
    found["over_time"] = over_time(facts.span)
    return found
