"""A run goes on from an earlier result where it may, and comes to what a run from nothing comes to."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers_projections import Row, run, shop_files, shop_rows, tables, write_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.app.masking import in_force
from esviewer.errors import UsageError
from esviewer.model.instant import parse


def odd(rows: list[Row]) -> list[Row]:
    """The same with things in it that go wrong and that change a column's type."""
    rows[len(rows) // 2] = (*rows[len(rows) // 2][:3], "{broken", None)
    rows[-3] = ("cart-000", "ProductItemAdded", rows[-3][2], {"productId": 7, "quantity": "many"}, None)
    rows[-2] = ("cart-001", "ProductItemAdded", rows[-2][2], '{"productId": "P-1", "quantity": 1.10}', None)
    return rows


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 90), min_size=1, max_size=3), as_of=st.sampled_from([None, 40]))
def test_whatever_was_there_before_the_tables_are_the_same(
    cuts: list[int], as_of: int | None, tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("on")
    rows = odd(shop_rows(14))
    wanted: dict[str, Any] = {} if as_of is None else {"as_of": parse(f"2026-03-01T00:00:{as_of}Z")}
    file = shop_files(folder)
    versions: dict[str, int] = {}
    before = 0
    for end in [*sorted(cuts), len(rows)]:
        versions = write_store(folder / "s.db", rows[before:end], versions)
        done = run(file, folder / "s.db", folder / "o.duckdb", **wanted)
        assert done.facts["incremental"] == (before > 0), done.facts["full_because"]
        before = end
        events = sum(as_of is None or int(row[2][17:19]) + 60 * int(row[2][14:16]) <= as_of for row in rows[:end])
        assert done.facts["events"] == events
    anew = run(file, folder / "s.db", folder / "anew.duckdb", **wanted)
    assert not anew.facts["incremental"]
    assert tables(folder / "o.duckdb") == tables(folder / "anew.duckdb")
    told = [(each.name, each.rows, each.problems, each.untold, each.columns) for each in done.tables]
    assert told == [(each.name, each.rows, each.problems, each.untold, each.columns) for each in anew.tables]


def _statement(text: str) -> Callable[[Path, Path], None]:
    def change(store: Path, file: Path) -> None:
        with closing(sqlite3.connect(store)) as connection:
            connection.execute(text)
            connection.commit()

    return change


def _edited(store: Path, file: Path) -> None:
    file.write_text(file.read_text() + "\n# more\n")


def _reducer(store: Path, file: Path) -> None:
    file.with_name("cart.toml").write_text(file.with_name("cart.toml").read_text() + "\n# more\n")


def _beside(store: Path, file: Path) -> None:
    folder = store.with_name(store.name + ".reducers")
    folder.mkdir()
    (folder / "a.toml").write_text('name = "a"\n')


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_statement("DELETE FROM events WHERE id = 5"), "has 64 events now, and had 65 before"),
        (_statement("UPDATE events SET event_data = '[]' WHERE id = (SELECT max(id) FROM events)"), "no longer there"),
        (_statement("DELETE FROM events WHERE id = (SELECT max(id) FROM events)"), "the store ends before"),
        (_edited, "the projection file, or a reducer that it names"),
        (_reducer, "the projection file, or a reducer that it names"),
        (_beside, "the reducers are others"),
    ],
    ids=["removed", "changed", "cut", "file", "reducer", "session"],
)
def test_where_something_is_otherwise_all_is_made_anew(
    change: Callable[[Path, Path], None], why: str, tmp_path: Path
):
    file = shop_files(tmp_path)
    write_store(tmp_path / "s.db", shop_rows())
    first = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert (first.facts["events"], first.facts["full_because"]) == (65, None)
    assert run(file, tmp_path / "s.db", tmp_path / "o.duckdb").facts["incremental"]
    change(tmp_path / "s.db", file)
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert not done.facts["incremental"]
    assert why in str(done.facts["full_because"])
    run(file, tmp_path / "s.db", tmp_path / "anew.duckdb")
    assert tables(tmp_path / "o.duckdb") == tables(tmp_path / "anew.duckdb")


def test_what_is_asked_otherwise_is_made_anew(tmp_path: Path):
    file = shop_files(tmp_path)
    write_store(tmp_path / "s.db", shop_rows())
    output = tmp_path / "o.duckdb"
    run(file, tmp_path / "s.db", output)
    for wanted, why in (
        ({"full": True}, "that was asked for"),
        ({"as_of": parse("2026-03-01T00:00:40Z")}, "as of another time"),
        ({}, "as of another time"),
        ({"at_position": 5}, "it ends at another position"),
        ({"masking": in_force(str(tmp_path / "s.db"))}, "a masked result holds nothing to go on from"),
        ({}, "was not made to be gone on from"),
    ):
        done = run(file, tmp_path / "s.db", output, **wanted)
        assert not done.facts["incremental"]
        assert why in str(done.facts["full_because"])
    assert run(file, tmp_path / "s.db", output).facts["incremental"]


@pytest.mark.parametrize("name", ["o.duckdb", "o.sqlite"])
def test_a_database_that_is_no_result_is_not_replaced(name: str, tmp_path: Path):
    file = shop_files(tmp_path)
    write_store(tmp_path / "s.db", shop_rows(2))
    output = tmp_path / name
    output.write_bytes(b"")
    run(file, tmp_path / "s.db", output)
    run(file, tmp_path / "s.db", output)
    if name == "o.sqlite":
        with closing(sqlite3.connect(output)) as connection, connection:
            connection.execute("DROP TABLE esviewer")
    else:
        output.write_text("something else")
    held = output.read_bytes()
    with pytest.raises(UsageError, match="is there already and is no projection's result"):
        run(file, tmp_path / "s.db", output)
    assert output.read_bytes() == held


def test_without_any_event_it_says_that_there_is_none(tmp_path: Path):
    file = tmp_path / "p.toml"
    file.write_text('name = "p"\n')
    write_store(tmp_path / "s.db", shop_rows(3))
    for _ in range(2):
        done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb", at_position=0)
        assert done.rows == 0
        assert done.facts["full_because"] == "no event is there to go on after"
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert done.rows > 0
