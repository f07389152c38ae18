"""The only writer of stdout: data, and nothing but data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from esviewer.errors import EsviewerError
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.model.visible import visible as _visible

_ROWS_DRAWN_TOGETHER = 500
_CELL_ON_A_TERMINAL = 1000


class ReaderGoneError(Exception):
    """Whoever read stdout has gone, as `head` does; not an error of anybody's."""


class _Said:
    anything = False


def _write(text: str) -> None:
    _Said.anything = True
    if sys.stdout is None:
        raise EsviewerError("Standard output is closed.", "Send it to a file or a program.")
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise EsviewerError(f"Standard output can't be written: {error.strerror}.", "Send it elsewhere.") from None


def prepare() -> None:
    """Make stdout and stderr speak UTF-8 whatever the locale; what can't be encoded is escaped."""
    _occupy_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _occupy_standard_descriptors() -> None:
    # Where one of them is closed, the next file opened would get its number, and what libraries print there.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def speaking_to_a_terminal() -> bool:
    """Whether data is being shown on a terminal, where a line of progress would run into it."""
    return _Said.anything and _on_a_terminal()


def _on_a_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def line(text: str) -> None:
    """One line of text that was made visible or is ours."""
    _write(text + "\n")


def json_line(value: Value) -> None:
    """One value as one line of JSON, with exact numbers."""
    json_lines((value,))


def json_lines(values: Iterable[Value]) -> None:
    """Many values as JSON Lines.

    On a terminal, characters that could command it or deceive its reader are written as escapes: the same JSON.
    """
    escaped = _on_a_terminal()
    for value in values:
        text = dumps(value)
        _write((_visible(text) if escaped else text) + "\n")


def visible(text: str) -> str:
    """Text out of a store as one line that a terminal may show: what could command it or deceive is escaped."""
    return _visible(text).replace("\n", "\\n").replace("\t", "\\t")


def pretty(value: Value) -> str:
    """A value as indented JSON that a terminal may show."""
    return _visible(dumps(value, indent=2))


def text_pieces(pieces: Iterable[bytes]) -> None:
    """UTF-8 text in pieces, as it is; on a terminal with escapes as in `json_lines`."""
    escaped = _on_a_terminal()
    for piece in pieces:
        text = piece.decode()
        _write(_visible(text) if escaped else text)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: drawn on a terminal, tab-separated where the output goes into a file or another program."""
    if _on_a_terminal():
        _draw(heads, iter(rows))
        return
    _write("\t".join(heads) + "\n")
    for row in rows:
        _write("\t".join(map(visible, row)) + "\n")


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """CSV (RFC 4180) that a spreadsheet takes for data: what would begin a formula is preceded by an apostrophe."""
    import csv
    import io

    for row in chain([heads], rows):
        part = io.StringIO()
        csv.writer(part).writerow([f"'{cell}" if cell[:1] in _FORMULA and not _number(cell) else cell for cell in row])
        _write(part.getvalue())


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _draw(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    first = True
    # In parts, each with its heads, since a table's widths need all of its rows.
    while (part := list(islice(rows, _ROWS_DRAWN_TOGETHER))) or first:
        first = False
        drawn = Table(box=None, pad_edge=False, header_style="bold")
        for head in heads:
            drawn.add_column(head, overflow="fold")
        for row in part:
            drawn.add_row(*(Text(_cut(visible(cell))) for cell in row))
        _Said.anything = True
        console.print(drawn)


def _cut(text: str) -> str:
    if len(text) <= _CELL_ON_A_TERMINAL:
        return text
    return f"{text[:_CELL_ON_A_TERMINAL]}… and {len(text) - _CELL_ON_A_TERMINAL:,} more characters (all with --json)"


def coloured_diff(text: str) -> None:
    """The lines of a diff, green and red on a terminal."""
    colours = {"+": "32", "-": "31", "@": "36", "~": "33"}
    coloured = _on_a_terminal() and "NO_COLOR" not in os.environ
    for each in text.removesuffix("\n").split("\n"):
        shown = visible(each)
        colour = colours.get(each[:1]) if coloured else None
        _write(f"\x1b[{colour}m{shown}\x1b[0m\n" if colour else shown + "\n")


def markdown(text: str) -> None:
    """Markdown of our own: laid out on a terminal, as it is elsewhere."""
    if not _on_a_terminal():
        _write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    _Said.anything = True
    Console().print(Markdown(text, hyperlinks=False))


def flush() -> None:
    """Write out what is buffered; raises ReaderGoneError when nobody reads any more."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise EsviewerError(f"Standard output can't be written: {error.strerror}.", "Send it elsewhere.") from None


def abandon() -> None:
    """Forget what is buffered, for a reader that has gone: Python would try to write it once more when it ends."""
    if sys.stdout is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
