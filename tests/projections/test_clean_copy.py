"""Masked DuckDB files are made by a process that never saw what is masked; what they hold is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from helpers_projections import shop_files, shop_rows, write_store

from esviewer.app import projecting
from esviewer.app.clean_copy import clean_copy
from esviewer.app.masking import in_force
from esviewer.app.projecting import Wanted, project
from esviewer.app.session import open_session
from esviewer.errors import StoreError
from esviewer.projections.file import load_projections


def test_only_masked_duckdb_files_are_copied_apart_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_store(tmp_path / "s.db", shop_rows(9))
    file = load_projections(shop_files(tmp_path))
    copied: list[Path] = []

    def watched(result: Path, *rest: object) -> Path:
        copied.append(result)
        with duckdb.connect(str(result), read_only=True) as before:
            held = tables(before)
        made = clean_copy(result, *rest)  # type: ignore[arg-type]
        with duckdb.connect(str(made), read_only=True) as after:
            assert tables(after) == held
        return made

    monkeypatch.setattr(projecting, "clean_copy", watched)
    session = open_session(str(tmp_path / "s.db"))
    masked = Wanted(masking=in_force(session.store.label))
    for name, wanted, times in (
        ("plain.duckdb", Wanted(), 0), ("masked.csv", masked, 0), ("masked.duckdb", masked, 1),
        ("again.duckdb", replace(masked, full=True), 2),
    ):
        project(session, file, tmp_path / name, wanted)
        assert len(copied) == times, name
    session.close()


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def test_what_goes_wrong_is_one_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="The masked result could not be written: "):
        clean_copy(damaged, tmp_path, None)
