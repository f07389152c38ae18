"""What is shown of a pin's content: prepared on a worker, masked as the window masks, no longer than can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from esviewer.app.cases.case import Pin
from esviewer.app.cases.pinning import Rechecked
from esviewer.app.screen import Screen
from esviewer.gui.field_chart import Drawing, make_line
from esviewer.model.change import Change, resolve
from esviewer.model.values import MISSING, Number, Value
from esviewer.work import Work

CHANGES = 20_000
"""How many changes are listed at most."""
_DRAWABLE = 1e200


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a followed field."""

    version: int | None
    path: str
    op: str
    old: Value
    new: Value
    event: str
    time: str
    actor: str


@dataclass(frozen=True, slots=True)
class Content:
    """One pin's content as it is shown; which of the fields is filled goes by the kind."""

    pin: Pin
    tree: Value = None
    changes: Sequence[Change] = ()
    lines: Sequence[HistoryLine] = ()
    drawing: Drawing | None = None
    since: Sequence[Change] = ()
    """What is different today."""
    left_out: int = 0
    """How many more changes there are."""


def content_of(pin: Pin, found: Rechecked | None, screen: Screen, work: Work) -> Content:
    """What is shown of a pin."""
    work.check()
    since = () if found is None else tuple(_masked(change, screen) for change in found.changes[:CHANGES])
    shown = Content(pin, since=since)
    content: Any = pin.content
    if pin.kind == "state":
        return replace(shown, tree=screen.shown(content["state"], (), content["aggregate_id"]))
    content = screen.masker.evidence(content) if screen.masks else content
    work.check()
    if pin.kind == "diff":
        changes = [_change(each) for each in content["changes"][:CHANGES]]
        return replace(shown, changes=changes, left_out=max(0, len(content["changes"]) - CHANGES))
    if pin.kind == "history":
        lines = [_line(each) for each in content[:CHANGES]]
        drawing = _drawing(pin, content) if pin.asked.get("chart") else None
        return replace(shown, lines=lines, drawing=drawing, left_out=max(0, len(content) - CHANGES))
    return replace(shown, tree=content)


def _masked(change: Change, screen: Screen) -> Change:
    """A difference of contents: their keys are this program's own, what is in them is the store's."""
    if not screen.masks:
        return change
    old, new = (each if each is MISSING else screen.masker.evidence(each) for each in (change.old, change.new))
    inside = next((at for at, part in enumerate(change.path) if part in ("state", "data", "metadata")), None)
    if inside is None:
        return Change(change.path, old, new)
    inner = screen.change(change._replace(path=change.path[inside + 1 :]))
    return Change((*change.path[: inside + 1], *inner.path), inner.old, inner.new)


def _change(each: Mapping[str, Any]) -> Change:
    return Change(resolve({}, each["path"]), each.get("old", MISSING), each.get("new", MISSING))


def _line(each: Mapping[str, Any]) -> HistoryLine:
    return HistoryLine(
        each["version"],
        str(each["path"]),
        str(each["op"]),
        each.get("old", MISSING),
        each.get("new", MISSING),
        str(each.get("event_type") or ""),
        str(each.get("timestamp") or ""),
        str(each.get("actor") or ""),
    )


def _drawing(pin: Pin, content: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """The numbers of a history as steps by version; None where there are none."""
    last = float(pin.asked["version"])  # type: ignore[arg-type]
    lines = []
    for pointer in pin.asked["pointers"]:  # type: ignore[union-attr]
        points = [(each["version"], each.get("new")) for each in content if each["path"] == pointer]
        x = [float(version) for version, _ in points if version is not None]
        y = [_number(value) for version, value in points if version is not None]
        if x:
            x, y = [*x, last], [*y, y[-1]]
        lines.append(make_line(np.array(x), np.array(y)))
    if not any(line.drawable for line in lines):
        return None
    places = np.unique(np.concatenate([line.x for line in lines]))
    return Drawing(lines, places, False, 0)


def _number(value: Any) -> float:
    if type(value) in (int, float, Decimal, Number) and abs(value) <= _DRAWABLE:
        return float(value)
    return float("nan")
