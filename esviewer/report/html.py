"""The report as one HTML page: self-contained, printable, and nothing in it but text comes from a payload."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from esviewer import assets
from esviewer.diff.text import SIGNS
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import escape, split, visible
from esviewer.report.model import AggregateReport

_JSON_TEXT = re.compile(r'("(?:[^"\\]|\\.)*")(:?)')
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def render_html(report: AggregateReport) -> str:
    """The report as an HTML page (see `html_pieces`)."""
    return "".join(html_pieces(report))


def html_pieces(report: AggregateReport) -> Iterator[str]:
    r"""The page piece by piece.

    It has no script and loads nothing, and its Content-Security-Policy forbids both. Characters that could deceive a
    reader show as escapes such as `\u202e`, and right-to-left text is isolated, so that it can't reorder what is next
    to it.
    """
    stream = _template().stream(report=report, title=visible(f"Audit report: {report.asked.aggregate_id}"))
    stream.enable_buffering(500)
    return iter(stream)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(assets.path("report")),
        autoescape=True,
        finalize=_marked,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "base64": _base64,
            "count": _count,
            "json": _json,
            "lines": _lines,
            "pointer": _pointer,
            "pretty": _pretty,
            "sign": _sign,
            "time": _time,
        }
    )
    environment.globals["MISSING"] = MISSING
    return environment.get_template("aggregate.html.j2")


def _marked(value: Any) -> Any:
    """Called on every value that the template puts out, so that none of its texts comes out with hidden characters."""
    return _escaped(value) if type(value) is str else value


def _escaped(text: str) -> Markup:
    pieces = list(split(text))
    if len(pieces) == 1 and not pieces[0][1]:
        return Markup.escape(text)
    return Markup("").join(
        Markup('<span class="esc">{}</span>').format(escape(piece)) if special else Markup.escape(piece)
        for piece, special in pieces
    )


def _json(value: Value) -> Markup:
    return _coloured(dumps(value))


def _pretty(value: Value) -> Markup:
    return _coloured(dumps(value, indent=2))


def _coloured(text: str) -> Markup:
    """JSON text with its keys set apart and its right-to-left texts isolated."""
    isolate = _RIGHT_TO_LEFT.search(text) is not None
    parts: list[str] = []
    at = 0
    for match in _JSON_TEXT.finditer(text):
        parts.append(_escaped(text[at : match.start()]))
        string = _escaped(match.group(1))
        if match.group(2):
            parts.append(f"<b>{string}</b>:")
        else:
            parts.append(f"<bdi>{string}</bdi>" if isolate else string)
        at = match.end()
    parts.append(_escaped(text[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped above


def _pointer(change: Change) -> str:
    return pointer(change.path) or "(root)"


def _sign(change: Change) -> str:
    return SIGNS[change.op]


def _time(instant: Instant | None) -> str:
    if instant is None:
        return "no time"
    text = instant.isoformat()
    return text.replace("T", " ", 1) if instant.has_zone else text.replace("T", " ", 1) + " (no zone)"


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _lines(text: str) -> int:
    """About how many lines a text takes in one of the timeline's columns, in print."""
    return text.count("\n") + len(text) // 40 + 1


def _count(number: int) -> str:
    return f"{number:,}"
