"""The last guard of passwords: takes them out of what goes to stderr, whatever wrote it, tracebacks included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

_INSTEAD = "***"
_SHORTEST = 4
# One slash is enough: a mistyped URL is taken for a path, and paths lose a slash.
_AFTER_USER = re.compile(r"(/[^/@:\s]*):\S*@")
_NAMED = re.compile(r"((?:pass\w*|pwd)\s*=\s*)[^\s&;]+", re.IGNORECASE)
_IN_ARGUMENTS = (
    re.compile(r"/[^/@:]*:(.+?)@"),
    re.compile(r"/[^/@:]*:(.+)@"),
    re.compile(r"(?:pass\w*|pwd)\s*=\s*([^\s&;]+)", re.IGNORECASE),
)


def secrets_in(arguments: Iterable[str]) -> tuple[str, ...]:
    """What in a command's arguments may be a password, as written and decoded; the longest first.

    What is shorter than four characters is left to `concealed`'s own patterns: it would turn up by chance everywhere.
    """
    found = {
        form
        for argument in arguments
        for pattern in _IN_ARGUMENTS
        for secret in pattern.findall(argument)
        for form in (secret, unquote(secret))
        if len(form) >= _SHORTEST
    }
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def concealed(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, and without whatever stands where URLs and options have a password."""
    for secret in secrets:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _INSTEAD, text)
    return _NAMED.sub(rf"\1{_INSTEAD}", _AFTER_USER.sub(rf"\1:{_INSTEAD}@", text))
