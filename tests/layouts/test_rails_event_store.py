"""Rails Event Store on SQLite, PostgreSQL and MariaDB: documented tables, rows in their documented encodings.

Facts: RailsEventStore/rails_event_store ece8f31. The framework itself was not run. RUBY, MARSHAL and the two forms of
SNAPSHOT were written by Ruby 3.1 of Debian 12; other YAML is written here in the same forms.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, make_sqlite, opened, short, time_of
from helpers_postgres import Database

from esviewer.errors import UnknownLayoutError
from esviewer.stores.store import Store

ORDER, CART = "Ordering::Order$a1", "Shop::Cart$b2"
NOWHERE = "(no stream)"
MARSHAL = b"\x04\bo:\x14Ordering::Order\a:\r@versioni\x06:\v@state:\bnew"
"""A Ruby object with an instance variable of its own called version."""
SNAPSHOT = {
    "ascii": r'"\x04\bo:\x14Ordering::Order\a:\r@versioni\x06:\v@state:\bnew"',
    "binary": "!binary |-\n  BAh7BjoGYUkiCcOpw6kGOgZFVA==",
}
"""How Ruby's YAML writes the bytes of objects: quoted where all of them are ASCII."""
RUBY = """\
---
:order_id: a1
:nr: 9007199254740993
:lines:
- :sku: x
  :n: 2
:by: :admin
:at: 2026-03-01 09:00:00.123456000 Z
:name: zoë
:empty: {}
:none:
:no: 'no'
:list: []
:multi: |-
  a
  b
str: 1.1
"""
CIPHER = bytes([200, 1, 130, 77, 3, 255])

Written = tuple[int, str, Any, Any, str | None]


def ident(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("Ordering::OrderSubmitted", {"order_id": "a1", "nr": 9007199254740993, "lines": [{"sku": "x", "n": 2}]}),
    ("Shop::ItemAdded", {"name": "zoë"}),
    ("Ordering::OrderPaid", {"total": 1.10}),
    ("Shop::ItemAdded", {"name": "tea"}),
    ("Ops::Deployed", {"by": "cron"}),
]
"""Type and data of each event, in the order of their ids."""
LINKS: list[tuple[str, int | None, int]] = [
    (ORDER, 0, 1),
    (CART, None, 2),
    ("$by_type_Ordering::OrderSubmitted", None, 1),
    (ORDER, 1, 3),
    ("Process$p1", 0, 2),
    ("Process$p1", 1, 3),
    (CART, None, 4),
]
"""Stream, position and event of each link, in the order of their ids; the last event is in no stream."""


def in_yaml(value: Any, depth: int = 0, *, key: bool = False) -> str:
    """A value as Psych writes it: hashes with symbols as keys, bytes as !binary."""
    pad = "  " * depth
    if isinstance(value, dict) and value:
        lines = []
        for name, inner in value.items():
            lines.append(f"{pad}:{name}:" + in_yaml(inner, depth + 1, key=True))
        return ("\n" if key else "") + "\n".join(lines)
    if isinstance(value, list) and value:
        # Psych does not indent the items of a list under a key.
        pad = pad[2:] if key else pad
        items = [f"{pad}- " + in_yaml(inner, depth if key else depth + 1).lstrip() for inner in value]
        return ("\n" if key else "") + "\n".join(items)
    if isinstance(value, bytes):
        return f" !binary |-\n{pad}{base64.b64encode(value).decode()}"
    if isinstance(value, str):
        return " " + (value if value.isalnum() else json.dumps(value, ensure_ascii=False))
    return " " + json.dumps(value)


def yaml(value: Any) -> bytes:
    return (b"--- {}\n" if value == {} else f"---\n{in_yaml(value)}\n".encode())


