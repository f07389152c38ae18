"""Akka and Pekko Persistence, JDBC, its legacy tables, and R2DBC: stores made from documented columns.

Facts: pekko-persistence-jdbc 465ea09, pekko-persistence-r2dbc 4de2619. Neither ran;
payloads are as Jackson writes them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import Rows, aggregates, events, make_server, opened, time_of
from helpers_php import make

from esviewer.stores.store import Store

CART, CLASSIC, GONE = "ShoppingCart|c1", "account-7", "ShoppingCart|c2"
ADDED, CLOSED = "shop.Cart$ItemAdded", "shop.Cart$Closed"
DATABASES = ["postgresql", "mariadb"]
BLOB = {"postgresql": "bytea", "mariadb": "longblob"}
MILLISECONDS = 1_772_355_600_120
JAVA = b"\xac\xed\x00\x05sr\x00"


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def jdbc_tables(database: str) -> list[str]:
    blob = BLOB[database]
    serial = "bigserial" if database == "postgresql" else "bigint AUTO_INCREMENT"
    meta = f"meta_ser_id integer, meta_ser_manifest varchar(255), meta_payload {blob}"
    key = "PRIMARY KEY (persistence_id, sequence_number)"
    return [
        f"CREATE TABLE event_journal (ordering {serial} UNIQUE, deleted boolean DEFAULT false NOT NULL, persistence_id"
        f" varchar(255) NOT NULL, sequence_number bigint NOT NULL, writer varchar(255) NOT NULL, write_timestamp"
        f" bigint, adapter_manifest varchar(255), event_payload {blob} NOT NULL, event_ser_id integer NOT NULL,"
        f" event_ser_manifest varchar(255) NOT NULL, {meta}, {key})",
        "CREATE TABLE event_tag (event_id bigint, persistence_id varchar(255), sequence_number bigint,"
        " tag varchar(200), PRIMARY KEY (persistence_id, sequence_number, tag))",
        f"CREATE TABLE snapshot (persistence_id varchar(255) NOT NULL, sequence_number bigint NOT NULL, created bigint"
        f" NOT NULL, snapshot_payload {blob} NOT NULL, snapshot_ser_id integer NOT NULL, snapshot_ser_manifest"
        f" varchar(255) NOT NULL, {meta}, {key})",
    ]


def jdbc_row(order: int, ident: str, number: int, manifest: str, payload: bytes, **more: Any) -> dict[str, Any]:
    return {
        "ordering": order,
        "deleted": False,
        "persistence_id": ident,
        "sequence_number": number,
        "writer": "w-1",
        "write_timestamp": MILLISECONDS + order,
        "adapter_manifest": "",
        "event_ser_id": 33,
        "event_ser_manifest": manifest,
        "event_payload": payload,
        "meta_payload": None,
        **more,
    }


def jdbc_rows() -> Rows:
    return {
        "event_journal": [
            jdbc_row(1, CART, 1, f"{ADDED}#2", body({"sku": "x"}), meta_payload=body({"by": "ann"})),
            jdbc_row(2, CLASSIC, 1, "", JAVA, event_ser_id=1),
            jdbc_row(4, CART, 2, CLOSED, gzip.compress(body({"why": "y" * 99}))),
            jdbc_row(5, GONE, 1, ADDED, body({"sku": "z"}), deleted=True),
            jdbc_row(6, CLASSIC, 2, "#3", b"\xbf\x63sku\x61q\xff", event_ser_id=33),
        ],
        "snapshot": [
            {
                "persistence_id": CART,
                "sequence_number": 2,
                "created": MILLISECONDS,
                "snapshot_ser_id": 33,
                "snapshot_ser_manifest": "shop.Cart$State",
                "snapshot_payload": body({"items": ["x"]}),
            }
        ],
    }


@pytest.fixture(scope="module", params=DATABASES)
def jdbc(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("akka")
    with opened(make(request, request.param, folder, jdbc_tables(request.param), jdbc_rows())) as store:
        yield store


def test_jdbc_is_recognised(jdbc: Store) -> None:
    assert jdbc.layout.name == "akka-jdbc"
    assert any("event_journal" in reason for reason in jdbc.fit.reasons)
    assert dict(aggregates(jdbc)) == {CART: "ShoppingCart", CLASSIC: None, GONE: "ShoppingCart"}


def test_jdbc_every_part_of_an_event(jdbc: Store) -> None:
    first = jdbc.event(CART, 1)
    assert (first.position, first.type, first.data) == (1, ADDED, {"sku": "x"})
    assert time_of(first) == "2026-03-01T09:00:00.121Z"
    assert isinstance(first.metadata, dict)
    assert (first.metadata["by"], first.metadata["writer"]) == ("ann", "w-1")
    assert [event.position for event in events(jdbc)] == [1, 2, 4, 5, 6]
    found = jdbc.snapshot(CART)
    assert found is not None
    assert (found.version, found.state) == (2, {"items": ["x"]})


def test_trap_the_manifest_holds_the_schema_version(jdbc: Store) -> None:
    """Jackson's manifest is class#version where migrations are configured; without one there is no version."""
    assert (jdbc.event(CART, 1).schema_version, jdbc.event(CART, 2).schema_version) == ("2", None)


