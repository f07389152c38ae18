"""The Neos event store's Doctrine adapter (PHP): stores made from the columns that DoctrineEventStore 2.0 configures,
rows as it inserts them. PHP's packages come from neither PyPI, npm nor Debian, so its own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

STREAM = "ContentStream:0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
TABLES = (
    "CREATE TABLE cr_default_events (sequencenumber {serial}, stream varchar(100) NOT NULL, version {bigint} NOT NULL,"
    " type varchar(100) NOT NULL, payload text NOT NULL, metadata {json} NULL, id char(36) NOT NULL UNIQUE,"
    " causationid varchar(36) NULL, correlationid varchar(36) NULL, recordedat {seconds} NOT NULL,"
    " UNIQUE (stream, version))",
    "CREATE INDEX events_correlation ON cr_default_events (correlationid)",
)


def event(number: int, stream: str, version: int, kind: str, payload: Any, metadata: Any = None, **more: Any) -> Any:
    return {
        "stream": stream,
        "version": version,
        "type": kind,
        "payload": json.dumps(payload),
        "metadata": None if metadata is None else json.dumps(metadata),
        "id": f"00000000-0000-4000-8000-00000000000{number}",
        "recordedat": f"2026-03-01 09:00:0{number}",
        **more,
    }


ROWS = {
    "cr_default_events": [
        event(1, STREAM, 0, "ContentStreamWasCreated", {"contentStreamId": "cs"}),
        event(2, "Workspace:live", 0, "RootWorkspaceWasCreated", {"workspaceName": "live"}, {"initiatingUserId": "zoë"},
              causationid="cause", correlationid="together"),
        event(3, STREAM, 1, "NodePropertiesWereSet", {"n": 9007199254740993, "title": "山田"}),
        event(4, "plain", 0, "SomethingElse", {}),
    ]
}  # fmt: skip


@pytest.fixture(scope="module", params=helpers_php.KINDS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("neos")
    # Doctrine's integer primary key is SQLite's rowid.
    return helpers_php.make(request, request.param, folder, helpers_php.ddl(request.param, TABLES), ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "neos"
        assert "sequencenumber" in store.fit.reasons[0]
        assert store.info().as_json()["events"] == 4


def test_events(target: str) -> None:
    with opened(target) as store:
        # In the order of the column's collation, which differs.
        assert set(aggregates(store)) == {(STREAM, "ContentStream"), ("Workspace:live", "Workspace"), ("plain", None)}
        assert [(each.position, *short(each)) for each in events(store)] == [
            (1, STREAM, 0, "ContentStreamWasCreated", {"contentStreamId": "cs"}),
            (2, "Workspace:live", 0, "RootWorkspaceWasCreated", {"workspaceName": "live"}),
            (3, STREAM, 1, "NodePropertiesWereSet", {"n": 9007199254740993, "title": "山田"}),
            (4, "plain", 0, "SomethingElse", {}),
        ]
        second = store.event("Workspace:live", 0)
        assert second.event_id == "00000000-0000-4000-8000-000000000002"
        assert second.metadata == {
            "initiatingUserId": "zoë", "causationid": "cause", "correlationid": "together",
        }  # fmt: skip
        assert store.event(STREAM, 0).metadata is None


def test_trap_versions_begin_with_zero(target: str) -> None:
    """The first event of a stream has version 0."""
    with opened(target) as store:
        assert [each.version for each in events(store, STREAM)] == [0, 1]


def test_trap_lower_case_names_run_together(target: str) -> None:
    """Columns are called sequencenumber, recordedat and so on; metadata may be null."""
    with opened(target) as store:
        assert store.event(STREAM, 1).position == 3
        assert store.event("plain", 0).metadata is None


def test_trap_time_in_whole_seconds_without_a_zone(target: str) -> None:
    """recordedat is PHP's wall clock in whole seconds; no zone is made up for it."""
    with opened(target) as store:
        assert time_of(store.event(STREAM, 1)) == "2026-03-01T09:00:03"
        assert any("zone" in warning for warning in store.warnings)
