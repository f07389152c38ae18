"""Polecat, which needs SQL Server: its documented columns in SQLite, since there is no SQL Server here.

Facts: JasperFx/polecat. What is tried is which columns are read and what they mean, not the SQL for SQL Server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_sqlite, opened, time_of

from esviewer.stores.layouts.layout import all_layouts
from esviewer.stores.store import Store

ONE, TWO = "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e01", "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e02"
TABLES = [
    "CREATE TABLE pc_streams (id char(36) NOT NULL, type varchar(250), version bigint NOT NULL, timestamp"
    " datetimeoffset NOT NULL, created datetimeoffset NOT NULL, tenant_id varchar(250) NOT NULL, is_archived bit NOT"
    " NULL, PRIMARY KEY (tenant_id, id))",
    "CREATE TABLE pc_events (seq_id bigint NOT NULL PRIMARY KEY, id char(36) NOT NULL, stream_id char(36) NOT NULL,"
    " version bigint NOT NULL, data json NOT NULL, bdata varbinary, type varchar(500) NOT NULL, timestamp"
    " datetimeoffset NOT NULL, tenant_id varchar(250) NOT NULL, dotnet_type varchar(500), headers json,"
    " is_archived bit NOT NULL)",
    "CREATE UNIQUE INDEX by_stream ON pc_events (tenant_id, stream_id, version)",
]


def event(seq: int, stream: str, version: int, data: Any, tenant: str = "*DEFAULT*", **more: Any) -> dict[str, Any]:
    return {
        "seq_id": seq,
        "id": f"00000000-0000-4000-8000-{seq:012}",
        "stream_id": stream,
        "version": version,
        "data": json.dumps(data),
        "type": "order_placed",
        "timestamp": f"2026-03-01 10:00:0{seq}.1234567 +01:00",
        "tenant_id": tenant,
        "dotnet_type": "Shop.OrderPlaced, Shop",
        "is_archived": 0,
        **more,
    }


def stream(ident: str, kind: str | None, tenant: str = "*DEFAULT*", archived: int = 0) -> dict[str, Any]:
    time = "2026-03-01 10:00:00 +00:00"
    about = {"id": ident, "type": kind, "version": 1, "timestamp": time, "created": time}
    return {**about, "tenant_id": tenant, "is_archived": archived}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    rows = {
        "pc_streams": [stream(ONE, "order"), stream(TWO, None, archived=1)],
        "pc_events": [
            event(1, ONE, 1, {"total": 1.5}, headers='{"by": "ann"}'),
            event(2, TWO, 1, {"total": 2}, is_archived=1),
            event(4, ONE, 2, {}, bdata=b"\x01\x02"),
        ],
    }
    with opened(make_sqlite(tmp_path / "polecat.sqlite", TABLES, rows)) as store:
        yield store


def test_every_part_of_an_event(store: Store) -> None:
    assert store.layout.name == "polecat"
    assert any("pc_events" in reason for reason in store.fit.reasons)
    assert aggregates(store) == [(ONE, "order"), (TWO, None)]
    first = store.event(ONE, 1)
    assert (first.position, first.type, first.data) == (1, "order_placed", {"total": 1.5})
    assert isinstance(first.metadata, dict)
    assert (first.metadata["by"], first.metadata["dotnet_type"]) == ("ann", "Shop.OrderPlaced, Shop")
    assert time_of(first) == "2026-03-01T10:00:01.123456700+01:00"
    assert [each.position for each in events(store)] == [1, 2, 4]


def test_trap_archived_streams(store: Store) -> None:
    """Archiving flips a flag on a stream and its events; both stay to be seen."""
    assert {each.aggregate_id: each.status for each in store.aggregate_ids()} == {ONE: None, TWO: "archived"}


def test_trap_binary_payloads(store: Store) -> None:
    """Where bdata is not null the event is binary: an error, not an empty event."""
    binary = store.event(ONE, 2)
    assert binary.error is not None
    assert binary.raw == b"0x0102"


def test_trap_tenants_repeat_ids(tmp_path: Path) -> None:
    """With tenants in one table a stream's id is unique within its tenant only."""
    rows = {
        "pc_streams": [stream(ONE, "order", tenant) for tenant in ("red", "blue")],
        "pc_events": [event(seq, ONE, 1, {"of": of}, of) for seq, of in ((1, "red"), (2, "blue"))],
    }
    target = make_sqlite(tmp_path / "tenants.sqlite", TABLES, rows)
    with opened(target) as store:
        assert sorted(dict(aggregates(store))) == [f"blue/{ONE}", f"red/{ONE}"]
    with opened(target, tenant="red") as store:
        assert [each.data for each in events(store)] == [{"of": "red"}]


def test_its_database_is_sql_server() -> None:
    (layout,) = [each for each in all_layouts() if each.name == "polecat"]
    assert layout.databases == ("mssql",)
    assert layout.events.payload.sql is not None
    assert "mssql" in layout.events.payload.sql
