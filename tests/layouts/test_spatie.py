"""Spatie's laravel-event-sourcing: stores made from the columns that its migrations (7.9) document, rows as its
repository writes them. PHP's packages come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, make_sqlite, opened, short, time_of

ACCOUNT = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
OTHER = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e02"
MONEY = "App\\Domain\\Account\\Events\\MoneyAdded"

TABLES = (
    "CREATE TABLE stored_events (id {serial}, aggregate_uuid {uuid} NULL, aggregate_version {bigint} NULL,"
    " event_version smallint NOT NULL DEFAULT 1, event_class varchar(255) NOT NULL,"
    " event_properties {jsonb} NOT NULL, meta_data {jsonb} NOT NULL, created_at {seconds} NOT NULL)",
    "CREATE INDEX stored_events_class ON stored_events (event_class)",
    "CREATE INDEX stored_events_uuid ON stored_events (aggregate_uuid)",
    "CREATE UNIQUE INDEX stored_events_version ON stored_events (aggregate_uuid, aggregate_version)",
    "CREATE TABLE snapshots (id {serial}, aggregate_uuid {uuid} NOT NULL, aggregate_version {bigint} NOT NULL,"
    " state {jsonb} NOT NULL, created_at {seconds} NULL, updated_at {seconds} NULL)",
)


def event(
    number: int, uuid: str | None, version: int | None, kind: str, data: Any, event_version: int = 1
) -> dict[str, Any]:
    meta: dict[str, Any] = {"created-at": f"2026-03-01 09:00:{number:02d}", "stored-event-id": number, "user_id": 7}
    if uuid is not None:
        meta |= {"aggregate-root-uuid": uuid, "aggregate-root-version": version}
    return {
        "id": number,
        "aggregate_uuid": uuid,
        "aggregate_version": version,
        "event_version": event_version,
        "event_class": kind,
        "event_properties": json.dumps(data),
        "meta_data": json.dumps(meta),
        "created_at": f"2026-03-01 09:00:{number:02d}",
    }


def snapshot(version: int, state: str, created_at: str) -> dict[str, Any]:
    return {"aggregate_uuid": ACCOUNT, "aggregate_version": version, "state": state, "created_at": created_at}


ROWS = {
    "stored_events": [
        event(1, ACCOUNT, 1, "account_created", {"name": "山田", "userId": 9007199254740993}),
        event(2, None, None, "App\\Events\\NewsletterSent", {"to": ["a@b.c"]}),
        event(3, OTHER, 1, "account_created", {"name": "Ada", "userId": 2}),
        event(4, ACCOUNT, 2, MONEY, {"amount": 100}, 2),
        event(5, None, None, "App\\Events\\NewsletterSent", {"to": []}),
        event(6, ACCOUNT, 3, MONEY, {"amount": 50}, 2),
    ],
    "snapshots": [
        snapshot(1, '{"balance": 0}', "2026-03-01 09:00:02"),
        snapshot(2, '{"balance": 99}', "2026-03-01 09:00:04"),
        snapshot(2, '{"balance": 100}', "2026-03-01 09:00:05"),
    ],
}


@pytest.fixture(scope="module", params=helpers_php.KINDS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    kind: str = request.param
    # Laravel's timestamps are MySQL's type of that name.
    more = {"seconds": "timestamp"} if kind == "mariadb" else {}
    return helpers_php.make(
        request, kind, tmp_path_factory.mktemp("spatie"), helpers_php.ddl(kind, TABLES, **more), ROWS
    )


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "spatie"
        assert "event_class" in store.fit.reasons[0]
        info = store.info().as_json()
        assert (info["events"], info["aggregates"], info["snapshots"]) == (6, 3, 3)
        assert info["event_types"] == {"account_created": 2, MONEY: 2, "App\\Events\\NewsletterSent": 2}


def test_aggregates_and_events(target: str) -> None:
    with opened(target) as store:
        assert aggregates(store) == [("(no aggregate)", None), (ACCOUNT, None), (OTHER, None)]
        assert [each.position for each in events(store)] == [1, 2, 3, 4, 5, 6]
        assert [short(each) for each in events(store, ACCOUNT)] == [
            (ACCOUNT, 1, "account_created", {"name": "山田", "userId": 9007199254740993}),
            (ACCOUNT, 2, MONEY, {"amount": 100}),
            (ACCOUNT, 3, MONEY, {"amount": 50}),
        ]
        last = events(store, ACCOUNT)[-1]
        assert (last.position, last.event_id, last.schema_version) == (6, None, 2)
        assert last.metadata == {
            "created-at": "2026-03-01 09:00:06",
            "stored-event-id": 6,
            "user_id": 7,
            "aggregate-root-uuid": ACCOUNT,
            "aggregate-root-version": 3,
        }


def test_snapshot(target: str) -> None:
    with opened(target) as store:
        snapshot = store.snapshot(ACCOUNT)
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (2, {"balance": 100})
        assert store.snapshot(OTHER) is None


def test_trap_many_snapshots_of_which_the_newest_counts(target: str) -> None:
    """Snapshots are only ever added, also for a version that has one; an older version's stays of use."""
    with opened(target) as store:
        older = store.snapshot(ACCOUNT, at_or_before=1)
        newest = store.snapshot(ACCOUNT, at_or_before=2)
        assert older is not None
        assert newest is not None
        assert (older.state, newest.state) == ({"balance": 0}, {"balance": 100})


