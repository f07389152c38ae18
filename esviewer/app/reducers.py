"""Which reducer rebuilds which aggregate type."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from esviewer.errors import UsageError
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.replay.rules import load_rules


class Reducers:
    """Rules files in order of precedence, with `merge` for the aggregate types that none of them names."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self.files = tuple(files)
        self._rules: list[Reducer] = [load_rules(file) for file in self.files]
        self._merge = MergeReducer()

    def for_type(self, aggregate_type: str | None) -> Reducer:
        """The first reducer whose `aggregate_type` glob fits; one without a glob fits all."""
        for reducer in self._rules:
            pattern = reducer.aggregate_type
            if pattern is None or fnmatchcase(aggregate_type or "", pattern):
                return reducer
        return self._merge


def rules_files(named: Sequence[str]) -> list[Path]:
    """The rules files that paths name, a folder standing for all its .toml files; raises UsageError."""
    files: list[Path] = []
    for name in named:
        path = Path(name).expanduser()
        if path.is_dir():
            inside = sorted(path.glob("*.toml"))
            if not inside:
                raise UsageError(f"The folder {name} holds no rules file (*.toml).", "Name a rules file.")
            files.extend(inside)
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"There is no rules file {name}.", "Check the path given with --reducer.")
    return files


def beside(store_file: Path) -> list[Path]:
    """The rules files kept next to a store file: FILE.reducers/*.toml."""
    folder = store_file.with_name(store_file.name + ".reducers")
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
