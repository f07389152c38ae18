"""A folder for a run's parts, beside what it makes; folders of runs that died are found out and removed."""

from __future__ import annotations

import secrets
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

_LOCK: Final = "lock"
_OLD_SECONDS: Final = 60


class Workspace:
    """The folder `.NAME.RANDOM.part`, locked as long as the run lives; the operating system lets go when it dies."""

    def __init__(self, output: Path, where: Path | None = None) -> None:
        """The folder is in the output's own, or in `where`. Raises OSError."""
        folder = output.parent if where is None else where
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(output.name, folder)
        token = secrets.token_hex(8)
        # It gets its name once it is locked, so that nobody takes it for a dead one.
        made = folder / f".{output.name}.{token}.new"
        made.mkdir(mode=0o700)
        self._lock = (made / _LOCK).open("xb")
        _locked(self._lock)
        self.folder = made.rename(folder / f".{output.name}.{token}.part")

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_leftovers(name: str, folder: Path) -> None:
    """Remove what dead runs left of an output called so."""
    prefix = f".{name}."
    for each in folder.iterdir():
        token, _, ending = each.name.removeprefix(prefix).partition(".")
        if not each.name.startswith(prefix) or len(token) != 16 or ending not in ("part", "new"):
            continue
        try:
            if ending == "new" and time.time() - each.stat().st_mtime < _OLD_SECONDS:
                continue
            with (each / _LOCK).open("r+b") as lock:
                if not _locked(lock):
                    continue
        except FileNotFoundError:
            if ending == "part":
                continue
        except OSError:
            continue
        with suppress(OSError):
            shutil.rmtree(each)


def _locked(file: BinaryIO) -> bool:
    """Take the lock, without waiting; False when another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
