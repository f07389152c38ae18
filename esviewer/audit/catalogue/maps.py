"""When an object's keys are data rather than names of fields."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_MANY: Final = 50
TOO_MANY: Final = 1_000
_LONE: Final = 2
"""A key seen in at most so many objects is a rare one."""
_RARELY: Final = 0.1

_DATA: Final = re.compile(
    r"\d+"
    r"|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
    r"|(?=.*\d)[0-9A-Fa-f]{12,64}"
    r"|\d{4}-\d\d(?:-\d\d.{0,20})?"
    r"|[A-Za-z]{0,12}[-_:#/]\d{2,}"
    r"|[^@\s]+@[^@\s]+"
)


def looks_like_data(name: str) -> bool:
    """Whether a key alone looks like data: a number, a UUID, a date, an e-mail address, `order-0815`."""
    return _DATA.fullmatch(name[:100]) is not None


def is_map(names: Collection[str], counts: Collection[int], objects: int) -> bool:
    """Whether objects with these keys are maps; `counts` says in how many of the `objects` each key is.

    They are when all of at least two keys look like data; when there are fifty and half of them are rare, since
    fields come again; when there are two hundred and an object has a tenth of them; when there are a thousand.
    """
    if len(names) < 2:
        return False
    if len(names) >= TOO_MANY or all(map(looks_like_data, names)):
        return True
    if len(names) < _MANY or objects <= _LONE:
        return False
    rare = sum(count <= _LONE for count in counts)
    if rare * 2 >= len(names):
        return True
    return len(names) >= 4 * _MANY and sum(counts) < _RARELY * objects * len(names)
