"""How paths and expressions of rules are written, whatever characters the keys hold."""

from __future__ import annotations

import ast
import keyword
import re
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from esviewer.model.values import Number, Value

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@lru_cache(maxsize=20_000)
def reached(text: str, key: str) -> str:
    """The expression of a key of what another expression gives."""
    plain = _PLAIN.fullmatch(key) and not keyword.iskeyword(key) and not key.startswith("__")
    return f"{text}.{key}" if plain else f"{text}[{key!r}]"


def path_part(key: str) -> str:
    """A fixed key as a part of a path (`joined` puts parts together)."""
    return f".{key}" if _PLAIN.fullmatch(key) else f"[{key!r}]"


def fixed_key(part: str) -> str | None:
    """The key that a part of a path is; None for a computed one."""
    if part.startswith("."):
        return part[1:]
    inside = part[1:-1]
    if inside[:1] not in ("'", '"'):
        return None
    try:
        found = ast.literal_eval(inside)
    except (ValueError, SyntaxError):
        return None
    return found if type(found) is str else None


def path_index(expression: str) -> str:
    """A computed key as a part of a path."""
    return f"[{expression}]"


def joined(parts: tuple[str, ...]) -> str:
    """A path as it stands on the left side of a rule."""
    return "".join(parts).removeprefix(".")


def literal(value: Value) -> str | None:
    """A constant as an expression; None for one that no expression can be written for."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, str)):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if isfinite(value) else None
    if isinstance(value, Number):
        near = float(value)
        return repr(near) if isfinite(near) and Decimal(repr(near)) == value else None
    if type(value) is list:
        inner = [literal(each) for each in value]
        return None if None in inner else f"[{', '.join(map(str, inner))}]"
    if type(value) is dict:
        entries = {key: literal(each) for key, each in value.items()}
        if None in entries.values():
            return None
        return "{" + ", ".join(f"{key!r}: {each}" for key, each in entries.items()) + "}"
    return None
