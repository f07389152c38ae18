"""The text forms of exported events: JSON Lines, CloudEvents and CSV.

**jsonl**: one JSON object a line, with the keys of `Event.as_json`, and `kinds` where values have types that JSON
lacks.

**cloudevents**: one event of CloudEvents 1.0 in JSON a line (JSON Lines; no batch, which could only be read whole).
`id` is the event's id, or AGGREGATE/VERSION where it has none; `source` is `/` and the aggregate's type,
percent-encoded; `subject` the aggregate's id; `time` is in UTC where the store named no zone. Unreadable events have
their bytes as `data_base64`. Extension attributes, all of them strings, keep the rest for who needs it again:
`esvversion`, `esvposition`, `esvaggregatetype`, `esveventid`, `esvschemaversion`, `esvtime` (the time as the store has
it), `esvmetadata` and `esvkinds` (JSON texts) and `esverror`; those of nothing are left out.

**csv**: RFC 4180 in UTF-8, with a head, the columns of `model.exported` and cells as its `cell` writes them.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from esviewer.model.event import Event
from esviewer.model.exported import COLUMNS, cell, schema_text, sound
from esviewer.model.fastjson import compact
from esviewer.model.instant import Instant
from esviewer.model.kinds import kinds_of
from esviewer.model.values import Value


@dataclass(frozen=True, slots=True)
class TextForm:
    """One of them."""

    name: str
    head: bytes
    """What the file begins with."""
    lines: Callable[[Sequence[Event]], bytes]
    """The text of some events, as UTF-8."""


def _jsonl(events: Sequence[Event]) -> bytes:
    return b"".join([compact(_object(event)) + b"\n" for event in events])


def _object(event: Event) -> dict[str, Value]:
    found = event.as_json()
    kinds = kinds_of(event.data, event.metadata)
    if kinds:
        found["kinds"] = kinds
    return found


def _cloudevents(events: Sequence[Event]) -> bytes:
    return b"".join([compact(cloudevent(event)) + b"\n" for event in events])


def cloudevent(event: Event) -> dict[str, Value]:
    """One event as a CloudEvent."""
    found: dict[str, Value] = {
        "specversion": "1.0",
        "id": event.event_id or f"{event.aggregate_id}/{event.version}",
        "source": "/" + quote(sound(event.aggregate_type or ""), safe=""),
        "type": event.type,
        "subject": event.aggregate_id,
    }
    time = event.timestamp
    if time is not None:
        found["time"] = _rfc3339(time)
    kinds = kinds_of(event.data, event.metadata)
    kept = {
        "esvversion": str(event.version),
        "esvposition": None if event.position is None else str(event.position),
        "esvaggregatetype": event.aggregate_type,
        "esveventid": event.event_id,
        "esvschemaversion": schema_text(event.schema_version),
        "esvtime": None if time is None else time.isoformat(),
        "esvmetadata": None if event.metadata is None else compact(event.metadata).decode(),
        "esvkinds": compact(kinds).decode() if kinds else None,
        "esverror": event.error,
    }
    found.update({name: value for name, value in kept.items() if value is not None})
    if event.error is None:
        found["datacontenttype"] = "application/json"
        found["data"] = event.data
    else:
        found["datacontenttype"] = "application/octet-stream"
        found["data_base64"] = base64.b64encode(event.raw or b"").decode()
    return found


def _rfc3339(time: Instant) -> str:
    """The time with a zone of whole minutes, as RFC 3339 has it."""
    fitting = time.offset is not None and time.offset % 60 == 0
    return (time if fitting else replace(time, offset=0)).isoformat()


def _csv(events: Sequence[Event]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([[cell(text) for text in texts(event)] for event in events])
    return sheet.getvalue().encode("utf-8", "backslashreplace")


def texts(event: Event) -> list[str | None]:
    """An event's parts as texts, in the order of `COLUMNS`."""
    kinds = kinds_of(event.data, event.metadata)
    return [
        None if event.position is None else str(event.position),
        event.aggregate_id,
        event.aggregate_type,
        str(event.version),
        event.event_id,
        event.type,
        schema_text(event.schema_version),
        None if event.timestamp is None else event.timestamp.isoformat(),
        compact(event.data).decode() if event.error is None else None,
        None if event.metadata is None else compact(event.metadata).decode(),
        compact(kinds).decode() if kinds else None,
        event.error,
        None if event.error is None else base64.b64encode(event.raw or b"").decode(),
    ]


TEXT_FORMS: Final = {
    "jsonl": TextForm("jsonl", b"", _jsonl),
    "cloudevents": TextForm("cloudevents", b"", _cloudevents),
    "csv": TextForm("csv", (",".join(COLUMNS) + "\r\n").encode(), _csv),
}
PARQUET: Final = "parquet"
FORMS: Final = (*TEXT_FORMS, PARQUET)
ENDINGS: Final = {"jsonl": ".jsonl", "cloudevents": ".jsonl", "csv": ".csv", PARQUET: ".parquet"}
"""What a file's name should end with for esviewer to open it."""
