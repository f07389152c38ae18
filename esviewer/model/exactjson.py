"""JSON in and out without loss: big integers, 1.10, lone surrogates and NaN come out as they went in.

orjson reads what it reads exactly; a scan of the text finds the numbers that it or a float would change, and those
payloads go through the standard library's parser. Writing follows RFC 8259 except where a value has no form there:
NaN and the infinities print as strings, as do datetimes (ISO 8601), UUIDs, Decimals and bytes (base64).
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring
from uuid import UUID

import orjson

from esviewer.model.values import MAX_DEPTH, Number, Value


def _classes(zero: int, digit: int) -> bytes:
    """A translation table that keeps of JSON text only what makes up numbers, as `0` or `1`, `.`, `e`, `-` and `,`."""
    table = bytearray(b"x" * 256)
    table[0x30] = zero
    table[0x31:0x3A] = bytes([digit]) * 9
    for original, kept in ((b".", b"."), (b"eE", b"e"), (b"-", b"-"), (b",:[ \t\n\r", b",")):
        for byte in original:
            table[byte] = kept[0]
    return bytes(table)


_DIGITS_ALIKE = _classes(0x31, 0x31)
_ZERO_APART = _classes(0x30, 0x31)
_INEXACT = re.compile(
    # At the start of a JSON number: a tiny fraction, 16 digits and more, a fraction ending in 0, an exponent.
    rb",-?(?:0\.0000|[01.]{16}|[01]+(?:\.[01]*0(?![01])|(?:\.[01]+)?e))"
)
_DEPTH_MATTERS_FROM = 2 * MAX_DEPTH
_LARGE = 10_000_000
"""Bytes of a text that is read by itself."""


_BETWEEN_VALUE = "".join(secrets.choice("abcdfghijklmnopqrstuvwxyz") for _ in range(24))
_BETWEEN = f',"{_BETWEEN_VALUE}",'
_BETWEEN_BYTES = _BETWEEN.encode()
"""Stands between texts that are read as one list. Nobody can know it and write it into a text, so that where the list
has it at every second place, each of the texts is one value by itself."""


class NotJsonError(ValueError):
    """The text is not JSON, or nests deeper than `MAX_DEPTH`."""

    line: int | None = None
    """The line where that shows, from 1; None where it is not known."""


def fraction(text: str) -> Value:
    """A JSON number with a point or an exponent; raises NotJsonError where that is too large."""
    number = float(text)
    if repr(number) == text:
        return number
    try:
        return Number(text)
    except InvalidOperation:
        raise NotJsonError(f"a number's exponent is too large: {text[:40]}") from None


def _integer(text: str) -> Value:
    # int() refuses more than 4300 digits, a guard against quadratic time; a Number keeps them all.
    return int(text) if len(text) < 4300 else Number(text)


def _inexact(raw: bytes) -> bool:
    """Whether some number in JSON text might not come out of orjson as it is written; errs on the safe side."""
    shape = raw.translate(_DIGITS_ALIKE)
    if b"1." not in shape and b"1e" not in shape and b"1111111111111111" not in shape:
        return False
    return _INEXACT.search(b"," + raw.translate(_ZERO_APART)) is not None


def _deepest(raw: bytes) -> int:
    """How deep JSON text nests at most, counted without parsing it: brackets inside strings don't count."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in (0x7B, 0x5B):
            depth += 1
            deepest = max(deepest, depth)
        elif byte in (0x7D, 0x5D):
            depth -= 1
    return deepest


def _too_deep(raw: bytes) -> bool:
    return (
        len(raw) > _DEPTH_MATTERS_FROM and raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _deepest(raw) > MAX_DEPTH
    )


def loads(raw: bytes | str) -> Value:
    """Read one JSON text exactly; raises NotJsonError with the place and the reason."""
    data = _as_bytes(raw)
    if _too_deep(data):
        raise NotJsonError(f"JSON nested deeper than {MAX_DEPTH} levels")
    if not _inexact(data):
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass  # NaN and lone surrogates are read below; what is no JSON at all gets its message there
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise NotJsonError(f"not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}") from None
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_float=fraction, parse_int=_integer)
    except json.JSONDecodeError as error:
        refused = NotJsonError(f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}")
        refused.line = error.lineno
        raise refused from None


