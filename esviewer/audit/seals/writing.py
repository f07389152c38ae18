"""Canonical JSON (`exactjson.canonical`) written fast: by orjson wherever it writes the same bytes."""

from __future__ import annotations

import orjson

from esviewer.model.exactjson import canonical
from esviewer.model.fastjson import is_plain
from esviewer.model.values import Value


def canonical_json(value: Value) -> bytes:
    """What `exactjson.canonical` gives."""
    found = plain_json(value) if is_plain(value) else None
    return canonical(value) if found is None else found


def plain_json(value: Value) -> bytes | None:
    """The same of a value for which `is_plain` holds; None where orjson can't write it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):
        return None  # lone surrogates, integers of more than 64 bits