def test_trap_an_empty_manifest(jdbc: Store) -> None:
    """A serializer need not write a manifest, or the class in it: its number stands for the type."""
    assert jdbc.event(CLASSIC, 1).type == "serializer 1"
    without_class = jdbc.event(CLASSIC, 2)
    assert (without_class.type, without_class.schema_version) == ("serializer 33", "3")


def test_trap_jackson_cbor_has_no_tag(jdbc: Store) -> None:
    """Jackson's CBOR does not say that it is: an object is a map of unknown length."""
    assert jdbc.event(CLASSIC, 2).data == {"sku": "q"}


def test_trap_payloads_without_their_classes(jdbc: Store) -> None:
    """Most serializers need the application's classes: the event stays visible, with its bytes."""
    event = jdbc.event(CLASSIC, 1)
    assert "Java" in (event.error or "")
    assert event.raw == JAVA


def test_trap_jackson_compresses_large_payloads(jdbc: Store) -> None:
    """Jackson's JSON above a size is in gzip, without any column that says so."""
    assert jdbc.event(CART, 2).data == {"why": "y" * 99}


def test_trap_deleted_rows_stay(jdbc: Store) -> None:
    """Deleting only marks rows: they are shown as deleted, and an aggregate by its newest event."""
    found = {each.aggregate_id: each.status for each in jdbc.aggregate_ids()}
    assert found == {CART: None, CLASSIC: None, GONE: "deleted"}
    (event,) = events(jdbc, GONE)
    assert isinstance(event.metadata, dict)
    assert event.metadata["deleted"] is True


def legacy_tables(database: str) -> list[str]:
    blob = BLOB[database]
    serial = "bigserial" if database == "postgresql" else "bigint AUTO_INCREMENT"
    key = "PRIMARY KEY (persistence_id, sequence_number)"
    return [
        f"CREATE TABLE journal (ordering {serial} UNIQUE, persistence_id varchar(255) NOT NULL, sequence_number bigint"
        f" NOT NULL, deleted boolean DEFAULT false NOT NULL, tags varchar(255), message {blob} NOT NULL, {key})",
        f"CREATE TABLE snapshot (persistence_id varchar(255) NOT NULL, sequence_number bigint NOT NULL,"
        f" created bigint NOT NULL, snapshot {blob} NOT NULL, {key})",
    ]


