"""The report as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.model.exactjson import dumps
from esviewer.model.visible import visible
from esviewer.report.model import AggregateReport


def render_json(report: AggregateReport) -> str:
    """The report as JSON text (RFC 8259), with exact numbers; keys as in `AggregateReport.as_json`."""
    return "".join(json_pieces(report))


def json_pieces(report: AggregateReport) -> Iterator[str]:
    """The same piece by piece; one line for each event of the timeline.

    Characters that could deceive a reader, lone surrogates too, are JSON escapes: no value changes by that.
    """
    yield visible(dumps(report.head_as_json(), indent=2).removesuffix("\n}"))
    yield ',\n  "timeline": ['
    before = "\n    "
    for step in report.steps:
        yield before + visible(dumps(step.as_json()))
        before = ",\n    "
    yield "\n  ]\n}\n"
