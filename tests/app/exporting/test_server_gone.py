"""A server that goes away in the midst of an export, and comes back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_exported import exported
from helpers_postgres import Database, PostgresServer

from esviewer.app.exporting import run as running
from esviewer.app.exporting.run import Interrupted
from esviewer.app.session import open_session
from esviewer.errors import StoreError

EVENTS = 6_000


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_what_was_read_before_is_kept(
    form: str,
    postgres: Database,
    postgres_server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    postgres.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id bigint PRIMARY KEY, aggregate_id text, event_type text, event_data json,"
        " version bigint, timestamp timestamptz, UNIQUE (aggregate_id, version))",
        "INSERT INTO events SELECT i, 'a' || i % 7, 'Made', json_build_object('n', i), i / 7, now()"
        f" FROM generate_series(1, {EVENTS}) i",
    )
    monkeypatch.setattr(running, "_TEXT_BATCH", 50)
    monkeypatch.setattr("esviewer.app.exporting.parquet.ROWS", 50)
    session = open_session(postgres.url)
    told = Interrupted()
    kept = running.Selecting._kept

    def stopping(self: Any, events: Iterator[Any]) -> Iterator[Any]:
        for number, event in enumerate(kept(self, events)):
            if number == 1000:
                postgres_server.stop()
            yield event

    try:
        with monkeypatch.context() as patched:
            patched.setattr(running.Selecting, "_kept", stopping)
            with pytest.raises(StoreError):
                exported(session, form, tmp_path, interrupted=told)
    finally:
        session.close()
        postgres_server.start()
    assert 900 < told.events < EVENTS
    again = open_session(postgres.url)
    try:
        path, done = exported(again, form, tmp_path, resume=True)
        assert (done.went_on_after, done.events) == (told.events, EVENTS)
        if form == "jsonl":
            numbers = [json.loads(line)["position"] for line in path.read_text().splitlines()]
            assert numbers == list(range(1, EVENTS + 1))
    finally:
        again.close()
