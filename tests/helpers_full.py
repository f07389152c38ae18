"""A folder on a disk that takes hardly anything more, where the system lets one be made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEFT = 16384
"""Bytes that fit."""
_SIZE = 256 << 10


@contextmanager
def full_disk(folder: Path) -> Iterator[bool]:
    """Within the block a small disk is mounted on a folder, full but for LEFT bytes; False where that may not be."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=777", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        yield False
        return
    try:
        (folder / "filler").write_bytes(bytes(_SIZE - LEFT))
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
