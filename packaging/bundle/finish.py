"""Makes an application folder smaller and the same at every build: symbols out, times and modes set."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ELF: Final = b"\x7fELF"


def finish(folder: Path, moment: int) -> None:
    """Strip the libraries of a folder (on Linux), and give all its files the same time and plain modes."""
    if sys.platform.startswith("linux"):
        libraries = [str(path) for path in _strippable(folder)]
        subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink() and os.name != "nt":
            path.chmod(0o755 if path.is_dir() or (path.parent == folder and path.is_file()) else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=os.utime not in os.supports_follow_symlinks)


def _strippable(folder: Path) -> Iterator[Path]:
    """Libraries that can do without symbols.

    Not those that a wheel's maker has rewritten to be found in `NAME.libs`: strip would move what has to lie at whole
    pages. Nor the program, behind whose end PyInstaller keeps what it runs.
    """
    for path in sorted(folder.rglob("*")):
        if ".so" in path.name and path.is_file() and not path.is_symlink() and not path.parent.name.endswith(".libs"):
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path


if __name__ == "__main__":
    finish(Path(sys.argv[1]), int(os.environ["SOURCE_DATE_EPOCH"]))
