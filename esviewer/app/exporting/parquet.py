"""Events as Parquet, by PyArrow: the columns of `model.exported`, and `time`.

| column | type | |
| --- | --- | --- |
| position | int64 | left out where the store has none |
| aggregate_id | string, never null | |
| aggregate_type | string | |
| version | int64, never null | |
| event_id | string | |
| type | string, never null | |
| schema_version | string | as JSON: a text that looks like a number is in quotes |
| timestamp | string | ISO 8601 as the store has it, with its zone, up to nanoseconds |
| time | timestamp in microseconds, UTC | the same moment, cut; null where the year is beyond 1 to 9999 |
| data | string | exact JSON text; null where it was unreadable |
| metadata | string | exact JSON text |
| kinds | string | see `model.kinds` |
| error | string | why a payload was unreadable |
| raw | binary | its bytes |

Row groups have at most 50,000 events, and end earlier where their payloads are large. Compressed with zstd.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from esviewer.app.exporting.forms import texts
from esviewer.errors import EsviewerError
from esviewer.model.event import Event
from esviewer.model.exported import COLUMNS, POSITION, TIME, sound
from esviewer.model.instant import Instant

ROWS: Final = 50_000
"""Events of a row group at most."""
BYTES: Final = 32 << 20
"""Bytes of payload after which a row group ends."""

_NEVER_NULL: Final = ("aggregate_id", "version", "type")
_TYPES: Final = {POSITION: pa.int64(), "version": pa.int64(), "raw": pa.binary(), TIME: pa.timestamp("us", tz="UTC")}
_LONG: Final = 1 << 63
_FIRST_US: Final = -62_135_596_800_000_000
_LAST_US: Final = 253_402_300_799_999_999


def schema(positioned: bool) -> pa.Schema:
    """The schema of a file; without positions where the store has none."""
    at = COLUMNS.index("timestamp") + 1
    names = [*COLUMNS[:at], TIME, *COLUMNS[at:]][0 if positioned else 1 :]
    return pa.schema([pa.field(name, _TYPES.get(name, pa.string()), name not in _NEVER_NULL) for name in names])


def table_of(events: Sequence[Event], fields: pa.Schema) -> pa.Table:
    """Some events as a table; raises EsviewerError for a version that no column of Parquet holds."""
    columns: dict[str, list[Any]] = dict(zip(COLUMNS, map(list, zip(*map(texts, events), strict=True)), strict=True))
    columns[POSITION] = [each.position if _fits(each.position) else None for each in events]
    columns["version"] = [each.version for each in events]
    columns["raw"] = [None if each.error is None else each.raw or b"" for each in events]
    columns[TIME] = [_microseconds(each.timestamp) for each in events]
    for event in events:
        if not _fits(event.version):
            raise EsviewerError(
                f"{event.aggregate_id} has the version {event.version}, which is more than 64 bits.",
                "Export it as JSON Lines.",
            )
    arrays = []
    for field in fields:
        values = columns[field.name]
        if pa.types.is_string(field.type):
            values = [None if each is None else sound(each) for each in values]
        arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=fields)


def size_of(event: Event) -> int:
    """About how many bytes an event's payload has, without writing it."""
    return len(event.raw or b"") if event.error is not None else 64 + _length(event.data)


def _length(value: Any) -> int:
    # Only what may be large is looked at: texts at any depth would cost as much as writing them.
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(32 + _length(each) for each in value.values())
    if isinstance(value, list):
        return sum(8 + _length(each) for each in value)
    return 8


def _fits(number: object) -> bool:
    return type(number) is int and -_LONG <= number < _LONG


def _microseconds(time: Instant | None) -> int | None:
    if time is None:
        return None
    found = time.ns // 1000
    return found if _FIRST_US <= found <= _LAST_US else None


def writer(path: Path, fields: pa.Schema) -> pq.ParquetWriter:
    """A writer of one file; raises OSError."""
    return pq.ParquetWriter(path, fields, compression="zstd", version="2.6")


def joined(parts: Sequence[tuple[Path, int]], target: Path, fields: pa.Schema) -> None:
    """Write the first rows of some files, one after another, into one file; raises OSError."""
    with writer(target, fields) as out:
        for part, rows in parts:
            left = rows
            with pq.ParquetFile(part) as read:
                for group in range(read.num_row_groups):
                    if left > 0:
                        table = read.read_row_group(group).slice(0, left)
                        out.write_table(table, row_group_size=ROWS)
                        left -= table.num_rows
