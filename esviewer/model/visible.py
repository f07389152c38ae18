"""Characters that can hide or reorder text, made visible as escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DECEIVING = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, except tab and newline
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u3164\uffa0"  # no width, and marks of direction
    "\u2028\u2029\u202a-\u202e\u2060-\u206f"  # line separators, bidirectional controls, invisible operators
    "\ud800-\udfff"  # lone surrogates, which have no UTF-8 form
    "\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f"  # byte order mark, specials, tags
)
_WANTED = re.compile(f"[{_DECEIVING}]")
_KEEPS_JOINERS = re.compile("[\u200c\u200d]")


def visible(text: str) -> str:
    r"""The text with each character that could deceive a reader written as `\u202e`; tab and newline stay.

    Inside of JSON strings these are escapes of the same characters. What deceives and how: Unicode Technical Report 36.
    Joiners stay between letters that are not Latin, where scripts and emoji need them.
    """
    if _WANTED.search(text) is None:
        return text
    return "".join(escape(part) if special else part for part, special in split(text))


def split(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, with whether each is one character to escape."""
    at = 0
    for match in _WANTED.finditer(text):
        place = match.start()
        if _KEEPS_JOINERS.match(match.group()) and _joins(text, place):
            continue
        if place > at:
            yield text[at:place], False
        yield match.group(), True
        at = place + 1
    if at < len(text):
        yield text[at:], False


def escape(character: str) -> str:
    r"""The JSON escape of a character, such as `\u202e`; beyond U+FFFF two of them."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _joins(text: str, place: int) -> bool:
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and min(around) > "\u02ff"
