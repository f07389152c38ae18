"""Which events an export holds, what is masked in it, and what other programs make of its forms."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from helpers_exported import FORMS, exported

from esviewer.app.exporting import targets
from esviewer.app.exporting.run import Asked, export
from esviewer.app.exporting.selection import Selection
from esviewer.app.files import not_of_the_store
from esviewer.app.importing import import_events
from esviewer.app.masking import OFF, InForce
from esviewer.app.session import Session, open_session
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.instant import parse
from esviewer.model.masking import USUAL

TIMES = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00+09:00", None, "2026-01-01T12:00:00Z", "2026-01-04T00:00:00Z"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two aggregates; the times of one run backwards, and one is missing."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, aggregate_type TEXT, event_type TEXT,"
            " event_data TEXT, version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, 'user', ?, ?, ?, ?)",
            [
                (n, f"u{n % 2}", "Made" if n < 2 else "Changed", data, n // 2, time)
                for n, (data, time) in enumerate(
                    zip(
                        [f'{{"n": {n}, "email": "someone@example.org"}}' for n in range(9)] + ["{broken"],
                        TIMES * 2,
                        strict=True,
                    )
                )
            ],
        )
    return path


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    session = open_session(str(path))
    yield session
    session.close()


def positions(path: Path) -> list[Any]:
    """The positions of what is exported, in the file's order."""
    session = open_session(str(path))
    try:
        return [event.position for event in session.store.events()]
    finally:
        session.close()


@pytest.mark.parametrize("form", ["jsonl", "parquet", "folder"])
def test_what_is_selected(form: str, session: Session, tmp_path: Path) -> None:
    noon = parse("2026-01-01T12:00:00Z")
    for selection, expected, undated in (
        (Selection(as_of=noon), [0, 3, 5, 8], 2),
        (Selection(until=noon), [0, 3, 5, 8], 0),
        (Selection(since=noon, until=parse("2026-01-01T15:00:00Z")), [1, 3, 6, 8], 0),
        (Selection(at_position=4), [0, 1, 2, 3, 4], 0),
        (Selection(as_of=noon, at_position=4), [0, 3], 1),
        (Selection(type_glob="Ma*"), [0, 1], 0),
        (Selection(where="data.n > 6"), [7, 8], 0),
        (Selection(where="data.n > 2", limit=2), [3, 4] if form != "folder" else [4, 6], 0),
    ):
        out, done = exported(session, form, tmp_path, selection)
        assert (positions(out), done.undated) == (expected, undated)
    assert done.untold == 0
    assert exported(session, form, tmp_path, Selection(where="data.n > 6"))[1].untold == 1


def test_one_aggregate_up_to_a_position(session: Session, tmp_path: Path) -> None:
    out, _ = exported(session, "jsonl", tmp_path, Selection(aggregate_id="u1", at_position=5))
    assert positions(out) == [1, 3, 5]


def test_without_positions_none_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
            " PRIMARY KEY (aggregate_id, version)) WITHOUT ROWID"
        )
    session = open_session(str(path))
    with pytest.raises(UsageError, match="--at-position needs positions"):
        exported(session, "jsonl", tmp_path, Selection(at_position=1))
    assert exported(session, "jsonl", tmp_path)[1].events == 0
    for form in ("parquet", "folder"):
        assert pq.read_table(exported(session, form, tmp_path)[0]).num_rows == 0
    session.close()


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_in_any_form(form: str, session: Session, tmp_path: Path) -> None:
    out, done = exported(session, form, tmp_path, rules=InForce(USUAL, "the usual rules"))
    assert done.masker is not None
    assert done.masker.counts.total() == 10
    files = [out] if out.is_file() else sorted(out.iterdir())
    if form in ("parquet", "folder"):
        text = str(pq.read_table(out).to_pylist())
    else:
        text = out.read_text(encoding="utf-8")
    assert "example.org" not in text + str([each.read_bytes() for each in files])
    assert "{broken" not in text
    assert text.count("‹masked ") == 9 + 1  # the error of what was unreadable names the mark of its bytes
    made = tmp_path / "made.db"
    again = open_session(str(out))
    done_import, _ = import_events(again, made, OFF)
    again.close()
    assert (done_import.events, done_import.unreadable, done_import.first_unreadable) == (10, 1, ("u1", 4))


