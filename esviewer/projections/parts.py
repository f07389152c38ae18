"""What one part of a pass makes, as Parquet files: written under other names and renamed when they are whole."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from esviewer.model.values import Value
from esviewer.projections.definition import Projection
from esviewer.projections.sink import Counts, LogRow, Problem, StateRow, counts_of

ROWS: Final = "rows"
PROBLEMS: Final = "problems"
_AT_ONCE: Final = 10_000
"""Rows that are kept until they are written."""

_ORDER: Final = [("number", pa.int64()), ("text", pa.string()), ("ns", pa.int64())]
_WHERE: Final = [("aggregate_id", pa.string()), ("aggregate_type", pa.string()), ("version", pa.int64())]
PROBLEM_SCHEMA: Final = pa.schema([*_WHERE, ("what", pa.string()), ("key", pa.string()), ("untold", pa.bool_())])


_CELLS_AT: Final = {kind: kind._fields.index("cells") for kind in (StateRow, LogRow)}


def cell_names(projection: Projection) -> list[str]:
    """What the cells of the columns are called in parts; the names that people gave might be those of others."""
    return [f"c{number}" for number in range(len(projection.columns))]


def key_names(projection: Projection) -> list[str]:
    """The same of the columns of a key."""
    return [f"k{number}" for number in range(len(projection.keys))]


def part_schema(projection: Projection) -> pa.Schema:
    """The columns of a projection's parts."""
    texts = [(name, pa.string()) for name in cell_names(projection)]
    timestamp, problems = ("timestamp", pa.string()), ("problems", pa.string())
    if projection.kind == "state":
        return pa.schema([*_WHERE, timestamp, *texts, problems])
    if projection.kind == "log":
        return pa.schema([*_ORDER, *_WHERE, timestamp, *texts, problems])
    keys = [(name, pa.string()) for name in key_names(projection)]
    rest = [("type", pa.string()), ("time_ns", pa.int64()), ("offset", pa.int32()), ("data", pa.string())]
    more = [("meta", pa.string()), ("rest", pa.string())]
    return pa.schema([("key", pa.string()), *_ORDER, *_WHERE, *keys, *rest, *more])


def part_files(folder: Path, projection: int, what: str) -> list[Path]:
    """The whole parts of a projection."""
    return sorted(folder.glob(f"{projection:03}.{what}.*.parquet"))


class TableWriter:
    """Writes rows to one Parquet file, some thousands at a time; the file begins with the first row."""

    def __init__(self, file: Path, schema: pa.Schema) -> None:
        self.file = file
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._writer: pq.ParquetWriter | None = None

    @property
    def names(self) -> list[str]:
        """The columns, in their order."""
        return list(self._schema.names)

    def add(self, row: tuple[Any, ...]) -> None:
        """One row, with a value for each column."""
        self._rows.append(row)
        if len(self._rows) >= _AT_ONCE:
            self._flush()

    def extend(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Several rows."""
        self._rows.extend(rows)
        if len(self._rows) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.file, self._schema, compression="zstd", compression_level=1)
        columns = list(zip(*self._rows, strict=True))
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows = []

    def close(self) -> bool:
        """End the file; False when there was no row, and so there is no file."""
        if self._rows:
            self._flush()
        if self._writer is None:
            return False
        self._writer.close()
        self._writer = None
        return True

    def abandon(self) -> None:
        """Leave no file behind."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self.file.unlink(missing_ok=True)


class PartWriter:
    """A sink that writes one part; `finish` gives the files their names, in the same way however often it is made."""

    def __init__(self, folder: Path, part: int, projections: Sequence[Projection]) -> None:
        self._folder = folder
        self._part = part
        self._token = secrets.token_hex(6)
        self._writers: dict[tuple[int, str], TableWriter] = {}
        for index, each in enumerate(projections):
            self._writers[index, ROWS] = self._writer(index, ROWS, part_schema(each))
            self._writers[index, PROBLEMS] = self._writer(index, PROBLEMS, PROBLEM_SCHEMA)
        self._rows = [self._writers[index, ROWS] for index in range(len(projections))]
        self._problems = [self._writers[index, PROBLEMS] for index in range(len(projections))]

    def _writer(self, index: int, what: str, schema: pa.Schema) -> TableWriter:
        return TableWriter(self._folder / f"{index:03}.{what}.{self._part:05}.{self._token}.tmp", schema)

    def matching(self, projection: int, columns: Sequence[Sequence[Any]]) -> None:
        """See Sink."""
        self._rows[projection].extend(zip(*columns, strict=True))

    def row(self, projection: int, row: StateRow | LogRow) -> None:
        """See Sink."""
        at = _CELLS_AT[type(row)]
        values: tuple[Any, ...] = row
        self._rows[projection].add((*values[:at], *values[at], *values[at + 1 :]))

    def problem(self, projection: int, problem: Problem) -> None:
        """See Sink."""
        self._problems[projection].add(problem)

    def finish(self, counts: Counts) -> None:
        """The part is whole."""
        for (index, what), writer in self._writers.items():
            if writer.close():
                writer.file.replace(self._folder / f"{index:03}.{what}.{self._part:05}.parquet")
        done = self._folder / f"done.{self._part:05}.{self._token}.tmp"
        done.write_text(json.dumps(counts.as_json()), encoding="utf-8")
        done.replace(self._folder / f"done.{self._part:05}.json")

    def abandon(self) -> None:
        """Leave nothing behind."""
        for writer in self._writers.values():
            writer.abandon()


def counts_in(folder: Path, part: int) -> Counts:
    """What a part that is whole came to."""
    found: dict[str, Value] = json.loads((folder / f"done.{part:05}.json").read_text(encoding="utf-8"))
    return counts_of(found)
