"""What belongs together is found as reading every event finds it, in every database, and hangs together as it says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from helpers_layouts import make_server, make_sqlite, opened

from esviewer.app.tracing import Trace, asked_event, trace
from esviewer.errors import CancelledError, NotFoundError
from esviewer.stores.store import Store
from esviewer.work import Progress, Work

LONG = {"sqlite": "TEXT", "blob": "BLOB", "postgresql": "json", "jsonb": "jsonb", "mariadb": "JSON"}
ODD = ["c-1", "総合/1", 'say "hi" \\o/', "a b", "12", "x" * 40]
"""Correlation ids that JSON writes otherwise, quote badly, or are numbers."""


def ident(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def made(seed: int, count: int = 600) -> list[dict[str, Any]]:
    """Events of a dozen aggregates; `truth` has what each says, however it is spelled."""
    random = Random(seed)
    together = [*ODD, *(ident(random) for _ in range(40))]
    versions: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    by_correlation: dict[str, list[str]] = {}
    for number in range(1, count + 1):
        aggregate = f"{random.choice(['order', 'account'])}-{random.randrange(8)}"
        versions[aggregate] = versions.get(aggregate, 0) + 1
        event_id = ident(random)
        correlation = random.choice(together) if random.random() < 0.9 else None
        before = [] if correlation is None else by_correlation.setdefault(correlation, [])
        cause = random.choice(before) if before and random.random() < 0.8 else None
        before.append(event_id)
        if correlation is not None and random.random() < 0.03:
            cause = ident(random)  # an orphan
        rows.append(
            {
                "id": number * 3,
                "event_id": event_id,
                "aggregate_id": aggregate,
                "aggregate_type": aggregate.partition("-")[0],
                "event_type": random.choice(["Opened", "Changed"]),
                "event_data": "{}",
                "metadata": spelled(random, correlation, cause),
                "version": versions[aggregate],
                "timestamp": f"2026-03-01T00:{number // 60:02}:{number % 60:02}Z",
                "truth": (correlation, cause),
            }
        )
    return rows


def spelled(random: Random, correlation: str | None, cause: str | None) -> str | None:
    """Metadata as frameworks write it: other keys, other cases of a UUID, deeper, with escapes."""
    if correlation is None and cause is None:
        return random.choice([None, "{}", '{"actor": "ada"}', '"no object"'])
    key, of = random.choice([("correlation_id", "causation_id"), ("$correlationId", "$causationId")])
    values = {}
    for name, value in ((key, correlation), (of, cause)):
        if value is not None:
            values[name] = random.choice([str.upper, str.lower, dashless])(value) if len(value) == 36 else value
    if values.get(key) == "12" and random.random() < 0.5:
        values[key] = 12
    inner = {"headers": values} if random.random() < 0.3 else {"actor": "ada", **values}
    text = json.dumps(inner, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.1:
        text = text.replace("-", "\\u002d")
    return text if random.random() < 0.8 else f"  {text}"


def dashless(text: str) -> str:
    return text.replace("-", "")


def tables(kind: str, *, column: bool = False) -> list[str]:
    text = "VARCHAR(200)"
    binary = " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if kind == "mariadb" else ""
    more = f" correlation_id {text}," if column else ""
    return [
        f"CREATE TABLE events (id INTEGER PRIMARY KEY, event_id {text}, aggregate_id {text}{binary} NOT NULL,"
        f" aggregate_type {text}, event_type {text}, event_data {LONG[kind]}, metadata {LONG[kind]},{more}"
        f" version INTEGER NOT NULL, timestamp {text}, UNIQUE (aggregate_id, version))"
    ]


def stored(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {"events": [{key: value for key, value in row.items() if key != "truth"} for row in rows]}


def last(store: Store, text: str, **more: Any) -> Trace:
    found = list(trace(store, asked_event(store, text), **more))
    assert [each.ended for each in found] == [False] * (len(found) - 1) + [True]
    return found[-1]


def keys(found: Trace) -> list[tuple[str, int]]:
    return [node.event.key for node in found.causation.nodes if not node.outside]


def place(row: dict[str, Any]) -> tuple[str, int]:
    return row["aggregate_id"], row["version"]


@pytest.fixture(params=["sqlite", "blob", "postgresql", "jsonb", "mariadb"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    kind, rows = request.param, made(7)
    if kind in ("sqlite", "blob"):
        if kind == "blob":
            for row in rows:
                row["metadata"] = None if row["metadata"] is None else row["metadata"].encode()
        return make_sqlite(tmp_path / "store.db", tables(kind), stored(rows))
    fixture = "mariadb" if kind == "mariadb" else "postgres"
    return make_server(request.getfixturevalue(fixture), tables(kind), stored(rows))


def test_a_correlation_is_what_reading_every_event_finds(target: str) -> None:
    rows = made(7)
    by_id = {row["event_id"]: row for row in rows}
    with opened(target) as store:
        assert store.linked.passes_over(["c-1"])
        for correlation in {row["truth"][0] for row in rows} - {None}:
            own = [row for row in rows if row["truth"][0] == correlation]
            asked = own[len(own) // 2]
            found = last(store, asked["event_id"])

            assert keys(found) == [place(row) for row in own]
            assert found.complete
            assert not found.cut
            nodes = {node.event.key: node for node in found.causation.nodes}
            for row in own:
                cause, node = by_id.get(row["truth"][1]), nodes[place(row)]
                above = None if node.cause is None else found.causation.nodes[node.cause].event.key
                assert above == (None if cause is None else place(cause))
                named = row["truth"][1] is not None
                assert node.status == ("effect" if cause else "orphan" if named else "root")
                if cause is not None:
                    assert node.latency_ns == (row["id"] - cause["id"]) // 3 * 1_000_000_000
                    assert node.depth == nodes[place(cause)].depth + 1
            assert sorted(found.causation.walk()) == list(range(len(found.causation.nodes)))


def test_a_column_with_the_id_is_asked_and_the_metadata_too(tmp_path: Path, postgres: Any) -> None:
    rows = made(3)
    for number, row in enumerate(rows):
        if number % 2 and row["truth"][0] is not None and len(row["truth"][0]) == 36:
            row["metadata"], row["correlation_id"] = None, row["truth"][0]
            row["truth"] = (row["truth"][0], None)
        else:
            row["correlation_id"] = None
    where = [
        make_sqlite(tmp_path / "store.db", tables("sqlite", column=True), stored(rows)),
        make_server(postgres, tables("postgresql", column=True), stored(rows)),
    ]
    for target in where:
        with opened(target) as store:
            for asked in rows[::40]:
                if asked["truth"][0] is None:
                    continue
                own = [place(row) for row in rows if row["truth"][0] == asked["truth"][0]]
                assert keys(last(store, f"{asked['aggregate_id']}@{asked['version']}")) == own


def test_where_the_database_can_not_search_all_is_read_as_far_as_asked(tmp_path: Path) -> None:
    rows = made(5, 900)
    for row in rows:
        row["metadata"] = None if row["metadata"] is None else row["metadata"].replace("o", "\\u006f")
    path = make_sqlite(tmp_path / "store.db", tables("sqlite"), stored(rows))
    asked = next(row for row in rows[450:] if row["truth"][0] == "総合/1")
    with opened(path) as store:
        own = [row for row in rows if row["truth"][0] == "総合/1"]
        assert keys(last(store, asked["event_id"])) == [place(row) for row in own]

        found = last(store, asked["event_id"], reach=100)
        near = [row for row in own if abs(row["id"] - asked["id"]) <= 300]
        assert keys(found) == [place(row) for row in near if row["id"] > asked["id"] - 300]
        assert not found.complete
        assert (found.low, found.high) == (asked["id"] - 297, asked["id"] + 300)

        few = last(store, asked["event_id"], most=4)
        assert few.cut
        assert not few.complete
        assert len(few.causation.nodes) == 4
        assert not few.causation.orphans, "a cause that was left out is no orphan"


def test_it_can_be_cancelled_and_says_how_far_it_is(tmp_path: Path) -> None:
    rows = made(5, 9_000)
    for row in rows:
        row["id"] //= 3
    path = make_sqlite(tmp_path / "store.db", tables("sqlite"), stored(rows))
    told: list[Progress] = []
    work = Work(told.append)
    with opened(path) as store:
        asked = asked_event(store, "order-1@2")
        found = trace(store, asked, work=work)
        next(found)
        work.cancel()
        with pytest.raises(CancelledError):
            list(found)
    told = [progress for progress in told if progress.text != "Counting"]
    assert {progress.total for progress in told} == {9_000}
    assert 0 < told[-1].done < 9_000


def write(path: Path, rows: list[tuple[Any, ...]]) -> str:
    """Events of (id, aggregate, version, event id, metadata), a second apart."""
    connection = sqlite3.connect(path)
    connection.execute(tables("sqlite")[0])
    for number, aggregate, version, event_id, metadata in rows:
        connection.execute(
            "INSERT INTO events (id, aggregate_id, version, event_id, event_type, event_data, metadata, timestamp)"
            " VALUES (?, ?, ?, ?, 'T', '{}', ?, ?)",
            (number, aggregate, version, event_id, json.dumps(metadata), f"2026-03-01T00:00:{number:02}Z"),
        )
    connection.commit()
    connection.close()
    return str(path)


def told(found: Trace) -> list[tuple[str, int, str, int]]:
    nodes = found.causation.nodes
    return [
        (nodes[each].event.event_id or "", nodes[each].depth, nodes[each].status, nodes[each].outside)
        for each in found.causation.walk()
    ]


def test_rings_self_causes_and_causes_of_other_correlations(tmp_path: Path) -> None:
    path = write(
        tmp_path / "store.db",
        [
            (1, "x", 1, "before", {"correlationId": "other"}),
            (2, "a", 1, "root", {"correlationId": "C", "causationId": "root"}),
            (3, "a", 2, "begun", {"correlationId": "C", "causationId": "C"}),
            (4, "b", 1, "ring-1", {"correlationId": "C", "causationId": "ring-2"}),
            (5, "b", 2, "ring-2", {"correlationId": "C", "causationId": "ring-1"}),
            (6, "b", 3, "late", {"correlationId": "C", "causationId": "before"}),
            (7, "c", 1, "lost", {"correlationId": "C", "causationId": "nowhere"}),
            (8, "c", 2, "child", {"correlationId": "C", "causationId": "root"}),
        ],
    )
    with opened(path) as store:
        found = last(store, "child")
    assert told(found) == [
        ("before", 0, "root", True),
        ("late", 1, "effect", False),
        ("root", 0, "root", False),
        ("child", 1, "effect", False),
        ("begun", 0, "root", False),
        ("ring-1", 0, "cycle", False),
        ("ring-2", 1, "effect", False),
        ("lost", 0, "orphan", False),
    ]
    assert found.causation.span_ns == 7_000_000_000


def test_without_correlation_ids_causes_lead_on(tmp_path: Path) -> None:
    path = write(
        tmp_path / "store.db",
        [
            (1, "a", 1, "e1", {}),
            (2, "b", 1, "e2", {"causedById": "e1"}),
            (3, "c", 1, "e3", {"causedById": "e2"}),
            (4, "d", 1, "e4", {"causedById": "e1"}),
            (5, "e", 1, "e5", {}),
        ],
    )
    with opened(path) as store:
        for asked in ("e1", "e2", "e3"):
            found = last(store, asked)
            assert [(name, depth) for name, depth, *_ in told(found)] == [("e1", 0), ("e2", 1), ("e3", 2), ("e4", 1)]
            assert found.correlation is None
            assert found.complete
        assert told(last(store, "e5")) == [("e5", 0, "root", False)]


def test_what_is_called_by_its_first_events_id(tmp_path: Path) -> None:
    path = write(
        tmp_path / "store.db",
        [
            (1, "a", 1, "e1", {}),
            (2, "b", 1, "e2", {"correlationId": "e1", "causationId": "e1"}),
            (3, "c", 1, "e3", {"correlationId": "e1", "causationId": "e2"}),
        ],
    )
    with opened(path) as store:
        for asked in ("e1", "e3"):
            assert [name for name, *_ in told(last(store, asked))] == ["e1", "e2", "e3"]


def test_events_are_named_by_id_or_place(tmp_path: Path) -> None:
    path = write(tmp_path / "store.db", [(1, "a", 1, "odd@1", {}), (2, "b@2", 1, "e2", {})])
    with opened(path) as store:
        assert asked_event(store, "odd@1").key == ("a", 1)
        assert asked_event(store, "b@2@1").event_id == "e2"
        assert asked_event(store, "a@1").event_id == "odd@1"
        with pytest.raises(NotFoundError, match="no version 7"):
            asked_event(store, "a@7")
        with pytest.raises(NotFoundError, match="There is no event nobody"):
            asked_event(store, "nobody")


@pytest.fixture(scope="module")
def message_db(postgres_server: Any) -> Iterator[str]:
    """As Eventide writes it: processes by the name of a stream, causes by their places."""
    import helpers_message_db

    database = postgres_server.create_database("message_store")
    helpers_message_db.install(database)
    database.execute(f"ALTER DATABASE {database.name} SET search_path TO message_store, public")
    writer = helpers_message_db.Writer(database)
    random = Random(1)

    def put(stream: str, kind: str, metadata: Any = None) -> None:
        writer.write(UUID(ident(random)), stream, kind, {}, metadata)

    put("cart-0", "Opened")
    put("order:command-1", "Place", {"correlationStreamName": "shop-1"})
    follow = {"causationMessageStreamName": "order:command-1", "causationMessagePosition": 0}
    put("order-1", "Placed", {"correlationStreamName": "shop-1", **follow, "causationMessageGlobalPosition": 2})
    put("order-1", "Noted", {"correlationStreamName": "shop-2"})
    follow = {"causationMessageStreamName": "order-1", "causationMessagePosition": 0}
    put("payment-1", "Asked", {"correlationStreamName": "shop-1", **follow, "causationMessageGlobalPosition": 3})
    writer.close()
    yield database.url
    postgres_server.drop_database(database)


def test_message_db_as_eventide_writes_it(message_db: str) -> None:
    with opened(message_db) as store:
        found = last(store, "payment-1@0")
        events = [found.causation.nodes[each] for each in found.causation.walk()]
    assert [(node.event.aggregate_id, node.depth, node.status) for node in events] == [
        ("order:command-1", 0, "root"),
        ("order-1", 1, "effect"),
        ("payment-1", 2, "effect"),
    ]


def test_the_eventsourcing_library_with_ids_in_the_data(tmp_path: Path) -> None:
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate

    class Show(Aggregate):
        """Its events carry the id of what they belong to, as the library's events carry anything: in the data."""

        class Turned(Aggregate.Event):
            correlation_id: str

            def apply(self, aggregate: Any) -> None:
                """Nothing more."""

    path = tmp_path / "shows.db"
    application: Any = Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})
    shows = [Show() for _ in range(3)]
    for show in shows:
        for turn in range(3):
            show.trigger_event(Show.Turned, correlation_id=f"show-{turn}")
        application.save(show)
    application.close()
    with opened(str(path)) as store:
        found = last(store, f"{shows[1].id}@3")
        assert found.correlation == "show-1"
        assert [node.event.key for node in found.causation.nodes] == [(show.id.hex, 3) for show in shows]
        assert store.linked.passes_over(["show-1"], "data")


def test_emmett_with_ids_in_its_metadata(postgres: Any) -> None:
    from helpers_emmett import write_postgresql

    first = {"type": "ItemAdded", "data": {}, "metadata": {"correlationId": "c1"}}
    write_postgresql(
        postgres,
        [
            ("cart-1", [first, {"type": "ItemAdded", "data": {}}]),
            ("order-2", [{"type": "Placed", "data": {}, "metadata": {"correlationId": "c1", "causationId": "?"}}]),
        ],
    )
    with opened(postgres.url) as store:
        found = last(store, "order-2@1")
        assert keys(found) == [("cart-1", 1), ("order-2", 1)]
        assert [node.status for node in found.causation.nodes] == ["root", "orphan"]
