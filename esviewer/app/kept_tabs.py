"""The tabs that a store was left with, kept in the settings until it is opened again.

A tab's place is a link, which names nothing that no link may; what can't be read is as if nothing was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from esviewer.app.links import Link, parse_link
from esviewer.app.settings import Settings
from esviewer.errors import UsageError

MOST: Final = 30
"""Tabs that are kept of a store."""
_KEY: Final = "tabs"
_PANELS: Final = 100


@dataclass(frozen=True, slots=True)
class KeptTab:
    """An aggregate of a store at the place where it was left."""

    place: Link
    panel: int | None = None
    """The number of the panel that was at the front."""
    front: bool = False
    """Whether it was the one on show."""


def keep_tabs(settings: Settings, store: str, tabs: Sequence[KeptTab]) -> None:
    """Keep a store's tabs in place of those before; those of stores that were not opened lately are forgotten."""
    lately = {each.target for each in settings.recent()}
    entries = [entry for each in tabs[:MOST] if (entry := _entry(each)) is not None]

    def changed(found: Any) -> dict[str, Any]:
        before = found if isinstance(found, dict) else {}
        kept = {name: each for name, each in before.items() if name in lately and name != store}
        return {**kept, store: entries} if entries else kept

    if entries or _all(settings):
        settings.change(_KEY, changed)


def kept_tabs(settings: Settings, store: str) -> list[KeptTab]:
    """The tabs that a store was left with."""
    entries = _all(settings).get(store)
    found = [_tab(each, store) for each in (entries if isinstance(entries, list) else [])[:MOST]]
    return [each for each in found if each is not None]


def _all(settings: Settings) -> dict[str, Any]:
    found = settings.get(_KEY)
    return found if isinstance(found, dict) else {}


def _entry(tab: KeptTab) -> dict[str, Any] | None:
    try:
        return {"link": tab.place.text(), "panel": tab.panel, "front": tab.front}
    except UsageError:
        return None  # an id with characters that can't be seen, say


def _tab(entry: Any, store: str) -> KeptTab | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("link"), str):
        return None
    try:
        place = parse_link(entry["link"])
    except UsageError:
        return None
    if place.store != store or place.aggregate is None:
        return None
    panel = entry.get("panel")
    known = panel if type(panel) is int and 0 <= panel < _PANELS else None
    return KeptTab(place, known, entry.get("front") is True)
