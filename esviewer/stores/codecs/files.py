"""Files that a codec needs, beside the layout that names them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

_LARGEST: Final = 16 * 1024 * 1024


def file_beside(name: str, folder: Path | None, what: str) -> bytes:
    """The content of a file in the layout's folder or below it; raises ValueError saying why there is none.

    A layout may come from a stranger, so no other place can be named.
    """
    if not name:
        raise ValueError(f"has a codec that needs the name of a file with {what}")
    shapes = (PurePosixPath(name), PureWindowsPath(name))
    if any(shape.is_absolute() or shape.drive or shape.root or ".." in shape.parts for shape in shapes):
        raise ValueError(f"names the file {name!r}, which must lie beside the layout")
    if folder is None:
        raise ValueError(f"names the file {name!r}, and this layout lies in no folder")
    path = folder / name
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"names the file {name!r}, which is larger than {_LARGEST >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"names the file {name!r}, which can't be read: {error.strerror}") from None