def test_cloudevents_are_what_the_specification_says(session: Session, tmp_path: Path) -> None:
    out, _ = exported(session, "cloudevents", tmp_path)
    for line in out.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        assert found["specversion"] == "1.0"
        assert all(found[name] and isinstance(found[name], str) for name in ("id", "source", "type", "subject"))
        assert all(key == "data_base64" or (key.isalnum() and key.islower()) for key in found)
        assert ("data" in found) != ("data_base64" in found)
        extensions = [value for key, value in found.items() if key.startswith("esv")]
        assert all(isinstance(value, str) for value in extensions)
    ids = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(set(ids)) == len(ids)


def test_cloudevents_are_read_as_any_others_too(session: Session, tmp_path: Path) -> None:
    out, _ = exported(session, "cloudevents", tmp_path)
    again = open_session(str(out), layout="cloudevents")
    try:
        found = list(again.store.events("u0"))
        assert [event.version for event in found] == [1, 2, 3, 4, 5]
        assert [event.data["n"] for event in found] == [0, 2, 4, 6, 8]
    finally:
        again.close()


def test_csv_is_what_other_readers_expect(session: Session, tmp_path: Path) -> None:
    out, _ = exported(session, "csv", tmp_path)
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [json.loads(row["data"])["n"] for row in rows[:9]] == list(range(9))
    assert rows[9]["data"] == ""
    assert rows[9]["error"]


def test_a_folder_has_each_aggregate_in_one_file(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "WHOLE", 3)
    out, _ = exported(session, "folder", tmp_path)
    files = sorted(each.name for each in out.iterdir())
    assert files == ["_esviewer.json", "events-00000.parquet", "events-00001.parquet"]
    assert [set(pq.read_table(out / name)["aggregate_id"].to_pylist()) for name in files[1:]] == [{"u0"}, {"u1"}]
    rows = duckdb.sql(f"SELECT aggregate_id, version, time FROM read_parquet('{out}/*.parquet')").fetchall()
    assert [row[:2] for row in rows] == [(f"u{n // 5}", n % 5) for n in range(10)]
    assert rows[0][2].isoformat() == "2026-01-01T00:00:00+00:00"
    # It is replaced by another export, and nothing else is.
    assert exported(session, "folder", tmp_path)[1].events == 10
    (out / "_esviewer.json").unlink()
    with pytest.raises(UsageError, match="not replaced"):
        exported(session, "folder", tmp_path)


def test_what_is_not_written_over(session: Session, path: Path, tmp_path: Path) -> None:
    with pytest.raises(EsviewerError, match="it is a folder"):
        export(session, Asked(tmp_path), OFF)
    with pytest.raises(EsviewerError, match="there is no folder"):
        export(session, Asked(tmp_path / "none" / "x.jsonl"), OFF)
    out, _ = exported(session, "folder", tmp_path)
    for name, label in ((out / "x.parquet", out), (tmp_path / "e9.parquet", tmp_path / "e*.parquet")):
        with pytest.raises(UsageError, match="belong to the store"):
            not_of_the_store(str(name), str(label))
    with pytest.raises(UsageError, match="is there already"):
        import_events(session, out / "_esviewer.json", OFF)
    with pytest.raises(UsageError, match="is there already"):
        import_events(session, out, OFF, force=True)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_what_shares_versions_and_positions_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "twice.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (position INTEGER, aggregate_id TEXT, event_type TEXT, event_data TEXT,"
            " version INTEGER, timestamp TEXT)"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, 'a', 'Made', ?, ?, '2026-01-01')",
            [(5, '{"x": 1}', 1), (5, '{"y": 2}', 2), (7, '{"x": 3}', 2), (None, '{"z": 4}', 3)],
        )
    session = open_session(str(path))
    made = tmp_path / "made.db"
    done, _ = import_events(session, made, OFF)
    again = open_session(str(made))
    try:
        assert (done.repeated, done.positioned) == (2, False)
        assert list(again.store.events()) == list(session.store.events())
        assert list(again.store.events("a")) == list(session.store.events("a"))
        assert again.state("a").state == session.state("a").state
    finally:
        again.close()
        session.close()
