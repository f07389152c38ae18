"""Writing a small file in one step: a crash leaves the old one or the new one, never a half."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


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
