"""XML into values: no entities, no document type, nothing fetched; written with Axon's XStream in mind.

An element with children is a map of them, repeated children are a list, attributes are "@name" and text beside them
"#text"; an element of text alone is that text. Elements that XStream names like Java's primitive types are such values,
and an element that holds nothing but `<entry>`s of two elements each is the map that they make up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from esviewer.model.values import MAX_DEPTH, Value, depth_within
from esviewer.stores.codecs.decoding import (
    Budget,
    DecodeError,
    check_depth,
    key_text,
    real,
    whole,
)


def parse_xml(data: bytes) -> Value:
    """What the root element of one XML document holds; raises DecodeError."""
    from defusedxml.ElementTree import DefusedXMLParser

    builder = _Builder()
    try:
        # What a text column held is UTF-8 by now, whatever its declaration says.
        parser = DefusedXMLParser(target=builder, encoding="utf-8" if _is_utf8(data) else None, forbid_dtd=True)
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise DecodeError("XML with a document type or entities is not read") from None
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError(f"not XML: {error}") from None
    if not depth_within(builder.root):
        check_depth(MAX_DEPTH + 1)
    return builder.root


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Element:
    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[tuple[str, Value]] = []
        self.text: list[str] = []


class _Builder:
    """What the XML parser tells of elements, put together as values."""

    def __init__(self) -> None:
        self.root: Value = None
        self.open: list[_Element] = []
        self.budget = Budget()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.budget.take(1 + len(attributes))
        check_depth(len(self.open) + 1)
        self.open.append(_Element(name.rpartition("}")[2], attributes))

    def data(self, text: str) -> None:
        """Text within the innermost element."""
        if self.open:
            self.open[-1].text.append(text)

    def end(self, name: str) -> None:  # noqa: ARG002
        """The innermost element ends."""
        element = self.open.pop()
        value = _value(element, self.budget)
        if self.open:
            self.open[-1].children.append((element.name, value))
        else:
            self.root = value

    def close(self) -> None:
        """The document ends."""


class _Entry(list[Any]):
    """The values of an `<entry>`, until the map that it belongs to is known."""


def _value(element: _Element, budget: Budget) -> Value:
    text = "".join(element.text)
    if not element.children and not element.attributes:
        read = _TYPED.get(element.name)
        try:
            return read(text.strip()) if read is not None else text
        except (DecodeError, InvalidOperation):
            return text
    if element.name == "entry" and not element.attributes and len(element.children) == 2:
        return _Entry(element.children)
    value: dict[str, Value] = {f"@{name.rpartition('}')[2]}": each for name, each in element.attributes.items()}
    if all(type(child) is _Entry for _, child in element.children):
        for _, entry in element.children:
            value[key_text(_settled(entry[0][1]), budget)] = _settled(entry[1][1])
    else:
        _add(value, element.children)
    if text.strip():
        value["#text"] = text
    return value


def _add(value: dict[str, Value], children: list[tuple[str, Value]]) -> None:
    repeated: set[str] = set()
    for name, child in children:
        child = _settled(child)
        if name in repeated:
            value[name].append(child)
        elif name in value:
            repeated.add(name)
            value[name] = [value[name], child]
        else:
            value[name] = child


def _settled(child: Value) -> Value:
    """An entry outside a map is an element like any other."""
    if type(child) is not _Entry:
        return child
    value: dict[str, Value] = {}
    _add(value, list(child))
    return value


def _truth(text: str) -> Value:
    if text not in ("true", "false"):
        raise DecodeError("no truth value")
    return text == "true"


def _nothing(text: str) -> Value:
    if text:
        raise DecodeError("not null")


def _decimal(text: str) -> Value:
    decimal = Decimal(text)
    if decimal.is_snan():
        raise DecodeError("no number")
    return decimal


_TYPED: Final[Mapping[str, Callable[[str], Value]]] = {
    **dict.fromkeys(("int", "long", "short", "byte", "big-int"), whole),
    **dict.fromkeys(("float", "double"), real),
    "big-decimal": _decimal,
    "boolean": _truth,
    "null": _nothing,
}
"""No field of a Java class can have one of these names."""
