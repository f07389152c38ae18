"""Projections that the database makes by itself: the same as reading every event makes, and said to be so."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from helpers_mariadb import Database as MariaDatabase
from helpers_postgres import Database
from helpers_projections import Row, run, shop_rows, tables, write_store
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.app import projecting
from esviewer.app.masking import in_force
from esviewer.app.projecting import Wanted, project
from esviewer.app.session import open_session
from esviewer.cli.commands import projection as command
from esviewer.model.instant import parse
from esviewer.projections.building import Building, TableFacts
from esviewer.projections.countable import countable
from esviewer.projections.definition import Projection
from esviewer.projections.file import parse_projections

ENVELOPES = """
[[projection]]
name = "types"
kind = "event"
key = "event.type"
[[projection.on]]
event = "ProductItem*"
when = "event.type != 'ProductItemRemoved'"
increment = { n = "1", two = 2, less = "-1" }
[projection.on.set]
id = "event.event_id"
at = "event.timestamp"
cart = "event.aggregate_id"
kind = "event.aggregate_type"
seen = true
[[projection.on]]
event = "*"
increment = { n = "1" }
set = { cart = "event.aggregate_id", first = "event.aggregate_id if state.first == null else state.first" }
[projection.columns]
state = "state"
odd = "state.n + key if state.n > 4 else state.two"

[[projection]]
name = "days"
kind = "event"
where = "not (event.type == 'ShoppingCartOpened' and event.version == 1)"
initial = { low = 3 }
[projection.key]
day = "day(event.timestamp)"
kind = "event.aggregate_type"
[[projection.on]]
event = "*"
increment = { n = "1" }
[projection.on.set]
low = "event.version if state.low == null else min(state.low, event.version)"
high = "max(event.version, state.high) if state.high != null else event.version"
end = "event.position if state.end == null else max(state.end, event.position)"
[projection.columns]
n = "state.n"
low = "state.low"
high = "state.high"
end = "state.end"

[[projection]]
name = "hours"
kind = "event"
aggregate_type = "cart*"
key = ["hour(event.timestamp)", "month(event.timestamp)", "year(event.timestamp)", "event.version > 2"]
[[projection.on]]
event = "*"
increment = { n = "1" }
[projection.columns]
n = "state.n"

[[projection]]
name = "carts"
kind = "event"
key = "event.aggregate_id"
[[projection.on]]
event = "*"
set = { last = "event.type", schema = "event.schema_version" }
[projection.columns]
last = "state.last"
schema = "state.schema"
"""
NAMES = ["types", "days", "hours", "carts"]
PARSED = parse_projections(ENVELOPES, "envelopes.toml")


@contextmanager
def only_reading() -> Iterator[None]:
    """Nothing is left to the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projecting, "checked", lambda _: {})
        yield


@contextmanager
def only_cells() -> Iterator[dict[str, list[Any]]]:
    """What the last run makes, as cells: of these alone the tables are made, which takes most of a small run's time."""
    found: dict[str, list[Any]] = {}

    def taken(_: Building, connection: duckdb.DuckDBPyConnection, projection: Projection, *sources: str) -> TableFacts:
        for what, source in zip(("rows", "problems"), sources, strict=True):
            found[f"{projection.name} {what}"] = connection.execute(f"FROM {source} ORDER BY ALL").fetchall()
        return TableFacts(projection.name, projection.kind, 0, 0, 0, ())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Building, "_typed", taken)
        yield found


def both(file: Path, store: Path | str, folder: Path, **wanted: Any) -> tuple[Any, Any]:
    """The run that lets the database count, and the tables; those that reading makes are the same."""
    done = run(file, store, folder / "counted.duckdb", full=True, **wanted)
    with only_reading():
        read = run(file, store, folder / "read.duckdb", full=True, **wanted)
    assert read.facts["in_database"] == []
    assert tables(folder / "counted.duckdb") == tables(folder / "read.duckdb")
    for name in ("events", "events_left_out", "last_position"):
        assert done.facts[name] == read.facts[name]
    return done, tables(folder / "counted.duckdb")


