"""The only writer of stdout: data, and nothing but data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from esviewer.model.exactjson import dumps
from esviewer.model.values import Value


class ReaderGoneError(Exception):
    """Whoever read stdout has gone, as `head` does; not an error of anybody's."""


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise ReaderGoneError from None


def prepare() -> None:
    """Make stdout speak UTF-8 whatever the locale; what can't be encoded is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def line(text: str) -> None:
    """One line of text that was made visible or is ours."""
    _write(text + "\n")


def json_line(value: Value) -> None:
    """One value as one line of JSON, with exact numbers."""
    _write(dumps(value) + "\n")


def json_lines(values: Iterable[Value]) -> None:
    """Many values as JSON Lines."""
    for value in values:
        _write(dumps(value) + "\n")


def visible(text: str, limit: int | None = None) -> str:
    """Text out of a store as a terminal may show it: control and direction characters are written as escapes."""
    shown = "".join(_shown(char) for char in text)
    return shown if limit is None or len(shown) <= limit else shown[: limit - 1] + "…"


def _shown(char: str) -> str:
    code = ord(char)
    if char.isprintable() or char == " ":
        return char
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def pretty(value: Value) -> str:
    """A value as indented JSON that a terminal may show."""
    return "\n".join(visible(part) for part in dumps(value, indent=2).split("\n"))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: with colours on a terminal, tab-separated where the output goes into a file or another program."""
    if not sys.stdout.isatty():
        _write("\t".join(heads) + "\n")
        for row in rows:
            _write("\t".join(visible(cell) for cell in row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        drawn.add_column(head, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    Console(soft_wrap=False).print(drawn)


def coloured_diff(text: str) -> None:
    """The lines of a diff, green and red on a terminal."""
    colours = {"+": "32", "-": "31", "@": "36", "~": "33"}
    terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for each in text.splitlines():
        shown = visible(each)
        colour = colours.get(each[:1]) if terminal else None
        _write(f"\x1b[{colour}m{shown}\x1b[0m\n" if colour else shown + "\n")


def flush() -> None:
    """Write out what is buffered; raises ReaderGoneError when nobody reads any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None


def abandon() -> None:
    """Forget what is buffered, for a reader that has gone."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open until the end
