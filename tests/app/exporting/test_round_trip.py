"""What is exported and opened again has the same events, aggregates and states, in every form."""

import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from helpers_demo import demo_store
from helpers_eventsourcing import Bank, fill, sqlite_environment
from helpers_exported import FORMS, all_told, check_same, exported, told
from helpers_postgres import Database
from helpers_reference import Shape, write_postgres, write_sqlite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.app.exporting.selection import Selection
from esviewer.app.importing import import_events
from esviewer.app.masking import OFF
from esviewer.app.session import open_session
from esviewer.model.exactjson import dumps
from esviewer.model.kinds import kinds_of
from esviewer.model.values import Number

AWKWARD = [
    ("a", "Made", '{"n": 9007199254740993, "p": 1.10, "big": 1180591620717411303424, "e": 1e400}', 0, "2026-01-01"),
    ("a", "Long", '{"n": 1%s}' % ("0" * 999), 1, "2026-01-01T12:00:00.123456789+09:30"),
    ("a", "Lone", '{"t": "\\ud800 日本 🍣 \\u0000", "": {"/~": [null, "\\ud83d"]}}', 2, "2026-01-02T00:00:00Z"),
    ("a", "Broken", b"\x00\xff", 3, "2026-01-03T00:00:00+09:00"),
    ("=1+1", "-x", "null", 1, "2026-01-03"),
    ("'quoted'", "@type", '"-1"', 1, None),
    ("-5", "+1", "-5", 1, "2026-01-03"),
    ('new\nline\r\n\ttab, "q"', "=cmd|' /C calc'!A0", "[]", 7, "2026-01-03"),
    ("‮evil\x1b[31m", "🍣", "{}", 1, "2026-01-03T00:00:00-00:30"),
    ("12", "34", "[1.0, 1e16, 0.1]", 1, "2026-01-03"),
]


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    """A store of what spoils files."""
    path = tmp_path / "awkward.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data,"
            " version INTEGER, timestamp TEXT, schema_version, metadata TEXT, UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp, schema_version, metadata)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (*row, ("1", 1, "v2", None, '"3"')[number % 5], (None, '{"=a": "\\ud800", "n": 1.0}')[number % 2])
                for number, row in enumerate(AWKWARD)
            ],
        )
    return path


@pytest.mark.parametrize("form", FORMS)
def test_what_is_awkward_comes_back(form: str, awkward: Path, tmp_path: Path) -> None:
    session = open_session(str(awkward))
    try:
        path, done = exported(session, form, tmp_path)
        assert done.events == len(AWKWARD)
        check_same(session, path)
    finally:
        session.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "shape",
    [
        Shape(types=True, extras=True, mixed_zones=True, gaps=True, broken=True, empty_id=True),
        Shape(base=1, zone=False, rowid=False),
    ],
    ids=["everything", "no positions"],
)
def test_every_shape_of_the_reference_store(form: str, shape: Shape, tmp_path: Path) -> None:
    written = tmp_path / "store.db"
    write_sqlite(written, shape)
    session = open_session(str(written))
    try:
        path, _ = exported(session, form, tmp_path)
        # Where the store has no positions, its order is that of the lines.
        check_same(session, path, ordered=form != "folder" or shape.rowid, position=shape.rowid)
    finally:
        session.close()


@pytest.mark.parametrize("form", FORMS)
def test_a_store_of_the_eventsourcing_library(form: str, tmp_path: Path) -> None:
    written = tmp_path / "library.db"
    bank = Bank(sqlite_environment(written))
    fill(bank)
    bank.close()
    session = open_session(str(written))
    try:
        assert any(kinds_of(event.data, event.metadata) for event in session.store.events())
        path, _ = exported(session, form, tmp_path)
        check_same(session, path)
        check_same(session, imported(path, tmp_path))
    finally:
        session.close()


@pytest.fixture(scope="module")
def on_postgresql(postgres: Database) -> Database:
    """A reference store on PostgreSQL."""
    write_postgres(postgres, Shape(types=True, extras=True, gaps=True))
    return postgres


@pytest.mark.parametrize("form", FORMS)
def test_a_store_on_postgresql(form: str, on_postgresql: Database, tmp_path: Path) -> None:
    session = open_session(on_postgresql.url)
    try:
        path, _ = exported(session, form, tmp_path)
        check_same(session, path)
        check_same(session, imported(path, tmp_path))
    finally:
        session.close()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_awkward_is_imported(form: str, awkward: Path, tmp_path: Path) -> None:
    session = open_session(str(awkward))
    try:
        path, _ = exported(session, form, tmp_path)
        check_same(session, imported(path, tmp_path))
    finally:
        session.close()


@pytest.mark.parametrize("form", FORMS)
def test_the_demo_store_is_imported(form: str, tmp_path: Path) -> None:
    session = open_session(str(demo_store()))
    try:
        path, _ = exported(session, form, tmp_path, Selection(at_position=1500))
        again = open_session(str(path))
        try:
            check_same(again, imported(path, tmp_path))
            assert all_told(again) == list(islice(map(told, session.store.events()), 1500))
        finally:
            again.close()
    finally:
        session.close()


def imported(path: Path, folder: Path) -> Path:
    """A store made of what is at a path."""
    target = folder / "imported.db"
    session = open_session(str(path))
    try:
        import_events(session, target, OFF, force=True)
    finally:
        session.close()
    return target


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(10**40), 10**40), st.floats(), st.text(max_size=8),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: Number(str(number).replace("E+", "e"))),
    st.sampled_from(["‫", "=1", "'", "\ud800", "\0", "2026-01-01"]),
)  # fmt: skip
keys = st.one_of(st.text(max_size=4), st.sampled_from(["data", "kinds", "a/b", "~", "", "\ud83d"]))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
ids = st.sampled_from(["a", "b", "=c", "'", "12", "é\n", "1e5", "null"])
rows = st.lists(
    st.tuples(
        ids,
        st.sampled_from(["Made", "+Changed", "7"]),
        values,
        st.sampled_from([None, "2026-01-01", "2026-01-01T01:02:03.004Z", "2026-01-01T00:00:00.000000001-05:45"]),
        st.sampled_from([None, 1, 2, "1", "v3", '"']),
        st.one_of(st.none(), values),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(rows=rows, base=st.integers(0, 1), gap=st.integers(1, 3))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_small_stores_come_back_from_every_form(
    rows: list[tuple[Any, ...]], base: int, gap: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("small")
    path = folder / "small.db"
    versions: dict[str, int] = {}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data, metadata,"
            " version INTEGER, timestamp TEXT, schema_version, UNIQUE (aggregate_id, version))"
        )
        for number, (ident, kind, data, time, schema, metadata) in enumerate(rows):
            versions[ident] = versions.get(ident, base - gap) + gap
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number * gap, ident, kind, dumps(data), None if metadata is None else dumps(metadata),
                    versions[ident], time, schema,
                ),
            )  # fmt: skip
    session = open_session(str(path))
    try:
        for form in FORMS:
            made, _ = exported(session, form, folder)
            check_same(session, made)
            check_same(session, imported(made, folder))
    finally:
        session.close()
