"""The embedded store: optimistic concurrency, durability, exact values, and no file but its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from esviewer.errors import ConcurrencyError, StoreError, UsageError
from esviewer.model.exactjson import dumps
from esviewer.model.instant import parse
from esviewer.model.values import Number
from esviewer.stores.embedded import EmbeddedStore, NewEvent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def test_what_is_appended_is_read_back(file: Path) -> None:
    data = {"big": 2**70, "price": Number("1.10"), "text": "日本語 🙂", "id": 9007199254740993}
    with EmbeddedStore(file) as store:
        moment = parse("2026-01-01T00:00Z")
        assert store.append_event("a", "Made", data, metadata={"actor": "me"}, timestamp=moment) == 1
        assert store.append_event("a", "Changed", {}, version=2, schema_version=3) == 2
        assert store.append_event("b", "Made", {}) == 1
    with EmbeddedStore(file, create=False) as store:
        first, second = store.get_events("a")

        assert dumps(first.data) == dumps(data)
        assert first.metadata == {"actor": "me"}
        assert first.timestamp == parse("2026-01-01T00:00:00Z")
        assert (second.version, second.schema_version, second.type) == (2, 3, "Changed")
        assert [event.version for event in store.get_events("a", 2)] == [2]


def test_a_second_event_for_the_same_version_is_refused(file: Path) -> None:
    with EmbeddedStore(file) as store:
        store.append_event("order-7", "Placed", {}, version=1)
        with pytest.raises(ConcurrencyError, match="order-7 already has an event with version 1"):
            store.append_event("order-7", "Cancelled", {}, version=1)

        assert [event.type for event in store.get_events("order-7")] == ["Placed"]


def test_a_gap_is_refused(file: Path) -> None:
    with EmbeddedStore(file) as store, pytest.raises(UsageError, match="can't come next"):
        store.append_event("a", "Made", {}, version=3)


def test_many_are_appended_all_or_none(file: Path) -> None:
    with EmbeddedStore(file) as store:
        assert store.append_events(NewEvent("a", "E", {"n": n}) for n in range(5)) == 5
        with pytest.raises(ConcurrencyError):
            store.append_events([NewEvent("a", "E", {}), NewEvent("a", "E", {}, version=6)])

        assert len(store.get_events("a")) == 5


def test_an_event_id_is_stored_once(file: Path) -> None:
    with EmbeddedStore(file) as store:
        store.append_event("a", "E", {}, event_id="x")
        with pytest.raises(ConcurrencyError, match="id x"):
            store.append_event("b", "E", {}, event_id="x")


def test_of_concurrent_writers_exactly_one_wins_each_version(file: Path) -> None:
    EmbeddedStore(file).close()
    wins: list[tuple[int, int]] = []
    losses: list[ConcurrencyError] = []

    def write(writer: int) -> None:
        with EmbeddedStore(file, create=False) as store:
            for version in range(1, 26):
                try:
                    store.append_event("a", "E", {"writer": writer}, version=version)
                    wins.append((version, writer))
                except ConcurrencyError as error:
                    losses.append(error)
                except UsageError:
                    pass  # the other writers are behind: this version can't come yet

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with EmbeddedStore(file, create=False) as store:
        events = store.get_events("a")

    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert sorted(wins) == [(event.version, event.data["writer"]) for event in events]
    assert losses


_WRITER = """
import sys
from pathlib import Path
from esviewer.errors import ConcurrencyError
from esviewer.stores.embedded import EmbeddedStore
with EmbeddedStore(Path(sys.argv[1])) as store:
    won = 0
    for version in range(1, 41):
        while True:
            newest = len(store.get_events("a"))
            if newest >= version:
                break
            try:
                store.append_event("a", "E", {"by": sys.argv[2]}, version=newest + 1)
                won += 1
            except ConcurrencyError:
                pass
    print(won)
"""


def test_concurrent_processes_share_the_versions(file: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(file), name], stdout=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]
    won = [int(writer.communicate(timeout=120)[0]) for writer in writers]
    with EmbeddedStore(file, create=False) as store:
        assert [event.version for event in store.get_events("a")] == list(range(1, 41))
    assert sum(won) == 40


_ENDLESS = """
import sys
from pathlib import Path
from esviewer.stores.embedded import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]))
while True:
    print(store.append_event("a", "E", {"text": "x" * 5000}), flush=True)
"""


def test_what_was_confirmed_outlives_a_kill(file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDLESS, str(file)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        confirmed = 0
        while confirmed < 20:
            confirmed = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        confirmed = max([confirmed, *map(int, writer.stdout.read().split())])
    with EmbeddedStore(file, create=False) as store:
        events = store.get_events("a")

    assert confirmed <= len(events) <= confirmed + 1
    assert all(event.data == {"text": "x" * 5000} for event in events)


def test_snapshots_are_found_at_or_before_a_version(file: Path) -> None:
    with EmbeddedStore(file) as store:
        for _ in range(6):
            store.append_event("a", "E", {})
        store.save_snapshot("a", {"n": 2}, 2)
        store.save_snapshot("a", {"n": 5}, 5)

        assert store.latest_snapshot("a").state == {"n": 5}
        assert store.latest_snapshot("a", 4).version == 2
        assert store.latest_snapshot("a", 1) is None
        assert store.latest_snapshot("b") is None
        with pytest.raises(UsageError, match="no event with version 9"):
            store.save_snapshot("a", {}, 9)


def test_other_files_are_not_written(tmp_path: Path) -> None:
    foreign = tmp_path / "other.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look like a file with a header of 100 bytes" * 3)
    for file in (foreign, text):
        before = file.read_bytes()
        with pytest.raises(StoreError, match="not a store that esviewer made"):
            EmbeddedStore(file)

        assert file.read_bytes() == before


def test_nothing_is_left_beside_the_file(file: Path) -> None:
    with EmbeddedStore(file) as store:
        store.append_event("a", "E", {})

    assert list(file.parent.iterdir()) == [file]


def test_a_missing_file_or_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no file"):
        EmbeddedStore(tmp_path / "x.db", create=False)
    with pytest.raises(StoreError, match="can't be made"):
        EmbeddedStore(tmp_path / "no" / "x.db")
