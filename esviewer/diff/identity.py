"""What the elements of a list are told apart by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from esviewer.model.values import Value

_NAMES = ("id", "_id", "uuid", "guid", "key", "sku", "code", "number", "name")
"""Keys that name an element when every element has one, best first; those like `_ANY_ID` come between guid and key."""

_ANY_ID = re.compile(r".*([a-z0-9]I[dD]|[_-](?:id|ID|Id))")
"""orderId, OrderID, order_id; not paid or valid."""

_KINDS = frozenset({str, int, UUID})


def identities(old: Sequence[Value], new: Sequence[Value]) -> tuple[list[Value], list[Value]] | None:
    """Each element's identity, where all elements of both lists are objects with a key whose values identify them.

    That key has an evident name, and a text, a whole number or a UUID as its value that is unique in each of the lists.
    """
    if not all(type(value) is dict for value in old) or not all(type(value) is dict for value in new):
        return None
    for key in sorted((key for key in old[0] if key in _NAMES or _ANY_ID.fullmatch(key)), key=_rank):
        found = [value.get(key) for value in old], [value.get(key) for value in new]
        if all(_KINDS.issuperset(map(type, values)) and len(set(values)) == len(values) for values in found):
            return found
    return None


def _rank(key: str) -> tuple[float, str]:
    return (_NAMES.index(key) if key in _NAMES else _NAMES.index("key") - 0.5), key
