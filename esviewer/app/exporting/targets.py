"""What events are written into: one file of text, one Parquet file, or a folder of them.

`put` gives a mark: how far the target is. `end` makes what is written up to a mark durable, and `kept` is what a later
attempt needs to go on from there. All of them raise OSError when they can't write.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow.parquet as pq

from esviewer.app.exporting.attempt import Attempt, digest_of
from esviewer.app.exporting.forms import TextForm
from esviewer.app.exporting.parquet import ROWS, joined, schema, table_of, writer
from esviewer.app.files import write_whole
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.event import Event

MANIFEST: Final = "_esviewer.json"
"""In a folder of Parquet files: what made it, and how many events each file has."""
SEGMENT: Final = 250_000
"""Events after which a Parquet file is closed, so that no more than these are lost when a process is killed."""

WHOLE: Final = 250_000
"""Events after which a file of a folder ends, with the aggregate that is being written."""

Mark = Any
Kept = dict[str, Any]


class Target(Protocol):
    """Where events go."""

    anywhere: bool
    """Whether what is written can end after any event, so that a later attempt goes on from there."""
    seconds: float
    """How long it is written until it ends by itself, so that no more is lost when a process is killed."""

    def put(self, events: Sequence[Event]) -> Mark:
        """Write some events and say how far that is."""

    def ends_before(self, pending: int, last: Event, event: Event, *, late: bool) -> bool:
        """Whether a piece is to end between two events, `pending` of which were not put yet.

        It is `late` when its seconds are over.
        """

    def end(self, mark: Mark) -> None:
        """Make what is written up to the last mark durable."""

    def kept(self) -> Kept:
        """What tells a later attempt what is durable."""

    def finish(self) -> None:
        """Give what was written its final name."""

    def close(self) -> None:
        """Let go of open files."""


class TextTarget:
    """A file of text."""

    anywhere = True
    seconds = 2.0

    def __init__(self, attempt: Attempt, form: TextForm, kept: Kept | None) -> None:
        self._attempt = attempt
        self._form = form
        self._part = attempt.folder / "part"
        self._kept = kept
        if kept is None:
            self._out = self._part.open("xb", buffering=0)
            self._size, self._digest = 0, hashlib.sha256()
            self._write(form.head)
        else:
            self._size = kept["bytes"]
            self._digest = _checked(self._part, kept["bytes"], kept["sha256"])
            self._out = self._part.open("r+b", buffering=0)
            self._out.truncate(self._size)
            self._out.seek(self._size)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._out.write(left) :]
        digest = self._digest.copy()
        digest.update(data)
        self._digest = digest
        self._size += len(data)

    def put(self, events: Sequence[Event]) -> Mark:
        """See Target."""
        self._write(self._form.lines(events))
        return self._size, self._digest

    def ends_before(self, pending: int, last: Event, event: Event, *, late: bool) -> bool:
        """See Target."""
        del pending, last, event, late
        return False

    def end(self, mark: Mark) -> None:
        """See Target."""
        os.fsync(self._out.fileno())
        self._kept = {"bytes": mark[0], "sha256": mark[1].hexdigest()}

    def kept(self) -> Kept:
        """See Target."""
        return self._kept or {"bytes": 0, "sha256": hashlib.sha256().hexdigest()}

    def finish(self) -> None:
        """See Target."""
        os.fsync(self._out.fileno())
        self._out.close()
        replace_file(self._part, self._attempt.target)

    def close(self) -> None:
        """See Target."""
        self._out.close()


@dataclass(frozen=True, slots=True)
class _Segment:
    name: str
    rows: int
    sha256: str


class _Segments:
    """Parquet files in one folder, each closed and known by its digest before the next begins."""

    def __init__(self, attempt: Attempt, folder: Path, ours: str, positioned: bool, kept: Kept | None) -> None:
        """`ours` is a glob of the files in the folder; those that are not `kept` are left by an end half-way."""
        self._attempt = attempt
        self._folder = folder
        self._fields = schema(positioned)
        self._done = [_Segment(**each) for each in kept["segments"]] if kept is not None else []
        folder.mkdir(exist_ok=True)
        for each in self._done:
            _checked(folder / each.name, None, each.sha256)
        names = {each.name for each in self._done}
        for file in folder.glob(ours):
            if file.name not in names:
                file.unlink()
        self._rows = 0
        self._out: pq.ParquetWriter | None = None

    @property
    def _current(self) -> Path:
        """The file that is written."""
        raise NotImplementedError

    def put(self, events: Sequence[Event]) -> Mark:
        """See Target."""
        if self._out is None:
            self._out = writer(self._current, self._fields)
        self._out.write_table(table_of(events, self._fields), row_group_size=ROWS)
        self._rows += len(events)
        return self._rows

    def _end(self, rows: int) -> None:
        """Close the file, of which so many rows count."""
        if self._out is not None:
            self._out.close()
            self._out = None
            sync(self._current)
            done = _Segment(self._current.name, rows, digest_of(self._current).hexdigest())
            self._done = [*self._done, done]
            self._rows = 0

    def _end_all(self) -> None:
        """Close the last file; one without rows where there is none."""
        if self._out is None and not self._done:
            self._out = writer(self._current, self._fields)
        self._end(self._rows)

    def kept(self) -> Kept:
        """See Target."""
        return {"segments": list(map(asdict, self._done))}

    def close(self) -> None:
        """See Target."""
        if self._out is not None:
            with suppress(OSError):
                self._out.close()
            self._out = None


class ParquetTarget(_Segments):
    """A Parquet file, written in segments that are joined when there are several."""

    anywhere = True
    seconds = 10.0

    def __init__(self, attempt: Attempt, positioned: bool, kept: Kept | None) -> None:
        super().__init__(attempt, attempt.folder, "*.parquet", positioned, kept)

    @property
    def _current(self) -> Path:
        last = self._done[-1].name if self._done else "0"
        return self._folder / f"{int(last.partition('.')[0]) + 1:06}.parquet"

    def ends_before(self, pending: int, last: Event, event: Event, *, late: bool) -> bool:
        """See Target."""
        del last, event, late
        return self._rows + pending >= SEGMENT

    def end(self, mark: Mark) -> None:
        """See Target."""
        self._end(mark)

    def finish(self) -> None:
        """See Target."""
        self._end_all()
        folder = self._folder
        if len(self._done) == 1 and pq.read_metadata(folder / self._done[0].name).num_rows == self._done[0].rows:
            whole = folder / self._done[0].name
        else:
            whole = folder / "whole"
            joined([(folder / each.name, each.rows) for each in self._done], whole, self._fields)
            sync(whole)
        replace_file(whole, self._attempt.target)


class FolderTarget(_Segments):
    """A folder of Parquet files, each of whole aggregates in the order of their ids.

    A file ends with the first aggregate that makes it reach so many events, or a minute of work, so that one of 100,000
    aggregates is not one of 100,000 files, and an aggregate is never in two.
    """

    anywhere = False
    seconds = 60.0

    def __init__(self, attempt: Attempt, positioned: bool, kept: Kept | None) -> None:
        super().__init__(attempt, attempt.folder / "parts", "*", positioned, kept)

    @property
    def _current(self) -> Path:
        return self._folder / f"events-{len(self._done):05}.parquet"

    def ends_before(self, pending: int, last: Event, event: Event, *, late: bool) -> bool:
        """See Target."""
        return (late or self._rows + pending >= WHOLE) and event.aggregate_id != last.aggregate_id

    def end(self, mark: Mark) -> None:
        """See Target."""
        del mark
        self._end(self._rows)

    def finish(self) -> None:
        """See Target."""
        self._end_all()
        files = {each.name: each.rows for each in self._done}
        told = {"form": "esviewer.parquet.1", "sorted_by": ["aggregate_id", "version"], "files": files}
        write_whole(self._folder / MANIFEST, json.dumps(told, indent=2).encode())
        replace_folder(self._folder, self._attempt.target, self._attempt.folder / "replaced")


def check_folder(target: Path) -> None:
    """Raise UsageError when a folder is there that no export made."""
    if target.is_dir():
        if any(target.iterdir()) and not (target / MANIFEST).is_file():
            raise UsageError(
                f"{target} is a folder with other files than an export's, which are not replaced.",
                "Name a new folder, or empty it.",
            )
    elif target.exists():
        raise UsageError(f"{target} is no folder.", "Name a new folder, or remove the file.")


def replace_folder(made: Path, target: Path, aside: Path) -> None:
    """Put a folder in the place of another or of none; raises OSError."""
    if target.exists():
        target.replace(aside)
        made.replace(target)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        made.replace(target)


def replace_file(made: Path, target: Path) -> None:
    """Put a file in the place of another or of none, with its permissions; raises OSError."""
    try:
        made.chmod(stat.S_IMODE(target.stat().st_mode))
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        made.chmod(0o666 & ~umask)
    made.replace(target)


def sync(file: Path) -> None:
    """Have the system write a file out; raises OSError."""
    with file.open("r+b") as out:
        os.fsync(out.fileno())


def _checked(file: Path, length: int | None, sha256: str) -> hashlib._Hash:
    """The digest of what an earlier attempt wrote; raises EsviewerError when that is not there any more as it was."""
    try:
        found = digest_of(file, length)
    except (OSError, EOFError):
        found = hashlib.sha256()
    if found.hexdigest() != sha256:
        raise EsviewerError(
            "What the interrupted export had written was changed since, so it can't be gone on with.",
            "Export anew, without --resume.",
        )
    return found
