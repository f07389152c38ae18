"""Rules that were found in a store, as they are shown: their constants may be values that are masked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from esviewer.app.screen import Screen
from esviewer.model.change import Path
from esviewer.model.exactjson import scalar_text
from esviewer.model.values import Value

REMARK = "# Masked constants stand as marks: reveal masked values and search again before you use these rules.\n"
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|(?<![\w.])(-?\d[\d.]*)(?![\w.])")
_PART = re.compile(r"[^.\[\]]+")
_VERBS = ("set", "merge", "increment", "append", "remove_value")


def shown_rules(text: str, screen: Screen) -> str:
    """The text of a rules file with masked constants replaced by their marks, and a remark where there are any."""
    if not screen.masks:
        return text
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return screen.text(text)
    shown = text
    for constant, path in {*_constants(document)}:
        value: Value = int(constant) if constant.lstrip("-").isdecimal() else constant
        for each in (value, constant):
            mark = screen.shown(each, path)
            if mark is not each and mark != each:
                # A mark has nothing in it that a replacement would give a meaning to.
                shown = re.sub(rf"(?<![\w.\-]){re.escape(constant)}(?![\w.\-])", str(mark), shown)
                break
    shown = screen.text(shown)
    return shown if shown == text else REMARK + shown


def _constants(document: dict[str, Value]) -> Iterator[tuple[str, Path]]:
    """Texts and numbers that rules hold, and where they would put them."""
    yield from _inside(document.get("initial"), ())
    rules = document.get("on")
    for rule in rules if isinstance(rules, list) else []:
        for verb in _VERBS:
            written = rule.get(verb) if isinstance(rule, dict) else None
            for target, expression in written.items() if isinstance(written, dict) else [("", written)]:
                path = tuple(_PART.findall(target))
                for match in _LITERAL.finditer(expression) if isinstance(expression, str) else ():
                    yield next(group for group in match.groups() if group is not None), path


def _inside(value: Value, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _inside(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _inside(inner, (*path, index))
    elif value not in (None, "", True, False):
        yield value if isinstance(value, str) else scalar_text(value), path
