"""The `json` parser with its bound on values, and `json_string` for JSON that was encoded twice."""

from __future__ import annotations

from typing import Final

from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import NODE_LIMIT, DecodeError, as_bytes
from esviewer.stores.codecs.signs import looks_like

_SMALL: Final = 2 * NODE_LIMIT
"""Bytes that can't hold too many values: each takes two at least."""
_PIECE: Final = 1 << 20
"""Bytes looked at together: the strings of a whole text would take more memory than its values."""


def parse_json(data: bytes) -> Value:
    """One JSON text, exactly; raises DecodeError with the place and what the payload looks like instead."""
    if _too_many(data):
        raise DecodeError(f"the payload holds more than {NODE_LIMIT} values")
    try:
        return loads(data)
    except NotJsonError as error:
        if not data:
            raise DecodeError("the payload is empty") from None
        other = looks_like(data)
        raise DecodeError(f"{error} (it looks like {other})" if other else str(error)) from None


def _too_many(data: bytes) -> bool:
    if len(data) <= _SMALL or _marks(data) < NODE_LIMIT:
        return False
    # Without escapes, every quote begins or ends a string.
    data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    counted = within = 0
    for start in range(0, len(data), _PIECE):
        parts = data[start : start + _PIECE].split(b'"')
        counted += _marks(b"".join(parts[within::2]))
        within = (within + len(parts) - 1) % 2
    return counted >= NODE_LIMIT


def _marks(data: bytes) -> int:
    """How many values text without strings holds, less one."""
    return sum(map(data.count, (b",", b":", b"[", b"{")))


def json_string(value: Value) -> Value:
    """A string that holds a JSON object or list of no more than `NODE_LIMIT` values, decoded once more.

    Everything else stays as it is.
    """
    if type(value) is str and value.lstrip()[:1] in ("{", "["):
        data = as_bytes(value)
        try:
            return value if _too_many(data) else loads(data)
        except NotJsonError:
            return value
    return value