def test_trap_null_aggregate(target: str) -> None:
    """Events that no aggregate recorded have NULL for uuid and version; none of them may be left out."""
    with opened(target) as store:
        assert [short(each) for each in events(store, "(no aggregate)")] == [
            ("(no aggregate)", 2, "App\\Events\\NewsletterSent", {"to": ["a@b.c"]}),
            ("(no aggregate)", 5, "App\\Events\\NewsletterSent", {"to": []}),
        ]


def test_trap_php_class_names_keep_their_backslashes(target: str) -> None:
    """A type is a PHP class with backslashes, or the alias that the application gave it."""
    with opened(target) as store:
        assert store.event(ACCOUNT, 2).type == "App\\Domain\\Account\\Events\\MoneyAdded"
        assert store.event(ACCOUNT, 1).type == "account_created"


def test_trap_naive_time_in_the_applications_zone(target: str) -> None:
    """created_at is the application's wall clock in whole seconds: no zone may be made up for it.

    MySQL's TIMESTAMP is an instant by itself: the test server's sessions are in Tokyo, so that 9 is midnight in UTC.
    """
    with opened(target) as store:
        if target.startswith("mysql"):
            assert time_of(store.event(ACCOUNT, 1)) == "2026-03-01T00:00:01Z"
        else:
            assert time_of(store.event(ACCOUNT, 1)) == "2026-03-01T09:00:01"
            assert any("zone" in warning for warning in store.warnings)


def test_trap_same_table_name_as_the_eventsourcing_library(tmp_path: Path) -> None:
    """stored_events is also the Python library's table; the columns tell them apart."""
    theirs = (
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB,"
        " PRIMARY KEY (originator_id, originator_version))"
    )
    with opened(make_sqlite(tmp_path / "python.sqlite", [theirs], {})) as store:
        assert store.fit.layout.name == "eventsourcing"


@pytest.mark.parametrize("numbered", [True, False])
def test_trap_older_releases_lack_version_columns(tmp_path: Path, numbered: bool) -> None:
    """Before 5 there is no event_version, before 4.10 no aggregate_version: ids give the order and the number then."""
    dropped = {"event_version"} if numbered else {"aggregate_version", "event_version"}
    table = helpers_php.ddl("sqlite", TABLES)[0].replace(" event_version smallint NOT NULL DEFAULT 1,", "")
    if not numbered:
        table = table.replace(" aggregate_version bigint NULL,", "")
    rows = [{key: value for key, value in row.items() if key not in dropped} for row in ROWS["stored_events"]]
    with opened(make_sqlite(tmp_path / "old.sqlite", [table], {"stored_events": rows})) as store:
        assert store.fit.layout.name == ("spatie" if numbered else "spatie-unversioned")
        assert [(each.version, each.position) for each in events(store, ACCOUNT)] == [(1, 1), (2, 4), (3, 6)]
        loose = [(2, 2), (5, 5)] if numbered else [(1, 2), (2, 5)]
        assert [(each.version, each.position) for each in events(store, "(no aggregate)")] == loose
        assert store.event(ACCOUNT, 3).schema_version is None


def test_native_uuid_on_mariadb(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Newer releases of Laravel use MariaDB's own type uuid."""
    ddl = helpers_php.ddl("mariadb", TABLES, uuid="uuid")
    with opened(helpers_php.make(request, "mariadb", tmp_path, ddl, ROWS)) as store:
        assert aggregates(store) == [("(no aggregate)", None), (ACCOUNT, None), (OTHER, None)]
        assert [each.version for each in events(store, ACCOUNT)] == [1, 2, 3]
        snapshot = store.snapshot(ACCOUNT)
        assert snapshot is not None
        assert snapshot.version == 2


def test_trap_json_is_longtext_on_mariadb(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """MariaDB's json is longtext: the payload arrives as text and its numbers stay exact."""
    target = helpers_php.make(request, "mariadb", tmp_path, helpers_php.ddl("mariadb", TABLES), ROWS)
    with opened(target) as store:
        assert store.event(ACCOUNT, 1).data == {"name": "山田", "userId": 9007199254740993}
