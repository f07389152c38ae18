"""Plug-ins: what other packages bring along as entry points; which there are, which count, and how they are loaded.

A package's entry points in the groups below are its plug-ins. Each names a class with `esviewer_plugin = 1`, the
version of the interface that it is made for; what else a class has is the business of the room that asks for its kind.
None is imported before somebody asks for it. What is switched off is kept in `plugins.json` in the configuration
folder, by `PACKAGE:KIND/NAME`; with the environment variable ESVIEWER_NO_PLUGINS none counts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar, cast

from esviewer.assets import config_dir
from esviewer.errors import StoreError, UsageError

INTERFACE: Final = 1
"""It grows when a plug-in that is made for it would no longer do."""
DECLARED: Final = "esviewer_plugin"
VARIABLE: Final = "ESVIEWER_NO_PLUGINS"
GROUPS: Final[Mapping[str, str]] = {
    "layout": "esviewer.layouts",
    "codec": "esviewer.codecs",
    "check": "esviewer.checks",
    "report-form": "esviewer.report_forms",
    "projection-engine": "esviewer.projection_engines",
}
"""The groups of entry points, by the kind of plug-in."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_LONGEST: Final = 300
"""Characters of what a plug-in says is wrong that are told."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Plugin:
    """One entry point of a package."""

    package: str
    kind: str
    """A key of GROUPS."""
    name: str
    version: str
    """The package's."""
    value: str
    """What the entry point names: `module:Class`."""

    @property
    def id(self) -> str:
        """What it is switched off by."""
        return f"{self.package}:{self.kind}/{self.name}"

    def __str__(self) -> str:
        return f"{self.name} ({self.package} {self.version})"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A plug-in that is switched on and can't be used."""

    plugin: Plugin
    reason: str
    """Why, in a part of a sentence."""

    @property
    def why(self) -> str:
        """The same in a sentence that names it."""
        return f"The plug-in {self.plugin} was skipped: {self.reason}."


class UnfitError(Exception):
    """A plug-in can't be used; the text says in a part of a sentence why."""


class _State:
    def __init__(self) -> None:
        self.lock = RLock()
        self.found: tuple[Plugin, ...] | None = None
        self.held: frozenset[str] | None = None
        self.off: frozenset[str] | None = None
        """What was switched off when `accepted` was made."""
        self.loaded: dict[Plugin, object] = {}
        """What the entry points name, or the UnfitError."""
        self.accepted: dict[Plugin, object] = {}
        """What became of them, or the UnfitError."""


_state: Final = _State()


def found() -> tuple[Plugin, ...]:
    """All plug-ins that are installed, by package, kind and name; nothing of them is imported."""
    with _state.lock:
        if _state.found is None:
            _state.found = tuple(sorted(_looked_for()))
        return _state.found


def _looked_for() -> Iterable[Plugin]:
    from importlib.metadata import entry_points

    every = entry_points()
    for kind, group in GROUPS.items():
        for each in every.select(group=group):
            about = each.dist
            package, version = ("unknown", "") if about is None else (about.name, about.version)
            yield Plugin(str(package), kind, each.name, str(version), each.value)


def none_wanted() -> bool:
    """Whether no plug-in is to be used, whatever is switched on."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def switched_off() -> frozenset[str]:
    """The ids of what is switched off; raises StoreError where the file that says so can't be read."""
    if _state.held is not None:
        return _state.held
    file = switches_file()
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))["off"]
        if not isinstance(kept, list) or not all(isinstance(each, str) for each in kept):
            raise TypeError
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise StoreError(
            f"{file} can't be read, so that it can't be told which plug-ins are switched off; none is used.",
            "Remove the file, and switch off again what is not wanted: esviewer plugins.",
        ) from None
    return frozenset(kept)


def hold(off: frozenset[str]) -> None:
    """Let this be what is switched off, whatever is kept: processes that help have the switches of who asked them."""
    _state.held = off


def switches() -> frozenset[str]:
    """What a process that helps is to `hold`."""
    if not found():
        return frozenset()
    try:
        return switched_off()
    except StoreError:
        return frozenset(each.id for each in found())


def switches_file() -> Path:
    """Where it is kept what is switched off."""
    return config_dir() / "plugins.json"


