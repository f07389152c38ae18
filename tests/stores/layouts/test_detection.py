"""Detection goes by columns, explains itself and never guesses."""

import sqlite3
from pathlib import Path

import pytest
from helpers_sqlite import PLAIN, Make, Open, row

from esviewer.errors import AmbiguousLayoutError, UnknownLayoutError, UsageError
from esviewer.stores.databases.catalog import Column, Table
from esviewer.stores.layouts.detection import fits
from esviewer.stores.layouts.layout import all_layouts
from esviewer.stores.opening import open_store

PYTHON_EVENTS = "originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB"


def table(name: str, columns: str, schema: str | None = None) -> Table:
    return Table(schema, name, tuple(Column(each, "text", True) for each in columns.split()))


def found(*tables: Table) -> list[str]:
    return [fit.choice for fit in fits(tables, all_layouts())]


def test_each_layout_is_known_by_its_columns() -> None:
    reference = "aggregate_id event_type event_data version timestamp"
    assert found(table("anything", reference)) == ["reference:anything"]
    assert found(table("Events", "AggregateId EventType EventData Version Timestamp")) == ["reference:Events"]
    assert found(table("events", "originator_id originator_version topic state")) == ["eventsourcing:events"]
    messages = "global_position position time stream_name type data metadata id"
    assert found(table("messages", messages, "s")) == ["message-db:s.messages"]


def test_a_name_alone_is_nothing() -> None:
    assert found(table("events", "id name")) == []
    assert found(table("stored_events", "id event_class"), table("messages", "id body")) == []
    assert found(table("snapshots", "originator_id originator_version topic state")) == []


def test_snapshots_are_paired_by_name_within_a_schema() -> None:
    columns = "originator_id originator_version topic state"
    tables = [
        table(f"{app}_{what}", columns, schema)
        for schema in ("one", "two")
        for app in ("bank", "kennel")
        for what in ("events", "snapshots")
    ]
    pairs = {fit.tables["events"]: fit.tables["snapshots"] for fit in fits(tables, all_layouts())}
    assert pairs == {
        f"{schema}.{app}_events": f"{schema}.{app}_snapshots" for schema in ("one", "two") for app in ("bank", "kennel")
    }
    lone = fits([tables[0], tables[3]], all_layouts())
    assert lone[0].tables == {"events": tables[0].full_name, "snapshots": tables[3].full_name}
    several = [fit.tables for fit in fits([tables[0], tables[2], tables[3]], all_layouts())]
    assert {"events": tables[0].full_name} in several
    assert {"events": tables[2].full_name, "snapshots": tables[3].full_name} in several
    assert len(several) == 2


def test_reasons_are_sentences(make: Make, opened: Open) -> None:
    store = opened(make([row("a", 1)]))
    assert store.layout.name == "reference"
    assert store.fit.tables == {"events": "events", "snapshots": "snapshots"}
    assert all(reason.endswith(".") for reason in store.fit.reasons)
    assert any("aggregate_id" in reason for reason in store.fit.reasons)


def test_an_empty_database_says_so(make: Make) -> None:
    path = make(ddl=PLAIN + "DROP TABLE snapshots; CREATE TABLE x (y);")
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE events; DROP TABLE x; VACUUM;")
    connection.close()
    with pytest.raises(UnknownLayoutError, match="has no tables"):
        open_store(str(path))
    with pytest.raises(UnknownLayoutError, match="has no tables"):
        open_store(str(path), "reference")


def test_unknown_tables_are_named(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE people (id, name); CREATE TABLE pets (id, name);")
    connection.close()
    with pytest.raises(UnknownLayoutError, match="people, pets") as raised:
        open_store(str(path))
    assert "esviewer layouts guess" in raised.value.hint
    with pytest.raises(UnknownLayoutError, match="has no column") as raised:
        open_store(str(path), "reference")
    with pytest.raises(UsageError, match="There is no layout nonsense"):
        open_store(str(path), "nonsense")


def test_several_stores_are_offered(make: Make, opened: Open) -> None:
    path = make([row("a", 1)], ddl=PLAIN + f"CREATE TABLE bank_events ({PYTHON_EVENTS});")
    with pytest.raises(AmbiguousLayoutError) as raised:
        open_store(str(path))
    assert set(raised.value.choices) == {"reference:events", "eventsourcing:bank_events"}
    for choice in raised.value.choices:
        assert choice in raised.value.hint
        assert opened(path, choice).fit.choice == choice
    assert opened(path, "reference").fit.choice == "reference:events"
    with pytest.raises(UnknownLayoutError, match="has no table nowhere"):
        open_store(str(path), "reference:nowhere")
    with pytest.raises(UnknownLayoutError, match="does not fit table bank_events"):
        open_store(str(path), "reference:bank_events")


def test_a_layout_file_is_used(make: Make, opened: Open, tmp_path: Path) -> None:
    ddl = (
        "CREATE TABLE events (aggregate_id TEXT, aggregate_type TEXT, event_type TEXT, event_data TEXT, "
        "version INTEGER, timestamp INTEGER, tenant TEXT DEFAULT 'acme')"
    )
    path = make([row("cart-1", 0, '{"v": 3, "n": 1}', "shop:Cart.Opened", 1_767_225_600_123)], ddl=ddl)
    file = tmp_path / "shop.toml"
    file.write_text("""
name = "shop"
[events]
required = ["aggregate_id", "event_type", "event_data", "version"]
[events.parts]
aggregate_id = { column = "aggregate_id" }
aggregate_type = { column = "aggregate_id", rule = "before_dash" }
version = { column = "version" }
type = { sql = "upper(event_type)", rule = "topic_event" }
schema_version = { data = "v" }
timestamp = { column = "timestamp", form = "ms" }
[events.data]
column = "event_data"
envelope = ["v"]
[events.metadata]
also = ["tenant"]
""")
    (event,) = opened(path, str(file)).events()
    assert event.as_json() == {
        "position": 1,
        "aggregate_id": "cart-1",
        "aggregate_type": "cart",
        "version": 0,
        "event_id": None,
        "type": "CART.OPENED",
        "schema_version": 3,
        "timestamp": "2026-01-01T00:00:00.123Z",
        "data": {"n": 1},
        "metadata": {"tenant": "acme", "v": 3},
    }
