"""Which reducer rebuilds which aggregate type."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from esviewer.app.consent import permit
from esviewer.errors import UsageError
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.foreign.spec import kind_in, load_spec
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.replay.rules import RulesReducer, load_rules


class Reducers:
    """Reducers' files in order of precedence, with `merge` for the aggregate types that none of them names.

    Foreign ones are only read here: their programs start, if that is agreed to, when they are first used.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self.files = tuple(files)
        self._chosen = [load_reducer(file) for file in self.files]
        self._merge = MergeReducer()

    def for_type(self, aggregate_type: str | None) -> Reducer:
        """The first reducer whose `aggregate_type` glob fits; one without a glob fits all.

        A foreign one whose file or code has changed is read anew; raises RulesError when that can't be done.
        """
        for index, reducer in enumerate(self._chosen):
            pattern = reducer.aggregate_type
            if pattern is None or fnmatchcase(aggregate_type or "", pattern):
                return self._fresh(index) if isinstance(reducer, ForeignReducer) else reducer
        return self._merge

    def _fresh(self, index: int) -> Reducer:
        reducer = self._chosen[index]
        anew = load_reducer(self.files[index])
        if anew.digest == reducer.digest:
            return reducer
        # What was rebuilt with the old code keeps the old reducer, with its digest.
        if isinstance(reducer, ForeignReducer):
            reducer.close()
        self._chosen[index] = anew
        return anew

    def close(self) -> None:
        """End the programs of foreign reducers; doing it twice is fine."""
        for reducer in self._chosen:
            if isinstance(reducer, ForeignReducer):
                reducer.close()


def load_reducer(file: Path) -> RulesReducer | ForeignReducer:
    """The reducer that a file describes: rules, or code of the user's when it has a `kind`; raises RulesError.

    Nothing is started: a foreign reducer raises ConsentNeededError when it would start and nobody has agreed to it.
    """
    if kind_in(file) is None:
        return load_rules(file)
    return ForeignReducer(load_spec(file), permit)


def rules_files(named: Sequence[str]) -> list[Path]:
    """The reducers' files that paths name, a folder standing for all its .toml files; raises UsageError."""
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
    """The reducers' files kept next to a store file: FILE.reducers/*.toml."""
    folder = store_file.with_name(store_file.name + ".reducers")
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
