"""What the Python hosts share: esviewer's protocol for foreign reducers on stdin and stdout. Needs Python 3.8 alone."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import os
import sys
import traceback
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from uuid import UUID

PROTOCOL = 1
MISSING = object()
"""Where a start message has no state."""


class Host(Protocol):
    """What answers to the messages; anything that it raises becomes an `error`."""

    current: Any
    """What it has folded so far, replaced by each event and never altered: it is put back when an event fails."""

    def start(self, message: dict, state: Any) -> Any:
        """Begin an aggregate with a state as JSON, or anew when it is MISSING; returns the state."""

    def event(self, event: dict) -> Any:
        """Take in an event; returns the state after it."""

    def custom(self, value: Any) -> Any:
        """A tagged object for a value of the user's own types, or MISSING."""


class ExactFloat(float):
    """A float that prints as it was written: 1.10 comes out as 1.10. Whatever is computed from it is a plain float."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> ExactFloat:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __deepcopy__(self, memo: object) -> ExactFloat:
        return self

    def __copy__(self) -> ExactFloat:
        return self


def _number(text: str) -> float:
    number = float(text)
    return number if float.__repr__(number) == text else ExactFloat(text)


def decoded(text: bytes | str) -> Any:
    """One JSON text, its numbers exact and its tags left as they are."""
    return json.loads(text, parse_float=_number)


_TAGS: dict[str, Callable[[str], Any]] = {
    "uuid_hex": UUID,
    "decimal_str": Decimal,
    "datetime_iso": datetime.fromisoformat,
    "date_iso": date.fromisoformat,
    "time_iso": time.fromisoformat,
    "bytes_base64": base64.b64decode,
}


def untagged(value: Any) -> Any:
    """The value with its tagged objects turned into what they stand for."""
    if isinstance(value, list):
        return [untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: untagged(item) for key, item in value.items()}
    if len(result) == 2 and isinstance(result.get("_type_"), str) and isinstance(result.get("_data_"), str):
        read = _TAGS.get(result["_type_"])
        if read is not None:
            return read(result["_data_"])
    return result


def _tag(name: str, text: str) -> str:
    return f'{{"_type_":"{name}","_data_":{encode_basestring(text)}}}'


class NoJsonError(TypeError):
    """Something in a value has no form in JSON; the text names its place as a JSON Pointer, and its type."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        self.place = ""

    def under(self, part: Any) -> NoJsonError:
        """The same error, its place seen from one level further up."""
        self.place = "/" + str(part).replace("~", "~0").replace("/", "~1") + self.place
        return self

    def __str__(self) -> str:
        return f"the state has {self.what} at {self.place or 'its root'}, which JSON has no form for: make it a text"


def encoded(value: Any, custom: Callable[[Any], Any]) -> str:
    """A value as JSON: what JSON has no type for as tags, sets as sorted lists, objects as their public attributes.

    Raises NoJsonError for all else: what is written down as something that it is not would be taken for the state.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return encoded(value.value, custom)
    if isinstance(value, str):
        text = encode_basestring(value)
        # A lone surrogate has no UTF-8 form; as an escape it survives.
        return text if text.isascii() else "".join(map(_visible, text))
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if not math.isfinite(value) and not isinstance(value, ExactFloat):
            raise NoJsonError(f"the number {float(value)}")
        return value.text if isinstance(value, ExactFloat) else json.dumps(float(value))
    if isinstance(value, dict):
        return _object(value, custom)
    if isinstance(value, (list, tuple)):
        return _list(value, custom)
    told = custom(value)
    if told is not MISSING:
        return encoded(told, custom)
    if isinstance(value, (set, frozenset)):
        return "[" + ",".join(sorted(encoded(item, custom) for item in value)) + "]"
    if isinstance(value, UUID):
        return _tag("uuid_hex", value.hex)
    if isinstance(value, Decimal):
        return _tag("decimal_str", str(value))
    if isinstance(value, datetime):
        return _tag("datetime_iso", value.isoformat())
    if isinstance(value, date):
        return _tag("date_iso", value.isoformat())
    if isinstance(value, time):
        return _tag("time_iso", value.isoformat())
    if isinstance(value, (bytes, bytearray)):
        return _tag("bytes_base64", base64.b64encode(value).decode())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _object({field.name: getattr(value, field.name) for field in dataclasses.fields(value)}, custom)
    if hasattr(value, "__dict__") and not callable(value) and not isinstance(value, (type, ModuleType, BaseException)):
        return _object({key: item for key, item in vars(value).items() if not key.startswith("_")}, custom)
    raise NoJsonError(f"a value of type {_type_name(value)}")


def _object(members: dict, custom: Callable[[Any], Any]) -> str:
    parts = {}
    for key, item in members.items():
        name = _key(key)
        if name in parts:
            raise NoJsonError("two keys that are one in JSON").under(key)
        try:
            parts[name] = encoded(item, custom)
        except NoJsonError as error:
            raise error.under(key) from None
    return "{" + ",".join(name + ":" + text for name, text in parts.items()) + "}"


def _list(items: Any, custom: Callable[[Any], Any]) -> str:
    parts = []
    for index, item in enumerate(items):
        try:
            parts.append(encoded(item, custom))
        except NoJsonError as error:
            raise error.under(index) from None
    return "[" + ",".join(parts) + "]"


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _visible(character: str) -> str:
    return f"\\u{ord(character):04x}" if "\ud800" <= character <= "\udfff" else character


def nothing(value: Any) -> Any:
    """No value of the user's own types has a tag."""
    del value
    return MISSING


def _key(key: Any) -> str:
    if isinstance(key, Enum):
        key = key.value
    if key is None or isinstance(key, bool):
        key = json.dumps(key)
    if not isinstance(key, (str, int, float, UUID, Decimal, date, time)):
        raise NoJsonError(f"a key of type {_type_name(key)}")
    return encoded(str(key), nothing)


def told(error: BaseException) -> str:
    """An exception in one line."""
    if isinstance(error, NoJsonError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def use_folders(folders: list) -> None:
    """Import from the user's folders first, and not from that of this file."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(Path(f).resolve()) for f in folders] + [p for p in sys.path if Path(p).resolve() != here]


def serve(make: Callable[[dict], Host]) -> None:
    """Answer messages until there are no more; `make` gets the settings out of the command line."""
    # What the user's code prints must not get between the answers, nor may it read the messages.
    messages = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)

    def answer(text: str) -> None:
        answers.write(text.encode("utf-8") + b"\n")
        answers.flush()

    host = None
    for line in messages:
        message = decoded(line)
        op = message.pop("op", None)
        if op == "end":
            return
        version = ""
        before = None if host is None else host.current
        try:
            if op == "hello":
                host = make(json.loads(sys.argv[1]))
                answer(f'{{"protocol":{PROTOCOL},"values":"tagged"}}')
                continue
            assert host is not None, "hello comes first"
            if op == "start":
                state = host.start(message, message.pop("state", MISSING))
            elif op == "event":
                version = f',"version":{message["version"]:d}'
                state = host.event(message)
            else:
                raise ValueError(f"there is no message {op!r}")
            text = f'{{"state":{encoded(state, host.custom)}{version}}}'
        except Exception as error:
            if op != "event":
                traceback.print_exc()
            elif host is not None:
                host.current = before
            text = f'{{"error":{encoded(told(error), nothing)}{version}}}'
        answer(text)
