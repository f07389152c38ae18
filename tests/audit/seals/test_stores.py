"""What a seal covers in stores of other layouts and databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from helpers_postgres import Database
from helpers_seals import CREATE, rows

from esviewer.app.proofs import check_file, prove_event
from esviewer.app.sealing import seal_store, verify_store
from esviewer.app.session import open_session
from esviewer.audit.seals.file import read_seal

VERBS = """
CREATE TABLE verb_events (
    id INTEGER PRIMARY KEY, type TEXT, data TEXT, metadata TEXT, created_at TEXT, updated_at TEXT
);
CREATE TABLE verb_state_events (id INTEGER PRIMARY KEY, event_id INTEGER, state_id INTEGER, state_type TEXT);
"""


def _verb(connection: sqlite3.Connection, number: int, state: int, kind: str) -> None:
    time = f"2026-01-01 00:00:{number:02}"
    connection.execute("INSERT INTO verb_events VALUES (?, 'T', '{}', '{}', ?, ?)", (number, time, time))
    connection.execute("INSERT INTO verb_state_events VALUES (?, ?, ?, ?)", (number, number, state, kind))


def test_a_name_that_a_later_event_makes_ambiguous_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "verbs.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(VERBS)
        for number in range(1, 11):
            _verb(connection, number, number % 3, "Cart")
        session = open_session(str(path), layout="verbs")
        assert {event.aggregate_id for event in session.store.events()} == {"0", "1", "2"}
        seal_store(session, tmp_path / "s")
        _verb(connection, 11, 1, "Order")
        session.close()
        session = open_session(str(path), layout="verbs")
        assert "Cart/1" in {event.aggregate_id for event in session.store.events()}

        verdict = verify_store(session, tmp_path / "s")

        assert verdict.verified, verdict.differences
        assert verdict.grown.events == 1
        assert verdict.grown.first is not None
        assert session.store.summary(verdict.grown.first.aggregate_id).events == 1
        connection.execute("UPDATE verb_events SET data = '[]' WHERE id = 4")
        assert [each.kind for each in verify_store(session, tmp_path / "s").differences] == ["changed"]
        session.close()


def test_versions_that_only_count_are_not_sealed(tmp_path: Path) -> None:
    path = tmp_path / "spatie.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE stored_events (id INTEGER PRIMARY KEY, aggregate_uuid TEXT, event_class TEXT, "
            "event_properties TEXT, meta_data TEXT, created_at TEXT)"
        )
        insert = "INSERT INTO stored_events VALUES (?, ?, 'T', ?, '{}', '2026-01-01 00:00:00')"
        connection.executemany(insert, [(number, f"a-{number % 3}", f'{{"n": {number}}}') for number in range(1, 31)])
        session = open_session(str(path), layout="spatie-unversioned")
        made = seal_store(session, tmp_path / "s")
        assert made.statement.counted
        proof = prove_event(session, tmp_path / "s", "a-1", 5, tmp_path / "p")
        assert (proof.holds, proof.event["data"], proof.event["version"]) == (True, {"n": 13}, None)
        assert check_file(tmp_path / "p", session=session).presence == "unchanged"

        connection.execute("DELETE FROM stored_events WHERE id = 7")
        connection.execute("UPDATE stored_events SET event_properties = '[]' WHERE id = 13")
        connection.execute(insert, (31, "a-1", "{}"))
        verdict = verify_store(session, tmp_path / "s")

        assert [(each.kind, each.place.position, each.place.version) for each in verdict.differences if each.place] == [
            ("removed", 7, 3), ("changed", 13, 4),
        ]  # fmt: skip
        assert verdict.grown.events == 1
        assert check_file(tmp_path / "p", session=session).presence == "missing"
        session.close()


def test_the_same_events_in_another_database_have_the_same_root(tmp_path: Path, postgres: Database) -> None:
    content = rows(300)
    path = tmp_path / "store.db"
    create = CREATE.format(position="id INTEGER PRIMARY KEY")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(create)
        connection.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 10)})", content)
        connection.commit()
    with postgres.connect() as connection:
        typed = create.replace("timestamp TEXT", "timestamp TIMESTAMPTZ").replace("event_data TEXT", "event_data JSONB")
        connection.execute(typed)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO events VALUES ({', '.join(['%s'] * 10)})", content)
    roots = []
    for number, target in enumerate((str(path), postgres.url)):
        session = open_session(target, layout="reference")
        seal = tmp_path / f"s{number}"
        roots.append(seal_store(session, seal).statement.root)
        assert verify_store(session, seal).verified
        session.close()
    assert roots[0] == roots[1]
    session = open_session(postgres.url, layout="reference")
    assert verify_store(session, tmp_path / "s0").verified
    postgres.execute("UPDATE events SET event_data = event_data || '{\"rate\": 1.50}' WHERE id = 1230")
    postgres.execute("DELETE FROM events WHERE id = 1500")
    found = verify_store(session, tmp_path / "s1").differences
    assert [(each.kind, each.place.position) for each in found if each.place] == [("changed", 1230), ("removed", 1500)]
    assert read_seal(tmp_path / "s1").statement.order == "position"
    session.close()
