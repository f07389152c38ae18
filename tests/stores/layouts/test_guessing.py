"""Layouts proposed for home-made tables: the proposal is written as a layout and the store read with it."""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from helpers_mariadb import Database as MariaDatabase
from helpers_postgres import Database as PostgresDatabase

from esviewer.app.mapping import try_draft
from esviewer.errors import StoreError
from esviewer.stores.layouts.guessing import Proposal, survey
from esviewer.stores.layouts.text import layout_toml
from esviewer.stores.opening import open_store

IDS = [str(UUID(int=7_000_000_000_000_000_000_000 + number * 97)) for number in range(6)]
TYPES = ("AccountOpened", "MoneyDeposited", "MoneyWithdrawn")
START = 1_750_000_000


def made(path: Path, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table} ({columns})")
        marks = ", ".join("?" * len(rows[0])) if rows else ""
        if rows:
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.execute("CREATE TABLE unrelated (id INTEGER PRIMARY KEY, title TEXT, done INTEGER)")
        connection.executemany("INSERT INTO unrelated (title, done) VALUES (?, ?)", [("a", 0), ("b", 1)])
    connection.close()
    return path


def history(base: int = 1) -> list[tuple[int, str, int, str, dict[str, Any], int]]:
    """Interleaved events: position, id, version, type, data, seconds."""
    rows = []
    for version in range(5):
        for number, ident in enumerate(IDS):
            kind = TYPES[0] if version == 0 else TYPES[1 + (version + number) % 2]
            data = {"amount": version * 10 + number, "currency": "EUR", "note": f"n{number}"}
            position = len(rows) + 1
            rows.append((position, ident, version + base, kind, data, START + position * 37))
    return rows


def proposed(path: Path) -> Proposal:
    proposal = survey(str(path)).proposal
    assert proposal is not None
    return proposal


def read_with(path: Path, proposal: Proposal, folder: Path) -> list[Any]:
    file = folder / "proposed.toml"
    file.write_text(layout_toml(proposal.draft), encoding="utf-8")
    store = open_store(str(path), str(file))
    try:
        return list(store.events())
    finally:
        store.close()


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def test_camel_case_columns(tmp_path: Path) -> None:
    rows = [(p, i, v, t, json.dumps(d), iso(s)) for p, i, v, t, d, s in history()]
    path = made(
        tmp_path / "x.db",
        "DomainEvents",
        "globalSequence INTEGER PRIMARY KEY, streamId TEXT, streamRevision INTEGER, eventName TEXT, eventBody TEXT,"
        " occurredAt TEXT",
        rows,
    )

    proposal = proposed(path)

    assert dict(proposal.draft.parts) == {
        "aggregate_id": "streamId",
        "version": "streamRevision",
        "type": "eventName",
        "position": "globalSequence",
        "timestamp": "occurredAt",
    }
    assert (proposal.draft.data, proposal.draft.version_base) == ("eventBody", 1)
    assert proposal.confidence > 0.7
    events = read_with(path, proposal, tmp_path)
    assert [(e.aggregate_id, e.version, e.type, e.data) for e in events] == [row[1:5] for row in history()]
    assert str(events[0].timestamp).startswith("2025-06-15")


def test_german_columns_with_times_in_milliseconds(tmp_path: Path) -> None:
    rows = [(p, i, v, t, json.dumps(d), s * 1000) for p, i, v, t, d, s in history()]
    path = made(
        tmp_path / "x.db",
        "Ereignisse",
        "LfdNr INTEGER PRIMARY KEY, VorgangNr TEXT, Nummer INTEGER, EreignisArt TEXT, Inhalt TEXT, Zeitpunkt INTEGER",
        rows,
    )

    proposal = proposed(path)

    assert proposal.draft.table == "Ereignisse"
    assert dict(proposal.draft.parts) == {
        "aggregate_id": "VorgangNr",
        "version": "Nummer",
        "type": "EreignisArt",
        "position": "LfdNr",
        "timestamp": "Zeitpunkt",
    }
    assert proposal.draft.form == "ms"
    assert read_with(path, proposal, tmp_path)[0].timestamp.ns == (START + 37) * 1_000_000_000


def test_japanese_columns(tmp_path: Path) -> None:
    rows = [(i, v, t, json.dumps(d), iso(s)) for _, i, v, t, d, s in history(0)]
    path = made(tmp_path / "x.db", "出来事", "対象 TEXT, 順番 INTEGER, 区分 TEXT, 中身 TEXT, 時刻 TEXT", rows)

    proposal = proposed(path)

    assert dict(proposal.draft.parts) == {
        "aggregate_id": "対象",
        "version": "順番",
        "type": "区分",
        "timestamp": "時刻",
    }
    assert (proposal.draft.data, proposal.draft.version_base) == ("中身", 0)
    assert len(read_with(path, proposal, tmp_path)) == 30


