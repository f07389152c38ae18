"""What type each value had whose type JSON lacks, by its path: beside JSON text, so that reading it gives the same."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from esviewer.model.fastjson import PLAIN, is_plain
from esviewer.model.values import Number, Value

_NAMES: Final[tuple[tuple[type, str], ...]] = (
    (Decimal, "decimal"),
    (datetime, "datetime"),
    (date, "date"),
    (time, "time"),
    (UUID, "uuid"),
    (bytes, "bytes"),
    (bytearray, "bytes"),
    (memoryview, "bytes"),
    (set, "set"),
    (frozenset, "set"),
)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_READ: Final[Mapping[str, Callable[[str], Value]]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
    "bytes": _bytes,
    "number": float,
}


def collect(value: Any, path: str, kinds: dict[str, str]) -> None:
    """Add to `kinds` the types that JSON lacks of a value at a JSON Pointer and of all below it.

    They are `decimal`, `datetime`, `date`, `time`, `uuid`, `bytes` (base64), `set`, and `number` for NaN and the
    infinities. (Numbers that a float can't hold have their JSON text.)
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            if type(inner) not in PLAIN:
                collect(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}", kinds)
        return
    if isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            if type(inner) not in PLAIN:
                collect(inner, f"{path}/{index}", kinds)
        return
    if isinstance(value, float) and not isinstance(value, bool) and value - value != 0:
        kinds[path] = "number"
        return
    if isinstance(value, Number):
        return
    for kind, name in _NAMES:
        if isinstance(value, kind):
            kinds[path] = name
            return


def kinds_of(data: Value, metadata: Value) -> dict[str, str]:
    """The types that JSON lacks of an event's data (paths begin with /data) and metadata (/metadata); mostly none."""
    found: dict[str, str] = {}
    if not is_plain(data):
        collect(data, "/data", found)
    if not is_plain(metadata):
        collect(metadata, "/metadata", found)
    return found


def restored(value: Value, kinds: Mapping[str, Any], root: str) -> Value:
    """The value with the types that `kinds` names, of paths that begin with `root`; it is changed in place.

    What a text is no form of, and what is not there, stays as it is.
    """
    for pointer, name in kinds.items():
        read = _READ.get(name) if isinstance(name, str) else None
        if read is None:
            continue
        if pointer == root:
            value = _read(value, read)
        elif pointer.startswith(root + "/"):
            _restore_below(value, pointer[len(root) + 1 :].split("/"), read)
    return value


def _restore_below(value: Value, parts: list[str], read: Callable[[str], Value]) -> None:
    for number, part in enumerate(parts):
        key: Any = part.replace("~1", "/").replace("~0", "~")
        if type(value) is list:
            key = int(key) if key.isdecimal() and len(key) < 10 else -1
            if not 0 <= key < len(value):
                return
        elif type(value) is not dict or key not in value:
            return
        if number == len(parts) - 1:
            value[key] = _read(value[key], read)
        else:
            value = value[key]


def _read(text: Value, read: Callable[[str], Value]) -> Value:
    if type(text) is not str:
        return text
    try:
        return read(text)
    except (ValueError, ArithmeticError):
        return text
