"""DuckDB files: exact values, ids of every type, who has them open, what is no DuckDB file."""

import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest
from helpers_sqlite import Open
from sqlalchemy import text

from esviewer.app.session import open_session
from esviewer.errors import CancelledError, StoreError
from esviewer.stores.databases.catalog import keys, tables
from esviewer.stores.databases.connection import connect
from esviewer.work import Work

TABLE = (
    "CREATE TABLE events (id BIGINT, aggregate_id {of}, event_type VARCHAR, event_data {data}, version INTEGER,"
    " timestamp {when}{more})"
)


def made(
    path: Path,
    *rows: tuple[object, ...],
    of: str = "VARCHAR",
    data: str = "VARCHAR",
    when: str = "TIMESTAMPTZ",
    more: str = "",
) -> Path:
    connection = duckdb.connect(str(path))
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    connection.execute(TABLE.format(of=of, data=data, when=when, more=more))
    for number, row in enumerate(rows):
        connection.execute("INSERT INTO events VALUES (?, ?, 'Changed', ?, ?, ?)", [number, *row])
    connection.close()
    return path


@pytest.mark.parametrize("url", ["{path}", "duckdb:///{path}"])
@pytest.mark.parametrize("data", ["VARCHAR", "JSON", "BLOB"])
def test_numbers_and_times_are_exact(tmp_path: Path, opened: Open, url: str, data: str) -> None:
    content = '{"n": 9007199254740993, "d": 1.10, "big": 1180591620717411303424}'
    value = content.encode() if data == "BLOB" else content
    path = made(tmp_path / "store.duckdb", ("a", value, 1, "2026-03-01 12:00:00.123456+09"), data=data)
    store = opened(url.format(path=path))
    (event,) = store.events("a")
    assert event.data == {"n": 9007199254740993, "d": Decimal("1.10"), "big": 2**70}
    assert event.timestamp is not None
    assert event.timestamp.isoformat() == "2026-03-01T03:00:00.123456Z"
    assert store.info().database == f"DuckDB {duckdb.__version__}"


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("VARCHAR", ["a-1", "ü'\"%"]),
        ("BIGINT", ["-5", "7"]),
        ("UUID", ["0190a0b0-0000-7000-8000-000000000001", "ffffffff-0000-7000-8000-000000000001"]),
    ],
)
def test_ids_of_every_type(tmp_path: Path, opened: Open, kind: str, ids: list[str]) -> None:
    rows = [(ident, "{}", version, "2026-03-01") for ident in ids for version in (1, 2)]
    store = opened(made(tmp_path / "store.duckdb", *rows, of=kind))
    assert sorted(ref.aggregate_id for ref in store.aggregate_ids()) == sorted(ids)
    for ident in ids:
        assert [event.version for event in store.events(ident)] == [1, 2]
        assert store.summary(ident).events == 2


def test_keys_views_and_schemas(tmp_path: Path) -> None:
    path = made(tmp_path / "store.duckdb", more=", PRIMARY KEY (id), UNIQUE (aggregate_id, version)")
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE VIEW seen AS SELECT * FROM events")
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE other.events (x HUGEINT, l INTEGER[], e ENUM('a'), s STRUCT(a INTEGER))")
    database = connect(str(path))
    try:
        found = database.read(tables)
        assert [(each.full_name, each.view) for each in found] == [
            ("events", False), ("seen", True), ("other.events", False),
        ]  # fmt: skip
        assert [each.kind for each in found[2].columns] == ["integer", "other", "text", "other"]
        known = database.read(lambda reader: keys(reader, found[0]))
        assert known.unique_on("id")
        assert known.unique_on("aggregate_id", "version")
        assert known.rowid == "rowid"
        assert database.read(lambda reader: keys(reader, found[1])).rowid is None
    finally:
        database.close()


WRITER = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_open_for_writing_elsewhere_says_so_until_it_ends(tmp_path: Path, opened: Open) -> None:
    path = made(tmp_path / "store.duckdb", ("a", "{}", 1, "2026-03-01"))
    store = opened(path)
    # Between reads the file is free for its writer.
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"open\n"
    try:
        with pytest.raises(StoreError, match="locked by a program that has it open for writing") as raised:
            store.summary("a")
        assert str(writer.pid) in raised.value.message
        with pytest.raises(StoreError, match="locked by a program"):
            connect(str(path))
    finally:
        writer.communicate()
    assert store.summary("a").events == 1


