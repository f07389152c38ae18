"""An audit's replay, which is told only of states that matter, finds what one finds that is told of every change."""

from __future__ import annotations

from typing import Any

import pytest
from helpers_replay import event, rules
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.audit.checks.after_deletion import AfterDeletion
from esviewer.audit.checks.event_type_unknown import EventTypeUnknown
from esviewer.audit.checks.invariant import Invariant, Rule
from esviewer.audit.checks.reducer_failed import ReducerFailed
from esviewer.audit.finding import Finding
from esviewer.audit.walk import Walk
from esviewer.model.batch import StoreBatch, batch_of
from esviewer.model.event import Event, Snapshot
from esviewer.replay.fold import Folding

RULES = """
initial = { n = START, b = 0 }

[[on]]
event = "Add"
increment = { n = "data.a" }
set = { last = "data.b" }

[[on]]
event = "When"
when = "data.a > 0"
set = { n = "data.b" }

[[on]]
event = "List"
append = { list = "data.a" }
increment = { b = "data.a" }

[[on]]
event = "Nothing"

[[on]]
event = "Ends"
delete = true
"""
INVARIANTS = (Rule("state.n >= 0"), Rule("state.b != 2 and state.n < 5"), Rule("false", aggregate_type="other"))
TYPES = ("Add", "Add", "When", "When", "List", "Nothing", "Ends", "Unknown")
VALUES = st.integers(-3, 3) | st.none() | st.just("text") | st.just([1]) | st.just(2.5)
DATA = st.fixed_dictionaries({"a": VALUES, "b": VALUES}) | st.just([]) | st.none()
STORY = st.lists(st.tuples(st.sampled_from(TYPES), DATA), max_size=14)


def batch(events: list[Event]) -> StoreBatch:
    columns = {
        "microseconds": [each.version for each in events],
        "position": [each.version for each in events],
        "metadata": [None] * len(events),
    }
    return StoreBatch(batch_of(events), [(0, "a", "kind")], columns.__getitem__)


def found(story: list[tuple[str, Any]], start: int, cut: int, snapshot: int) -> list[Finding]:
    reducer = rules(RULES.replace("START", str(start)))
    events = [event(number, *each) for number, each in enumerate(story, 1)]
    checks = [*map(Invariant, INVARIANTS), AfterDeletion(), EventTypeUnknown(), ReducerFailed()]
    kept = {"a": [Snapshot("a", snapshot, None, {"n": snapshot - 3, "b": 0})]}
    walk = Walk([], checks, lambda _: reducer, lambda _: kept)
    findings: list[Finding] = []
    for part in (events[:cut], events[cut:]):
        if part:
            findings += walk.feed(batch(part))
    findings += walk.finish()
    for check in checks:
        findings += check.finish()
    return findings


def told_of_all(folding: Folding, events: Any, on_event: Any, telling: Any, *, work: Any = None) -> None:
    del telling
    folding.feed(events, work=work, on_event=on_event)


@given(STORY, st.sampled_from([-1, 0, 0]), st.integers(0, 14), st.integers(1, 14))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_told_suffices(story: list[tuple[str, Any]], start: int, cut: int, snapshot: int):
    findings = found(story, start, cut, snapshot)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Folding, "feed_watched", told_of_all)
        assert findings == found(story, start, cut, snapshot)


def test_stretches_are_told_with_both_ends():
    story = [("Add", {"a": amount, "b": 1}) for amount in (2, 1, -4, 1, 3, -9)]
    told = [
        (each.version, each.evidence["held_again_at_version"])
        for each in found(story, -1, 3, 14)
        if each.check == "invariant"
    ]
    assert told == [(3, 5), (6, None)]