def loads_many(raws: Sequence[bytes | str]) -> list[Value] | None:
    """Read many JSON texts at once, all bytes or all text; None when one of them needs `loads` by itself."""
    if not raws:
        return []
    # Here, so that who reads few payloads need not wait for NumPy.
    from esviewer.model.inexact import inexact

    try:
        joined = as_list(raws)
        values = None if joined is None else apart(orjson.loads(joined), len(raws))
        if values is None or joined is None:
            return None
        for index in inexact(raws, joined, len(_BETWEEN)):
            values[index] = loads(raws[index])
    except (NotJsonError, orjson.JSONDecodeError, TypeError, UnicodeEncodeError):  # TypeError: texts and bytes mixed
        return None
    return values


def as_list(raws: Sequence[bytes | str]) -> bytes | None:
    """JSON texts as those of one list with something between two that `apart` knows; None where one needs care.

    Raises TypeError where texts and bytes are mixed, UnicodeEncodeError where text has lone surrogates.
    """
    longest = max(map(len, raws))
    if longest > _LARGE or (longest > _DEPTH_MATTERS_FROM and any(map(_too_deep, map(_as_bytes, raws)))):
        return None
    if type(raws[0]) is str:
        joined = _BETWEEN.join(raws).encode()  # type: ignore[arg-type]
    else:
        joined = _BETWEEN_BYTES.join(raws)  # type: ignore[arg-type]
    return b"[%b]" % joined


def apart(parsed: list[Value], number: int) -> list[Value] | None:
    """The values of so many texts out of the list that `as_list` made; None where they are not one value each."""
    between = parsed[1::2]
    if len(parsed) != 2 * number - 1 or between.count(_BETWEEN_VALUE) != len(between):
        return None
    return parsed[::2]


def _as_bytes(raw: bytes | str) -> bytes:
    return raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw


def scalar_text(value: Value) -> str:
    """One scalar as its JSON text."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is int:
        return int.__repr__(value) if value.bit_length() < 14000 else str(Decimal(value))
    if kind is float:
        if value != value or value in (float("inf"), float("-inf")):
            return f'"{"NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}"'
        return float.__repr__(value)
    if kind is Number:
        return value.text  # type: ignore[no-any-return]
    if isinstance(value, (datetime, date, time)):
        return f'"{value.isoformat()}"'
    if isinstance(value, (UUID, Decimal)):
        return f'"{value}"'
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f'"{base64.b64encode(bytes(value)).decode()}"'
    return _quoted(str(value))


def _quoted(text: str) -> str:
    quoted: str = encode_basestring(text)
    if quoted.isascii():
        return quoted
    # A lone surrogate has no UTF-8 form; as an escape it survives.
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in quoted)


def dumps(value: Value, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """Write a value as JSON text, exactly; `indent` spaces a level when given."""
    parts: list[str] = []
    _write(value, parts.append, indent, "\n" if indent is not None else "", sort_keys)
    return "".join(parts)


def canonical(value: Value) -> bytes:
    """The value as UTF-8 JSON with sorted keys and no white space: equal bytes for equal values, for digests."""
    return dumps(value, sort_keys=True).encode()


def _write(value: Value, put: object, indent: int | None, line: str, sort_keys: bool) -> None:
    put_text: Value = put
    if isinstance(value, dict):
        if not value:
            put_text("{}")
            return
        inner = line + " " * indent if indent is not None else ""
        colon = ": " if indent is not None else ":"
        before = "{" + inner
        for key in sorted(value) if sort_keys else value:
            put_text(before + _quoted(key if isinstance(key, str) else scalar_text(key).strip('"')) + colon)
            item = value[key]
            if isinstance(item, (dict, list, tuple, set, frozenset)):
                _write(item, put, indent, inner, sort_keys)
            else:
                put_text(scalar_text(item))
            before = "," + inner
        put_text(line + "}")
    elif isinstance(value, (list, tuple, set, frozenset)):
        if not value:
            put_text("[]")
            return
        inner = line + " " * indent if indent is not None else ""
        before = "[" + inner
        for item in sorted(value, key=str) if isinstance(value, (set, frozenset)) else value:
            put_text(before)
            _write(item, put, indent, inner, sort_keys)
            before = "," + inner
        put_text(line + "]")
    else:
        put_text(scalar_text(value))


def plain(value: Value) -> Value:
    """The value with every type that JSON lacks turned into the string it prints as."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return loads(scalar_text(value))
