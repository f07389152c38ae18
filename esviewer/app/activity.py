"""The activity log: who opened, revealed, exported, reported and sealed what; kept on this machine alone.

JSON Lines in the user's state folder. Each line carries the SHA-256 of the one before it (`before`), and the lock file
that of the newest, so that a line that was changed or taken out shows; whoever rewrites all files leaves no trace. When
it has grown too large the file is renamed and a new one goes on where it ended. That it can't be written never stops
anybody's work: the first time there is a warning.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, BinaryIO, Final

from platformdirs import user_state_dir

from esviewer.app.files import placed
from esviewer.app.locking import take
from esviewer.app.operator import asker
from esviewer.model import instant
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import Value

NAME: Final = "activity.jsonl"
LOCK: Final = "activity.lock"
MOST_BYTES: Final = 5_000_000
"""A file that is larger is renamed."""
MOST_FILES: Final = 10
"""Older files than these are removed."""
START: Final = "0" * 64
"""`before` of the very first line."""
_LONGEST_LINE: Final = 16_000
_LONGEST_TEXT: Final = 2_000
_BLOCK = 1 << 16
_ATTEMPTS = 200
_PAUSE = 0.02
"""Seconds between attempts to get the lock: nobody's work waits for it longer than some seconds."""
_LOCKED_BYTE = 1 << 20
"""Behind what is ever written: on Windows nobody can read a byte that is locked."""
_OPENED: set[tuple[int, str]] = set()
"""Stores that this process has logged the opening of."""


class _Warned:
    done = False
    how: Callable[[str], None] | None = None


def folder() -> Path:
    """Where the log is; the environment variable ESVIEWER_CONFIG_DIR moves it along with the configuration."""
    moved = os.environ.get("ESVIEWER_CONFIG_DIR")
    return Path(moved) / "state" if moved else Path(user_state_dir("esviewer", appauthor=False))


def on_failure(how: Callable[[str], None] | None) -> None:
    """Say with this that the log can't be written, once a process; None: on stderr."""
    _Warned.how = how


def note(
    what: str,
    *,
    store: str | None = None,
    file: Path | None = None,
    sha256: str | None = None,
    where: Path | None = None,
    **more: Value,
) -> bool:
    """Log one thing that was done: `open`, `reveal`, `export`, `report`, `seal` or the like.

    `store` is a store's label, which never holds a password; of a regular `file` that was written the SHA-256 is
    logged, unless `sha256` says it. `more` is anything small that is no payload. False when it could not be logged,
    which is said once and stops nothing.
    """
    who = asker()
    line: dict[str, Value] = {
        "at": who.at.isoformat(),
        "what": what,
        "operator": who.operator,
        "account": who.account,
        "host": who.host,
        "program": who.program,
        "process": os.getpid(),
        "store": store,
    }
    try:
        if store is not None:
            line["store"] = placed(store)
        if file is not None:
            line["file"] = str(file.expanduser().absolute())
            line["sha256"] = sha256 or _digest_of(file)
        line.update({key: _short(value) for key, value in more.items() if key not in line})
        _append(where or folder(), {key: _short(value) for key, value in line.items()})
    except (OSError, ValueError, RecursionError) as error:
        _warn(getattr(error, "strerror", None) or str(error), where or folder())
        return False
    return True


def opened(store: str, layout: str) -> None:
    """Log that a store was opened, once in a process; what processes that help this one open is not news."""
    key = (os.getpid(), store)
    if key not in _OPENED and parent_process() is None:
        _OPENED.add(key)
        note("open", store=store, layout=layout)


def _short(value: Value) -> Value:
    """A value that makes no line too long."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[:_LONGEST_TEXT] + "…"
    return value


def _digest_of(file: Path) -> str | None:
    """A file's SHA-256, None for what is no regular one, such as a pipe."""
    if not file.is_file():
        return None
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _warn(reason: str, where: Path) -> None:
    if _Warned.done:
        return
    _Warned.done = True
    text = f"Warning: the activity log in {where} can't be written: {reason}. What is done now is not logged."
    if _Warned.how is not None:
        _Warned.how(text)
    elif sys.stderr is not None:
        sys.stderr.write(text + "\n")


# Writing


def _append(where: Path, line: dict[str, Value]) -> None:
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(where) as newest, _at_end(where) as (out, before):
        text = dumps({**line, "before": before}).encode()
        if len(text) > _LONGEST_LINE:
            raise ValueError("the line is too long")
        size = out.seek(0, os.SEEK_END)
        try:
            if out.write(text + b"\n") <= len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            out.truncate(size)  # no half line may be left behind by a full disk
            raise
        newest.seek(0)
        newest.write(_sha256(text).encode())


