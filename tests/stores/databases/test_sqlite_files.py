"""SQLite files in every condition: nothing is written, and what can't be read says exactly why."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from helpers_sqlite import Make, Open, abandoned, beside, row

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store
from esviewer.work import Work

ROWS = [row(f"a-{number}", version) for number in range(20) for version in range(1, 6)]
ONE_MORE = (
    "INSERT INTO events (aggregate_id, aggregate_type, event_type, event_data, version, timestamp) "
    "VALUES ('a-0', 'thing', 'Changed', '{}', {version}, '2026-01-01T00:00:00Z')"
)


def one_more(version: int) -> str:
    return ONE_MORE.replace("{version}", str(version))


def everything(store: Store) -> int:
    """Use every method; the number of events."""
    store.info()
    store.info(exact=False)
    refs = store.aggregate_ids()
    store.summaries([ref.aggregate_id for ref in refs])
    store.snapshot("a-0")
    store.snapshot_versions("a-0")
    store.event("a-0", 1)
    assert sum(map(len, store.batches("a-0"))) >= 5
    return len(list(store.events()))


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "wal"])
def test_reading_changes_no_byte_and_makes_no_file(make: Make, mode: str) -> None:
    path = make(ROWS, setup=[f"PRAGMA journal_mode={mode}"])
    before = beside(path)
    store = open_store(str(path))
    assert everything(store) == 100
    assert beside(path) == before
    store.close()
    assert beside(path) == before


def test_wal_of_a_crashed_writer_is_read_and_kept(make: Make, opened: Open) -> None:
    path = make(ROWS, setup=["PRAGMA journal_mode=wal"])
    abandoned(path, one_more(6), one_more(7))
    assert (path.parent / "store.db-shm").exists()
    before = beside(path)
    store = opened(path)
    assert everything(store) == 102
    store.close()
    assert beside(path) == before


def test_wal_without_its_shm_is_read_and_kept(make: Make) -> None:
    path = make(ROWS, setup=["PRAGMA journal_mode=wal"])
    abandoned(path, one_more(6))
    (path.parent / "store.db-shm").unlink()
    before = beside(path)
    assert "store.db-wal" in before
    store = open_store(str(path))
    assert everything(store) == 101
    assert beside(path) == before
    store.close()
    assert beside(path) == before


def test_copy_without_its_wal_opens_with_what_the_file_has(make: Make, opened: Open, tmp_path: Path) -> None:
    path = make(ROWS, setup=["PRAGMA journal_mode=wal"])
    abandoned(path, one_more(6))
    copy = tmp_path / "copy" / "store.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    assert everything(opened(copy)) == 100
    assert list(beside(copy)) == ["store.db"]


def test_a_live_writer_is_followed(make: Make, opened: Open) -> None:
    path = make(ROWS, setup=["PRAGMA journal_mode=wal"])
    store = opened(path)
    assert store.summary("a-0").version == 5
    writer = sqlite3.connect(path, isolation_level=None)
    for version in range(6, 30):
        writer.execute(one_more(version))
        assert store.summary("a-0").version == version
        if version % 7 == 0:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer.close()
    # The last writer could tidy up: no reader held it back.
    assert list(beside(path)) == ["store.db"]
    assert store.summary("a-0").version == 29
    assert list(beside(path)) == ["store.db"]


def test_a_file_that_is_turned_to_wal_while_open(make: Make, opened: Open) -> None:
    path = make(ROWS)
    store = opened(path)
    assert store.summary("a-0").version == 5
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=wal")
    writer.execute(one_more(6))
    assert store.summary("a-0").version == 6
    writer.close()
    assert store.summary("a-0").version == 6
    assert list(beside(path)) == ["store.db"]


def test_a_writer_between_two_pages_is_noticed(make: Make, opened: Open) -> None:
    """The pages of an immutable file come from before and after the write; none is lost or read twice."""
    path = make([row("a", version) for version in range(1, 9001)], setup=["PRAGMA journal_mode=wal"])
    store = opened(path)
    batches = store.batches("a")
    versions = list(next(batches).versions)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute(one_more(9001).replace("'a-0'", "'a'"))
    writer.close()
    for batch in batches:
        versions += batch.versions
    assert versions == list(range(1, 9002))


def test_read_only_file_and_folder(make: Make, opened: Open) -> None:
    path = make(ROWS, setup=["PRAGMA journal_mode=wal"])
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert everything(opened(path)) == 100
    finally:
        path.parent.chmod(0o755)


def test_locked_by_a_writer_says_so(make: Make, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esviewer.stores.databases.sqlite.BUSY_SECONDS", 0.2)
    path = make(ROWS)
    store = opened(path)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    store.close()
    with pytest.raises(StoreError, match="locked by a program that is writing"):
        open_store(str(path))
    writer.rollback()
    assert everything(opened(path)) == 100
    writer.close()


def test_a_lock_that_ends_in_time_is_waited_for(make: Make, opened: Open) -> None:
    path = make(ROWS)
    store = opened(path)
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.3, writer.rollback).start()
    assert store.summary("a-0").version == 5
    writer.close()


def test_hot_journal_says_why_and_what_to_do(make: Make) -> None:
    path = make(ROWS)
    abandoned(
        path,
        "PRAGMA cache_size=1",
        "BEGIN",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO snapshots SELECT 'x', hex(randomblob(100)), i, '' FROM n",
    )
    before = beside(path)
    assert "store.db-journal" in before
    with pytest.raises(StoreError, match=r"half-finished transaction in store\.db-journal") as raised:
        open_store(str(path))
    assert "Copy both files" in raised.value.hint
    assert beside(path) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file, not a database"),
        (b"hello, I am a text", "not an SQLite database"),
        (b"\x1f\x8b" + os.urandom(8001), "not an SQLite database"),
        (b"hello, I am a text" * 2048, "not an SQLite database"),
        (b"SQLite format 3\0" + bytes(20), "cut off"),
    ],
)
def test_what_is_no_database(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=message) as raised:
        open_store(str(path))
    assert raised.value.hint
    assert raised.value.exit_code == 3
    assert path.read_bytes() == content


@pytest.mark.parametrize("size", [1024, 4096])
def test_an_encrypted_file_says_so(make: Make, tmp_path: Path, size: int) -> None:
    """Laid out as SQLCipher documents it (salt, then AES-256-CBC for each page); SQLCipher itself is not at hand."""
    plain = make(ROWS, setup=[f"PRAGMA page_size={size}"]).read_bytes()
    key, salt = os.urandom(32), os.urandom(16)
    pages = []
    for start in range(0, len(plain), size):
        vector = os.urandom(16)
        encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        clear = plain[start + (16 if start == 0 else 0) : start + size - 80]
        tail = vector + os.urandom(64)
        pages.append((salt if start == 0 else b"") + encryptor.update(clear) + encryptor.finalize() + tail)
    path = tmp_path / "encrypted.db"
    path.write_bytes(b"".join(pages))
    with pytest.raises(StoreError, match="is encrypted, as SQLCipher does it") as raised:
        open_store(str(path))
    assert "decrypted copy" in raised.value.hint


SMALL = """
import os, resource, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy
from esviewer.stores.opening import open_store
import sqlalchemy.dialects.sqlite
used = int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) << 10
resource.setrlimit(resource.RLIMIT_AS, (used + (330 << 20),) * 2)
store = open_store(sys.argv[1])
store.info()
count = sum(1 for _ in store.events())
size = sum(len(event.data["x"]) for event in store.events("a-1"))
print(count, size)
try:
    bytearray(340 << 20)
