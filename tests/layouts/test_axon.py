"""Axon Framework 3 to 5 on SQLite, PostgreSQL and MariaDB: stores made from its documented columns.

Facts: AxonFramework 4.13.0 and 8d5c40e (5.1). Its own code did not run; XML is written as XStream writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from helpers_layouts import Rows, aggregates, events, make_sqlite, opened, time_of
from helpers_php import make

from esviewer.app.tracing import trace
from esviewer.errors import UnknownLayoutError
from esviewer.model.causation import Cause
from esviewer.stores.store import Store

ORDER, CART = "0f6c3c1e-5a77-4b0e-9a51-3d2f0a6f1c01", "cart-7"
PLACED, PAID, ADDED = "com.shop.order.OrderPlaced", "com.shop.order.OrderPaid", "com.shop.cart.ItemAdded"
CASES = [
    ("sqlite", "snake"),
    ("sqlite", "camel"),
    ("postgresql", "snake"),
    ("postgresql", "camel"),
    ("postgresql", "folded"),
    ("mariadb", "snake"),
    ("mariadb", "camel"),
]


def xml(name: str, fields: dict[str, Any]) -> bytes:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return f"<{name}>{inner}</{name}>".encode()


def meta_xml(values: dict[str, str]) -> bytes:
    inner = "".join(f"<entry><string>{k}</string><string>{v}</string></entry>" for k, v in values.items())
    return f"<meta-data>{inner}</meta-data>".encode()


def named(name: str, style: str) -> str:
    """A name given in snake_case as the style writes it."""
    head, *rest = name.split("_")
    if style == "snake":
        return name
    if style == "folded":
        return name.replace("_", "")
    camel = head + "".join(part.capitalize() for part in rest)
    return camel[0].upper() + camel[1:] if name.endswith("_entry") else camel


def quoted(name: str, database: str) -> str:
    return f"`{name}`" if database == "mariadb" else f'"{name}"'


def statements(database: str, style: str, payload: str = "") -> list[str]:
    blob = payload or {"sqlite": "blob", "postgresql": "bytea", "mariadb": "longblob"}[database]
    common = (
        "{event_identifier} varchar(255) NOT NULL UNIQUE, {meta_data} " + blob + ", {payload} " + blob + " NOT NULL,"
        " {payload_revision} varchar(255), {payload_type} varchar(255) NOT NULL, {time_stamp} varchar(255) NOT NULL,"
        " {aggregate_identifier} varchar(255) NOT NULL, {sequence_number} bigint NOT NULL, {type} varchar(255)"
    )
    made = [
        "CREATE TABLE {domain_event_entry} ({global_index} bigint NOT NULL PRIMARY KEY, " + common + ","
        " UNIQUE ({aggregate_identifier}, {sequence_number}))",
        "CREATE TABLE {snapshot_event_entry} (" + common + ","
        " PRIMARY KEY ({aggregate_identifier}, {sequence_number}))",
        "CREATE TABLE {token_entry} ({processor_name} varchar(255) NOT NULL PRIMARY KEY, {token} " + blob + ")",
    ]
    return [re.sub(r"\{(\w+)\}", lambda m: quoted(named(m[1], style), database), each) for each in made]


def row(
    index: int | None, ident: str, number: int, kind: str | None, type_: str, payload: Any, meta: Any = None
) -> dict[str, Any]:
    first = {} if index is None else {"global_index": index}
    return first | {
        "event_identifier": f"ident-{index}",
        "meta_data": meta,
        "payload": payload,
        "payload_revision": "2" if type_ == PAID else None,
        "payload_type": type_,
        "time_stamp": f"2026-03-01T09:00:0{number}.120Z",
        "aggregate_identifier": ident,
        "sequence_number": number,
        "type": kind,
    }


META = {"traceId": "t-1", "userId": "ann"}


def written(database: str, style: str, form: str = "json") -> Rows:
    def body(type_: str, fields: dict[str, Any]) -> bytes:
        return json.dumps(fields).encode() if form == "json" else xml(type_, fields)

    meta = json.dumps(META).encode() if form == "json" else meta_xml(META)
    listed = {
        "domain_event_entry": [
            row(1, ORDER, 0, "Order", PLACED, body(PLACED, {"orderId": ORDER, "total": "12.50"}), meta),
            row(3, CART, 0, "Cart", ADDED, body(ADDED, {"sku": "x"})),
            row(51, ORDER, 1, "Order", PAID, body(PAID, {"by": "card"}), meta),
            row(52, "ident-52", 0, None, "com.shop.Tick", body("com.shop.Tick", {"n": "1"})),
        ],
        "snapshot_event_entry": [
            row(None, ORDER, 1, "Order", "com.shop.order.Order", body("com.shop.order.Order", {"paid": "yes"})),
        ],
    }
    return {
        quoted(named(table, style), database): [
            {quoted(named(key, style), database): value for key, value in each.items()} for each in rows
        ]
        for table, rows in listed.items()
    }


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    database, style = request.param
    folder = tmp_path_factory.mktemp("axon")
    return make(request, database, folder, statements(database, style), written(database, style))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "axon"
    assert any("globalindex" in reason.lower().replace("_", "") for reason in store.fit.reasons)
    assert store.fit.snapshots is not None


def test_every_part_of_an_event(store: Store) -> None:
    first = store.event(ORDER, 0)
    assert (first.position, first.event_id, first.type) == (1, "ident-1", PLACED)
    assert (first.aggregate_type, first.schema_version) == ("Order", None)
    assert (first.data, first.metadata) == ({"orderId": ORDER, "total": "12.50"}, META)
    assert time_of(first) == "2026-03-01T09:00:00.120Z"
    assert store.event(ORDER, 1).schema_version == "2"
    assert [event.position for event in events(store)] == [1, 3, 51, 52]
    assert dict(aggregates(store))[CART] == "Cart"


def test_snapshots(store: Store) -> None:
    found = store.snapshot(ORDER)
    assert found is not None
    assert (found.version, found.state, found.error) == (1, {"paid": "yes"}, None)
    assert store.snapshot(CART) is None


def test_trap_events_of_no_aggregate(store: Store) -> None:
    """An event that no aggregate published has its own id as aggregate's, sequence number 0 and no type."""
    assert dict(aggregates(store))["ident-52"] == "(no aggregate)"
    (event,) = events(store, "ident-52")
    assert (event.version, event.type) == (0, "com.shop.Tick")


