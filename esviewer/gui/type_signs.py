"""How event types look: the sign before them and the colour they have, as their reducer's file says or in turn."""

from __future__ import annotations

from esviewer.gui.theme import Colours
from esviewer.replay.event_words import TypeWords


def type_colour(words: TypeWords, code: int, colours: Colours) -> str:
    """The colour of a type, the one in turn where none was chosen for it."""
    return colours.types[(code if words.colour is None else words.colour) % len(colours.types)]


def signed(words: TypeWords, text: str) -> str:
    """A text about an event with its type's sign before it."""
    return f"{words.sign} {text}" if words.sign else text