def ddl(database: str, payload: str) -> list[str]:
    serial = {
        "sqlite": "integer PRIMARY KEY AUTOINCREMENT",
        "postgres": "bigserial PRIMARY KEY",
        "mariadb": "bigint AUTO_INCREMENT PRIMARY KEY",
    }[database]
    # On PostgreSQL the variant for Sequel keeps ids and payloads in text columns.
    uuid = "uuid" if database == "postgres" and payload != "text" else "varchar(36)"
    time = "timestamp(6)" if database == "postgres" else "datetime(6)"
    return [
        f"CREATE TABLE event_store_events (id {serial}, event_id {uuid} NOT NULL UNIQUE, event_type varchar(255) NOT"
        f" NULL, metadata {payload}, data {payload} NOT NULL, created_at {time} NOT NULL, valid_at {time} NULL)",
        f"CREATE TABLE event_store_events_in_streams (id {serial}, stream varchar(255) NOT NULL, position integer,"
        f" event_id {uuid} NOT NULL, created_at {time} NOT NULL, UNIQUE (stream, position),"
        " UNIQUE (stream, event_id))",
        "CREATE INDEX by_event ON event_store_events_in_streams (event_id)",
    ]


def row(number: int, kind: str, data: Any, metadata: Any, valid_at: str | None = None) -> dict[str, Any]:
    return {
        "id": number,
        "event_id": ident(number),
        "event_type": kind,
        "metadata": metadata,
        "data": data,
        "created_at": f"2026-03-01 09:00:0{number}.123456",
        "valid_at": valid_at,
    }


def link(number: int, stream: str, position: int | None, event: int) -> dict[str, Any]:
    return {
        "id": number,
        "stream": stream,
        "position": position,
        "event_id": ident(event),
        "created_at": "2026-03-01 09:00:00",
    }


def rows(encode: Any) -> dict[str, list[dict[str, Any]]]:
    metadata = {"correlation_id": ident(77), "remote_ip": "127.0.0.1", "schema_version": 2}
    listed = [
        row(number, kind, encode(data), encode(metadata) if number == 1 else encode({}))
        for number, (kind, data) in enumerate(EVENTS, 1)
    ]
    listed[2]["valid_at"] = "2026-02-01 00:00:00"
    return {
        "event_store_events": listed,
        "event_store_events_in_streams": [link(number, *each) for number, each in enumerate(LINKS, 1)],
    }


PAYLOADS = {
    "sqlite-yaml": "blob",
    "postgres-yaml": "bytea",
    "postgres-jsonb": "jsonb",
    "postgres-json": "json",
    "postgres-text-json": "text",
    "mariadb-yaml": "longblob",
    "mariadb-json": "json",
}


def made(request: pytest.FixtureRequest, folder: Path, kind: str, written: Any) -> str:
    database = kind.partition("-")[0]
    statements = ddl(database, PAYLOADS[kind])
    if database == "sqlite":
        return make_sqlite(folder / "rails.sqlite3", statements, written)
    return make_server(request.getfixturevalue(database), statements, written)


def encoder(kind: str) -> Any:
    return yaml if kind.endswith("yaml") else json.dumps


