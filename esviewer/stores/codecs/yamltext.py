"""YAML into values, plain data only: no tag is ever executed, and aliases are copies that count.

Scalars are read as Psych, Ruby's YAML, reads them, for Rails Event Store keeps its events in that form: symbols are
their names, Ruby's objects are maps with their class as `__class__`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml
from yaml import events

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    Budget,
    DecodeError,
    check_depth,
    copied_into,
    key_text,
    real,
    whole,
)

_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_SPECIAL: Final = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9_,]*)", re.ASCII)
_BASED: Final = re.compile(r"([-+]?)0(b[01_]{1,2000}|x[0-9a-fA-F_]{1,2000}|o?[0-7_]{1,2000})", re.ASCII)
_REAL: Final = re.compile(r"[-+]?(?:\d[\d_,]*+\.\d*+|\.\d++)(?:[eE][-+]?\d++)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|\s+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?\s*(?:(Z)|([-+])(\d\d?):?(\d\d)?)?", re.ASCII
)
_STANDARD: Final = "tag:yaml.org,2002:"
_BINARY: Final = (_STANDARD + "binary", "!binary")
_RUBY_CLASS: Final = re.compile(r"!(?:ruby/)?(?:object|struct|exception):(\S+)")
_RUBY_NUMBER: Final = re.compile(r"\d+:(.+)", re.ASCII)


def parse_yaml(data: bytes) -> Value:
    """One YAML document; raises DecodeError."""
    try:
        text = data.decode("utf-8-sig")
        reader = _Reader(yaml.parse(text, Loader=yaml.CSafeLoader))
        return reader.document()
    except UnicodeDecodeError as error:
        raise DecodeError(f"not YAML: byte {error.start} is no UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1}" if mark else ""
        raise DecodeError(f"not YAML: {error.problem or error.context}{place}") from None
    except yaml.YAMLError as error:
        raise DecodeError(f"not YAML: {str(error).partition(chr(10))[0]}") from None


class _Reader:
    def __init__(self, stream: Iterator[Any]) -> None:
        self.stream = stream
        self.budget = Budget()
        self.anchors: dict[str, tuple[Value, int]] = {}
        """Each anchored value, with the number of values in it; one that is not finished is missing."""

    def document(self) -> Value:
        value = None
        documents = 0
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise DecodeError("the payload holds more than one YAML document")
                value = self.node(next(self.stream), 1)
        if not documents:
            raise DecodeError("the payload is empty")
        return value

    def node(self, event: Any, depth: int) -> Value:
        self.budget.take()
        if isinstance(event, events.AliasEvent):
            if event.anchor not in self.anchors:
                raise DecodeError(f"the alias *{str(event.anchor)[:40]} stands for nothing, or for what it lies in")
            value, size = self.anchors[event.anchor]
            self.budget.take(size)
            return copied_into(value, depth)
        before = self.budget.left
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)
        if isinstance(event, events.ScalarEvent):
            value = _scalar(event)
            if isinstance(value, dict):
                check_depth(depth)
        else:
            check_depth(depth)
            if isinstance(event, events.SequenceStartEvent):
                value = self.sequence(depth)
            else:
                value = self.mapping(event.tag or "", depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, before - self.budget.left + 1)
        return value

    def sequence(self, depth: int) -> Value:
        items = []
        while not isinstance(event := next(self.stream), events.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def mapping(self, tag: str, depth: int) -> Value:
        value: dict[str, Value] = {}
        merged: list[Value] = []
        named = _RUBY_CLASS.fullmatch(tag)
        if named is not None:
            value["__class__"] = named[1]
        while not isinstance(event := next(self.stream), events.MappingEndEvent):
            merge = isinstance(event, events.ScalarEvent) and event.value == "<<" and event.implicit[0]
            key = self.node(event, depth + 1)
            inner = self.node(next(self.stream), depth + 1)
            if merge and isinstance(inner, (dict, list)):
                merged += inner if isinstance(inner, list) else [inner]
            else:
                value[key_text(key, self.budget)] = inner
        for more in merged:
            if isinstance(more, dict):
                value = {**more, **value}
        return value


def _scalar(event: Any) -> Value:
    text: str = event.value
    tag: str = event.tag or ""
    if not tag:
        return _plain(text) if event.implicit[0] else text
    if tag in _BINARY:
        return _binary(text)
    if tag.startswith(_STANDARD):
        return text if tag == _STANDARD + "str" else _plain(text)
    named = _RUBY_CLASS.fullmatch(tag)
    if named is None:
        return text  # a symbol, a range, a pattern, and what nobody knows
    number = _RUBY_NUMBER.fullmatch(text)
    if named[1] == "BigDecimal" and number is not None:
        try:
            decimal = Decimal(number[1])
        except InvalidOperation:
            decimal = Decimal("sNaN")
        if not decimal.is_snan():
            return decimal
    return {"__class__": named[1], "value": text}


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise DecodeError("not YAML: a binary value is not base64") from None


def _plain(text: str) -> Value:
    """A plain scalar's value."""
    first = text[:1]
    if first == ":" and len(text) > 1:
        name = text[1:]
        return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if first not in "+-.0123456789":
        return text
    if text.lower() in _SPECIAL:
        return float(_SPECIAL[text.lower()])
    if _INTEGER.fullmatch(text):
        return whole(text.replace("_", "").replace(",", ""))
    based = _BASED.fullmatch(text)
    if based is not None:
        digits = based[2].replace("_", "").lower()
        base = {"b": 2, "x": 16}.get(digits[:1], 8)
        digits = digits.lstrip("box") or "0"
        return int(based[1] + digits, base)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    time = _TIME.fullmatch(text)
    if time is not None:
        return _moment(time, text)
    if _REAL.fullmatch(text):
        return real(text.replace("_", "").replace(",", ""))
    return text


def _moment(found: re.Match[str], text: str) -> Value:
    """A timestamp; as text where it has no place in a datetime (nanoseconds, the 31st of June)."""
    fraction = (found[7] or "").rstrip("0")
    if len(fraction) > 6:
        return text
    zone: timezone | None = UTC if found[8] else None
    try:
        if found[9]:
            offset = timedelta(hours=int(found[10]), minutes=int(found[11] or 0))
            zone = timezone(-offset if found[9] == "-" else offset)
        year, month, day, hour, minute, second = (int(found[index]) for index in range(1, 7))
        return datetime(year, month, day, hour, minute, second, int(fraction.ljust(6, "0")), zone)
    except ValueError:
        return text
