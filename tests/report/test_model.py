"""What a report counts, doubts and lets be checked."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jsonpatch
from helpers_report import report_of
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.actor import actor_of
from esviewer.model.batch import batch_of
from esviewer.model.exactjson import loads
from esviewer.model.instant import parse
from esviewer.model.rebuilt import Rebuilt
from esviewer.model.values import same
from esviewer.replay.history import build_history
from esviewer.replay.merge import MergeReducer
from esviewer.report.as_json import render_json
from esviewer.report.document import Column, Kind, in_numbers
from esviewer.report.model import AggregateReport, Counts, Step


def test_counts() -> None:
    expected = Counts(events=3, applied=1, skipped=2, snapshots=3, first_position="x", last_position=3)
    assert report_of("x").counts == expected


def test_warnings() -> None:
    assert report_of("x").warnings == [
        "x",
        "The reducer “x” only infers the state from the payloads; it does not know the rules of the domain.",
        "2 events were skipped; the states after that may lack what they would have changed.",
        "The replay disagrees with the stored snapshot at version 2.",
        "The stored snapshot at version 4 can't be read.",
        "1 event was recorded without a time: version 4.",
        "1 event was recorded without a time zone; their times are shown as stored.",
    ]


def test_no_doubts_about_a_clean_history() -> None:
    report = report_of("x")
    rebuilt = Rebuilt("carts", "sha256:00", False, None, 1, ())

    assert (
        replace(
            report, steps=report.steps[:1], snapshots=(), remarks=(), end=replace(report.end, rebuilt=rebuilt)
        ).warnings
        == []
    )


def _at(*times: str) -> AggregateReport:
    report = report_of("x")
    event = report.steps[0].event
    steps = [Step(replace(event, version=version, timestamp=parse(time)), []) for version, time in enumerate(times)]
    return replace(report, steps=steps)


def test_time_that_runs_backwards_is_told_by_the_moment_and_not_the_clock() -> None:
    backwards = "Time runs backwards at version 2, 3: an earlier version has a later time."

    assert backwards in _at("2026-01-01T10:00Z", "2026-01-03T00:00Z", "2026-01-02T00:00Z", "2026-01-02T12:00Z").warnings
    assert not any("backwards" in text for text in _at("2026-01-01T10:00+09:00", "2026-01-01T02:00Z").warnings)


def test_many_versions_are_cut_short() -> None:
    times = ["2026-01-02T00:00Z"] + ["2026-01-01T00:00Z"] * 12

    assert any("version 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more" in text for text in _at(*times).warnings)


def test_the_digest_is_of_the_state_as_canonical_json() -> None:
    report = report_of("x")
    state = replace(report.end, state={"b": [1, 2], "a": "é"})

    assert (
        replace(report, end=state).state_digest
        == "sha256:" + hashlib.sha256('{"a":"é","b":[1,2]}'.encode()).hexdigest()
    )


def test_json_has_the_documented_keys_and_exact_numbers() -> None:
    text = render_json(report_of("x"))
    data = json.loads(text, parse_float=Decimal)

    assert list(data) == [
        "form",
        "form_version",
        "tool",
        "made",
        "asked",
        "store",
        "counts",
        "warnings",
        "aggregate_id",
        "aggregate_type",
        "version",
        "timestamp",
        "state",
        "rebuilt",
        "state_digest",
        "initial_state",
        "snapshots",
        "skipped",
        "timeline",
    ]
    assert (data["form"], data["form_version"]) == ("esviewer.aggregate-report", 1)
    assert data["made"] == "2026-11-23T09:00:00+09:00"
    assert data["asked"] == {"aggregate_id": "x", "version": None, "as_of": None}
    assert data["counts"] == {
        "events": 3, "applied": 1, "skipped": 2, "snapshots": 3, "first_position": "x", "last_position": 3
    }  # fmt: skip
    assert data["state"]["big"] == 9007199254740993
    assert data["state"]["huge"] == 2**70
    assert str(data["state"]["price"]) == "1.10"
    assert data["state"]["tiny"] == Decimal("1e-400")
    assert '"price": 1.10' in text
    assert data["skipped"][0] == {"version": 2, "type": "x", "reason": "no rule for x"}
    first, second, third = data["timeline"]
    assert (first["actor"], second["actor"], third["actor"]) == ("x", "x", None)
    assert [change["op"] for change in first["changes"]] == ["add", "replace"]
    assert (third["error"], third["raw"]) == ("not JSON: x", "eA==")
    assert "data" not in third


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=12))
def test_json_keeps_every_text(text: str) -> None:
    report = report_of(text)
    rendered = render_json(report)

    rendered.encode()
    read: Any = loads(rendered)
    # Two lone surrogates that happen to make a pair are that pair once read: JSON can't tell them apart.
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert read["aggregate_id"] == paired
    assert read["timeline"][1]["data"] == [paired]
    if paired == text:
        assert same(read["state"], report.end.state)


def test_actors() -> None:
    assert actor_of({"actor": "alice", "user": "bob"}) == "alice"
    assert actor_of({"User-ID": 7}) == "7"
    assert actor_of({"user_id": "u1"}) == actor_of({"userId": "u1"}) == "u1"
    assert actor_of({"user": {"name": "Bob", "id": 9}}) == "9"
    assert actor_of({"user": {"roles": ["admin"]}, "principal": "svc"}) == "svc"
    for metadata in (
        None,
        "alice",
        [],
        {},
        {"actor": None},
        {"actor": ""},
        {"actor": True},
        {"users": "x"},
        {"actor": ["a"]},
    ):
        assert actor_of(metadata) is None


def test_an_auditor_can_check_the_state_without_this_program() -> None:
    payloads: list[dict[str, Any]] = [
        {"name": "山田", "tags": ["a", "b", {"x": 1}], "address": {"city": "Basel"}},
        {"tags": ["b", {"x": 2}, "c"], "a/b~c": None, "balance": 9007199254740993},
        {"address": {"city": "Tōkyō", "zip": "100"}, "name": "<b>"},
    ]
    report = report_of("x")
    events = [replace(report.steps[0].event, version=version, data=data) for version, data in enumerate(payloads)]
    history = build_history(MergeReducer(), [batch_of(events)])
    end = replace(report.end, version=2, state=history.state_at(2), rebuilt=history.rebuilt_at(2))
    steps = [Step(event, history.changes(event.version)) for event in events]
    text = render_json(replace(report, initial=history.reducer.initial(), steps=steps, end=end))

    read = json.loads(text)
    state = read["initial_state"]
    for step in read["timeline"]:
        for change in step["changes"]:
            operation = {"op": change["op"], "path": change["path"], "value": change.get("new")}
            state = jsonpatch.apply_patch(state, [operation])
    written = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    assert state == read["state"]
    assert "sha256:" + hashlib.sha256(written).hexdigest() == read["state_digest"]


def test_positions_are_numbers_where_all_of_them_are() -> None:
    columns = (Column("position", "Position"), Column("id", "Id"))
    for rows, expected in (
        ([(1, "1"), (None, 2)], Kind.INTEGER),
        ([(1, "1"), ("x", "2")], Kind.TEXT),
        ([(True, "1")], Kind.TEXT),
    ):
        found = in_numbers(columns, rows, ("position",))
        assert [column.kind for column in found] == [expected, Kind.TEXT]