def test_a_wal_that_a_writer_left_is_read_and_kept(tmp_path: Path, opened: Open) -> None:
    path = made(tmp_path / "store.duckdb", ("a", "{}", 1, "2026-03-01"))
    crash = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute(\"INSERT INTO events VALUES (1, 'a', 'E', '{}', 2, '2026-03-02')\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", crash, path], check=True)
    left = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert set(left) == {"store.duckdb", "store.duckdb.wal"}
    store = opened(path)
    assert [event.version for event in store.events("a")] == [1, 2]
    store.close()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == left


def header_checksum(content: bytes | bytearray) -> int:
    """Of a file's first block, as DuckDB computes it."""
    found = 5381
    for at in range(8, 4096, 8):
        found ^= int.from_bytes(content[at : at + 8], "little") * 0xBF58476D1CE4E5B9 % (1 << 64)
    return found


def test_another_version_of_the_file_format_says_so(tmp_path: Path) -> None:
    path = made(tmp_path / "store.duckdb")
    content = bytearray(path.read_bytes())
    assert header_checksum(content) == int.from_bytes(content[:8], "little")
    content[12] = 250  # the version number after the eight bytes of the checksum and DUCK
    content[:8] = header_checksum(content).to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(StoreError, match="another version of DuckDB"):
        connect(str(path))


@pytest.mark.parametrize("part", [0.01, 0.5, 0.9])
def test_a_damaged_file_is_no_crash(tmp_path: Path, part: float) -> None:
    path = made(tmp_path / "store.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO events SELECT i, md5(i::VARCHAR), 'E', md5('x' || i), 1, now() FROM range(50000) t(i)"
        )
    content = bytearray(path.read_bytes())
    at = int(len(content) * part)
    content[at : at + 9000] = b"\xa5" * 9000
    path.write_bytes(content)
    with pytest.raises(StoreError, match="can't be read") as raised:
        connect(str(path)).read(lambda reader: reader.rows(text("SELECT * FROM events")))
    assert "\n" not in str(raised.value)


def test_what_is_no_duckdb_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        connect(f"duckdb:///{tmp_path}/none.duckdb")
    other = tmp_path / "other.duckdb"
    other.write_bytes(b"something else, and long enough")
    with pytest.raises(StoreError, match="is not a DuckDB database"):
        connect(f"duckdb:///{other}")
    for target in ("duckdb://", "duckdb:///", "duckdb:///:memory:"):
        with pytest.raises(StoreError, match="names none"):
            connect(target)


def test_a_csv_file_of_anything_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "noise.csv").write_bytes(Random(7).randbytes(5000))
    with pytest.raises(StoreError) as refused:
        open_session(str(tmp_path / "noise.csv"))
    assert refused.value.message.endswith("noise.csv can't be read as CSV: where its cells end can't be told.")


def test_cancel_interrupts_a_statement(tmp_path: Path) -> None:
    database = connect(str(made(tmp_path / "store.duckdb")))
    work = Work()
    timer = threading.Timer(0.2, work.cancel)
    timer.start()
    start = time.monotonic()
    slow = text("SELECT sum(sqrt(a.i * b.i)) FROM range(1000000) a(i), range(1000000) b(i)")
    try:
        with pytest.raises(CancelledError):
            database.read(lambda reader: reader.value(slow), work)
        assert time.monotonic() - start < 10
        assert database.read(lambda reader: reader.value(text("SELECT 1"))) == 1
    finally:
        timer.cancel()
        database.close()
    with pytest.raises(StoreError, match="is closed"):
        database.read(lambda reader: reader.value(text("SELECT 1")))


def test_rows_stream(tmp_path: Path) -> None:
    database = connect(str(made(tmp_path / "store.duckdb")))
    try:
        parts = list(database.stream(text("SELECT i FROM range(2500) t(i)"), 1000))
    finally:
        database.close()
    assert [len(part) for part in parts] == [1000, 1000, 500]
    assert parts[2][-1] == (2499,)


def test_no_extension_is_fetched(tmp_path: Path) -> None:
    database = connect(str(made(tmp_path / "store.duckdb")))
    asked = text("SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions',"
                 " 'autoload_known_extensions', 'enable_external_access', 'lock_configuration')")  # fmt: skip
    try:
        found = dict(database.read(lambda reader: reader.rows(asked)))
    finally:
        database.close()
    assert found == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
