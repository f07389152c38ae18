"""Marten 4 to 9 on PostgreSQL: stores made from its documented columns.

Facts: JasperFx/marten c921fa5. Marten itself did not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, opened, time_of
from helpers_planted import audited

from esviewer.model.values import Number
from esviewer.stores.store import Store

IDS = {
    "uuid": (
        "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e01",
        "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e02",
        "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2eff",
    ),
    "varchar": ("order-1", "order-2", "mt_tombstone"),
}
"""Two streams and the one of tombstones, for both kinds of ids."""
DEFAULT = "*DEFAULT*"


def tables(
    ids: str, *, bdata: bool = True, conjoined: bool = False, parted: str = "", documents: bool = True
) -> list[str]:
    tenant = "tenant_id, " if conjoined else ""
    archived = ", is_archived" if parted == "is_archived" else ""
    number = "seq_id, tenant_id" if parted == "tenant_id" else "seq_id" + archived
    by = f" PARTITION BY LIST ({parted})" if parted else ""
    made = [
        "CREATE TABLE mt_streams (id " + ids + " NOT NULL, type varchar, version bigint, timestamp timestamptz NOT NULL"
        " DEFAULT now(), created timestamptz NOT NULL DEFAULT now(), tenant_id varchar DEFAULT '*DEFAULT*',"
        f" is_archived boolean DEFAULT false, PRIMARY KEY ({tenant}id{archived})){by}",
        f"CREATE TABLE mt_events (seq_id bigint NOT NULL, id uuid NOT NULL, stream_id {ids}, version bigint NOT NULL,"
        f" data jsonb NOT NULL, {'bdata bytea,' if bdata else ''} type varchar(500) NOT NULL, timestamp timestamptz NOT"
        " NULL DEFAULT now(), tenant_id varchar DEFAULT '*DEFAULT*', mt_dotnet_type varchar, correlation_id varchar,"
        " causation_id varchar, headers jsonb, is_archived boolean DEFAULT false,"
        f" PRIMARY KEY ({number})){by}",
        f"CREATE UNIQUE INDEX by_stream ON mt_events ({tenant}stream_id, version{archived})",
    ]
    for table in ("mt_streams", "mt_events"):
        values = {"tenant_id": ("'red'", "'blue'"), "is_archived": ("false", "true")}.get(parted, ())
        made += [
            f"CREATE TABLE {table}_p{n} PARTITION OF {table} FOR VALUES IN ({value})" for n, value in enumerate(values)
        ]
    if documents:
        common = "data jsonb NOT NULL, mt_last_modified timestamptz DEFAULT now(), mt_dotnet_type varchar"
        made += [
            f"CREATE TABLE mt_doc_order (id {ids} PRIMARY KEY, {common}, mt_version integer NOT NULL DEFAULT 0)",
            f"CREATE TABLE mt_doc_customer (id integer PRIMARY KEY, {common}, mt_version uuid)",
        ]
    return made


def event(seq: int, stream: str, version: int, kind: str, data: Any, **more: Any) -> dict[str, Any]:
    return {
        "seq_id": seq,
        "id": f"00000000-0000-4000-8000-{seq:012}",
        "stream_id": stream,
        "version": version,
        "data": json.dumps(data),
        "type": kind,
        "timestamp": f"2026-03-01 10:00:0{version}.123456+01",
        "mt_dotnet_type": "Shop.Orders, Shop",
        **more,
    }


def stream(ident: str, kind: str | None, **more: Any) -> dict[str, Any]:
    return {"id": ident, "type": kind, "version": 2, **more}


def rows(ids: str) -> dict[str, list[dict[str, Any]]]:
    one, two, tomb = IDS[ids]
    return {
        "mt_streams": [stream(one, "order"), stream(two, None, is_archived=True), stream(tomb, None)],
        "mt_events": [
            event(1, one, 1, "order_placed", {"total": 1.10}, headers=json.dumps({"by": "ann"}), correlation_id="c-1"),
            event(2, two, 1, "order_placed", {"total": 2}, is_archived=True),
            event(3, tomb, 3, "tombstone", {}),
            event(5, one, 2, "order_paid_v2", {"by": "card"}),
        ],
        "mt_doc_order": [
            {"id": one, "data": '{"total": 1.10}', "mt_version": 1, "mt_dotnet_type": "Shop.Order"},
        ],
        "mt_doc_customer": [
            {
                "id": 7,
                "data": '{"name": "ann"}',
                "mt_version": "00000000-0000-4000-8000-000000000001",
                "mt_dotnet_type": "Shop.Customer",
            }
        ],
    }


@pytest.fixture(params=["uuid", "varchar"])
def ids(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["9", "8"])
def store(ids: str, request: pytest.FixtureRequest, postgres: Any) -> Iterator[Store]:
    with opened(make_server(postgres, tables(ids, bdata=request.param == "9"), rows(ids))) as store:
        assert store.layout.name == {"9": "marten", "8": "marten-8"}[request.param]
        yield store


def test_every_part_of_an_event(store: Store, ids: str) -> None:
    one, two, _ = IDS[ids]
    assert aggregates(store) == [(one, "order"), (two, None)]
    first, second = events(store, one)
    assert (first.position, first.version, first.type, first.schema_version) == (1, 1, "order_placed", None)
    assert first.event_id == "00000000-0000-4000-8000-000000000001"
    assert (time_of(first) or "").startswith("2026-03-01T09:00:01.123456")
    assert first.data == {"total": 1.1}
    assert isinstance(first.metadata, dict)
    assert (first.metadata["by"], first.metadata["correlation_id"]) == ("ann", "c-1")
    assert (second.type, second.schema_version) == ("order_paid_v2", 2)
    assert any("mt_events" in reason for reason in store.fit.reasons)


def test_trap_tombstones_are_no_events(store: Store, ids: str) -> None:
    """A failed append leaves rows of type tombstone in a stream of their own: left out, and said."""
    assert [each.position for each in events(store)] == [1, 2, 5]
    assert IDS[ids][2] not in dict(aggregates(store))
    assert any("tombstone" in warning for warning in store.warnings)


def test_trap_archived_streams(store: Store, ids: str) -> None:
    """Archiving flips a flag on a stream and its events; both stay to be seen."""
    one, two, _ = IDS[ids]
    assert {each.aggregate_id: each.status for each in store.aggregate_ids()} == {one: None, two: "archived"}


def test_trap_streams_may_have_no_type(store: Store, ids: str) -> None:
    """A stream that was started without a type has none."""
    assert store.event(IDS[ids][1], 1).aggregate_type is None


def test_trap_binary_payloads(ids: str, postgres: Any) -> None:
    """Where bdata is not null the event is in a binary form of the application's choice: named, not shown as {}."""
    written = rows(ids)
    written["mt_events"][0] |= {"data": "{}", "bdata": b"\x02\x01\xff\xfe\x00"}
    with opened(make_server(postgres, tables(ids), written)) as store:
        first, second = events(store, IDS[ids][0])
        assert "not decodable" in (first.error or "")
        assert first.raw == b"\x02\x01\xff\xfe\x00"
        assert second.error is None