def test_names_that_say_nothing(tmp_path: Path) -> None:
    rows = [(p, t, json.dumps(d), v, iso(s), i) for p, i, v, t, d, s in history()]
    path = made(tmp_path / "x.db", "t17", "c1 INTEGER, c2 TEXT, c3 TEXT, c4 INTEGER, c5 TEXT, c6 TEXT", rows)

    proposal = proposed(path)

    assert dict(proposal.draft.parts) == {
        "aggregate_id": "c6",
        "version": "c4",
        "type": "c2",
        "position": "c1",
        "timestamp": "c5",
    }
    assert proposal.draft.data == "c3"


def test_compressed_payloads_in_blobs(tmp_path: Path) -> None:
    rows = [(i, v, t, zlib.compress(json.dumps(d).encode()), s) for _, i, v, t, d, s in history()]
    path = made(
        tmp_path / "x.db", "journal", "entity TEXT, seq INTEGER, manifest TEXT, payload BLOB, written INTEGER", rows
    )

    proposal = proposed(path)

    assert proposal.draft.codec == ("zlib", "json")
    assert proposal.draft.form == "s"
    assert proposal.draft.parts["aggregate_id"] == "entity"
    assert read_with(path, proposal, tmp_path)[0].data == history()[0][4]


def test_metadata_are_told_from_data(tmp_path: Path) -> None:
    meta = [json.dumps({"correlation_id": IDS[0], "user_id": "u1", "ip": "::1"})] * 30
    rows = [
        (str(UUID(int=p * 991)), i, "account", v, t, m, json.dumps(d), iso(s))
        for (p, i, v, t, d, s), m in zip(history(), meta, strict=True)
    ]
    path = made(
        tmp_path / "x.db",
        "messages",
        "uuid TEXT, root TEXT, root_kind TEXT, nr INTEGER, event TEXT, extra TEXT, json TEXT, at TEXT",
        rows,
    )

    draft = proposed(path).draft

    assert (draft.data, draft.metadata) == ("json", "extra")
    assert draft.parts["event_id"] == "uuid"
    assert (draft.parts["aggregate_id"], draft.parts["version"], draft.parts["type"]) == ("root", "nr", "event")


def test_two_payloads_without_telling_names(tmp_path: Path) -> None:
    rows = [
        (i, v, t, json.dumps({"actor": "u1", "trace_id": "x"}), json.dumps(d)) for _, i, v, t, d, _ in history()
    ]
    path = made(tmp_path / "x.db", "log", "a TEXT, b INTEGER, c TEXT, d TEXT, e TEXT", rows)

    draft = proposed(path).draft

    assert (draft.data, draft.metadata) == ("e", "d")


def test_without_versions_rows_are_counted(tmp_path: Path) -> None:
    rows = [(p, i, t, json.dumps(d), iso(s)) for p, i, _, t, d, s in history()]
    path = made(
        tmp_path / "x.db",
        "audit_log",
        "id INTEGER PRIMARY KEY, entity_id TEXT, action TEXT, details TEXT, ts TEXT",
        rows,
    )

    proposal = proposed(path)

    assert "version" not in proposal.draft.parts
    assert proposal.draft.counted_by == "id"
    assert any("counted" in reason for reason in proposal.reasons)
    assert [e.version for e in read_with(path, proposal, tmp_path) if e.aggregate_id == IDS[2]] == [1, 2, 3, 4, 5]


def test_whole_numbers_as_ids_and_types_of_aggregates(tmp_path: Path) -> None:
    rows = [
        (p, 100 + IDS.index(i), "account" if IDS.index(i) % 2 else "customer", v, t, json.dumps(d), s * 1_000_000)
        for p, i, v, t, d, s in history()
    ]
    path = made(
        tmp_path / "x.db",
        "es_events",
        "pos INTEGER PRIMARY KEY, owner INTEGER, category TEXT, rev INTEGER, type TEXT, data TEXT, time INTEGER",
        rows,
    )

    draft = proposed(path).draft

    assert (draft.parts["aggregate_id"], draft.parts["aggregate_type"], draft.parts["type"]) == (
        "owner",
        "category",
        "type",
    )
    assert (draft.parts["version"], draft.parts["position"], draft.form) == ("rev", "pos", "us")


def test_the_type_inside_the_data(tmp_path: Path) -> None:
    rows = [(i, v, json.dumps({"type": t, **d})) for _, i, v, t, d, _ in history()]
    path = made(tmp_path / "x.db", "happened", "who TEXT, n INTEGER, what TEXT", rows)

    proposal = proposed(path)

    assert proposal.draft.parts["type"] == "$.type"
    assert {event.type for event in read_with(path, proposal, tmp_path)} == set(TYPES)