@pytest.mark.parametrize("database", ["sqlite", "postgresql", "mariadb"])
def test_trap_xstream_is_the_default(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Without a choice of serializer payloads, metadata and snapshots are XML."""
    target = make(request, database, tmp_path, statements(database, "snake"), written(database, "snake", "xml"))
    with opened(target) as store:
        first = store.event(ORDER, 0)
        assert (first.data, first.metadata) == ({"orderId": ORDER, "total": "12.50"}, META)
        found = store.snapshot(ORDER)
        assert found is not None
        assert found.state == {"paid": "yes"}


def test_trap_large_objects_of_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Hibernate's @Lob is an oid column on PostgreSQL: the payload lies in a large object."""
    server = request.getfixturevalue("postgres_server")
    database = server.create_database()
    database.execute(*statements("postgresql", "snake", "oid"))
    connection = database.connect()
    cursor = connection.cursor()
    for table, rows in written("postgresql", "snake").items():
        for each in rows:
            marks = ", ".join(
                "lo_from_bytea(0, %s)" if isinstance(value, bytes) else "%s" for value in each.values()
            )
            cursor.execute(f"INSERT INTO {table} ({', '.join(each)}) VALUES ({marks})", list(each.values()))
    connection.commit()
    connection.close()
    with opened(str(database.url)) as store:
        assert store.layout.name == "axon"
        assert [event.error for event in events(store)] == [None] * 4
        first = store.event(ORDER, 0)
        assert (first.data, first.metadata) == ({"orderId": ORDER, "total": "12.50"}, META)
        found = store.snapshot(ORDER)
        assert found is not None
        assert found.state == {"paid": "yes"}


@pytest.mark.parametrize("database", ["sqlite", "postgresql", "mariadb"])
def test_trap_cbor_of_jackson(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Jackson's CBOR has no tag that says so: an object is a map of unknown length."""
    rows = written(database, "snake")
    first = rows[quoted("domain_event_entry", database)][0]
    packed = b"\xbf" + cbor2.dumps("orderId") + cbor2.dumps(ORDER) + cbor2.dumps("total") + cbor2.dumps(12.5) + b"\xff"
    first[quoted("payload", database)] = packed  # type: ignore[index]
    with opened(make(request, database, tmp_path, statements(database, "snake"), rows)) as store:
        event = store.event(ORDER, 0)
        assert (event.error, event.data) == (None, {"orderId": ORDER, "total": 12.5})


def test_trap_serialized_java_objects_are_named(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Java's own serialization needs the application's classes: it is named, never loaded."""
    rows = written("sqlite", "snake")
    rows['"domain_event_entry"'][0]['"payload"'] = b"\xac\xed\x00\x05sr"  # type: ignore[index]
    with opened(make(request, "sqlite", tmp_path, statements("sqlite", "snake"), rows)) as store:
        first, *rest = events(store)
        assert "Java" in (first.error or "")
        assert [event.error for event in rest] == [None] * 3


def test_trap_gaps_in_the_global_index(store: Store) -> None:
    """The sequence serves other entities too, so the index has gaps: they are no finding and order stays."""
    assert [event.aggregate_id for event in events(store)] == [ORDER, CART, ORDER, "ident-52"]


def test_columns_alone_are_not_enough(tmp_path: Path) -> None:
    other = ["CREATE TABLE domain_event_entry (id integer, payload blob, type text)"]
    with pytest.raises(UnknownLayoutError), opened(make_sqlite(tmp_path / "other.sqlite", other, {})):
        pytest.fail("it was taken for Axon's")


def five(database: str, style: str) -> tuple[list[str], Rows]:
    blob = {"sqlite": "blob", "postgresql": "bytea", "mariadb": "longblob"}[database]
    ddl = (
        "CREATE TABLE {aggregate_event_entry} ({global_index} bigint NOT NULL PRIMARY KEY, {aggregate_type}"
        " varchar(255), {aggregate_identifier} varchar(255), {aggregate_sequence_number} bigint, {identifier}"
        " varchar(255) NOT NULL, {type} varchar(255) NOT NULL, {version} varchar(255) NOT NULL, {timestamp}"
        f" varchar(255) NOT NULL, {{payload}} {blob} NOT NULL, {{metadata}} {blob},"
        " UNIQUE ({aggregate_identifier}, {aggregate_sequence_number}))"
    )
    data = [
        ("Order", ORDER, 0, "shop.OrderPlaced", "0.0.1", {"total": 12.5}),
        (None, None, None, "shop.Tick", "0.0.1", {"n": 1}),
        ("Order", ORDER, 1, "shop.OrderPaid", "1.2.0", {"by": "card"}),
        (None, None, None, "shop.Tick", "0.0.1", {"n": 2}),
    ]
    rows = [
        {
            "global_index": index,
            "aggregate_type": kind,
            "aggregate_identifier": ident,
            "aggregate_sequence_number": number,
            "identifier": f"ident-{index}",
            "type": type_,
            "version": version,
            "timestamp": f"2026-03-01T09:00:0{index}.120Z",
            "payload": json.dumps(body).encode(),
            "metadata": json.dumps(META).encode(),
        }
        for index, (kind, ident, number, type_, version, body) in enumerate(data, 1)
    ]
    return [re.sub(r"\{(\w+)\}", lambda m: quoted(named(m[1], style), database), ddl)], {
        quoted(named("aggregate_event_entry", style), database): [
            {quoted(named(key, style), database): value for key, value in each.items()} for each in rows
        ]
    }


@pytest.fixture(params=CASES, ids="-".join)
def axon5(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    database, style = request.param
    with opened(make(request, database, tmp_path, *five(database, style))) as store:
        yield store


def test_axon_5(axon5: Store) -> None:
    assert axon5.layout.name == "axon-5"
    event = axon5.event(ORDER, 1)
    assert (event.position, event.event_id, event.schema_version) == (3, "ident-3", "1.2.0")
    assert (event.data, event.metadata) == ({"by": "card"}, META)
    assert time_of(event) == "2026-03-01T09:00:03.120Z"


def test_trap_type_changed_its_meaning(axon5: Store) -> None:
    """In Axon 5 `type` is the event's name, in Axon 4 the aggregate's type."""
    event = axon5.event(ORDER, 0)
    assert (event.type, event.aggregate_type) == ("shop.OrderPlaced", "Order")


def test_trap_axon_5_events_of_no_aggregate(axon5: Store) -> None:
    """Axon 5 leaves id, type and number of such events null: they are shown as one aggregate, by global index."""
    assert aggregates(axon5) in (
        [("(no aggregate)", None), (ORDER, "Order")],
        [(ORDER, "Order"), ("(no aggregate)", None)],
    )
    assert [(event.version, event.data) for event in events(axon5, "(no aggregate)")] == [(2, {"n": 1}), (4, {"n": 2})]


def test_what_belongs_together_has_one_trace_id(store: Store) -> None:
    """What others call correlation is the trace here; the correlation is the message that was handled."""
    asked = store.linked.of(store.event(ORDER, 1))
    assert asked.links.correlation == META["traceId"]
    *_, found = trace(store, asked)
    assert [node.event.key for node in found.causation.nodes] == [(ORDER, 0), (ORDER, 1)]
    links = store.linked.links.of({"traceId": "t", "correlationId": "c"}, None)
    assert (links.correlation, links.cause) == ("t", Cause("c"))
