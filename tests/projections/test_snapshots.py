"""Snapshots shorten long states where they are what replay makes, and only there."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers_projections import Row, run, tables, write_store

from esviewer.projections import shortened

RULES = """
initial = { sum = 0, seen = {} }
[[on]]
event = "Added"
increment = { sum = "data.n", "seen[data.k]" = "1" }
"""
FILE = """
[[projection]]
name = "sums"
reducer = "r.toml"
[projection.columns]
sum = "state.sum"
seen = "state.seen"
[[projection]]
name = "large"
reducer = "r.toml"
where = "state.sum > 100"
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of which some aggregates are long, with a snapshot of each at some version."""
    monkeypatch.setattr(shortened, "LONG", 20)
    rows: list[Row] = []
    states: dict[str, Any] = {}
    snapshots = []
    for step in range(60):
        for number in range(8):
            if number > 5 and step > 5:
                continue
            aggregate_id = f"a-{number}"
            data = {"n": step * number % 7, "k": f"k{(step + number) % 3}"}
            rows.append((aggregate_id, "Added", f"2026-01-01T00:{step:02}:{number:02}Z", data, None))
            state = states.setdefault(aggregate_id, {"sum": 0, "seen": {}})
            state["sum"] += data["n"]
            state["seen"][data["k"]] = state["seen"].get(data["k"], 0) + 1
            if step % 25 == 24 and number != 3:
                snapshots.append((aggregate_id, json.dumps(state), step + 1))
    write_store(tmp_path / "s.db", rows)
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        connection.execute("CREATE TABLE snapshots (aggregate_id TEXT, state TEXT, version INTEGER, timestamp TEXT)")
        connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, '2026-01-01T00:00:00Z')", snapshots)
        connection.commit()
    (tmp_path / "r.toml").write_text(RULES)
    (tmp_path / "p.toml").write_text(FILE)
    return tmp_path


def test_the_tables_are_the_same_with_and_without(made: Path):
    without = run(made / "p.toml", made / "s.db", made / "without.duckdb", use_snapshots=False)
    done = run(made / "p.toml", made / "s.db", made / "with.duckdb")
    assert tables(made / "with.duckdb") == tables(made / "without.duckdb")
    assert done.facts["snapshots"] == {"used": True, "why_not": None, "checked": 5, "aggregates": 5}
    assert without.facts["snapshots"]["used"] is False
    # 50 of 60 events are spared in five aggregates, but for the one that the snapshot is of.
    assert without.facts["events_read"] - done.facts["events_read"] == 5 * 49


def test_where_one_differs_none_is_used(made: Path):
    with closing(sqlite3.connect(made / "s.db")) as connection:
        connection.execute("UPDATE snapshots SET state = '{\"sum\": 1}' WHERE aggregate_id = 'a-2' AND version = 50")
        connection.commit()
    done = run(made / "p.toml", made / "s.db", made / "with.duckdb")
    assert done.facts["snapshots"]["used"] is False
    assert "a-2 at version 50 differs from replay" in done.facts["snapshots"]["why_not"]
    run(made / "p.toml", made / "s.db", made / "without.duckdb", use_snapshots=False)
    assert tables(made / "with.duckdb") == tables(made / "without.duckdb")


def test_what_needs_all_events_uses_none(made: Path):
    (made / "p.toml").write_text(FILE + '[[projection]]\nname = "log"\nkind = "log"\n')
    done = run(made / "p.toml", made / "s.db", made / "o.duckdb")
    assert done.facts["snapshots"]["why_not"] == "all events have to be seen"
