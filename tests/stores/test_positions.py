"""All positions of a store, whether they are read or known from their number."""

import sqlite3
from pathlib import Path

import pytest

from esviewer.app.session import open_session
from esviewer.stores import structure

COLUMNS = (
    "aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, event_data TEXT NOT NULL, version INTEGER NOT NULL, "
    "timestamp TEXT NOT NULL DEFAULT '2026-01-01T00:00:00Z'"
)


@pytest.mark.parametrize("after", [None, 0, 3, 7, 12, 99])
@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(list(range(1, 13)), id="all"),
        pytest.param(list(range(5, 17)), id="from another on"),
        pytest.param([1, 2, 3, 5, 6, 8], id="gaps"),
        pytest.param([-3, -2, -1, 0, 1], id="below zero"),
        pytest.param([1, 2, 2**62], id="far apart"),
        pytest.param([], id="none"),
    ],
)
@pytest.mark.parametrize("column", ["", "id INTEGER PRIMARY KEY, ", "id INTEGER UNIQUE, "])
def test_they_are_those_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str, numbers: list[int], after: int | None
) -> None:
    monkeypatch.setattr(structure, "_PAGE", 5)
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE events ({column}{COLUMNS}, UNIQUE (aggregate_id, version))")
    name = "id" if column else "rowid"
    rows = [(number, "a", "Made", "{}", version) for version, number in enumerate(numbers)]
    names = f"{name}, aggregate_id, event_type, event_data, version"
    connection.executemany(f"INSERT INTO events ({names}) VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()

    session = open_session(str(path))
    try:
        pages = [page.tolist() for page in session.store.positions(after=after)]
    finally:
        session.close()
    wanted = [number for number in numbers if after is None or number > after]
    assert [each for page in pages for each in page] == wanted
    assert all(len(page) <= 5 for page in pages)
