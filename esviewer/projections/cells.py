"""Values as texts that parts and results keep, exactly and without pickle.

A cell is a scalar, or a list or object as JSON, behind one letter that says what it is (`KINDS`); null is no text at
all. A packed value is one of any depth that can be made again, in type and content.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final
from uuid import UUID

import orjson

from esviewer.model.exactjson import dumps, loads, scalar_text
from esviewer.model.values import Number, Value

KINDS: Final = {
    "b": "boolean",
    "i": "integer",
    "f": "float",
    "n": "number",
    "d": "decimal",
    "s": "text",
    "q": "text that is no Unicode",
    "t": "time",
    "u": "UUID",
    "x": "bytes",
    "j": "list or object",
}
"""What the first letter of a cell says."""

_TAG: Final = "$"
_FLAT: Final = frozenset({type(None), bool, int, str})
_TAGGED: Final = "~"
"""What a packed value begins with that is read with care; others are plain objects without fractions."""


def plain_text(text: str) -> str:
    """The text as UTF-8 can have it: lone surrogates are escaped."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _text_cell(value: str) -> str:
    if value.isascii():
        return "s" + value
    try:
        value.encode()
    except UnicodeEncodeError:
        return "q" + plain_text(value)
    return "s" + value


def _decimal_cell(value: Decimal) -> str:
    return "d" + _without_exponent(value, str(value))


def _number_cell(value: Number) -> str:
    return "n" + _without_exponent(value, value.text)


def _without_exponent(value: Decimal, text: str) -> str:
    """The digits written out where that takes few: 1E+2 is the same number as 100, and sorts and adds up like it."""
    if "e" not in text and "E" not in text:
        return text
    exponent = value.as_tuple().exponent
    return format(value, "f") if isinstance(exponent, int) and -38 <= exponent <= 38 else text


_CELLS: Final[dict[type, Callable[[Any], str]]] = {
    str: _text_cell,
    int: lambda value: "i" + scalar_text(value),
    bool: lambda value: "btrue" if value else "bfalse",
    float: lambda value: "f" + (repr(value) if isfinite(value) else scalar_text(value).strip('"')),
    Number: _number_cell,
    Decimal: _decimal_cell,
    datetime: lambda value: "t" + value.isoformat(),
    date: lambda value: "t" + value.isoformat(),
    time: lambda value: "t" + value.isoformat(),
    UUID: lambda value: "u" + str(value),
    bytes: lambda value: "x" + base64.b64encode(value).decode(),
    dict: lambda value: "j" + dumps(value),
    list: lambda value: "j" + dumps(value),
}


def cell(value: Value) -> str | None:
    """The cell of a value."""
    if value is None:
        return None
    made = _CELLS.get(type(value))
    return made(value) if made is not None else _text_cell(str(value))


def shown(found: str | None) -> Value:
    """The value that a cell stands for: lists and objects are read again, times and the like are their texts."""
    if found is None:
        return None
    kind, text = found[0], found[1:]
    match kind:
        case "b":
            return text == "true"
        case "i" | "j":
            return loads(text)
        case "f":
            return float(text)
        case "n":
            return Number(text)
        case "d":
            return Decimal(text)
        case _:
            return text


def key_text(values: list[Value]) -> str:
    """One text for the values of a key, the same for the same values only."""
    return orjson.dumps([_key_part(value) for value in values]).decode()


def _key_part(value: Value) -> str | None:
    if isinstance(value, (dict, list)):
        # Keys of objects have no order.
        return "j" + dumps(_tagged(value), sort_keys=True)
    return cell(value)


def packed(value: Value) -> str:
    """A value of any depth as a text, from which `unpacked` makes the same again."""
    if type(value) is dict and _FLAT.issuperset(map(type, value.values())) and _TAG not in value:
        # The commonest payloads: nothing in them needs a look of its own.
        try:
            return orjson.dumps(value).decode()
        except TypeError:
            pass  # integers beyond 64 bits, texts that are no Unicode
    return _TAGGED + dumps(_tagged(value))


def unpacked(text: str) -> Value:
    """The value that was packed."""
    if text[0] != _TAGGED:
        return orjson.loads(text)
    found = loads(text[1:])
    return _untagged(found) if '"$"' in text else found


def unpacked_many(texts: Sequence[str]) -> list[Value]:
    """The values that were packed."""
    if any(text[0] == _TAGGED for text in texts):
        return [unpacked(text) for text in texts]
    found: list[Value] = orjson.loads(f"[{','.join(texts)}]")
    return found


def _tagged(value: Value) -> Value:
    """The value in types that JSON has: what it lacks is {"$": [kind, text]}, as is an object with such a key."""
    kind = type(value)
    if kind is dict:
        inner = {key: _tagged(item) for key, item in value.items()}
        return {_TAG: ["o", [[key, item] for key, item in inner.items()]]} if _TAG in inner else inner
    if kind is list:
        return [_tagged(item) for item in value]
    if kind is float and not isfinite(value):
        return {_TAG: ["f", repr(value)]}
    if kind in _FLAT or kind is float or kind is Number:
        return value
    if kind is datetime:
        return {_TAG: ["T", value.isoformat()]}
    if kind is date:
        return {_TAG: ["D", value.isoformat()]}
    if kind is Decimal:
        return {_TAG: ["d", str(value)]}
    found = cell(value)
    assert found is not None
    return {_TAG: [found[0], found[1:]]}


def _untagged(value: Value) -> Value:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _TAG not in value:
        return {key: _untagged(item) for key, item in value.items()}
    kind, text = value[_TAG]
    match kind:
        case "o":
            return {key: _untagged(item) for key, item in text}
        case "f":
            return float(text)
        case "d":
            return Decimal(text)
        case "T":
            return datetime.fromisoformat(text)
        case "D":
            return date.fromisoformat(text)
        case "t":
            return time.fromisoformat(text)
        case "u":
            return UUID(text)
        case "x":
            return base64.b64decode(text)
        case _:
            return text
