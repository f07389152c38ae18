"""`esviewer trace` and `esviewer flow` on the demo store."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def received(demo: Path) -> tuple[str, int, str, str, int]:
    """Where money first arrived: its place and event id, and the place that it came from."""
    connection = sqlite3.connect(demo)
    row = connection.execute(
        "SELECT b.aggregate_id, b.version, b.event_id, a.aggregate_id, a.version FROM events b JOIN events a"
        " ON a.event_id = b.metadata ->> 'causation_id' WHERE b.event_type = 'TransferReceived' ORDER BY b.id LIMIT 1"
    ).fetchone()
    connection.close()
    return row  # type: ignore[no-any-return]


def test_trace(run, demo: Path) -> None:
    receiver, version, event_id, sender, sent = received(demo)
    found = run("trace", demo, event_id, "--json")

    assert found.code == 0
    first, second = found.lines
    assert list(second) == [
        "position", "aggregate_id", "aggregate_type", "version", "event_id", "type", "timestamp", "correlation_id",
        "causation_id", "status", "cause", "depth", "latency_seconds",
    ]  # fmt: skip
    told = first["type"], first["status"], first["depth"], first["latency_seconds"]
    assert told == ("TransferSent", "root", 0, None)
    assert (second["aggregate_id"], second["version"], second["event_id"]) == (receiver, version, event_id)
    assert second["cause"] == {"aggregate_id": sender, "version": sent}
    assert (second["status"], second["depth"], second["latency_seconds"]) == ("effect", 1, 2)

    by_place = run("trace", demo, f"{receiver}@{version}", "--json")
    assert by_place.out == found.out
    text = run("trace", demo, event_id)
    assert text.out.startswith(f"{sender} v{sent} TransferSent · ")
    assert f"\n└─ * {receiver} v{version} TransferReceived · +2 s · " in text.out


def test_trace_says_what_it_did_not_search(run, demo: Path) -> None:
    near = run("trace", demo, "order-00042@3", "--within", "50", "--json")
    assert "were searched" in near.err
    cut = run("trace", demo, "order-00042@3", "--limit", "3", "--json")
    assert len(cut.lines) == 3
    assert "there are more than these 3 events" in cut.err


def test_trace_of_nothing(run, demo: Path) -> None:
    nobody = run("trace", demo, "nobody")
    assert (nobody.code, nobody.out) == (4, "")
    assert "There is no event nobody." in nobody.err
    assert run("trace", demo, "order-00042@99").code == 4
    assert run("trace", demo).code == 2


def test_flow(run, demo: Path) -> None:
    found = run("flow", demo, "--type", "order", "--json")

    assert found.code == 0
    assert list(found.lines[0]) == [
        "aggregate_type", "from", "to", "count", "aggregates", "share", "median_seconds", "p95_seconds", "exact",
    ]  # fmt: skip
    assert {line["aggregate_type"] for line in found.lines} == {"order"}
    begins = next(line for line in found.lines if line["from"] is None)
    assert (begins["to"], begins["count"], begins["share"], begins["median_seconds"]) == ("OrderPlaced", 750, 1.0, None)
    assert sum(line["count"] for line in found.lines if line["to"] is None) == 750
    text = run("flow", demo, "--type", "order")
    assert text.out.splitlines()[0].split("\t")[:3] == ["aggregate type", "from", "to"]
    assert "\t(begins)\tOrderPlaced\t750\t750\t100.0%\t" in text.out
    nothing = run("flow", demo, "--type", "nope")
    assert nothing.code == 0
    assert "there are no aggregates of a type like nope" in nothing.err