except MemoryError:
    print("bounded")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory by Linux's own means")
def test_a_file_larger_than_memory(make: Make) -> None:
    path = make()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
        "INSERT INTO events (aggregate_id, aggregate_type, event_type, event_data, version, timestamp) "
        "SELECT 'a-' || (i % 3), 'thing', 'Changed', '{\"x\": \"' || hex(zeroblob(75000)) || '\"}', i / 3 + 1, "
        "'2026-01-01T00:00:00Z' FROM n"
    )
    connection.commit()
    connection.close()
    assert path.stat().st_size > 450_000_000
    done = subprocess.run([sys.executable, "-c", SMALL, path], capture_output=True, text=True, check=False)
    path.unlink()
    assert done.stdout.split() == ["3000", str(1000 * 150_000), "bounded"], done.stderr[-2000:]


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(str(tmp_path))
    with pytest.raises(StoreError, match="There is no file"):
        open_store(str(tmp_path / "none.db"))
    with pytest.raises(StoreError, match="There is no file"):
        open_store(f"sqlite:///{tmp_path}/none.db")
    assert not list(tmp_path.iterdir())


def test_no_permission(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(ROWS)
    path.chmod(0)
    # The superuser may read everything, so that the answer of the system has to be played.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(StoreError, match="no permission to read"):
        open_store(str(path))


@pytest.mark.parametrize("keep", [0.3, 0.7])
def test_a_truncated_file_is_called_damaged(make: Make, keep: float) -> None:
    path = make([row(f"a-{i}", v, '{"x": "' + "y" * 300 + '"}') for i in range(200) for v in range(1, 6)])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep) // 4096 * 4096])
    with pytest.raises(StoreError, match=r"damaged|cut off"):
        everything(open_store(str(path)))


