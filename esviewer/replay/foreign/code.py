"""The code that a foreign reducer's file names: which files, bounded, and one digest over all of them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from esviewer.assets import config_dir
from esviewer.errors import RulesError

MAX_FILES = 5000
MAX_BYTES = 100_000_000
MAX_SEEN = 100_000
"""Files of any kind that may lie in the folders: what is to be looked through comes from a file of a stranger."""

_CODE = (
    " py pyx so pyd js mjs cjs jsx ts mts cts tsx json wasm rb php ex exs erl hs ml fs fsx cs dll java kt kts scala clj"
    " jar class go rs pl lua jl r sh bash ps1 bat cmd toml yaml yml "
)
"""Endings of files that may be code, or steer it."""
_NARROWER = 'Name the folders that hold the reducer\'s own code, as in path = ["src"].'
_NO_CODE = frozenset({"node_modules", "__pycache__", "site-packages"})
"""Folders that are not walked, as those with a leading dot: what was installed or made, not written."""


def code_files(named: Iterable[Path], folders: Sequence[Path], own: Path) -> tuple[Path, ...]:
    """The named files and all code files below the folders, in order; raises RulesError when there are too many.

    `own` is the reducer's file, which is hashed by itself. Other reducers' files beside it don't count as code.
    """
    found = {path.resolve() for path in named}
    for folder in folders:
        for path in _below(folder):
            found.add(path)
            if len(found) > MAX_FILES:
                raise RulesError(
                    f"the folder {folder} holds more than {MAX_FILES:,} files of code",
                    _NARROWER,
                )
    return tuple(sorted(found - {own.resolve()}))


def _below(folder: Path) -> Iterator[Path]:
    top = folder.resolve()
    seen = 0
    for where, folders, files in os.walk(top):
        seen += len(files) + len(folders)
        if seen > MAX_SEEN:
            raise RulesError(f"the folder {folder} holds more than {MAX_SEEN:,} files", _NARROWER)
        # A store's reducers beside it are others than this one.
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _NO_CODE and not name.endswith(".reducers")
        ]
        for name in files:
            ending = name.rpartition(".")[2].lower()
            path = Path(where, name)
            if f" {ending} " in _CODE and not _changes_by_itself(path, ending, top) and _is_plain(path):
                yield path


def _changes_by_itself(path: Path, ending: str, top: Path) -> bool:
    """Whether it is no part of the reducer's code: another reducer's file beside it, or a file that esviewer writes."""
    return (ending == "toml" and path.parent == top) or (ending == "json" and path.parent == config_dir().resolve())


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)  # reading a named pipe would wait for ever
    except OSError:
        return False


def digest(own: bytes, parts: Mapping[str, bytes]) -> str:
    """`sha256:` and the digest of a reducer's file and the code it names, whose `parts` are.

    Files count by their place and their content, so that a copy elsewhere has the same digest.
    """
    whole = hashlib.sha256(b"esviewer foreign reducer 1\n" + hashlib.sha256(own).digest())
    for place, inner in parts.items():
        whole.update(hashlib.sha256(place.encode("utf-8", "surrogatepass")).digest() + inner)
    return "sha256:" + whole.hexdigest()


def digests(files: Sequence[Path], folder: Path) -> dict[str, bytes]:
    """Each file's place relative to `folder` with its own digest, in order; raises RulesError for unreadable ones."""
    found = {}
    total = 0
    for path in files:
        inner = hashlib.sha256()
        try:
            with path.open("rb") as content:
                while chunk := content.read(1 << 20):
                    inner.update(chunk)
                    total += len(chunk)
                    if total > MAX_BYTES:
                        raise RulesError(
                            f"the code that it names is larger than {MAX_BYTES:,} bytes",
                            _NARROWER,
                        )
        except OSError as error:
            raise RulesError(f"{path} can't be read: {error.strerror}") from None
        found[_place(path, folder.resolve())] = inner.digest()
    return found


def _place(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()