def test_trap_archived_partitions(ids: str, postgres: Any) -> None:
    """Partitions are tables too: only their parent is the store."""
    with opened(make_server(postgres, tables(ids, parted="is_archived"), rows(ids))) as store:
        assert store.fit.tables["events"].endswith("mt_events")
        assert [each.position for each in events(store)] == [1, 2, 5]


def tenants(ids: str) -> dict[str, list[dict[str, Any]]]:
    one, two, _ = IDS[ids]
    streams, listed = [], []
    for tenant in ("red", "blue"):
        for ident in (one, two) if tenant == "red" else (one,):
            streams.append(stream(ident, "order", tenant_id=tenant))
        listed += [
            event(seq, one, seq, "order_placed", {"tenant": tenant, "n": seq}, tenant_id=tenant) for seq in (1, 2, 3)
        ]
    listed.append(event(4, two, 1, "order_placed", {"n": 4}, tenant_id="red"))
    return {"mt_streams": streams, "mt_events": listed}


def test_trap_tenants_repeat_ids_and_numbers(ids: str, postgres: Any) -> None:
    """With tenants in partitions of their own, stream ids and seq_id both begin anew in each of them."""
    one, two, _ = IDS[ids]
    ddl = tables(ids, conjoined=True, parted="tenant_id", documents=False)
    target = make_server(postgres, ddl, tenants(ids))
    with opened(target) as store:
        assert sorted(dict(aggregates(store))) == sorted([f"blue/{one}", f"red/{one}", two])
        assert len(events(store)) == 7
        assert [each.data for each in events(store, f"red/{one}")] == [{"tenant": "red", "n": n} for n in (1, 2, 3)]
    with opened(target, tenant="blue") as store:
        assert [each.data for each in events(store)] == [{"tenant": "blue", "n": n} for n in (1, 2, 3)]
        assert aggregates(store) == [(one, "order")]