def test_a_garbled_file_is_called_damaged(make: Make) -> None:
    path = make([row(f"a-{i}", v, '{"x": "' + "y" * 300 + '"}') for i in range(200) for v in range(1, 6)])
    content = bytearray(path.read_bytes())
    for start in range(8192, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        everything(open_store(str(path)))


def test_gone_and_back_while_open(make: Make, opened: Open) -> None:
    path = make(ROWS)
    store = opened(path)
    away = path.with_name("away.db")
    path.rename(away)
    with pytest.raises(StoreError, match="is gone"):
        store.summary("a-0")
    away.rename(path)
    assert store.summary("a-0").version == 5


def test_replaced_while_open(make: Make, opened: Open) -> None:
    path = make(ROWS)
    store = opened(path)
    other = make(ROWS, name="other.db")
    other.replace(path)
    with pytest.raises(StoreError, match="replaced by another file"):
        store.summary("a-0")


def test_closed_twice_and_used_after(make: Make) -> None:
    store = open_store(str(make(ROWS)))
    store.close()
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.summary("a-0")


@pytest.mark.parametrize(
    "name", ["a b.db", "100%.db", "what?.db", "#1.db", "店舗 ☃.db", 'it\'s "quoted".db', "a&mode=rwc.db"]
)
def test_odd_file_names(make: Make, opened: Open, name: str) -> None:
    path = make(ROWS, name=name)
    assert everything(opened(path)) == 100
    assert everything(opened(f"sqlite:///{path}")) == 100
    assert list(beside(path)) == [name]


def test_many_writers_and_one_reader(make: Make, opened: Open) -> None:
    """Whatever a busy process does to the file, each read sees whole transactions only."""
    path = make([row("pair-0", 1), row("pair-1", 1)], setup=["PRAGMA journal_mode=wal"])
    program = """
import sqlite3, sys
for version in range(2, 120):
    connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    for name in ("pair-0", "pair-1"):
        connection.execute("INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) "
                           "VALUES (?, 'Changed', '{}', ?, '2026-01-01T00:00:00Z')", (name, version))
    connection.execute("COMMIT")
    if version % 3:
        connection.close()
"""
    store = opened(path)
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)])
    try:
        seen = set()
        while writer.poll() is None:
            one, other = store.summaries(["pair-0", "pair-1"])
            assert (one.version, one.events) == (other.version, other.events)
            seen.add(one.version)
    finally:
        assert writer.wait(60) == 0
    assert store.summary("pair-0").version == 119
    assert len(seen) > 1


def test_cancel_interrupts_a_statement(make: Make, opened: Open) -> None:
    path = make(
        [],
        setup=[],
        ddl="""
        CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, aggregate_type TEXT, event_type TEXT,
            event_data TEXT, version INTEGER, timestamp TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000)
            INSERT INTO events SELECT i, 'a-' || (i * 7919 % 600000), 't', 'E', '{}', 1, '2026-01-01T00:00:00Z' FROM n;
        """,
    )
    store = opened(path)
    work = Work()
    threading.Timer(0.05, work.cancel).start()
    start = time.monotonic()
    with pytest.raises(CancelledError):
        store.info(work=work)
    assert time.monotonic() - start < 1
    with pytest.raises(StoreError, match=r"did not answer within 0\.05 seconds"):
        store.info(work=Work(seconds=0.05))
    assert store.aggregate_ids(limit=1)
