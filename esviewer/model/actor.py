"""Who caused an event, as far as its metadata says so."""

from __future__ import annotations

from esviewer.model.values import Value

_KEYS = (
    "actor",
    "actorid",
    "user",
    "userid",
    "username",
    "principal",
    "performedby",
    "initiatedby",
    "createdby",
)
"""Evident keys, best first, in lower case without `_`, `-`, `.` and `$`."""

_INSIDE = ("id", "name", "username", "email", "sub")
_DROPPED = str.maketrans("", "", "_-.$")


def actor_of(metadata: Value) -> str | None:
    """The actor that metadata names in an evident key such as `actor`, `user` or `user_id`, as text; else None."""
    if not isinstance(metadata, dict):
        return None
    found = _by_plain_key(metadata)
    for key in _KEYS:
        name = _name(found.get(key))
        if name is None and isinstance(found.get(key), dict):
            inside = _by_plain_key(found[key])
            name = next((text for part in _INSIDE if (text := _name(inside.get(part))) is not None), None)
        if name is not None:
            return name
    return None


def _by_plain_key(values: dict[str, Value]) -> dict[str, Value]:
    return {key.translate(_DROPPED).lower(): value for key, value in values.items()}


def _name(value: Value) -> str | None:
    if value is None or value == "" or isinstance(value, (bool, float, dict, list, bytes)):
        return None
    return str(value)
