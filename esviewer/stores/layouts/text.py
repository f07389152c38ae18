"""Layouts as people map them by hand: plain values, and the TOML text that says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

INSIDE: Final = "$."
"""What begins a part that is a key inside the payload (`$.type`) and no column."""
EVENT_PARTS: Final = (
    "aggregate_id", "aggregate_type", "version", "position", "event_id", "type", "schema_version", "timestamp",
    "tenant",
)  # fmt: skip
"""The parts that a draft may place, in the order of a layout file."""


@dataclass(frozen=True, slots=True)
class SnapshotDraft:
    """Where snapshots are: a table and its columns; `timestamp` may be empty."""

    table: str
    aggregate_id: str
    version: str
    state: str
    codec: tuple[str, ...] = ("json",)
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A layout of one table of events, each part a column; what is empty is not there."""

    name: str
    table: str
    """The events table's name without its schema."""
    parts: Mapping[str, str]
    """Columns by part; `$.key` stands for a key inside the payload, `$.key.inner` for one inside that."""
    data: str
    codec: tuple[str, ...] = ("json",)
    metadata: str = ""
    metadata_codec: tuple[str, ...] = ("json",)
    form: str = "auto"
    """How times are written, one of `times.FORMS`."""
    zone: str = ""
    """The zone of times that name none, such as `UTC` or `+09:00`."""
    version_base: int | None = None
    """The number of an aggregate's first event, where it is known."""
    counted_by: str = ""
    """The column that orders an aggregate's events where none has versions: they are then counted."""
    snapshots: SnapshotDraft | None = None
    view: bool = False
    """Whether the table is a view."""
    remarks: tuple[str, ...] = field(default=())
    """What a reader of the file should know; comments in the text."""


def plain_name(text: str) -> str:
    """A name that a layout may have, made of any text."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._") or "my-layout"


def layout_toml(draft: Draft) -> str:
    """The TOML text of a layout; parsing it may still raise LayoutError for parts that are missing."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    for remark in draft.remarks:
        yield f"# {_one_line(remark)}"
    yield f"name = {_text(plain_name(draft.name))}"
    yield f"title = {_text(draft.name)}"
    yield f"description = {_text(f'Table {draft.table}, mapped by hand')}"
    yield 'source = "mapped by hand"'
    if draft.version_base is not None:
        yield f"version_base = [{draft.version_base}]"
    yield from ("", "[events]", f"tables = [{_text(draft.table)}]")
    columns = [column for column in draft.parts.values() if not column.startswith(INSIDE)]
    yield f"required = {_texts([*columns, draft.data, draft.metadata, draft.counted_by])}"
    if draft.view:
        yield "view = true"
    yield from ("", "[events.parts]")
    for part in EVENT_PARTS:
        source = draft.parts.get(part, "")
        if source:
            more = _time(draft) if part == "timestamp" else ""
            yield f"{part} = {{ {_source(source)}{more} }}"
        elif part == "version" and draft.counted_by:
            yield f"version = {{ number = [{_text(draft.counted_by)}] }}"
    yield from ("", "[events.data]", *_payload(draft.data, draft.codec))
    if draft.metadata:
        yield from ("", "[events.metadata]", *_payload(draft.metadata, draft.metadata_codec))
    if draft.snapshots is not None:
        yield from _snapshots(draft.snapshots, draft)


def _snapshots(snapshots: SnapshotDraft, draft: Draft) -> Iterator[str]:
    columns = [snapshots.aggregate_id, snapshots.version, snapshots.state, snapshots.timestamp]
    yield from ("", "[snapshots]", f"tables = [{_text(snapshots.table)}]", f"required = {_texts(columns)}")
    yield from ("", "[snapshots.parts]")
    yield f"aggregate_id = {{ column = {_text(snapshots.aggregate_id)} }}"
    yield f"version = {{ column = {_text(snapshots.version)} }}"
    if snapshots.timestamp:
        yield f"timestamp = {{ column = {_text(snapshots.timestamp)}{_time(draft)} }}"
    yield from ("", "[snapshots.state]", *_payload(snapshots.state, snapshots.codec))


def _payload(column: str, codec: Sequence[str]) -> Iterator[str]:
    yield f"column = {_text(column)}"
    yield f"codec = {_texts(codec)}"


def _source(source: str) -> str:
    if source.startswith(INSIDE):
        return f"data = {_texts(source.removeprefix(INSIDE).split('.'))}"
    return f"column = {_text(source)}"


def _time(draft: Draft) -> str:
    zone = f", zone = {_text(draft.zone)}" if draft.zone else ""
    return f", form = {_text(draft.form)}{zone}"


def _texts(texts: Sequence[str]) -> str:
    """A list without what is empty and what was there before."""
    return f"[{', '.join(_text(text) for text in dict.fromkeys(texts) if text)}]"


def _text(text: str) -> str:
    # JSON's escapes are TOML's too; what can't be seen is escaped as well, so that the file can be read on a terminal.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
