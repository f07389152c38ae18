"""Which reducer rebuilds which aggregate type."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, TypeAlias

from esviewer.app.assignments import Chosen
from esviewer.app.consent import permit
from esviewer.errors import RulesError, UsageError
from esviewer.model.exactjson import canonical
from esviewer.replay.event_words import NO_WORDS, EventWords
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.foreign.spec import kind_in, load_spec
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.replay.rules import RulesReducer, load_rules, parse_rules, read_rules

How: TypeAlias = Literal["named", "assigned", "beside", "inferred"]
"""Why a reducer is used: given with --reducer, assigned to the type, found beside the store, or for want of any."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The reducer of one aggregate type, the file it is from (None for `merge`), and why it is this one."""

    reducer: Reducer
    file: Path | None
    how: How

    @property
    def kind(self) -> str:
        """`rules`, `merge`, or the kind of foreign code."""
        if isinstance(self.reducer, ForeignReducer):
            return self.reducer.spec.kind
        return "merge" if self.file is None else "rules"


class Reducers:
    """What was assigned to aggregate types, then reducers' files in order of precedence, then `merge` for the rest.

    Foreign ones are only read here: their programs start, if that is agreed to, when they are first used.
    """

    def __init__(
        self,
        files: Sequence[Path] = (),
        *,
        how: How = "named",
        assigned: Chosen | None = None,
        keep_bad: bool = False,
    ) -> None:
        """A bad file raises RulesError; one that was assigned is left out instead, and `warnings` says so.

        With `keep_bad` files that were assigned or lie beside the store are taken all the same: only whoever asks for
        the reducer of a type that they are for, as a bad file beside a store is for all types, gets the RulesError.
        """
        self.files = tuple(files)
        self._how = how
        self._keep_bad = keep_bad
        self._merge = MergeReducer()
        self._loaded = [_Loaded(file, keep_bad=keep_bad and how == "beside") for file in self.files]
        self._assigned: dict[str, _Loaded | None] = {}
        self.warnings: tuple[str, ...] = ()
        bad = []
        for kind, file in (assigned or {}).items():
            try:
                self._assigned[kind] = self._load(file, keep_bad=keep_bad)
            except RulesError as error:
                why = error.message.rstrip(".") if file is None or file.exists() else f"there is no {file}"
                bad.append(f"{kind or 'aggregates without a type'} ({why})")
        if bad:
            self.warnings = (f"A reducer that was chosen is left out, since it can't be used: {'; '.join(bad)}.",)

    def _load(self, file: Path | None, *, keep_bad: bool = False) -> _Loaded | None:
        if file is None:
            return None
        # Types with one file share its reducer, and where it is foreign its program.
        known = (each for each in self._assigned.values() if each is not None and each.file == file)
        return next(known, None) or _Loaded(file, keep_bad=keep_bad)

    def for_type(self, aggregate_type: str | None) -> Reducer:
        """What was assigned to the type, else the first reducer whose `aggregate_type` glob fits; one without fits all.

        A foreign one whose file or code has changed is read anew; raises RulesError when that can't be done.
        """
        return self.choice_for(aggregate_type).reducer

    def choice_for(self, aggregate_type: str | None) -> Choice:
        """The same, with where it comes from."""
        kind = aggregate_type or ""
        if kind in self._assigned:
            assigned = self._assigned[kind]
            if assigned is None:
                return Choice(self._merge, None, "assigned")
            return Choice(assigned.fresh(), assigned.file, "assigned")
        for loaded in self._loaded:
            if fits(loaded.pattern, kind):
                return Choice(loaded.fresh(), loaded.file, self._how)
        return Choice(self._merge, None, "inferred")

    def words_for(self, aggregate_type: str | None) -> EventWords:
        """What the type's reducer, as it was read last, has event types called; nothing is read or started for it."""
        kind = aggregate_type or ""
        if kind in self._assigned:
            return _words(self._assigned[kind])
        return next((_words(loaded) for loaded in self._loaded if fits(loaded.pattern, kind)), NO_WORDS)

    def colour_of(self, event_type: str) -> int | None:
        """The colour that a reducer in use has chosen for an event type, as `TypeWords.colour`; the first one's."""
        used = [*self._assigned.values(), *self._loaded]
        colours = (_words(loaded).of(event_type).colour for loaded in used)
        return next((colour for colour in colours if colour is not None), None)

    def is_for(self, aggregate_type: str | None) -> bool:
        """Whether `merge` need not stand in for reducers that were named: they are for other types."""
        return self._how != "named" or not self._loaded or self.choice_for(aggregate_type).how != "inferred"

    def check_named(self, aggregate_type: str | None) -> None:
        """Raise UsageError, saying what they are for, where reducers were named and none is for a type."""
        if self.is_for(aggregate_type):
            return
        kind = f"aggregates of type {aggregate_type!r}" if aggregate_type else "aggregates without a type"
        named = ", ".join(f"{each.file.name} is for {each.pattern!r}" for each in self._loaded)
        raise UsageError(
            f"No reducer that was named is for {kind}: {named}.",
            "Name one that is, or none: then the reducers kept with the store are used, else merge.",
        )

    def described(self) -> list[tuple[str, str]]:
        """For which aggregates each reducer is, in order of precedence, and its name and digest."""
        found = []
        for kind, assigned in sorted(self._assigned.items()):
            what = f"aggregates of type {kind}" if kind else "aggregates without a type"
            found.append((what, _described(assigned, self._merge)))
        for loaded in self._loaded:
            what = "all aggregates" if loaded.pattern is None else f"aggregates of type {loaded.pattern}"
            found.append((what, _described(loaded, self._merge)))
        if not any(loaded.pattern is None for loaded in self._loaded):
            found.append(("all others" if found else "all aggregates", _described(None, self._merge)))
        return found

    def file_for(self, aggregate_type: str | None) -> Path | None:
        """The file that the type's reducer is, or would be, read from, bad or not; None where it is `merge`."""
        kind = aggregate_type or ""
        if kind in self._assigned:
            assigned = self._assigned[kind]
            return None if assigned is None else assigned.file
        return next((loaded.file for loaded in self._loaded if fits(loaded.pattern, kind)), None)

    def idle(self, types: Iterable[str]) -> list[tuple[Path, str]]:
        """The files, with the glob that each has, that are for none of these aggregate types."""
        kinds = [*types]
        patterns = [(loaded.file, loaded.pattern) for loaded in self._loaded]
        return [
            (file, pattern)
            for file, pattern in patterns
            if pattern is not None and not any(fits(pattern, kind) for kind in kinds)
        ]

    def assign(self, aggregate_type: str | None, file: Path | None) -> None:
        """Rebuild a type with this file from now on, or with `merge` for None; raises RulesError for a bad file."""
        kind = aggregate_type or ""
        loaded = self._load(file)
        if loaded is not None:
            loaded.read()  # one that another type has already may have changed since
        former = self._assigned.get(kind)
        self._assigned[kind] = loaded
        if former is not None and former not in self._assigned.values():
            former.close()

    def unassign(self, aggregate_type: str | None) -> None:
        """Leave a type to the files and `merge` again."""
        former = self._assigned.pop(aggregate_type or "", None)
        if former is not None and former not in self._assigned.values():
            former.close()

    def texts(self) -> RulesTexts:
        """The same choices as texts, for another process; raises UsageError where one of them is a program.

        A rules file that has changed since it was read raises RulesError.
        """
        kept: dict[Path, tuple[str, str]] = {}
        for each in self._all():
            if isinstance(each.reducer, ForeignReducer):
                raise UsageError(
                    f"The reducer {each.reducer.name} is a program, which other processes are not given to run.",
                    "Use rules instead, or one process on this machine.",
                )
            text = read_rules(each.file)
            if parse_rules(text, str(each.file)).digest != each.fresh().digest:
                raise RulesError(f"The rules file {each.file} was changed meanwhile.", "Try again.")
            kept[each.file] = str(each.file), text
        assigned = {kind: None if found is None else kept[found.file] for kind, found in self._assigned.items()}
        return RulesTexts(tuple(kept[each.file] for each in self._loaded), tuple(assigned.items()))

    def read_anew(self, file: Path) -> bool:
        """Take in what has changed in a file; False when it is none of these. Raises RulesError, keeping the old."""
        path = file.resolve()
        concerned = [each for each in self._all() if each.file.resolve() == path]
        for each in concerned:
            each.read()
        return bool(concerned)

    def twin(self) -> Reducers:
        """The same choices, read anew, for use on another thread; raises RulesError."""
        assigned = {kind: None if loaded is None else loaded.file for kind, loaded in [*self._assigned.items()]}
        return Reducers(self.files, how=self._how, assigned=assigned, keep_bad=self._keep_bad)

    def _all(self) -> list[_Loaded]:
        assigned = [each for each in self._assigned.values() if each is not None]
        return list(dict.fromkeys([*self._loaded, *assigned]))

    @property
    def has_programs(self) -> bool:
        """Whether one of them is code of the user's own, in a process of its own."""
        return any(isinstance(each.reducer, ForeignReducer) for each in self._all())

    def end_asked(self) -> None:
        """End programs that still owe answers to what nobody wants to know any longer."""
        for each in self._all():
            if isinstance(each.reducer, ForeignReducer):
                each.reducer.end_if_asked()

    def close(self) -> None:
        """End the programs of foreign reducers; doing it twice is fine."""
        for each in self._all():
            each.close()