def envelopes(folder: Path) -> Path:
    file = folder / "envelopes.toml"
    file.write_text(ENVELOPES)
    return file


def test_envelopes_are_counted_by_the_database(tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows(30))
    done, found = both(envelopes(tmp_path), tmp_path / "s.db", tmp_path)
    assert done.facts["in_database"] == NAMES
    assert done.facts["not_in_database"] == {}
    assert done.facts["events_read"] == len(shop_rows(30))
    counts = {row[0]: row[1] for row in found["types"][1:]}
    kinds = [row[1] for row in shop_rows(30)]
    assert counts == {kind: kinds.count(kind) for kind in set(kinds)}
    assert [row[0] for row in found["days"][1:]] == ["2026-03-01"]
    assert found["types_problems"][1:] != []
    # What reads payloads is read beside it.
    more = envelopes(tmp_path).with_name("more.toml")
    more.write_text(
        ENVELOPES + '[[projection]]\nname = "sold"\nkind = "event"\nkey = "data.productId"\n'
        '[[projection.on]]\nevent = "ProductItemAdded"\nincrement = { n = "data.quantity" }\n'
        '[projection.columns]\nn = "state.n"\n[[projection]]\nname = "states"\n'
    )
    done, found = both(more, tmp_path / "s.db", tmp_path)
    assert done.facts["in_database"] == NAMES
    assert len(found["sold"]) > 1
    assert len(found["states"]) == 31


def test_a_later_run_goes_on_from_what_the_database_counted(tmp_path: Path):
    rows = shop_rows(20)
    file = envelopes(tmp_path)
    newest = write_store(tmp_path / "s.db", rows[:60])
    run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    write_store(tmp_path / "s.db", rows[60:], newest)
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert done.facts["incremental"]
    assert done.facts["in_database"] == NAMES
    assert done.facts["events_read"] == len(rows) - 60
    assert done.facts["events"] == len(rows)
    both(file, tmp_path / "s.db", tmp_path)
    assert tables(tmp_path / "o.duckdb") == tables(tmp_path / "read.duckdb")


@pytest.mark.parametrize(("reads", "prepared"), [(False, 0), (True, 1)])
def test_processes_get_a_head_start_only_where_events_are_read(
    reads: bool, prepared: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_configuration: Path
):
    write_store(tmp_path / "s.db", shop_rows(4))
    file = envelopes(tmp_path)
    if reads:
        file.write_text(ENVELOPES + '[[projection]]\nname = "states"\n')
    asked: list[str] = []
    monkeypatch.setattr(command, "get_ready", lambda store, *_: asked.append(store))
    target = str(tmp_path / "o.duckdb")
    done = CliRunner().invoke(
        command.command, [str(file), str(tmp_path / "s.db"), "--output", target, "--processes", "2"]
    )
    assert done.exit_code == 0, done.output
    assert asked == [str(tmp_path / "s.db")] * prepared


def test_payloads_that_can_not_be_read_are_counted(tmp_path: Path):
    rows: list[Row] = [("a-1", "Odd", "2026-01-01T00:00:00Z", "{broken", None), ("a-1", "Odd", "2026", "1", "x")]
    write_store(tmp_path / "s.db", rows)
    _, found = both(envelopes(tmp_path), tmp_path / "s.db", tmp_path)
    assert [row[:2] for row in found["types"][1:]] == [("Odd", 2)]


def test_no_cluster_is_asked_for_what_the_database_counts(tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows(6))
    file = envelopes(tmp_path)
    run(file, tmp_path / "s.db", tmp_path / "alone.duckdb")
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb", engine="dask://127.0.0.1:1")
    assert done.facts["in_database"] == NAMES
    assert tables(tmp_path / "o.duckdb") == tables(tmp_path / "alone.duckdb")


