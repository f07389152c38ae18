"""Reads what event types are called in the tables `[event_type.NAME]` of a reducer's file; see `event_words`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from esviewer.errors import RulesError
from esviewer.model.clause import clause
from esviewer.model.visible import visible
from esviewer.replay.event_words import COLOURS, EventWords, Placeholder, TypeWords
from esviewer.replay.expressions import compile_expression, is_place, paths_read
from esviewer.replay.known_keys import check_keys
from esviewer.replay.step_writer import MisplacedError, at_keys
from esviewer.replay.toml_lines import Lines

MAX_TYPES: Final = 500
MAX_WORDING: Final = 300
MAX_PLACES: Final = 8

_KEYS: Final = ("wording", "sign", "colour")
_NAMES: Final = ("data", "meta", "event")
_UNIT: Final = "[^\\s\u200d](?:[\ufe0e\ufe0f\u20e3\u0300-\u036f]|[\U0001f3fb-\U0001f3ff]){0,3}"
_SIGN: Final = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_UNIT}(?:\u200d{_UNIT})*")
_MOST_OF_SIGN: Final = 12
_BLANK: Final = "\u2800"


def read_words(tables: Any, lines: Callable[[], Lines]) -> EventWords:
    """What the tables [event_type.NAME] of a document say; raises RulesError with the line, without the file."""
    if not isinstance(tables, dict):
        raise RulesError("what event types are called is written as [event_type.NAME] tables")
    if len(tables) > MAX_TYPES:
        raise RulesError(f"there are words for more than {MAX_TYPES} event types")
    found: dict[str, TypeWords] = {}
    for name, table in tables.items():
        try:
            found[name] = _type_words(table)
        except RulesError as error:
            keys = error.keys if isinstance(error, MisplacedError) else ()
            line = lines().of("event_type", name, *keys)
            said = clause(
                f"event_type {name[:80]}: {error.message}"
                if line is None
                else f"event_type {name[:80]}, line {line}: {error.message}"
            )
            raise RulesError(said, error.hint, line) from None
    return EventWords(found)


def _type_words(table: Any) -> TypeWords:
    if not isinstance(table, dict):
        raise RulesError('it must be a table, as in [event_type.OrderPlaced] with sign = "+" below it')
    check_keys(table, _KEYS)
    with at_keys("sign"):
        sign = _sign(table.get("sign", ""))
    with at_keys("colour"):
        colour = _colour(table.get("colour"))
    with at_keys("wording"):
        wording = tuple(_parts(table["wording"])) if "wording" in table else ()
    return TypeWords(sign, colour, wording)


def _sign(text: Any) -> str:
    if text == "":
        return ""
    one = isinstance(text, str) and len(text) <= _MOST_OF_SIGN and _SIGN.fullmatch(text) is not None
    if not one or visible(text) != text or text == _BLANK or unicodedata.category(text[0])[0] not in "LNPS":
        raise RulesError("sign must be one character that is seen, or one emoji")
    return str(text)


def _colour(name: Any) -> int | None:
    if name is None:
        return None
    if name not in COLOURS:
        raise RulesError(f"colour must be one of {', '.join(COLOURS)}")
    return COLOURS.index(name)


def _parts(text: Any) -> Iterator[str | Placeholder]:
    """Texts and placeholders in turn; double braces stand for themselves."""
    if not isinstance(text, str) or not text.strip():
        raise RulesError("wording must be text")
    if len(text) > MAX_WORDING:
        raise RulesError(f"wording must be no longer than {MAX_WORDING} characters")
    at, plain, places = 0, "", 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            plain += text[at]
            at += 2
        elif text[at] == "}":
            raise RulesError("wording has a } without a { before it; write }} for one that is to be seen")
        elif text[at] == "{":
            if plain:
                yield plain
            end, plain, places = _end(text, at), "", places + 1
            if places > MAX_PLACES:
                raise RulesError(f"wording has more than {MAX_PLACES} placeholders")
            yield _placeholder(text[at + 1 : end])
            at = end + 1
        else:
            plain += text[at]
            at += 1
    if plain:
        yield plain


def _end(text: str, start: int) -> int:
    """Where the brace is closed that stands at `start`; braces in texts in quotes mean nothing."""
    depth, quote, at = 0, "", start
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if not depth:
                return at
        at += 1
    raise RulesError("wording has a { that no } closes; write {{ for one that is to be seen")


def _placeholder(text: str) -> Placeholder:
    try:
        compute = compile_expression(text, _NAMES)
    except RulesError as error:
        raise RulesError(f"wording {{{text[:80]}}}: {error.message}", error.hint) from None
    reads = tuple(read for read in paths_read(text) if read[0] in _NAMES)  # null, true and false are none
    return Placeholder(compute, reads, is_place(text))