def test_a_schema_of_its_own(ids: str, postgres: Any) -> None:
    ddl = [each.replace("TABLE mt_", "TABLE shop.mt_").replace("ON mt_", "ON shop.mt_") for each in tables(ids)]
    ddl.insert(0, "CREATE SCHEMA shop")
    written = {f"shop.{table}": listed for table, listed in rows(ids).items()}
    with opened(make_server(postgres, ddl, written)) as store:
        assert store.fit.tables["events"] == "shop.mt_events"
        assert len(events(store)) == 3


def test_trap_snapshots_are_documents(store: Store, ids: str) -> None:
    """A stream's snapshot is a document whose revision is its version; other documents have other ids and versions."""
    found = store.snapshot(IDS[ids][0])
    assert found is not None
    assert (found.version, found.state) == (1, {"total": Number("1.10")})
    assert store.snapshot(IDS[ids][1]) is None


def test_trap_compacted_streams_begin_late(ids: str, postgres: Any) -> None:
    """Compacting puts one event in the place of a stream's first ones: its versions then begin later than 1."""
    one, _, _ = IDS[ids]
    written = rows(ids)
    written["mt_events"][0] |= {"version": 4, "type": "Compacted<Order>", "data": '{"Snapshot": {"total": 3}}'}
    written["mt_events"][3] |= {"version": 5}
    target = make_server(postgres, tables(ids), written)
    with opened(target) as store:
        assert [(each.version, each.type) for each in events(store, one)] == [
            (4, "Compacted<Order>"),
            (5, "order_paid_v2"),
        ]
    found = {each.check for each in audited(target, [])[0]}
    assert found <= {"head-mismatch"}, "the streams' table is not kept up here"


def test_trap_tenants_share_documents(ids: str, postgres: Any) -> None:
    """Documents of all tenants lie in one table: a stream's snapshot is that of its own tenant."""
    one, _, _ = IDS[ids]
    ddl = tables(ids, conjoined=True, parted="tenant_id", documents=False)
    ddl.append(
        f"CREATE TABLE mt_doc_order (id {ids}, tenant_id varchar, data jsonb NOT NULL, mt_last_modified timestamptz"
        " DEFAULT now(), mt_dotnet_type varchar, mt_version integer NOT NULL, PRIMARY KEY (tenant_id, id))"
    )
    written = tenants(ids)
    written["mt_doc_order"] = [
        {"id": one, "tenant_id": tenant, "data": json.dumps({"of": tenant}), "mt_version": version}
        for tenant, version in (("blue", 2), ("red", 3))
    ]
    target = make_server(postgres, ddl, written)
    with opened(target) as store:
        for tenant, version in (("blue", 2), ("red", 3)):
            found = store.snapshot(f"{tenant}/{one}")
            assert found is not None
            assert (found.version, found.state) == (version, {"of": tenant})
    with opened(target, tenant="blue") as store:
        found = store.snapshot(one)
        assert found is not None
        assert found.state == {"of": "blue"}