def test_masked_it_is_the_same(tmp_path: Path):
    rows = [(f"person{number % 3}@example.com", *row[1:]) for number, row in enumerate(shop_rows(9))]
    write_store(tmp_path / "s.db", rows)  # type: ignore[arg-type]
    file = envelopes(tmp_path)
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb", masking=in_force(str(tmp_path / "s.db")))
    assert done.facts["in_database"] == NAMES
    assert done.facts["masked"]
    assert b"person" not in (tmp_path / "o.duckdb").read_bytes()
    with only_reading():
        run(file, tmp_path / "s.db", tmp_path / "read.duckdb", masking=in_force(str(tmp_path / "s.db")))
    ours, theirs = tables(tmp_path / "o.duckdb"), tables(tmp_path / "read.duckdb")
    assert [row[1:4] for row in ours["types"]] == [row[1:4] for row in theirs["types"]]


NOT = {
    "a key of the payload": ("key = 'data.a'", "increment = { n = '1' }"),
    "metadata": ("key = 'meta.a'", "increment = { n = '1' }"),
    "the time itself": ("key = 'event.timestamp'", "increment = { n = '1' }"),
    "the id of each event": ("key = 'event.event_id'", "increment = { n = '1' }"),
    "an amount": ("key = 'event.type'", "increment = { n = 'data.a' }"),
    "a fraction": ("key = 'event.type'", "increment = { n = 1.5 }"),
    "a list": ("key = 'event.type'", "append = { n = 'event.type' }"),
    "an end": ("key = 'event.type'", "delete = true"),
    "a path": ("key = 'event.type'", "increment = { 'n[event.type]' = '1' }"),
    "a state": ("key = 'event.type'", "set = { n = 'state.n + 1' }"),
    "a count that is set": ("key = 'event.type'", "set = { n = '0' }\nincrement = { n = '1' }"),
    "a condition on the payload": ("key = 'event.type'", "when = 'data.a'\nincrement = { n = '1' }"),
    "a text that is counted": ("key = 'event.type'\ninitial = { n = 'x' }", "increment = { n = '1' }"),
    "the least of times": (
        "key = 'event.type'",
        "set = { n = 'event.timestamp if state.n == null else min(state.n, event.timestamp)' }",
    ),
}


@pytest.mark.parametrize("name", NOT)
def test_what_the_database_can_not_count_exactly_is_read(name: str):
    key, rule = NOT[name]
    file = parse_projections(f'kind = "event"\n{key}\n[[on]]\nevent = "*"\n{rule}\n', "a file")
    assert countable(file.projections[0]) is None


def test_what_only_reading_can_tell_is_read(tmp_path: Path):
    file = envelopes(tmp_path)
    write_store(tmp_path / "s.db", shop_rows(5))
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.execute("UPDATE events SET aggregate_type = 'other' WHERE id = 12")
    done, _ = both(file, tmp_path / "s.db", tmp_path)
    assert done.facts["in_database"] == ["carts"]
    assert set(done.facts["not_in_database"].values()) == {"events of one aggregate differ in its type"}
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.execute("UPDATE events SET aggregate_type = 'cart', version = 'one' WHERE id = 12")
    done, _ = both(file, tmp_path / "s.db", tmp_path)
    assert done.facts["in_database"] == []


