"""The `json` parser with its bound on values, and `json_string` for JSON that was encoded twice."""

from __future__ import annotations

import re
from typing import Final

from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import NODE_LIMIT, DecodeError
from esviewer.stores.codecs.signs import looks_like

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_SMALL: Final = 2 * NODE_LIMIT
"""Bytes that can't hold too many values: each takes two at least."""


def parse_json(data: bytes) -> Value:
    """One JSON text, exactly; raises DecodeError with the place and what the payload looks like instead."""
    if len(data) > _SMALL and _values(data) > NODE_LIMIT and _values(_STRING.sub(b'""', data)) > NODE_LIMIT:
        raise DecodeError(f"the payload holds more than {NODE_LIMIT} values")
    try:
        return loads(data)
    except NotJsonError as error:
        if not data:
            raise DecodeError("the payload is empty") from None
        other = looks_like(data)
        raise DecodeError(f"{error} (it looks like {other})" if other else str(error)) from None


def _values(data: bytes) -> int:
    return sum(map(data.count, (b",", b":", b"[", b"{"))) + 1


def json_string(value: Value) -> Value:
    """A string that holds a JSON object or list, decoded once more; everything else stays as it is."""
    if type(value) is str and value.lstrip()[:1] in ("{", "["):
        try:
            return loads(value)
        except NotJsonError:
            return value
    return value
