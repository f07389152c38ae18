"""What an export keeps until it is complete: a private folder beside the target, from which it can be gone on with.

The folder `.esviewer-export-…`, named by a digest of the target's name, holds what is written so far, `lock`, which the
process that writes holds locked, and `state.json`: how far the export is, with the bytes and the SHA-256 of what is
written, and what was asked for. It is gone when the target is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from esviewer.app.files import write_whole
from esviewer.errors import EsviewerError

FORM: Final = "esviewer.export.1"
_CHUNK: Final = 1 << 20


class Attempt:
    """One attempt to write a target; raises EsviewerError when another process is at it, and OSError."""

    def __init__(self, target: Path) -> None:
        digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
        self.folder = target.with_name(f".esviewer-export-{digest}")
        self.target = target
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.begun = any(each.name != "lock" for each in self.folder.iterdir())
        """Whether an earlier attempt has left anything, be it of use or not."""
        self._lock: BinaryIO | None = (self.folder / "lock").open("ab")
        try:
            _lock(self._lock)
        except OSError:
            self._lock.close()
            self._lock = None
            raise EsviewerError(
                f"{target} is being exported to by another process.", "Wait for it, or name another file."
            ) from None

    def state(self) -> dict[str, Any] | None:
        """What an earlier attempt came to; None where there was none that can be read."""
        try:
            found = json.loads((self.folder / "state.json").read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and found.get("form") == FORM else None

    def save(self, state: Mapping[str, Any]) -> None:
        """Replace the state, durably."""
        write_whole(self.folder / "state.json", json.dumps({"form": FORM, **state}).encode())

    def clear(self) -> None:
        """Forget what an earlier attempt left."""
        for each in self.folder.iterdir():
            if each.name != "lock":
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()

    def leave(self) -> None:
        """Keep the folder for another attempt."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.leave()
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)  # where an open file can't be removed


def digest_of(file: Path, length: int | None = None) -> hashlib._Hash:
    """The SHA-256 of a file's first bytes, of all without a length; raises OSError, EOFError where it is shorter."""
    digest = hashlib.sha256()
    left = length
    with file.open("rb") as read:
        while left is None or left > 0:
            part = read.read(_CHUNK if left is None else min(_CHUNK, left))
            if not part:
                if left is None:
                    break
                raise EOFError
            digest.update(part)
            left = None if left is None else left - len(part)
    return digest


def _lock(file: BinaryIO) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