@contextmanager
def _at_end(where: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The file to append to, and the digest of the line before; a file that is too large is put aside before."""
    file = where / NAME
    before = START
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as out:
        last = _last_line(out)
        if last is None and out.seek(0, os.SEEK_END) == 0:
            older = _older(where)
            before = digest_of_last(older[-1]) if older else START
        else:
            before = _sha256(last or b"")
        if out.seek(0, os.SEEK_END) < MOST_BYTES:
            if last is not None and not _ends_well(out):
                out.write(b"\n")  # a line that was cut off stays as it is, and shows
            yield out, before
            return
    _put_aside(where, file)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as out:
        yield out, before


def _put_aside(where: Path, file: Path) -> None:
    older = _older(where)
    number = int(older[-1].name.split(".")[1]) + 1 if older else 1
    file.rename(where / f"activity.{number:06}.jsonl")
    for each in _older(where)[: -(MOST_FILES - 1)]:
        each.unlink()


def _older(where: Path) -> list[Path]:
    """The files that were put aside, oldest first."""
    found = [each for each in where.glob("activity.*.jsonl") if each.name.split(".")[1].isdecimal()]
    return sorted(found, key=lambda each: int(each.name.split(".")[1]))


def _last_line(file: BinaryIO) -> bytes | None:
    """The last line without its end, read from behind; None in an empty file."""
    end = file.seek(0, os.SEEK_END)
    tail = b""
    while end > 0:
        start = max(0, end - _BLOCK)
        file.seek(start)
        tail = _read(file, end - start) + tail
        end = start
        lines = tail.rstrip(b"\n").split(b"\n")
        if len(lines) > 1 or (end == 0 and lines != [b""]):
            return lines[-1]
    return None


def _read(file: BinaryIO, size: int) -> bytes:
    found = b""
    while len(found) < size and (part := file.read(size - len(found))):
        found += part
    return found


def _ends_well(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def digest_of_last(file: Path) -> str:
    """The digest of the last line of a file, as the next line's `before` says it."""
    with file.open("rb") as read:
        last = _last_line(read)
    return START if last is None else _sha256(last)


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


@contextmanager
def _locked(where: Path) -> Iterator[BinaryIO]:
    """Nobody else writes meanwhile; gives the lock file, from whose start the digest of the newest line stands.

    The operating system gives the lock back even if this process dies. Raises OSError when it takes long to get.
    """
    descriptor = os.open(where / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as lock:
        for attempt in range(_ATTEMPTS):
            try:
                take(lock, True, _LOCKED_BYTE)
                break
            except OSError:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(_PAUSE)
        try:
            yield lock
        finally:
            take(lock, False, _LOCKED_BYTE)


# Reading


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold."""

    file: Path
    line: int
    """From 1."""
    why: str

    def as_json(self) -> dict[str, Value]:
        """`{file, line, why}`."""
        return {"file": str(self.file), "line": self.line, "why": self.why}


def files(where: Path | None = None) -> list[Path]:
    """The log's files, oldest first."""
    where = where or folder()
    newest = where / NAME
    return [*_older(where), *([newest] if newest.exists() else [])]


def entries(since: Instant | None = None, where: Path | None = None) -> Iterator[dict[str, Any]]:
    """The log's lines, oldest first; lines that can't be read are left out. Raises OSError."""
    for file in files(where):
        with file.open("rb") as read:
            for line in read:
                entry = _entry(line)
                if entry is not None and (since is None or not _earlier(entry, since)):
                    yield entry


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _earlier(entry: dict[str, Any], since: Instant) -> bool:
    try:
        return instant.parse(entry["at"]).ns < since.ns
    except (KeyError, TypeError, ValueError, OverflowError):
        return False  # rather too much than too little


def check(where: Path | None = None) -> Iterator[Broken]:
    """The places where lines were changed, taken out or put in. Raises OSError.

    Nothing can be said of what was there before the oldest file, nor of a log that was rewritten as a whole.
    """
    before: str | None = None
    last: tuple[str, object] | None = None
    at: tuple[Path, int] | None = None
    for file in files(where):
        with file.open("rb") as read:
            for number, raw in enumerate(read, 1):
                line = raw.removesuffix(b"\n")
                entry = _entry(line)
                if entry is None or not isinstance(entry.get("before"), str):
                    yield Broken(file, number, "This is no line of the log: it was changed, or cut off.")
                elif before is None:
                    if entry["before"] != START and file.name == NAME:
                        yield Broken(file, number, "The lines before this one are gone.")
                elif entry["before"] != before:
                    yield Broken(
                        file, number, "The line before this one was changed or taken out, or this one was put in."
                    )
                before = _sha256(line)
                last, at = (before, None if entry is None else entry.get("before")), (file, number)
    newest = _newest(where or folder())
    if newest is not None and at is None:
        yield Broken((where or folder()) / NAME, 1, "All lines are gone.")
    elif newest is not None and at is not None and newest not in (last or ()):
        # The line before the last one would do: a crash may come between a line and the noting of its digest.
        yield Broken(*at, "Lines after this one are gone, or this one was changed.")


def _newest(where: Path) -> str | None:
    """The digest of the newest line, as it was noted when that was written."""
    try:
        found = (where / LOCK).read_bytes()[:64].decode("ascii", "replace")
    except FileNotFoundError:
        return None
    return found or None
