"""Projections of stores on MariaDB: those of the same events in a SQLite file, in any number of processes."""

from pathlib import Path

import pytest
from helpers_mariadb import Database
from helpers_projections import copied_to_mariadb, run, shop_files, shop_rows, tables, write_store

from esviewer.model.instant import parse
from esviewer.stores import reading

WANTED = [{}, {"as_of": parse("2026-03-01T00:01:30Z")}, {"at_position": 77}]


@pytest.mark.parametrize("wanted", WANTED, ids=["now", "as of a time", "at a position"])
@pytest.mark.parametrize("processes", [1, 2])
def test_tables_are_those_of_a_file(
    processes: int, wanted: dict[str, object], mariadb: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    write_store(tmp_path / "s.db", shop_rows(40))
    copied_to_mariadb(mariadb, tmp_path / "s.db")
    file = shop_files(tmp_path)
    run(file, tmp_path / "s.db", tmp_path / "file.duckdb", **wanted)
    done = run(file, mariadb.url, tmp_path / "server.duckdb", processes=processes, **wanted)
    assert done.facts["processes"] == processes
    assert tables(tmp_path / "server.duckdb") == tables(tmp_path / "file.duckdb")
    assert len(tables(tmp_path / "server.duckdb")["carts"]) > 20


def test_times_in_columns_of_times_are_the_same_moments(mariadb: Database, tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows(20))
    copied_to_mariadb(mariadb, tmp_path / "s.db", "DATETIME(6)")
    file = shop_files(tmp_path)
    for moment in ("2026-03-01T00:00:30Z", "2026-03-01T00:00:30.5Z", "2026-03-01T00:01:00Z"):
        run(file, tmp_path / "s.db", tmp_path / "file.duckdb", as_of=parse(moment))
        run(file, mariadb.url, tmp_path / "server.duckdb", as_of=parse(moment))
        ours, theirs = tables(tmp_path / "server.duckdb"), tables(tmp_path / "file.duckdb")
        # A DATETIME names no zone, so none is shown.
        assert [row[:2] + row[3:] for row in ours["carts"]] == [row[:2] + row[3:] for row in theirs["carts"]]
        assert [f"{row[2]}Z" for row in ours["carts"][1:]] == [row[2] for row in theirs["carts"][1:]]


def test_a_later_run_goes_on(mariadb: Database, tmp_path: Path):
    rows = shop_rows(20)
    newest = write_store(tmp_path / "s.db", rows[:50])
    copied_to_mariadb(mariadb, tmp_path / "s.db")
    file = shop_files(tmp_path)
    run(file, mariadb.url, tmp_path / "o.duckdb")
    write_store(tmp_path / "s.db", rows[50:], newest)
    copied_to_mariadb(mariadb, tmp_path / "s.db")
    done = run(file, mariadb.url, tmp_path / "o.duckdb")
    assert done.facts["incremental"]
    run(file, tmp_path / "s.db", tmp_path / "file.duckdb")
    assert tables(tmp_path / "o.duckdb") == tables(tmp_path / "file.duckdb")
