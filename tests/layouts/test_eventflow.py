"""EventFlow on SQLite, PostgreSQL and MariaDB: stores made from its documented columns.

Facts: eventflow/EventFlow 73a9b46. EventFlow itself did not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, opened, time_of
from helpers_php import make

from esviewer.stores.store import Store

ONE, TWO = "thingy-0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e01", "thingy-0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e02"
BATCH = "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2eaa"


def tables(database: str, name: str) -> list[str]:
    text = "longtext" if database == "mariadb" else "text"
    quote = {"postgresql": "", "sqlite": '"', "mariadb": "`"}[database]
    guid = "uuid" if database == "postgresql" else "varchar(36)"
    common = f"AggregateId varchar(255) NOT NULL, AggregateName varchar(255) NOT NULL, Data {text} NOT NULL, "
    common += f"Metadata {text} NOT NULL, AggregateSequenceNumber int NOT NULL"
    return [
        f"CREATE TABLE {quote}{name}{quote} (GlobalSequenceNumber bigint NOT NULL PRIMARY KEY, BatchId {guid} NOT NULL,"
        f" {common}, UNIQUE (AggregateId, AggregateSequenceNumber))",
        f"CREATE TABLE EventFlowSnapshots (Id bigint NOT NULL PRIMARY KEY, {common})",
    ]


def event(index: int, ident: str, number: int, kind: str, data: Any, version: str = "1") -> dict[str, Any]:
    about = {
        "timestamp": f"2026-03-01T10:00:0{index}.1234567+01:00",
        "timestamp_epoch": "1772355600",
        "aggregate_sequence_number": str(number),
        "aggregate_name": "Thingy",
        "aggregate_id": ident,
        "event_id": f"event-{index}",
        "event_name": kind,
        "event_version": version,
        "batch_id": BATCH,
        "source_id": "command-1",
    }
    return {
        "GlobalSequenceNumber": index,
        "BatchId": BATCH,
        "AggregateId": ident,
        "AggregateName": "Thingy",
        "Data": json.dumps(data),
        "Metadata": json.dumps(about),
        "AggregateSequenceNumber": number,
    }


@pytest.fixture(
    scope="module",
    params=[("sqlite", "EventFlow"), ("postgresql", "EventFlow"), ("mariadb", "EventFlow"), ("sqlite", "EventEntity")],
    ids="-".join,
)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    database, name = request.param
    state = {"AggregateId": ONE, "AggregateName": "Thingy", "AggregateSequenceNumber": 2, "Metadata": "{}"}
    rows = {
        name: [
            event(1, ONE, 1, "ThingyPinged", {"Ping": 1}),
            event(2, TWO, 1, "ThingyPinged", {"Ping": 9}),
            event(4, ONE, 2, "ThingyRenamed", {"Name": "é"}, "3"),
        ],
        "EventFlowSnapshots": [{"Id": 1, "Data": '{"Name": "é"}', **state}],
    }
    folder = tmp_path_factory.mktemp("eventflow")
    with opened(make(request, database, folder, tables(database, name), rows)) as store:
        yield store


def test_every_part_of_an_event(store: Store) -> None:
    assert store.layout.name == "eventflow"
    assert any("globalsequencenumber" in reason.lower() for reason in store.fit.reasons)
    assert aggregates(store) == [(ONE, "Thingy"), (TWO, "Thingy")]
    assert [(each.position, each.version) for each in events(store)] == [(1, 1), (2, 1), (4, 2)]
    last = store.event(ONE, 2)
    assert last.data == {"Name": "é"}
    assert isinstance(last.metadata, dict)
    assert (last.metadata["source_id"], str(last.metadata["BatchId"])) == ("command-1", BATCH)


def test_trap_type_and_time_are_in_the_metadata(store: Store) -> None:
    """No column has the event's name, version, id or time: all are texts in its metadata."""
    last = store.event(ONE, 2)
    assert (last.type, last.schema_version, last.event_id) == ("ThingyRenamed", "3", "event-4")
    assert time_of(last) == "2026-03-01T10:00:04.123456700+01:00"
    assert store.info().as_json()["event_types"] == {"ThingyPinged": 2, "ThingyRenamed": 1}


def test_snapshots(store: Store) -> None:
    found = store.snapshot(ONE)
    assert found is not None
    assert (found.version, found.state) == (2, {"Name": "é"})
    assert store.snapshot(TWO) is None
