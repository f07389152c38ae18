"""A store divided for reading side by side: each event in one part, whatever the parts are."""

import sqlite3
from pathlib import Path

import pytest

from esviewer.stores import reading
from esviewer.stores.opening import open_store


def write(path: Path, sizes: dict[str, int], *, index: bool = True) -> None:
    connection = sqlite3.connect(path)
    columns = "aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT"
    connection.execute(f"CREATE TABLE events ({columns})")
    rows = [(ident, "A", "{}", number, "2026-01-01") for ident, size in sizes.items() for number in range(1, size + 1)]
    rows.sort(key=lambda row: (row[3], row[0]))
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
    if index:
        connection.execute("CREATE UNIQUE INDEX i ON events (aggregate_id, version)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("number", [1, 2, 3, 8])
@pytest.mark.parametrize(
    "sizes",
    [
        {f"a-{n}": 5 for n in range(100)},
        {"one": 300},
        {"large": 500, **{f"s{n}": 1 for n in range(20)}},
        {"É": 10, "e": 10, "E": 10, "🦊": 10, "": 5},
    ],
)
def test_every_event_is_in_one_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sizes: dict[str, int]
):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    path = tmp_path / "store.db"
    write(path, sizes)
    store = open_store(str(path))
    parts = store.parts(number)
    assert 1 <= len(parts) <= number
    seen: dict[str, list[int]] = {}
    for part in parts:
        own = set()
        for batch in store.by_aggregate(part=part):
            for index in range(len(batch)):
                event = batch.event(index)
                seen.setdefault(event.aggregate_id, []).append(event.version)
                own.add(event.aggregate_id)
        assert own or len(sizes) < 100
    assert seen == {ident: list(range(1, size + 1)) for ident, size in sizes.items()}
    if number > 1 and len(sizes) == 100:
        assert len(parts) == number
    store.close()


def test_what_can_not_be_divided_is_one_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    path = tmp_path / "store.db"
    write(path, {f"a-{n}": 5 for n in range(100)}, index=False)
    store = open_store(str(path))
    assert store.parts(4) == [(None, None)]
    store.close()


def test_small_stores_are_not_worth_it(tmp_path: Path):
    path = tmp_path / "store.db"
    write(path, {f"a-{n}": 5 for n in range(100)})
    store = open_store(str(path))
    assert store.parts(4) == [(None, None)]
    store.close()
