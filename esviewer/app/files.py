"""Writing a small file in one step: a crash leaves the old one or the new one, never a half."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from esviewer.errors import ELSEWHERE, EsviewerError, StoreError, UsageError
from esviewer.model.clause import clause
from esviewer.unfinished import unfinished

_BINARY: Final = getattr(os, "O_BINARY", 0)


def placed(label: str) -> str:
    """A store's label, of a file with its folder: a path from the folder of that day says nothing later."""
    return str(Path(label).absolute()) if "://" not in label and os.path.exists(label) else label  # noqa: PTH110


def without_scheme(name: str) -> str:
    """The path that a `file:` URL of this computer names, as desktops hand files over; anything else as it is."""
    parts = urlsplit(name) if name.lower().startswith("file:///") else None
    if parts is None or parts.query or parts.fragment:
        return name
    from urllib.request import url2pathname  # it takes a while to load, and is seldom wanted

    return url2pathname(parts.path)


def not_of_the_store(name: str, label: str) -> Path:
    """The file to write; raises UsageError when it is the store itself or one that its database keeps beside it.

    `label` is the store's path or URL, or a folder of the files that it consists of, or a pattern for them.
    """
    path = Path(name).expanduser()
    store = Path(label)
    found = set(label) & set("*?[") and fnmatchcase(str(path.resolve()), str(store.resolve()))
    if found or (store.is_dir() and store.resolve() in path.resolve().parents):
        raise UsageError(f"{name} would belong to the store itself, which is never written.", "Name another file.")
    for each in (label, f"{label}-wal", f"{label}-shm", f"{label}-journal"):
        beside = Path(each)
        if path.resolve() == beside.resolve() or (path.exists() and beside.exists() and path.samefile(beside)):
            raise UsageError(f"{name} belongs to the store itself, which is never written.", "Name another file.")
    return path


def for_output(name: str, label: str) -> Path:
    """As `not_of_the_store`; raises EsviewerError too when the file can't be written, before work is done for it."""
    path = not_of_the_store(name, label)
    reason = _unwritable(path)
    if reason is not None:
        raise EsviewerError(f"{name} can't be written: {reason}.", ELSEWHERE)
    return path


def for_report(file: Path, label: str, *others: Path) -> None:
    """Make sure that a report can be written to a file, before what it tells is found out.

    Raises UsageError when that, or the evidence beside it, is the store's own (`label` as above) or one of `others`,
    and EsviewerError when its folder can't be written to.
    """
    for each in (file, evidence_of(file)):
        path = not_of_the_store(str(each), label)
        if any(path.resolve() == other.resolve() for other in others):
            raise UsageError(f"{each} is what the report is made of.", "Name another file.")
    check_place(file)


def check_place(file: Path) -> None:
    """Raise EsviewerError when a report can't be written to a file, as far as that can be told without doing it."""
    reason = _unwritable(file.expanduser())
    if reason is not None:
        raise EsviewerError(f"The report can't be written to {file}: {reason}.", ELSEWHERE)


def _unwritable(path: Path) -> str | None:
    """Why a file can't be made or replaced, as far as that can be told without doing it."""
    folder = path.resolve().parent
    if not folder.is_dir():
        return clause("there is no such folder")
    if path.is_dir():
        return clause("that is a folder")
    return None if os.access(folder, os.W_OK) else clause("its folder can't be written to")


def evidence_of(report: Path) -> Path:
    """The file with a report's evidence."""
    return report.with_name(report.name + ".evidence.json")


def write_whole(file: Path, content: bytes, *, private: bool = False, durable: bool = True) -> None:
    """Replace a file, or make it together with its folder; its permissions stay. Raises OSError.

    Where the name is a symbolic link, what it leads to is replaced. A new one that is `private` is for this user alone;
    what need not be `durable` is not waited for until the disk has it.
    """
    file.resolve().parent.mkdir(parents=True, exist_ok=True)
    with replacing(file, private=private, durable=durable) as out:
        out.write(content)


def save_by_store(file: Path, stores: Mapping[str, object], what: str) -> None:
    """Keep what was remembered of each store in one JSON file, nothing of nothing; raises StoreError naming `what`."""
    kept = {"version": 1, "stores": {store: each for store, each in stores.items() if each}}
    try:
        # In ASCII, because types and paths may hold what is no text.
        write_whole(file, json.dumps(kept, indent=1).encode("ascii"))
    except OSError as error:
        raise StoreError(f"{what} can't be saved: {error.strerror}.", f"Look at the folder {file.parent}.") from None


def by_store(file: Path) -> dict[str, Any]:
    """What `save_by_store` kept in a file; raises OSError, StoreError for a newer form, and errors of damaged JSON."""
    kept = json.loads(file.read_bytes())
    check_form(file, kept)
    stores: dict[str, Any] = kept["stores"]
    return stores


def check_form(file: Path, kept: object) -> None:
    """Raise StoreError where a file that is kept between runs is of a newer form than this esviewer writes."""
    form = kept.get("version") if isinstance(kept, dict) else None
    if isinstance(form, int) and form > 1:
        raise StoreError(
            f"{file} was written by a newer esviewer.", "Use that one, or move the file away; it is left as it is."
        )


@contextmanager
def replacing(file: Path, *, private: bool = False, durable: bool = True) -> Iterator[BinaryIO]:
    """What is written takes the file's place when the block ends well, and is gone otherwise. Raises OSError."""
    path = file.resolve()
    part = unfinished(path)
    try:
        made = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o600 if private else 0o666)
        with os.fdopen(made, "wb") as out:
            yield out
            out.flush()
            if durable:
                os.fsync(out.fileno())
        with suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
