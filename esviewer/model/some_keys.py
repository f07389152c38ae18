"""Reads of many JSON objects only what is at some keys: what nobody asks for is checked, but never made.

Most payloads hold far more than a rule looks at, and making values of it costs more than all else in a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, TypedDict

import msgspec

from esviewer.model.exactjson import NotJsonError, apart, as_list, fraction
from esviewer.model.inexact import long_exponent
from esviewer.model.values import Value

MOST_KEYS: Final = 32
"""Beyond so many, reading whole objects is faster."""
_FRACTIONS: Final = 4096
"""Fractions whose values are remembered, for prices and the like come again."""


@lru_cache(maxsize=64)
def _decoder(keys: frozenset[str]) -> Callable[[bytes], list[Value]]:
    shape: Any = TypedDict("shape", dict.fromkeys(sorted(keys), Any), total=False)  # type: ignore[misc]
    exact = lru_cache(maxsize=_FRACTIONS)(fraction)
    decode: Callable[[bytes], list[Value]] = msgspec.json.Decoder(list[shape | str], float_hook=exact).decode
    return decode


def loads_keys(raws: Sequence[bytes | str], keys: frozenset[str]) -> list[dict[str, Value]] | None:
    """What many JSON objects, all bytes or all text, hold at these keys, exactly as `loads` gives it.

    None when one of them is no object, is not valid or needs care, or a key is not ASCII.
    """
    if not raws:
        return []
    if len(keys) > MOST_KEYS or not all(map(str.isascii, keys)):
        return None  # msgspec 0.22 finds nothing at a key that is not ASCII
    try:
        joined = as_list(raws)
        if joined is None or not (joined.isascii() or joined.decode()) or long_exponent(joined):
            return None
        values = apart(_decoder(keys)(joined), len(raws))
    except (NotJsonError, msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        # ValueError: no UTF-8, and integers of thousands of digits; TypeError: texts and bytes mixed.
        return None
    if values is None or set(map(type, values)) != {dict}:
        return None
    return values