def _described(loaded: _Loaded | None, merge: MergeReducer) -> str:
    if loaded is None:
        return f"{merge.name} (inferred: it does not know the rules of the domain)"
    if loaded.reducer is None:
        return f"{loaded.file.name}, which can't be used"
    return f"{loaded.reducer.name}, {loaded.reducer.digest}"


def fits(pattern: str | None, kind: str) -> bool:
    """Whether a reducer with this `aggregate_type` is for aggregates of a type, "" for those without one."""
    return pattern is None or fnmatchcase(kind, pattern)


def _words(loaded: _Loaded | None) -> EventWords:
    return NO_WORDS if loaded is None or loaded.reducer is None else loaded.reducer.words


class _Loaded:
    """A reducer and the file it was read from."""

    def __init__(self, file: Path, *, keep_bad: bool = False) -> None:
        """A bad file raises RulesError; with `keep_bad` only `fresh` does, for as long as it is bad."""
        self.file = file
        self.reducer: RulesReducer | ForeignReducer | None = None
        try:
            self.reducer = load_reducer(file)
        except RulesError:
            if not keep_bad:
                raise

    @property
    def pattern(self) -> str | None:
        """The glob of the types that it is for; None for all, as for what can't be read."""
        return None if self.reducer is None else self.reducer.aggregate_type

    def fresh(self) -> Reducer:
        """The reducer; a foreign one anew where its code has changed."""
        if self.reducer is None or isinstance(self.reducer, ForeignReducer):
            self.read()
        assert self.reducer is not None
        return self.reducer

    def read(self) -> None:
        anew = load_reducer(self.file)
        if self.reducer is None or anew.digest != self.reducer.digest:
            # What was rebuilt with the old code keeps the old reducer, with its digest.
            self.close()
            self.reducer = anew

    def close(self) -> None:
        if isinstance(self.reducer, ForeignReducer):
            self.reducer.close()


