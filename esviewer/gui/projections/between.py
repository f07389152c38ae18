"""How two results came about otherwise: by another text, by other reducers, of more events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from esviewer.gui.language import translate
from esviewer.gui.projections.reader import Opened

_MOST: Final = 4


def between(before: Opened, after: Opened) -> list[str]:
    """What differs in how they were made, but for the moment; none where that is all the same."""
    found = list(_between(before, after))
    return found if len(found) <= _MOST else [*found[:_MOST], "…"]


def _between(before: Opened, after: Opened) -> Iterator[str]:
    one, other = _facts(before), _facts(after)
    if before.source is not None and after.source is not None:
        if before.source.text != after.source.text:
            yield translate("Projections", "another text")
    elif one.get("file_sha256") != other.get("file_sha256"):
        yield translate("Projections", "another text, or another reducer in it")
    for name, change in _changed(one.get("reducers"), other.get("reducers")):
        yield translate("Projections", "the reducer of {0} ({1})").format(name, change)
    for kind, change in _changed(one.get("reducers_by_type"), other.get("reducers_by_type")):
        if kind:
            yield translate("Projections", "the reducer of aggregates of type {0} ({1})").format(kind, change)
        else:
            yield translate("Projections", "the reducer of aggregates without a type ({0})").format(change)
    ends = [(each.get("as_of"), each.get("at_position")) for each in (one, other)]
    if ends[0] == ends[1] and one.get("events") != other.get("events"):
        numbers = (f"{int(each.get('events') or 0):,}" for each in (one, other))
        yield translate("Projections", "{0} → {1} events").format(*numbers)


def _changed(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """The names that both have with reducers that differ, and how."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    for name in before:
        one, other = before[name], after.get(name)
        if other is None or one["sha256"] == other["sha256"]:
            continue
        if one["name"] == other["name"]:
            yield name, translate("Projections", "{0}, changed").format(one["name"])
        else:
            yield name, f"{one['name']} → {other['name']}"


def _facts(opened: Opened) -> Mapping[str, Any]:
    return opened.tables[0].facts if opened.tables else {}
