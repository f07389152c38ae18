"""Events of the log as a table holds them: little of each, however large it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.wording import in_words
from esviewer.gui.details_panel import beginning
from esviewer.gui.text import visible
from esviewer.model.actor import actor_of
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant

_VALUES: Final = 40
"""Values of a payload of which the beginning is shown."""
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One event; what is in its payload only as it may be shown, the rest as it is."""

    position: int | str | None
    aggregate_id: str
    aggregate_type: str | None
    version: int
    type: str
    sign: str
    """What stands before the type; "": nothing."""
    words: str
    """What the event is called, as it may be shown; "": its type."""
    timestamp: Instant | None
    actor: str
    """As it may be shown."""
    data: str
    """The beginning of the payload as it may be shown, or why it can't be read."""
    error: bool
    correlation: str
    """As it is; for asking, never for showing."""
    true_actor: str
    """As it is; for asking, never for showing."""

    @property
    def key(self) -> tuple[str, int]:
        """What it is found by."""
        return self.aggregate_id, self.version


def line_of(event: Event, screen: Screen, session: Session) -> Line:
    """An event as a line; for the worker, with a screen and a session of its own."""
    of, links = event.aggregate_id, session.store.linked.links
    words = session.reducers.words_for(event.aggregate_type).of(event.type)
    metadata = screen.shown(event.metadata, (), of)
    return Line(
        event.position,
        of,
        event.aggregate_type,
        event.version,
        event.type,
        words.sign,
        visible(in_words(words, event, screen)),
        event.timestamp,
        visible(actor_of(metadata) or "")[:_SHOWN],
        _data(event, screen),
        event.error is not None,
        links.of(event.metadata, event.data).correlation or "",
        actor_of(event.metadata) or "",
    )


def _data(event: Event, screen: Screen) -> str:
    if event.error is not None:
        text = screen.event(event).error or ""
    else:
        part, _ = beginning(event.data, _VALUES)
        text = dumps(screen.shown(part, (), event.aggregate_id))
    text = visible(text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
