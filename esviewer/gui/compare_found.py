"""What a comparison found, and the sentences about where its two sides come from."""

from __future__ import annotations

from dataclasses import dataclass

from esviewer.app.comparison import Comparison
from esviewer.app.screen import Screen
from esviewer.app.sides import Placed
from esviewer.gui.as_of_bar import doubts
from esviewer.gui.compare_forms import Made
from esviewer.gui.language import enumerated, translate
from esviewer.gui.machine import Shown
from esviewer.gui.origin import events_replayed, reducer_of
from esviewer.gui.text import visible


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides."""

    first: Placed
    second: Placed
    comparison: Comparison
    seconds: float
    """What it took so far."""


@dataclass(frozen=True, slots=True)
class Found(Sides):
    """Both sides, and the form that was asked for."""

    made: Made


def lettered(found: Sides) -> tuple[tuple[str, Placed], tuple[str, Placed]]:
    """Both sides with their letters."""
    return ("A", found.first), ("B", found.second)


def in_window(hint: str) -> str:
    """A hint without what can't be done in a window."""
    return "" if "`esviewer" in hint else hint


def basis(shown: Shown | None, found: Sides) -> str:
    """What both sides rest on, where snapshots may be used, and what the State tab does where that is another."""
    old, new = found.comparison.old, found.comparison.new
    one, other = old.rebuilt.snapshot_version, new.rebuilt.snapshot_version
    if one is None or other is None:
        text = translate("Compare", "Both sides are replayed from nothing, as no snapshot serves them both.")
    elif old.aggregate_id == new.aggregate_id:
        text = translate("Compare", "Both sides start from the snapshot at {0}.").format(one)
    else:
        return translate("Compare", "A starts from the snapshot at {0}, B from that at {1}.").format(one, other)
    tab = None if shown is None else shown.state.rebuilt.snapshot_version
    if tab in (None, one):
        return text
    beyond = translate("Compare", "{0} The State tab starts from the snapshot at {1}.")
    return beyond.format(text, tab)


def said_against(letter: str, placed: Placed) -> str:
    """What speaks against a side that is as of a moment."""
    if placed.moment is None:
        return ""
    said = doubts(placed.moment)
    return visible(f"{letter}: {' '.join(said)}") if said else ""


def origin(placed: Placed, screen: Screen) -> str:
    """How a state came to be."""
    rebuilt = placed.state.rebuilt
    name = screen.aggregate_id(placed.state.aggregate_id, placed.state.aggregate_type)
    parts = [events_replayed(rebuilt)]
    if rebuilt.skipped:
        parts.append(translate("Compare", "{0} skipped").format(f"{len(rebuilt.skipped):,}"))
    parts.append(reducer_of(rebuilt))
    origin = translate("Compare", "{0} version {1}: {2}").format(name, placed.state.version, enumerated(parts))
    return visible(origin)