USUAL_TIMES = st.integers(0, 2 * 86_400_000_000).map(
    lambda micros: (datetime(2026, 3, 1, 23, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat()
)
ANY_TIMES = st.one_of(
    USUAL_TIMES,
    st.sampled_from(
        [
            "2026-03-01T10:00:00Z", "2026-03-01 10:59:59.5Z", "2026-03-01T10:00:00.123456789Z", "2026-03-02T01:02:03",
            "2026-03-01T10:00:00+09:00", "2026-03-01T24:00:00Z", "2026-02-31T10:00:00Z", "2026-03-02", "yesterday",
            "1772400000", "1772400000123", "2026-03-01T23:59:60Z", "", "2026-03-01T10:00:00Zx", "2026-03-01T10:00",
            "2026-03-01t10:00:00z", "2026-03-01T10:00:00.1.2Z",
        ]
    ),
    st.sampled_from([None, 1772400000, 1772400000123, 1772400000123456, 1772400000.5, -86401]),
)  # fmt: skip
ADDED = ["ProductItemAdded", "productitemadded", "ProductItemAdded "]
KINDS = ["ShoppingCartOpened", *ADDED, "ProductItemRemoved", "Größe"]
IDS = st.sampled_from(["cart-1", "cart-2", "Cart-2", "cart-2 ", "other-1"])
# A time of an odd form may have all events read, so that nothing is counted: there are stores without any, too.
EVENTS = st.one_of(
    st.lists(st.tuples(IDS, st.sampled_from(KINDS), USUAL_TIMES), min_size=12, max_size=25),
    st.lists(st.tuples(IDS, st.sampled_from(KINDS), ANY_TIMES), min_size=1, max_size=12),
)
MOMENTS = st.sampled_from(
    [None, "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.123456Z", "2026-03-02T12:00:00Z", "1990-01-01T00:00:00Z"]
)


@settings(max_examples=12, deadline=None)
@given(made=EVENTS, moment=MOMENTS, position=st.one_of(st.none(), st.integers(0, 30)))
def test_the_database_counts_as_reading_does(made: list[Any], moment: str | None, position: int | None):
    wanted = Wanted(as_of=None if moment is None else parse(moment), at_position=position, processes=1, full=True)
    with TemporaryDirectory() as name, only_cells() as cells:
        store, output = Path(name) / "s.db", Path(name) / "o.duckdb"
        write_store(store, [(one, kind, time, "{}", None) for one, kind, time in made])
        with closing(open_session(str(store))) as session:
            done = project(session, PARSED, output, wanted)
            counted = dict(cells)
            with only_reading():
                read = project(session, PARSED, output, wanted)
        assert read.facts["in_database"] == []
        assert len(cells) == 2 * len(NAMES)
        assert counted == cells
        for fact in ("events", "events_left_out", "last_position"):
            assert done.facts[fact] == read.facts[fact]


@settings(max_examples=8, deadline=None)
@given(made=EVENTS, cuts=st.lists(st.integers(1, 25), min_size=1, max_size=2), moment=MOMENTS)
def test_whatever_was_counted_before_the_tables_are_the_same(made: list[Any], cuts: list[int], moment: str | None):
    with TemporaryDirectory() as name, only_cells() as cells:
        folder = Path(name)
        file = envelopes(folder)
        rows: list[Row] = [(one, kind, time, "{}", None) for one, kind, time in made]
        wanted = {"as_of": None if moment is None else parse(moment)}
        newest: dict[str, int] = {}
        before = 0
        for end in [*sorted(cuts), len(rows)]:
            newest = write_store(folder / "s.db", rows[before:end], newest)
            done = run(file, folder / "s.db", folder / "o.duckdb", **wanted)
            assert done.facts["incremental"] == (before > 0), done.facts["full_because"]
            before = max(before, end)
        counted = dict(cells)
        with only_reading():
            anew = run(file, folder / "s.db", folder / "read.duckdb", **wanted)
        assert len(cells) == 2 * len(NAMES)
        assert counted == cells
        assert done.facts["events"] == anew.facts["events"]


def test_a_later_run_counts_what_an_earlier_one_read(tmp_path: Path):
    # A condition that fails for one type: only reading marks its events, and the mark stays.
    file = tmp_path / "f.toml"
    file.write_text(
        'name = "failing"\nkind = "event"\nkey = "event.aggregate_id"\n[[on]]\nevent = "*"\n'
        "when = \"int(event.type) > 0\"\nincrement = { n = '1' }\n[columns]\nn = 'state.n'\nodd = '1 / (state.n - 2)'\n"
    )
    rows: list[Row] = [(f"a-{n % 2}", kind, "2026-01-01", "{}", None) for n, kind in enumerate(["1", "x", "2", "2"])]
    newest = write_store(tmp_path / "s.db", rows)
    first = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert list(first.facts["not_in_database"]) == ["failing"]
    write_store(tmp_path / "s.db", [("a-1", "3", "2026-01-02", "{}", None)] * 2, newest)
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert done.facts["incremental"]
    assert done.facts["in_database"] == ["failing"]
    run(file, tmp_path / "s.db", tmp_path / "anew.duckdb", full=True)
    found = tables(tmp_path / "o.duckdb")
    assert found == tables(tmp_path / "anew.duckdb")
    assert "version 1: " in str(found["failing"])
    assert len(found["failing_problems"]) == 3


def test_a_newer_event_of_another_type_of_aggregate_is_read(tmp_path: Path):
    file = envelopes(tmp_path)
    newest = write_store(tmp_path / "s.db", shop_rows(5))
    run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    write_store(tmp_path / "s.db", [("cart-001", "Odd", "2026-03-02T00:00:00Z", "{}", None)], newest)
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection, connection:
        connection.execute("UPDATE events SET aggregate_type = 'other' WHERE event_type = 'Odd'")
    done = run(file, tmp_path / "s.db", tmp_path / "o.duckdb")
    assert done.facts["incremental"]
    assert done.facts["in_database"] == ["carts"]
    both(file, tmp_path / "s.db", tmp_path)
    assert tables(tmp_path / "o.duckdb") == tables(tmp_path / "read.duckdb")


COLUMNS = {
    "text": ("TEXT", "VARCHAR(64)"),
    "zoned": ("TIMESTAMPTZ", "TIMESTAMP(6) NULL"),
    "plain": ("TIMESTAMP", "DATETIME(6)"),
    "number": ("BIGINT", "BIGINT"),
}
ODD_TEXTS = ["yesterday", "2026-03-01T24:00:00Z", None]


def _timed(kind: str) -> list[Any]:
    start = datetime(2026, 3, 1, 22, tzinfo=UTC)
    times = [start + timedelta(minutes=17 * number, microseconds=number) for number in range(40)]
    if kind == "text":
        return [*(each.isoformat() for each in times), *ODD_TEXTS]
    if kind == "number":
        return [*(int(each.timestamp() * 1_000_000) for each in times), 1772400000, 1772400000123, None]
    return [*(each.replace(tzinfo=None if kind == "plain" else UTC) for each in times), None, None, None]


def _rows(kind: str) -> Sequence[tuple[Any, ...]]:
    found = []
    newest: dict[str, int] = {}
    for number, time in enumerate(_timed(kind), 1):
        ident = ["cart-1", "cart-2", "Cart-2", "other-1"][number % 4]
        newest[ident] = newest.get(ident, 0) + 1
        data = "{broken" if number == 7 else '{"n": 1}'
        kept = ident.lower().split("-")[0]
        found.append((number * 3, ident, kept, KINDS[number % len(KINDS)], data, newest[ident], time))
    return found


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("moment", [None, "2026-03-02T03:00:00Z"])
def test_postgresql_counts_as_reading_does(kind: str, moment: str | None, postgres: Database, tmp_path: Path):
    postgres.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id BIGINT PRIMARY KEY, aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type TEXT"
        f" NOT NULL, event_data TEXT NOT NULL, version INTEGER NOT NULL, timestamp {COLUMNS[kind][0]},"
        " UNIQUE (aggregate_id, version))",
    )
    with postgres.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s)", _rows(kind))
    _on_a_server(kind, moment, postgres.url, tmp_path)


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("moment", [None, "2026-03-02T03:00:00Z"])
def test_mariadb_counts_as_reading_does(kind: str, moment: str | None, mariadb: MariaDatabase, tmp_path: Path):
    mariadb.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id BIGINT PRIMARY KEY, aggregate_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        " NOT NULL, aggregate_type VARCHAR(64), event_type VARCHAR(64) NOT NULL, event_data LONGTEXT NOT NULL,"
        f" version INTEGER NOT NULL, timestamp {COLUMNS[kind][1]}, UNIQUE (aggregate_id, version))",
    )
    connection = mariadb.connect()
    with connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s)", _rows(kind))
    connection.close()
    _on_a_server(kind, moment, mariadb.url, tmp_path)


def _on_a_server(kind: str, moment: str | None, url: str, folder: Path) -> None:
    file = envelopes(folder)
    wanted = {"as_of": None if moment is None else parse(moment), "at_position": 90}
    done, found = both(file, url, folder, **wanted)
    read = moment is not None and kind == "text"
    assert done.facts["in_database"] == ([] if read else NAMES), done.facts["not_in_database"]
    assert sum(row[1] for row in found["types"][1:]) == done.facts["events"] > 10
    assert len(found["hours"]) > 5