@dataclass(frozen=True, slots=True)
class RulesTexts:
    """Choices of rules as (file, text); None stands for `merge`."""

    loaded: tuple[tuple[str, str], ...]
    assigned: tuple[tuple[str, tuple[str, str] | None], ...]

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of which rules are for which types, wherever the files are."""
        said = [[text for _, text in self.loaded], [[kind, rules and rules[1]] for kind, rules in self.assigned]]
        return "sha256:" + hashlib.sha256(canonical(said)).hexdigest()

    def reducer_for(self) -> Callable[[str | None], Reducer]:
        """What chooses as `Reducers.for_type` does."""
        merge = MergeReducer()
        made = {each: parse_rules(each[1], each[0]) for each in self.loaded}
        assigned = {kind: merge if each is None else parse_rules(each[1], each[0]) for kind, each in self.assigned}

        def chosen(aggregate_type: str | None) -> Reducer:
            kind = aggregate_type or ""
            if kind in assigned:
                return assigned[kind]
            for each in self.loaded:
                pattern = made[each].aggregate_type
                if pattern is None or fnmatchcase(kind, pattern):
                    return made[each]
            return merge

        return chosen


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
            raise UsageError(f"There is no rules file {name}.", "Check the path.")
    return files


def beside(store_file: Path) -> list[Path]:
    """The reducers' files kept next to a store file: FILE.reducers/*.toml."""
    folder = store_file.with_name(store_file.name + ".reducers")
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
