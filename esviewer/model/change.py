"""Changes: what one event did to one path of the state, and how a list of them is applied, undone and printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias, cast

from esviewer.model.values import MISSING, Value, copied

Path: TypeAlias = tuple[str | int, ...]
"""Where in a state: dict keys (str) and list indexes (int) from the root; () is the root itself."""


class Change(NamedTuple):
    """One path added (`old` MISSING), removed (`new` MISSING) or replaced.

    At a list index, an addition inserts before it and a removal closes the gap, as in JSON Patch (RFC 6902).
    """

    path: Path
    old: Value
    new: Value

    @property
    def op(self) -> str:
        """add, remove or replace."""
        if self.old is MISSING:
            return "add"
        return "remove" if self.new is MISSING else "replace"

    def reversed(self) -> Change:
        """The change that undoes this one."""
        return Change(self.path, self.new, self.old)

    def as_json(self) -> dict[str, Value]:
        """`{op, path, old, new}` with the path as a JSON Pointer; old or new is left out where there is none."""
        result: dict[str, Value] = {"op": self.op, "path": pointer(self.path)}
        if self.old is not MISSING:
            result["old"] = self.old
        if self.new is not MISSING:
            result["new"] = self.new
        return result


def pointer(path: Path) -> str:
    """The path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


LONE_TILDE: Final = re.compile("~(?![01])")
"""What no JSON Pointer has (RFC 6901)."""


def resolve(state: Value, text: str) -> Path:
    """The path that a JSON Pointer names in `state`; raises ValueError when its form is wrong.

    Parts become list indexes where the state has a list; parts that are not there stay strings.
    """
    if text == "":
        return ()
    if not text.startswith("/"):
        raise ValueError(f"{text!r} is not a JSON Pointer; it starts with / or is empty")
    if LONE_TILDE.search(text):
        raise ValueError(f"{text!r} is not a JSON Pointer; in a name ~ is written as ~0, and / as ~1")
    path: list[str | int] = []
    here: Value = state
    for raw in text[1:].split("/"):
        part = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and part.isdecimal():
            index = int(part)
            path.append(index)
            here = here[index] if index < len(here) else MISSING
        else:
            path.append(part)
            here = here.get(part, MISSING) if isinstance(here, dict) else MISSING
    return tuple(path)


def value_at(state: Value, path: Path) -> Value:
    """The value at a path, or MISSING."""
    here = state
    for part in path:
        if isinstance(here, dict) and isinstance(part, str):
            here = here.get(part, MISSING)
        elif isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here):
            here = here[part]
        else:
            return MISSING
    return here


def _apply(state: Value, path: Path, old: Value, new: Value) -> Value:
    if not path:
        return None if new is MISSING else copied(new)
    here = state
    for part in path[:-1]:
        here = here[part]
    last = path[-1]
    if new is MISSING:
        del here[last]
    elif old is MISSING and type(here) is list:
        here.insert(cast(int, last), copied(new))
    else:
        here[last] = copied(new)
    return state


def apply(state: Value, changes: Iterable[Sequence[Value]]) -> Value:
    """Apply changes to `state` in place and return it (a new one when the root was replaced)."""
    for path, old, new in changes:
        state = _apply(state, path, old, new)
    return state


def undo(state: Value, changes: Sequence[Sequence[Value]]) -> Value:
    """Undo changes, last first, on `state` in place and return it.

    A dict key that comes back takes its place at the end, so key order is not part of a state.
    """
    for path, old, new in reversed(changes):
        state = _apply(state, path, new, old)
    return state
