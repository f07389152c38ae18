"""Literals of a SELECT as text, for each kind of database, and where there is none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from helpers_demo import demo_store
from sqlalchemy import column, select, table
from sqlalchemy.dialects import mssql, mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect

from esviewer.app.session import open_session
from esviewer.errors import UsageError
from esviewer.stores.as_sql import _compiled
from esviewer.stores.databases.duckdb import DuckDbDialect
from esviewer.stores.relation import bound

DIALECTS: dict[str, Any] = {
    "sqlite": sqlite.dialect,
    "postgresql": postgresql.psycopg.dialect,
    "mysql": mysql.pymysql.dialect,
    "mssql": mssql.pyodbc.dialect,
    "duckdb": DuckDbDialect,
}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, {"sqlite": "1", "postgresql": "true", "mysql": "1", "mssql": "1", "duckdb": "true"}),
        (2**70, dict.fromkeys(DIALECTS, "1180591620717411303424")),
        (Decimal("1.10"), dict.fromkeys(DIALECTS, "1.10")),
        ("50 % of O'Hara :x", {**dict.fromkeys(DIALECTS, "'50 % of O''Hara :x'"), "mssql": "N'50 % of O''Hara :x'"}),
        (
            "a\\'b",
            {
                "sqlite": "'a\\''b'",
                "postgresql": "E'a\\\\''b'",
                "mysql": "'a\\\\''b'",
                "mssql": "N'a\\''b'",
                "duckdb": "'a\\''b'",
            },
        ),
        (
            b"\x00\xff",
            {
                "sqlite": "X'00ff'",
                "postgresql": "'\\x00ff'::bytea",
                "mysql": "X'00ff'",
                "mssql": "0x00ff",
                "duckdb": "from_hex('00ff')",
            },
        ),
    ],
)
def test_literals(value: object, written: dict[str, str]) -> None:
    for kind, make in DIALECTS.items():
        dialect: Dialect = make()
        events = table("events", column("100%"))
        sql = _compiled(kind, dialect, select(events.c["100%"]).where(events.c["100%"] == bound(value)))
        assert sql.endswith(f"= {written[kind]}"), sql
        assert "%%" not in sql


def test_files_of_events_have_no_sql(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(
        '{"position": 1, "aggregate_id": "a", "aggregate_type": null, "version": 1, "event_id": null, "type": "Came", '
        '"schema_version": null, "timestamp": "2026-01-02T03:04:05Z", "data": {}, "metadata": null}\n'
    )
    session = open_session(str(file))
    try:
        with pytest.raises(UsageError, match="no SQL reads it"):
            session.store.sql("a")
    finally:
        session.close()


def test_it_can_be_read_by_people() -> None:
    session = open_session(str(demo_store()))
    try:
        sql = session.store.sql("account-00031", 3)
    finally:
        session.close()
    assert sql == (
        "SELECT events.version AS version, events.event_data AS data, events.aggregate_id AS aggregate_id, "
        "events.aggregate_type AS aggregate_type, events.event_id AS event_id, events.event_type AS type, "
        "events.schema_version AS schema_version, events.timestamp AS timestamp, events.id AS position, "
        "events.metadata AS metadata \nFROM events \nWHERE events.aggregate_id = 'account-00031' "
        "AND events.version IS NOT NULL AND events.version = 3 ORDER BY events.version;"
    )