@pytest.fixture(scope="module", params=PAYLOADS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(request, tmp_path_factory.mktemp("rails"), request.param, rows(encoder(request.param)))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def plain(value: Any) -> Any:
    """A decoded value with Ruby's symbols as plain keys, so that YAML and JSON compare."""
    if isinstance(value, dict):
        return {str(key).removeprefix(":"): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "rails-event-store"
    assert store.fit.events.name.endswith("event_store_events")
    assert any("event_store_events_in_streams" in reason for reason in store.fit.reasons)


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [(event.type, plain(event.data)) for event in found] == EVENTS
    assert [event.position for event in found] == [1, 2, 3, 4, 5]
    assert [event.event_id for event in found] == [ident(number) for number in range(1, 6)]
    assert found[0].schema_version == 2
    assert time_of(found[0]) == "2026-03-01T09:00:01.123456Z"
    assert plain(found[0].metadata) == {
        "correlation_id": ident(77),
        "remote_ip": "127.0.0.1",
        "schema_version": 2,
    }
    assert [event.version for event in events(store, ORDER)] == [0, 1]


def test_trap_types_are_before_the_dollar(store: Store) -> None:
    """An aggregate's stream is called Class$id; those that begin with a dollar are the store's own."""
    assert aggregates(store) == [(NOWHERE, None), (ORDER, "Ordering::Order"), (CART, "Shop::Cart")]


def test_trap_an_event_may_be_in_many_streams(store: Store) -> None:
    """Links put an event into further streams: it counts once, in the stream it was published to."""
    assert [event.aggregate_id for event in events(store)] == [ORDER, CART, ORDER, CART, NOWHERE]
    assert store.info().as_json()["events"] == len(EVENTS)
    assert any("links" in warning for warning in store.warnings)


def test_trap_an_event_may_be_in_no_stream(store: Store) -> None:
    """Published without a stream an event is in the global one only: it is shown, as of no aggregate."""
    (event,) = events(store, NOWHERE)
    assert (event.type, event.aggregate_type) == ("Ops::Deployed", None)


def test_trap_positions_may_be_null(store: Store) -> None:
    """Events published without an expected version have no position: the global id stands in, in its order."""
    found = events(store, CART)
    assert [event.version for event in found] == [2, 4]
    assert plain(store.event(CART, 4).data) == {"name": "tea"}


def test_trap_valid_at_is_null_where_it_is_created_at(store: Store) -> None:
    """The time an event counts from is kept only where it differs from the time it was stored; both are shown."""
    submitted, paid = events(store, ORDER)
    assert isinstance(paid.metadata, dict)
    assert str(paid.metadata["valid_at"]).startswith("2026-02-01")
    assert "valid_at" not in (submitted.metadata or {})  # type: ignore[operator]
    assert time_of(paid) == "2026-03-01T09:00:03.123456Z"


def test_streams_with_their_links(target: str) -> None:
    """The layout that shows streams as Rails Event Store reads them, with the events linked to them."""
    with opened(target, "rails-event-store-streams") as store:
        assert [short(event)[:3] for event in events(store, "Process$p1")] == [
            ("Process$p1", 0, "Shop::ItemAdded"),
            ("Process$p1", 1, "Ordering::OrderPaid"),
        ]
        assert [event.position for event in events(store)] == [1, 2, 3, 4, 5, 6, 7]
        assert dict(aggregates(store)) == {
            "$by_type_Ordering::OrderSubmitted": None,
            ORDER: "Ordering::Order",
            "Process$p1": "Process",
            CART: "Shop::Cart",
        }


def test_trap_double_encoded_json(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A misconfigured serializer put JSON text into the JSON column as one string: it is decoded once more."""
    written = rows(lambda value: json.dumps(json.dumps(value)))
    with opened(made(request, tmp_path, "postgres-jsonb", written)) as store:
        assert [event.data for event in events(store)] == [data for _, data in EVENTS]
        assert events(store)[0].schema_version == 2


def test_what_ruby_writes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    written = rows(yaml)
    written["event_store_events"][0]["data"] = RUBY.encode()
    with opened(made(request, tmp_path, "sqlite-yaml", written)) as store:
        data = plain(events(store)[0].data)
        assert str(data.pop("by")).removeprefix(":") == "admin"
        assert str(data.pop("at")).startswith("2026-03-01")
        assert data == {
            "order_id": "a1",
            "nr": 9007199254740993,
            "lines": [{"sku": "x", "n": 2}],
            "name": "zoë",
            "empty": {},
            "none": None,
            "no": "no",
            "list": [],
            "multi": "a\nb",
            "str": 1.1,
        }


def test_trap_ruby_tags_in_yaml_are_never_executed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """YAML may name Ruby classes: they are read as plain data, whatever they are."""
    written = rows(yaml)
    tagged = b"--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\namount: !ruby/object:BigDecimal 27:0.11e1\n"
    written["event_store_events"][0]["data"] = tagged
    with opened(made(request, tmp_path, "sqlite-yaml", written)) as store:
        event = events(store)[0]
        assert event.error is None
        assert "amount" in plain(event.data)


@pytest.mark.parametrize("kind", ["sqlite-yaml", "postgres-yaml", "mariadb-yaml"])
@pytest.mark.parametrize("form", SNAPSHOT)
def test_trap_snapshots_are_ruby_objects(
    kind: str, form: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Snapshots are events with Ruby's Marshal in streams of their own (_snapshots): named, never loaded, no base."""
    written = rows(yaml)
    state = f"---\n:marshal: {SNAPSHOT[form]}\n:last_event_id: {ident(3)}\n:version: 1\n".encode()
    written["event_store_events"].append(row(6, "AggregateRoot::SnapshotRepository::Snapshot", state, yaml({})))
    written["event_store_events_in_streams"].append(link(8, f"{ORDER}_snapshots", None, 6))
    with opened(made(request, tmp_path, kind, written)) as store:
        assert f"{ORDER}_snapshots" not in dict(aggregates(store))
        assert len(events(store)) == len(EVENTS)
        assert store.snapshot_versions(ORDER) == [1]
        found = store.snapshot(ORDER)
        assert found is not None
        assert (found.version, found.state) == (1, None)
        assert "Ruby" in (found.error or "")
        assert store.snapshot(CART) is None
        assert store.info().as_json()["snapshots"] == 1


@pytest.mark.parametrize("kind", ["sqlite-yaml", "postgres-jsonb"])
def test_trap_forgotten_data(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Fields may be encrypted with a key for each person, FORGOTTEN_DATA for Ruby once it is gone: the rest is read."""
    text = kind != "sqlite-yaml"
    cipher: Any = base64.b64encode(CIPHER).decode() if text else CIPHER
    about = {"encryption": {"ssn": {"cipher": "aes-256-gcm", "iv": "aXY", "identifier": "person1"}}}
    written = rows(encoder(kind))
    written["event_store_events"][0] |= {
        "data": encoder(kind)({"ssn": cipher, "city": "Rome"}),
        "metadata": encoder(kind)(about),
    }
    with opened(made(request, tmp_path, kind, written)) as store:
        event = events(store)[0]
        assert event.error is None
        assert plain(event.data) == {"ssn": cipher, "city": "Rome"}
        assert plain(event.metadata)["encryption"]["ssn"]["identifier"] == "person1"


def test_trap_other_serializers_are_named(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The serializer is the application's choice: Marshal can't be read, says so, and leaves the rest readable."""
    written = rows(yaml)
    written["event_store_events"][1]["data"] = MARSHAL
    with opened(made(request, tmp_path, "sqlite-yaml", written)) as store:
        first, second, *_ = events(store)
        assert first.error is None
        assert "Ruby" in (second.error or "")
        assert second.raw == MARSHAL


def test_trap_deleted_streams_leave_their_events(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Deleting a stream removes its links only: its events are still in the store, and in other streams."""
    written = rows(yaml)
    kept = [each for each in written["event_store_events_in_streams"] if each["stream"] != ORDER]
    written["event_store_events_in_streams"] = kept
    with opened(made(request, tmp_path, "sqlite-yaml", written)) as store:
        assert len(events(store)) == len(EVENTS)
        assert [event.aggregate_id for event in events(store)][2] == "Process$p1"


def test_trap_columns_that_many_tables_have(tmp_path: Path) -> None:
    """A table like event_store_events under another name and without streams is somebody else's."""
    statements = [each.replace("event_store_events", "log") for each in ddl("sqlite", "blob")[:1]]
    with pytest.raises(UnknownLayoutError), opened(make_sqlite(tmp_path / "other.sqlite3", statements, {})):
        pytest.fail("it was taken for Rails Event Store's")


def test_tables_in_a_schema_of_their_own(postgres: Database) -> None:
    """Tables that are not on the search path."""
    statements = ["CREATE SCHEMA shop"]
    statements += [each.replace(" event_store_events", " shop.event_store_events") for each in ddl("postgres", "jsonb")]
    written = {f"shop.{table}": listed for table, listed in rows(json.dumps).items()}
    with opened(make_server(postgres, statements, written)) as store:
        assert store.fit.tables["events"] == "shop.event_store_events"
        assert [event.aggregate_id for event in events(store)] == [ORDER, CART, ORDER, CART, NOWHERE]


def test_stores_from_before_valid_at(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Older stores have no valid_at."""
    statements = [each.replace(", valid_at datetime(6) NULL", "") for each in ddl("sqlite", "blob")]
    written = rows(yaml)
    for each in written["event_store_events"]:
        del each["valid_at"]
    with opened(make_sqlite(tmp_path / "old.sqlite3", statements, written)) as store:
        assert store.layout.name == "rails-event-store"
        assert len(events(store)) == len(EVENTS)
