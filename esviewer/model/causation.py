"""Which message caused an event, as far as its metadata says so."""

from __future__ import annotations

from esviewer.model.values import Value

_KEYS = frozenset({"causationid", "causationeventid", "causationmessageid", "causedbyid", "causedbyeventid"})
"""Evident keys in lower case without `_`, `-`, `.` and `$`."""
_DROPPED = str.maketrans("", "", "_-.$")
_MOST_KEYS = 10_000


class Causes:
    """Finds the causation ids in metadata; remembers which keys hold them."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def of(self, metadata: Value) -> str | None:
        """The id that metadata names in an evident key such as `causationId` or `$causation_id`, as text; else None."""
        if not isinstance(metadata, dict):
            return None
        known = self._known
        for key, value in metadata.items():
            meant = known.get(key)
            if meant is None:
                meant = key.translate(_DROPPED).lower() in _KEYS
                if len(known) < _MOST_KEYS:
                    known[key] = meant
            if meant and value not in (None, "") and isinstance(value, (str, int)) and not isinstance(value, bool):
                return str(value)
        return None
