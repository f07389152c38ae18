"""An event in words, as the reducer's file has it, with what is masked masked."""

from __future__ import annotations

from typing import Final

from esviewer.app.screen import Screen
from esviewer.model.change import Path
from esviewer.model.event import Event
from esviewer.model.exactjson import scalar_text
from esviewer.model.values import Value
from esviewer.replay.event_words import Placeholder, TypeWords
from esviewer.replay.expressions import event_view
from esviewer.replay.reducer import StepError

MOST: Final = 200
"""Characters of an event in words."""
_MOST_OF_VALUE: Final = 80
_NOTHING: Final = "…"
"""Stands for what is not there or can't be computed."""


def in_words(words: TypeWords, event: Event, screen: Screen) -> str:
    """What a screen shows of an event's wording, without its sign; "" where there is none.

    It may have characters that are to be made visible.
    """
    text = "".join(
        screen.text(part) if isinstance(part, str) else _filled(part, event, screen) for part in words.wording
    )
    return text if len(text) <= MOST else text[: MOST - 1] + _NOTHING


def _filled(part: Placeholder, event: Event, screen: Screen) -> str:
    if event.error is not None and any(name != "event" for name, _ in part.reads):
        return _NOTHING
    try:
        value = part.compute(event.data, event.metadata, event_view(event))
    except StepError:
        return _NOTHING
    if value is None:
        return _NOTHING
    text = _text(_shown(part, value, event, screen))
    return text if len(text) <= _MOST_OF_VALUE else text[: _MOST_OF_VALUE - 1] + _NOTHING


def _shown(part: Placeholder, value: Value, event: Event, screen: Screen) -> Value:
    """A value at a place as it is shown there; one that is computed only where all that it is made of is shown."""
    if not screen.masks:
        return value
    if part.is_place:
        [(name, path)] = part.reads
        if name != "event":
            return screen.glance(value, path, event.aggregate_id, _MOST_OF_VALUE)
        text = _text(value)
        return screen.aggregate_id(text, event.aggregate_type) if path == ("aggregate_id",) else screen.text(text)
    if any(_hidden(name, path, event, screen) for name, path in part.reads):
        return screen.masker.cover(_text(value))
    return screen.text(_text(value))


def _hidden(name: str, path: Path, event: Event, screen: Screen) -> bool:
    """Whether anything is masked at a place that is read, or in the list around it: an index may be any."""
    if name == "event":
        asked = path[:1] in ((), ("aggregate_id",))
        return asked and screen.aggregate_id(event.aggregate_id, event.aggregate_type) != event.aggregate_id
    value: Value = event.data if name == "data" else event.metadata
    for place, key in enumerate(path):
        if not isinstance(value, dict) or not isinstance(key, str) or key not in value:
            path = path[:place]
            break
        value = value[key]
    return screen.may_hide(value, path, event.aggregate_id)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + f"{len(value):,}" + "}" if value else "{}"
    return f"[{len(value):,}]" if isinstance(value, list | tuple) else scalar_text(value)
