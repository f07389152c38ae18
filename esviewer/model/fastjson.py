"""JSON text as `exactjson` writes it, by orjson wherever it writes the same bytes."""

from __future__ import annotations

from typing import Final

import orjson

from esviewer.model.exactjson import dumps
from esviewer.model.values import Value

PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Scalars that orjson writes as `exactjson` does, or not at all."""


def compact(value: Value) -> bytes:
    """What `exactjson.dumps` gives, as UTF-8."""
    if is_plain(value):
        try:
            return orjson.dumps(value)
        except (orjson.JSONEncodeError, TypeError):
            pass  # lone surrogates, integers of more than 64 bits
    return dumps(value).encode()


def is_plain(value: Value) -> bool:
    """Whether orjson writes a value as `exactjson` does: no type that JSON lacks, no number written otherwise."""
    kind = type(value)
    if kind in PLAIN:
        return True
    if kind is dict or kind is list:
        for inner in value.values() if kind is dict else value:
            if type(inner) not in PLAIN and not is_plain(inner):
                return False
        return True
    # Python writes 1e+16 and 1e-07 where orjson writes 1e16 and 1e-7; NaN and infinity are no JSON.
    return kind is float and (value == 0.0 or 0.0001 <= abs(value) < 1e16)