def test_first_rows_of_as_many_aggregates(tmp_path: Path) -> None:
    rows = [(f"k{n % 500}", n // 500, TYPES[n % 3], json.dumps({"x": n}), START + n) for n in range(3000)]
    path = made(tmp_path / "x.db", "t", "a TEXT, b INTEGER, c TEXT, d TEXT, e INTEGER, UNIQUE (a, b)", rows)

    proposal = proposed(path)

    assert dict(proposal.draft.parts) == {"aggregate_id": "a", "version": "b", "type": "c", "timestamp": "e"}
    assert proposal.draft.version_base == 0


def test_snapshots_beside_the_events(tmp_path: Path) -> None:
    rows = [(i, v, t, json.dumps(d), iso(s)) for _, i, v, t, d, s in history()]
    path = made(tmp_path / "x.db", "facts", "key TEXT, seq INTEGER, fact TEXT, body TEXT, at TEXT", rows)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE fact_snapshots (key TEXT, seq INTEGER, image TEXT)")
        connection.execute("INSERT INTO fact_snapshots VALUES (?, 3, ?)", (IDS[0], '{"amount": 20}'))
    connection.close()

    proposal = proposed(path)

    assert proposal.draft.table == "facts"
    assert proposal.draft.snapshots is not None
    assert (proposal.draft.snapshots.table, proposal.draft.snapshots.state) == ("fact_snapshots", "image")
    file = tmp_path / "x.toml"
    file.write_text(layout_toml(proposal.draft), encoding="utf-8")
    store = open_store(str(path), str(file))
    snapshot = store.snapshot(IDS[0])
    store.close()
    assert snapshot is not None
    assert (snapshot.version, snapshot.state) == (3, {"amount": 20})


def test_empty_tables_are_told_by_their_names(tmp_path: Path) -> None:
    path = made(
        tmp_path / "x.db",
        "my_events",
        "id INTEGER PRIMARY KEY, streamUuid TEXT, eventNumber INTEGER, eventKind TEXT, payload TEXT, createdAt TEXT",
        [],
    )

    draft = proposed(path).draft

    assert (draft.parts["aggregate_id"], draft.parts["version"], draft.data) == ("streamUuid", "eventNumber", "payload")


def test_tables_of_something_else_give_no_proposal(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "invoices", "number INTEGER, total REAL", [(1, 2.5), (2, 3.5)])

    assert survey(str(path)).proposal is None


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "invoices", "number INTEGER", [(1,)])

    with pytest.raises(StoreError, match="no table orders"):
        survey(str(path), "orders")


def test_tables_of_postgresql(postgres: PostgresDatabase, tmp_path: Path) -> None:
    """Ids as uuid, payloads as jsonb and bytea, times with zone, in a schema."""
    postgres.execute(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.facts (no bigserial PRIMARY KEY, cart uuid, step int, fact text, body jsonb, at timestamptz,"
        " UNIQUE (cart, step))",
        "INSERT INTO shop.facts (cart, step, fact, body, at) SELECT"
        " ('00000000-0000-4000-8000-00000000000' || a)::uuid, s, CASE s WHEN 1 THEN 'Begun' ELSE 'Moved' END,"
        " jsonb_build_object('s', s, 'a', a), timestamptz '2026-01-01 00:00Z' + s * interval '1 hour'"
        " FROM generate_series(1, 5) s, generate_series(1, 4) a",
    )

    proposal = survey(postgres.url).proposal

    assert proposal is not None
    assert proposal.full_name == "shop.facts"
    assert dict(proposal.draft.parts) == {
        "aggregate_id": "cart",
        "version": "step",
        "type": "fact",
        "position": "no",
        "timestamp": "at",
    }
    assert (proposal.draft.data, proposal.draft.codec) == ("body", ("json",))
    trial = try_draft(postgres.url, proposal.draft, proposal.full_name)
    assert trial.problem is None
    assert {check.outcome for check in trial.checks} == {"ok"}
    assert trial.events[0].data == {"a": 1, "s": 1}


def test_tables_of_mariadb(mariadb: MariaDatabase) -> None:
    """Ids as binary(16), payloads as longblob, times as datetime."""
    mariadb.execute(
        "CREATE TABLE vorgang (lfd bigint AUTO_INCREMENT PRIMARY KEY, akte binary(16), nr int, art varchar(80),"
        " inhalt longblob, zeit datetime(6), UNIQUE (akte, nr))",
        "INSERT INTO vorgang (akte, nr, art, inhalt, zeit) SELECT"
        " UNHEX(CONCAT('0000000000004000800000000000000', a.seq)), s.seq,"
        " IF(s.seq = 1, 'Begun', 'Moved'), JSON_OBJECT('s', s.seq), '2026-01-01 00:00:00'"
        " FROM seq_1_to_5 s, seq_1_to_4 a ORDER BY s.seq, a.seq",
    )

    proposal = survey(mariadb.url).proposal

    assert proposal is not None
    assert dict(proposal.draft.parts) == {
        "aggregate_id": "akte",
        "version": "nr",
        "type": "art",
        "position": "lfd",
        "timestamp": "zeit",
    }
    trial = try_draft(mariadb.url, proposal.draft, proposal.full_name)
    assert trial.problem is None
    assert {check.name for check in trial.checks if check.outcome != "ok"} == {"times"}
