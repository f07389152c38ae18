"""Finds, in many JSON texts at once, the numbers that a parser into floats and 64-bit integers would change.

All texts are looked at together as one array of bytes, so that a number costs nothing but its share of a few passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

_ZERO, _POINT, _PLUS, _MINUS, _E, _QUOTE, _COLON, _COMMA, _BRACKET = b'0.+-e":,['
_LOWER = 0x20
"""The bit that makes an ASCII capital a small letter."""
_DIGITS_KEPT = 15
"""A float gives back any decimal of as many digits."""
_END = b",,,,,"

_Bytes: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.uint8]]"
_Truths: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.bool_]]"
_Indexes: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"


def inexact(texts: Sequence[bytes | str], joined: bytes, between: int = 1) -> list[int]:
    """Which of `texts` hold a number that would not print as it is written.

    `joined` is a list of all of them in UTF-8 with `between` bytes between two, which begin and end with a comma and
    hold no digit. Errs on the safe side: some that are named hold no such number.
    """
    found = _places(joined + _END)
    if not len(found):
        return []
    sizes = map(_size, texts)
    ends = np.cumsum(np.fromiter(sizes, np.int64, len(texts)) + between)
    indexes: list[int] = np.unique(np.searchsorted(ends, found - 1, side="right")).tolist()
    return indexes


def _size(text: bytes | str) -> int:
    return len(text) if isinstance(text, bytes) or text.isascii() else len(text.encode())


def _places(text: bytes) -> _Indexes:
    """Where in the text of a JSON list, with commas behind it, such numbers begin."""
    byte = np.frombuffer(text, np.uint8)
    digit = (byte - _ZERO) < 10
    # Almost all texts end here: no digit before a point or an e, and no sixteen in a row.
    after = byte[1:]
    marked = ((after | _LOWER) == _E) | (after == _POINT)
    marked &= digit[:-1]
    if not _sixteen(digit).any() and not _may_begin(byte, digit, np.flatnonzero(marked)):
        return np.empty(0, np.int64)

    edges = np.flatnonzero(digit[1:] != digit[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    then = byte[ends]
    runs = np.flatnonzero(((then | _LOWER) == _E) | (then == _POINT) | (ends - starts > _DIGITS_KEPT))
    start = starts[runs]
    runs = runs[_begins(byte, start)]

    # The digits up to the point, and where a point follows those behind it.
    behind = np.minimum(runs + (then[runs] == _POINT), len(starts) - 1)
    whole, fraction, end = starts[runs], starts[behind], ends[behind]
    broken = behind != runs
    reshaped = byte[whole] == _ZERO
    # Python prints 0.00001 as 1e-05 and drops last zeros.
    for place in range(4):
        reshaped &= byte[fraction + place] == _ZERO
    reshaped |= byte[end - 1] == _ZERO
    changed = ((then[behind] | _LOWER) == _E) | (end - whole > _DIGITS_KEPT) | (broken & reshaped)
    found: _Indexes = whole[changed]
    return found


def _sixteen(digit: _Truths) -> _Truths:
    """Where sixteen digits in a row begin."""
    for length in (1, 2, 4, 8):
        digit = digit[:-length] & digit[length:]
    return digit


def long_exponent(text: bytes) -> bool:
    """Whether JSON text may hold a number with an exponent of sixteen digits and more, or of so many zeros."""
    byte = np.frombuffer(text, np.uint8)
    # Sixteen digits in a row have four at places that are four apart.
    some = (byte[::4] - _ZERO) < 10
    some = some[:-1] & some[1:]
    if not (some[:-2] & some[2:]).any():
        return False
    found = np.flatnonzero(_sixteen((byte - _ZERO) < 10))
    before = byte[found - 1]
    return bool((((before | _LOWER) == _E) | (before == _MINUS) | (before == _PLUS)).any())


def _begins(byte: _Bytes, start: _Indexes) -> _Truths:
    """Whether a number begins where digits do: after these, but after a colon only if a key comes before it."""
    first = start - (byte[start - 1] == _MINUS)
    before, earlier = byte[first - 1], byte[first - 2]
    begins: _Truths = (before == _COMMA) | (before == _BRACKET) | (before <= _LOWER)
    begins |= (before == _COLON) & ((earlier == _QUOTE) | (earlier <= _LOWER))
    return begins


def _may_begin(byte: _Bytes, digit: _Truths, places: _Indexes) -> bool:
    """Whether a number may begin with the digits that end at one of these places; the seconds of times don't."""
    start = places
    for _ in range(_DIGITS_KEPT + 1):
        more = digit[start - 1]
        if not more.any():
            return bool(_begins(byte, start).any())
        start = start - more
    return True
