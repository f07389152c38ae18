"""Another zone between two runs, and a clock that goes back while new events are looked for."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from helpers_log import many, write_sqlite

from esviewer.app.session import open_session
from esviewer.app.tail import AggregateTail, StoreTail

ZONES = ("Asia/Tokyo", "America/St_Johns")


def run(zone: str, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", *map(str, words)],
        env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_another_zone_changes_no_answer(tmp_path: Path) -> None:
    store = write_sqlite(tmp_path / "s.db", many(60))
    seal = tmp_path / "s.seal"
    run(ZONES[0], "seal", store, seal)
    states = set()
    for zone in ZONES:
        states.add(run(zone, "state", store, "order-00000", "--as-of", "2026-01-01T00:05:00Z", "--json"))
        assert json.loads(run(zone, "verify", store, seal, "--json"))["verified"] is True
    assert len(states) == 1


def test_a_clock_that_goes_back_hides_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = write_sqlite(tmp_path / "s.db", many(20))
    real, back = time.time, iter(range(0, 10**9, 3600))
    with closing(open_session(str(store))) as session:
        tails = (StoreTail(session.store), AggregateTail(session.store, "order-00000"))
        assert [list(each.look()) for each in tails] == [[], []]
        # Both the machine's clock and the writer's go back by an hour with each look at them.
        monkeypatch.setattr(time, "time", lambda: real() - next(back))
        monkeypatch.setattr(time, "time_ns", lambda: int(time.time() * 1e9))
        for number in range(1, 6):
            with closing(sqlite3.connect(store)) as connection, connection:
                connection.execute(
                    "INSERT INTO events (id, aggregate_id, event_type, event_data, version, timestamp) "
                    "VALUES (?, 'order-00000', 'Came', '{}', ?, ?)",
                    (100 + number, 50 + number, f"20{26 - number}-01-01T00:00:00Z"),
                )
            assert [[each.version for each in tail.look()] for tail in tails] == [[50 + number]] * 2
