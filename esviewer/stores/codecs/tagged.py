"""The eventsourcing library's tagged values: {"_type_": name, "_data_": text} in JSON, for types that JSON lacks.

Names as in `eventsourcing.persistence` (uuid_hex, decimal_str, datetime_iso) and as its manual names common additions
(date_iso, time_iso, tuple_as_list, set_as_list). A tag that is not known here, or whose data does not fit, stays
visible as the object it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Final
from uuid import UUID

from esviewer.model.values import Value


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if number.is_snan():
        raise ValueError("a signaling NaN can't even be compared")
    return number


_TEXTS: Final[Mapping[str, Callable[[str], Value]]] = {
    "uuid_hex": UUID,
    "decimal_str": _decimal,
    "datetime_iso": datetime.fromisoformat,
    "date_iso": date.fromisoformat,
    "time_iso": time.fromisoformat,
}
TAG_KEYS: Final = frozenset({"_type_", "_data_"})
"""What the keys of an object are that stands for another value."""
_DICTS: Final = frozenset({dict})
_LISTS: Final = frozenset({"tuple_as_list", "set_as_list"})


def untagged(value: Value) -> Value:
    """The value with all tagged objects in it, however deep, turned into what they stand for."""
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


def untagged_many(values: list[Value]) -> list[Value]:
    """Many values, each `untagged`."""
    if _DICTS.issuperset(map(type, values)) and _flat(values):
        # Nothing is inside of these: only they themselves can be tagged.
        return [untagged(value) if "_type_" in value else value for value in values]
    return [untagged(value) for value in values]


def untag_inside(values: list[dict[str, Value]]) -> bool:
    """Replace what is tagged within objects; False, and nothing is done, where one of them may itself be tagged."""
    if not TAG_KEYS.isdisjoint(set().union(*values)):
        return False
    if not _flat(values):
        for value in values:
            untagged(value)
    return True


def _flat(values: list[dict[str, Value]]) -> bool:
    kinds = set(map(type, chain.from_iterable(map(dict.values, values))))
    return dict not in kinds and list not in kinds


def _untag(tag: dict[str, Value]) -> Value:
    name, data = tag["_type_"], tag["_data_"]
    if not isinstance(name, str):
        return tag
    if isinstance(data, list):
        return data if name in _LISTS else tag
    decode = _TEXTS.get(name)
    if decode is None or not isinstance(data, str):
        return tag
    try:
        return decode(data)
    except (ValueError, ArithmeticError):
        return tag
