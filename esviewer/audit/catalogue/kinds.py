"""What a value is called in the catalogue, and the recognised formats of texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from esviewer.model.values import Number, Value

KINDS: Final = (
    "null",
    "boolean",
    "integer",
    "number",
    "string",
    "decimal",
    "datetime",
    "date",
    "time",
    "uuid",
    "bytes",
    "other",
    "array",
    "object",
)
"""All of them, in the order in which they are listed.

From `decimal` to `other` they are types that JSON lacks, which print as strings."""

NUMERIC: Final = frozenset({"integer", "number"})
BEYOND_JSON: Final = frozenset(KINDS[KINDS.index("decimal") : KINDS.index("array")])

_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    Number: "number",
    str: "string",
    Decimal: "decimal",
    datetime: "datetime",
    date: "date",
    time: "time",
    UUID: "uuid",
    bytes: "bytes",
    list: "array",
    dict: "object",
}

_SCALARS: Final = tuple(item for item in _KINDS.items() if item[0] not in (list, dict))


def kind_of(kind: type) -> str:
    """What values of a Python type are called."""
    found = _KINDS.get(kind)
    if found is None:
        found = next((name for each, name in _SCALARS if issubclass(kind, each)), "other")
        if len(_KINDS) < 1000:
            _KINDS[kind] = found
    return found


# Formats: each pattern accepts nothing that the format's own definition would refuse.

_DAY: Final = (
    r"\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|\d\d(?:0[48]|[2468][048]|[13579][26])-02-29"
)
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
_ZONE: Final = r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_ATOM: Final = r"[A-Za-z0-9_%+-]{1,32}"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?"
_HOST: Final = rf"{_LABEL}(?:\.{_LABEL}){{0,5}}"

FORMATS: Final[dict[str, Callable[[str], object]]] = {
    "uuid": re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", re.A).fullmatch,
    "date-time": re.compile(rf"(?:{_DAY})T{_CLOCK}{_ZONE}", re.A).fullmatch,
    "date-time without zone": re.compile(rf"(?:{_DAY})[T ]{_CLOCK}", re.A).fullmatch,
    "date": re.compile(_DAY, re.A).fullmatch,
    "email": re.compile(rf"{_ATOM}(?:\.{_ATOM})?@{_LABEL}(?:\.{_LABEL}){{1,4}}", re.A).fullmatch,
    "uri": re.compile(rf"https?://{_HOST}(?:/[A-Za-z0-9._~/-]*)?(?:\?[A-Za-z0-9._~/=&-]*)?", re.A).fullmatch,
}
"""By name, what tells whether a text has the format."""

EXPORTED: Final = frozenset({"uuid", "date-time", "date", "email", "uri"})
"""Those that JSON Schema knows by the same name."""


def formats_of(texts: Sequence[str], among: Sequence[str]) -> tuple[str, ...]:
    """Those of some formats that all texts have."""
    return tuple(name for name in among if all(map(FORMATS[name], texts)))


def as_text(value: Any) -> str:
    """A value of a type that JSON lacks, as it prints."""
    from esviewer.model.exactjson import scalar_text

    return scalar_text(value).strip('"')


def shortened(value: Value, longest: int) -> Value:
    """A value for people: a longer text is cut, with an ellipsis."""
    if type(value) is str and len(value) > longest:
        return value[: longest - 1] + "…"
    return value
