"""Files that are written under another name and take their own when they are whole; what dead runs left is removed."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from contextlib import suppress
from pathlib import Path


def unfinished(target: Path) -> Path:
    """A new name beside a file for what is to take its place: a file can't be renamed across file systems.

    Where earlier runs on this computer were killed while they wrote the same file, what they left goes.
    """
    mark = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]
    here = hashlib.sha256(platform.node().encode("utf-8", "surrogateescape")).hexdigest()[:6]
    mine = re.compile(rf"\.{mark}-{here}-(\d+)-[0-9a-f]{{16}}\.part(-journal)?")
    with suppress(OSError):
        for each in os.scandir(target.parent):
            left = mine.fullmatch(each.name)
            if left is not None and not _lives(int(left[1])):
                with suppress(OSError):
                    os.unlink(each.path)  # noqa: PTH108 - a path of scandir
    return target.with_name(f".{mark}-{here}-{os.getpid()}-{secrets.token_hex(8)}.part")


def _lives(process: int) -> bool:
    if os.name != "posix":
        return True  # asking after a process would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
