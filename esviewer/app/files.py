"""Writing a small file in one step: a crash leaves the old one or the new one, never a half."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from esviewer.errors import UsageError


def not_of_the_store(name: str, label: str) -> Path:
    """The file to write; raises UsageError when it is the store itself or one that its database keeps beside it.

    `label` is the store's path or URL.
    """
    path = Path(name).expanduser()
    for each in (label, f"{label}-wal", f"{label}-shm", f"{label}-journal"):
        beside = Path(each)
        if path.resolve() == beside.resolve() or (path.exists() and beside.exists() and path.samefile(beside)):
            raise UsageError(f"{name} belongs to the store itself, which is never written.", "Name another file.")
    return path


def write_whole(file: Path, content: bytes) -> None:
    """Replace a file, or make it together with its folder; its permissions stay. Raises OSError.

    Where the name is a symbolic link, what it leads to is replaced.
    """
    path = file.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, since a file can't be renamed across file systems.
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
