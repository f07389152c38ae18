"""Prints what an application folder is made of: megabytes by part, largest first."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Final

_SMALL: Final = 1_000_000
_TOGETHER: Final = {
    "esviewer": "esviewer: its resources",
    "base_library.zip": "Python",
    "python3": "Python",
    "libpython3": "Python",
    "shiboken6": "PySide6 and Qt",
    "PySide6": "PySide6 and Qt",
    "_duckdb": "duckdb",
}


def part(path: Path, folder: Path) -> str:
    """What a file is a part of."""
    names = path.relative_to(folder).parts
    if names[0] in ("esviewer", "esviewer.exe"):
        return "esviewer and all modules in Python (the program itself)"
    if names[0] == "licences":
        return "licences and lists of parts"
    top = names[1] if names[0] == "_internal" and len(names) > 1 else names[0]
    for begins, name in _TOGETHER.items():
        if top.startswith(begins):
            return name
    if len(names) == 2 and top.startswith("lib"):
        return "libraries of the system"
    return top.split(".")[0].split("-")[0].replace("psycopg_binary", "psycopg")


def main() -> None:
    folder = Path(sys.argv[1])
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            sizes[part(path, folder)] += path.stat().st_size
    total = sum(sizes.values())
    small = {name: size for name, size in sizes.items() if size < _SMALL}
    rows = [(name, size) for name, size in sizes.most_common() if name not in small]
    rows.append((f"{len(small)} others of less than 1 MB", sum(small.values())))
    for name, size in [*rows, ("all", total)]:
        print(f"{size / 1e6:8.1f} MB {100 * size / total:5.1f} %  {name}")


if __name__ == "__main__":
    main()
