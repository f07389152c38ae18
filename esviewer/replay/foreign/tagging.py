"""Values of types that JSON lacks, as tagged objects: {"_type_": name, "_data_": text}.

The names are those of the Python library eventsourcing (uuid_hex, decimal_str, datetime_iso) and of its manual
(date_iso, time_iso), and bytes_base64. What is no such tag stays the object it is.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from esviewer.model.values import SCALARS, Number, Value


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if number.is_snan():
        raise ValueError("a signalling NaN can't be compared")
    return number


_READ: Final[Mapping[str, Callable[[str], Value]]] = {
    "uuid_hex": UUID,
    "decimal_str": _decimal,
    "datetime_iso": datetime.fromisoformat,
    "date_iso": date.fromisoformat,
    "time_iso": time.fromisoformat,
    "bytes_base64": lambda text: base64.b64decode(text, validate=True),
}


def tagged(value: Value) -> Value:
    """The value with everything that JSON has no type for as tagged objects; shares what needs no tag."""
    kind = type(value)
    if kind is dict:
        return {key: tagged(inner) for key, inner in value.items()}
    if kind is list:
        return [tagged(inner) for inner in value]
    if kind is Number or (kind in SCALARS and kind is not Decimal):
        return value
    if kind is UUID:
        return _tag("uuid_hex", value.hex)
    if kind is Decimal:
        return _tag("decimal_str", str(value))
    if isinstance(value, datetime):
        return _tag("datetime_iso", value.isoformat())
    if isinstance(value, date):
        return _tag("date_iso", value.isoformat())
    if isinstance(value, time):
        return _tag("time_iso", value.isoformat())
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _tag("bytes_base64", base64.b64encode(bytes(value)).decode())
    return value


def _tag(name: str, text: str) -> dict[str, Value]:
    return {"_type_": name, "_data_": text}


def untagged(value: Value) -> Value:
    """The value, altered in place, with the tagged objects in it, however deep, turned into what they stand for."""
    kind = type(value)
    if kind is dict:
        for key, inner in value.items():
            if type(inner) is dict or type(inner) is list:
                value[key] = untagged(inner)
        if len(value) == 2 and "_type_" in value and "_data_" in value:
            return _untag(value)
    elif kind is list:
        for index, inner in enumerate(value):
            if type(inner) is dict or type(inner) is list:
                value[index] = untagged(inner)
    return value


def _untag(tag: dict[str, Value]) -> Value:
    name, text = tag["_type_"], tag["_data_"]
    read = _READ.get(name) if type(name) is str else None
    if read is None or type(text) is not str:
        return tag
    try:
        return read(text)
    except (ValueError, ArithmeticError):
        return tag