@pytest.mark.parametrize("database", DATABASES)
def test_trap_legacy_messages_are_whole_protobufs(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The legacy table has id and number as columns and all else in one protobuf: its bytes are shown."""
    message = b"\x0a\x04\x08\x01\x12\x00\x10\x01"
    rows = [
        {
            "ordering": n,
            "persistence_id": CART,
            "sequence_number": n,
            "deleted": n == 2,
            "tags": "a,b",
            "message": message,
        }
        for n in (1, 2)
    ]
    with opened(make(request, database, tmp_path, legacy_tables(database), {"journal": rows})) as store:
        assert store.layout.name == "akka-jdbc-legacy"
        first, second = events(store, CART)
        assert (first.data, first.version, first.position) == (message, 1, 1)
        assert first.metadata == {"tags": "a,b"}
        assert second.metadata == {"tags": "a,b", "deleted": True}
        assert time_of(first) is None
        assert [each.status for each in store.aggregate_ids()] == ["deleted"]


def r2dbc_tables(kind: str) -> list[str]:
    database, _, payload = kind.partition("-")
    blob = payload or BLOB[database]
    time = "timestamp(6) with time zone" if database == "postgresql" else "timestamp(6)"
    tags = "text[]" if database == "postgresql" else "json"
    meta = f"meta_ser_id integer, meta_ser_manifest varchar(255), meta_payload {blob}"
    return [
        f"CREATE TABLE event_journal (slice int NOT NULL, entity_type varchar(255) NOT NULL, persistence_id"
        f" varchar(255) NOT NULL, seq_nr bigint NOT NULL, db_timestamp {time} NOT NULL, event_payload {blob} NOT NULL,"
        f" event_ser_id integer NOT NULL, event_ser_manifest varchar(255) NOT NULL, deleted boolean DEFAULT false NOT"
        f" NULL, writer varchar(255) NOT NULL, adapter_manifest varchar(255), tags {tags}, {meta},"
        " PRIMARY KEY (persistence_id, seq_nr))",
        "CREATE INDEX by_slice ON event_journal (slice, entity_type, db_timestamp, seq_nr)",
        f"CREATE TABLE snapshot (slice int NOT NULL, entity_type varchar(255) NOT NULL, persistence_id varchar(255) NOT"
        f" NULL PRIMARY KEY, seq_nr bigint NOT NULL, write_timestamp bigint NOT NULL, snapshot {blob} NOT NULL,"
        f" ser_id integer NOT NULL, ser_manifest varchar(255) NOT NULL, {meta})",
    ]


def r2dbc_row(ident: str, number: int, second: int, manifest: str, payload: bytes, kind: str) -> dict[str, Any]:
    postgres = kind.startswith("postgresql")
    return {
        "slice": 700,
        "entity_type": ident.partition("|")[0] if "|" in ident else "",
        "persistence_id": ident,
        "seq_nr": number,
        # MariaDB's session is nine hours ahead of UTC, as its server is.
        "db_timestamp": f"2026-03-01 09:00:0{second}.123456+00" if postgres else f"2026-03-01 18:00:0{second}.123456",
        "event_ser_id": 33 if manifest else 0,
        "event_ser_manifest": manifest,
        "event_payload": payload.decode() if kind.endswith("jsonb") else payload,
        "deleted": not manifest,
        "writer": "w-1" if manifest else "",
        "adapter_manifest": "",
        "tags": ["a", "b"] if postgres else '["a", "b"]',
    }


@pytest.fixture(scope="module", params=["postgresql", "postgresql-jsonb", "mariadb"])
def r2dbc(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    kind = request.param
    nothing = b"{}" if kind.endswith("jsonb") else b""
    rows = {
        "event_journal": [
            r2dbc_row(CART, 1, 1, f"{ADDED}#2", body({"sku": "x"}), kind),
            r2dbc_row(CLASSIC, 1, 2, CLOSED, body({"why": "paid"}), kind),
            r2dbc_row(CART, 2, 3, CLOSED, body({"why": "done"}), kind),
            r2dbc_row(GONE, 7, 4, "", nothing, kind),
            r2dbc_row(CLASSIC, 2, 5, "#3", body({}), kind),
        ],
        "snapshot": [
            {
                "slice": 700,
                "entity_type": "ShoppingCart",
                "persistence_id": CART,
                "seq_nr": 1,
                "write_timestamp": MILLISECONDS,
                "ser_id": 33,
                "ser_manifest": "shop.Cart$State",
                "snapshot": '{"items": ["x"]}' if kind.endswith("jsonb") else body({"items": ["x"]}),
            }
        ],
    }
    folder = tmp_path_factory.mktemp("akka")
    with opened(make(request, kind.partition("-")[0], folder, r2dbc_tables(kind), rows)) as store:
        yield store


def test_r2dbc_is_recognised(r2dbc: Store) -> None:
    assert r2dbc.layout.name == "akka-r2dbc"
    assert dict(aggregates(r2dbc)) == {CART: "ShoppingCart", CLASSIC: None, GONE: "ShoppingCart"}


def test_r2dbc_every_part_of_an_event(r2dbc: Store) -> None:
    first = r2dbc.event(CART, 1)
    assert (first.type, first.schema_version, first.data) == (ADDED, "2", {"sku": "x"})
    assert time_of(first) == "2026-03-01T09:00:01.123456Z"
    assert isinstance(first.metadata, dict)
    assert first.metadata["tags"] in ("{a,b}", '["a", "b"]')
    found = r2dbc.snapshot(CART)
    assert found is not None
    assert (found.version, found.state) == (1, {"items": ["x"]})


def test_trap_no_number_over_all_events(r2dbc: Store) -> None:
    """R2DBC has no position: the store's order is that of db_timestamp, then of the aggregate's number."""
    assert [(event.position, event.aggregate_id, event.version) for event in events(r2dbc)] == [
        (None, CART, 1),
        (None, CLASSIC, 1),
        (None, CART, 2),
        (None, GONE, 7),
        (None, CLASSIC, 2),
    ]
    without_class = r2dbc.event(CLASSIC, 2)
    assert (without_class.type, without_class.schema_version) == ("serializer 33", "3")


def test_trap_deletion_markers(r2dbc: Store) -> None:
    """Deleted events are gone but for one row without payload, which keeps the highest number."""
    (event,) = events(r2dbc, GONE)
    assert (event.version, event.type) == (7, "(deleted up to here)")
    assert {each.aggregate_id: each.status for each in r2dbc.aggregate_ids()}[GONE] == "deleted"
    assert event.error is not None or event.data == {}


def test_trap_r2dbc_journals_may_be_split(postgres: Any) -> None:
    """Data partitions keep some of the slices in each of several numbered tables: they are one store."""
    kind = "postgresql"
    ddl: list[str] = []
    rows: dict[str, list[dict[str, Any]]] = {}
    for number in range(3):
        tables = (
            each.replace("event_journal", f"event_journal_{number}").replace(
                "TABLE snapshot", f"TABLE snapshot_{number}"
            )
            for each in r2dbc_tables(kind)
        )
        ddl += [each.replace("by_slice", f"by_slice_{number}") for each in tables]
        ident = f"ShoppingCart|{number}"
        rows[f"event_journal_{number}"] = [
            r2dbc_row(ident, version, number + 3 * version, f"{ADDED}#2", body({"sku": f"{number}-{version}"}), kind)
            for version in (1, 2)
        ]
    with opened(make_server(postgres, ddl, rows)) as store:
        assert store.layout.name == "akka-r2dbc-partitioned"
        assert [ref for ref, _ in aggregates(store)] == [f"ShoppingCart|{number}" for number in range(3)]
        assert [event.data for event in store.events("ShoppingCart|1")] == [{"sku": "1-1"}, {"sku": "1-2"}]
        assert [event.data["sku"] for event in store.events()] == ["0-1", "1-1", "2-1", "0-2", "1-2", "2-2"]