def called(name: str) -> list[Plugin]:
    """The plug-ins of a name, `KIND/NAME`, an id or a package; raises UsageError where there is none."""
    every = found()
    chosen = [each for each in every if name in (each.name, f"{each.kind}/{each.name}", each.id, each.package)]
    if not chosen:
        known = ", ".join(dict.fromkeys(each.name for each in every))
        hint = f"Installed are: {known}." if known else "No plug-in is installed."
        raise UsageError(f"There is no plug-in {name}.", hint)
    return chosen


def counting(kind: str) -> list[Plugin]:
    """The plug-ins of a kind that are switched on; nothing is imported."""
    if none_wanted():
        return []
    of_kind = [each for each in found() if each.kind == kind]
    if not of_kind:
        return []
    try:
        off = switched_off()
    except StoreError:
        return []
    return [each for each in of_kind if each.id not in off]


def idle(kind: str) -> list[Plugin]:
    """The plug-ins of a kind that are switched off; nothing is imported."""
    count = counting(kind)
    return [each for each in found() if each.kind == kind and each not in count]


def used(
    kind: str, accept: Callable[[Plugin, Any], T], taken: Collection[str] = ()
) -> tuple[dict[str, tuple[Plugin, T]], list[Skipped]]:
    """The plug-ins of a kind that can be used, by name, loaded; and those that can't.

    `accept` makes what is used of what an entry point names, once, and raises UnfitError where it is of no use.
    `taken` are the names that the program has itself, which no plug-in may take.
    """
    good: dict[str, tuple[Plugin, T]] = {}
    bad: list[Skipped] = []
    for each in counting(kind):
        try:
            if not _NAME.fullmatch(each.name):
                raise UnfitError("its name has other characters than small letters, digits, dots, dashes and _")
            if each.name in taken:
                raise UnfitError("the program itself has something of this name")
            if each.name in good:
                raise UnfitError(f"{good[each.name][0]} has the same name")
            good[each.name] = each, _accepted(each, accept)
        except UnfitError as error:
            bad.append(Skipped(each, str(error)))
    return good, bad


def _accepted(plugin: Plugin, accept: Callable[[Plugin, Any], T]) -> T:
    with _state.lock:
        off = switches()
        if off != _state.off:
            # A layout may have been refused for a codec that was switched off.
            _state.off = off
            _state.accepted.clear()
        if plugin not in _state.accepted:
            try:
                _state.accepted[plugin] = guarded(lambda: accept(plugin, _loaded(plugin)))
            except UnfitError as error:
                _state.accepted[plugin] = error
        known = _state.accepted[plugin]
    if isinstance(known, UnfitError):
        raise known
    return cast(T, known)  # one kind has one `accept`


def _loaded(plugin: Plugin) -> object:
    """What an entry point names, which says that it is made for this interface; raises UnfitError."""
    if plugin not in _state.loaded:
        _state.loaded[plugin] = imported(plugin.value)
    return _state.loaded[plugin]


def imported(value: str) -> Any:
    """What `module:Class` names, made for this interface; raises UnfitError, and whatever its import does."""
    from importlib.metadata import EntryPoint

    named = EntryPoint("", value, "").load()
    wanted = getattr(named, DECLARED, None)
    if wanted is None:
        raise UnfitError(f"it does not say for which interface it is made ({DECLARED} = {INTERFACE})")
    if type(wanted) is not int or wanted != INTERFACE:
        raise UnfitError(f"it is made for interface {wanted!r}, and this release has {INTERFACE}")
    return named


def guarded(function: Callable[[], T]) -> T:
    """What a plug-in's code returns; raises UnfitError for whatever else comes of it."""
    try:
        return function()
    except UnfitError:
        raise
    except (Exception, SystemExit) as error:
        raise UnfitError(what_failed(error)) from error


def what_failed(error: BaseException) -> str:
    """What a plug-in raised, in one line and a part of a sentence."""
    text = " ".join(str(error).split())[:_LONGEST].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def forget() -> None:
    """Look again for what is installed, as if the program had just begun."""
    with _state.lock:
        _state.found = _state.held = _state.off = None
        _state.loaded.clear()
        _state.accepted.clear()
