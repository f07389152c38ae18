"""What event types are called: a wording, a sign and a colour for each.

A wording's placeholders are expressions over one event as it is stored; what they come to is put in, and masked, by
whoever shows it. Nothing here changes a state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from esviewer.model.values import Value

COLOURS: Final = (
    "blue", "orange", "green", "purple", "pink", "teal", "amber", "violet", "olive", "red", "sky", "grey",
)  # fmt: skip
"""In the order of the colours that a theme has for types."""
_KEPT: Final = 1000
"""Types whose words are remembered."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """An expression that a wording has in braces."""

    compute: Callable[[Value, Value, Value], Value]
    """Of the event's data, its metadata and the event itself; raises StepError where it has no value."""
    reads: tuple[tuple[str, tuple[str | int, ...]], ...]
    """What it reads, as `paths_read` says."""
    is_place: bool
    """Whether it is the value at that place, with nothing computed."""


@dataclass(frozen=True, slots=True)
class TypeWords:
    """What the events of one type are called; what is not said is "", None or empty."""

    sign: str = ""
    colour: int | None = None
    """An index into COLOURS."""
    wording: tuple[str | Placeholder, ...] = ()

    @property
    def reads_event(self) -> bool:
        """Whether the wording is another one for each event."""
        return any(isinstance(part, Placeholder) for part in self.wording)


class EventWords:
    """What event types are called, by name or glob: the name itself first, then the first glob that fits."""

    def __init__(self, words: Mapping[str, TypeWords]) -> None:
        self._words = dict(words)
        self._found: dict[str, TypeWords] = {}
        self.has_wordings = any(each.wording for each in self._words.values())
        """Whether there is any wording."""

    def of(self, event_type: str) -> TypeWords:
        """What events of a type are called."""
        found = self._found.get(event_type)
        if found is None:
            fits = (words for glob, words in self._words.items() if fnmatchcase(event_type, glob))
            found = self._words.get(event_type) or next(fits, _NOTHING)
            if len(self._found) > _KEPT:
                self._found.clear()
            self._found[event_type] = found
        return found


_NOTHING: Final = TypeWords()
NO_WORDS: Final = EventWords({})
