"""Differences as text for people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from esviewer.diff.compare import compare
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value

_MAX_LINES = 4000
"""Beyond as many lines a side, a line diff would take too long (its time grows with their product)."""


def listing(changes: Iterable[Change]) -> list[str]:
    """One line a change: `+ /path: new`, `- /path: old`, `~ /path: old → new`."""
    lines = []
    for change in changes:
        place = pointer(change.path) or "(root)"
        if change.op == "add":
            lines.append(f"+ {place}: {dumps(change.new)}")
        elif change.op == "remove":
            lines.append(f"- {place}: {dumps(change.old)}")
        else:
            lines.append(f"~ {place}: {dumps(change.old)} → {dumps(change.new)}")
    return lines


def unified(old: Value, new: Value, old_name: str, new_name: str) -> str:
    """The two values as indented JSON with sorted keys, as a unified diff; for large ones, the list of changes."""
    first = dumps(old, indent=2, sort_keys=True).splitlines()
    second = dumps(new, indent=2, sort_keys=True).splitlines()
    if max(len(first), len(second)) > _MAX_LINES:
        lines = [f"--- {old_name}", f"+++ {new_name}", *listing(compare(old, new))]
    else:
        lines = list(difflib.unified_diff(first, second, old_name, new_name, lineterm=""))
    return "\n".join(lines) + "\n" if lines else ""
