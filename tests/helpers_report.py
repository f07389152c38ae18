"""Audit reports to render: one whose every text may be hostile."""

from esviewer.model.change import Change
from esviewer.model.event import Event
from esviewer.model.instant import parse
from esviewer.model.rebuilt import Rebuilt, RebuiltState, Skipped
from esviewer.model.values import MISSING, Number
from esviewer.report.model import AggregateReport, Asked, SnapshotFacts, Step, StoreFacts

EXACT = {"big": 9007199254740993, "huge": 2**70, "price": Number("1.10"), "tiny": Number("1e-400")}
"""Numbers that floats would change."""


def report_of(text: str) -> AggregateReport:
    """A report of three events (applied, skipped, undecodable) with `text` in every place a stranger can fill."""
    payload = {text: text, "inside": [text, {"k" + text: text}], **EXACT}
    first = Event(
        text, text, text, 1, text, text, text, parse("2026-11-22T14:34:00.5+09:00"), payload, {"actor": text, text: 1}
    )
    second = Event(2, text, text, 2, None, text, 1, parse("2026-11-22T05:35:00"), [text], {"user": {"id": text}})
    third = Event(
        3,
        text,
        text,
        4,
        None,
        text,
        None,
        None,
        None,
        None,
        error="not JSON: " + text,
        raw=text.encode("utf-8", "surrogatepass"),
    )
    steps = [
        Step(first, [Change((text,), MISSING, payload), Change(("a", text, 0), text, None)]),
        Step(second, [], "no rule for " + text),
        Step(third, [], "not JSON: " + text),
    ]
    skipped = (Skipped(2, "no rule for " + text), Skipped(4, "not JSON: " + text))
    return AggregateReport(
        Asked(text),
        StoreFacts(text, text, text, text, text),
        "0.1.0",
        parse("2026-11-23T09:00:00+09:00"),
        {},
        steps,
        RebuiltState(text, text, 4, None, payload, Rebuilt(text, "sha256:" + "0" * 64, True, None, 1, skipped)),
        [SnapshotFacts(1, "agrees"), SnapshotFacts(2, "differs"), SnapshotFacts(4, "unreadable")],
        [text],
    )
