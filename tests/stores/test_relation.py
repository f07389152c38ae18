"""Layouts that read several tables as one, on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, make_sqlite, opened, short

from esviewer.errors import NotFoundError

Make = Callable[..., str]

JOINED = """
name = "joined"
version_base = [1]
[events]
required = ["link_id", "stream_no", "no", "event_id"]
where = "{stream_no} <> 0"
left_out = "the stream of everything"
[[events.join]]
name = "streams"
tables = ["streams"]
required = ["stream_no", "stream_name", "gone"]
on = { stream_no = "stream_no" }
[[events.join]]
name = "body"
tables = ["bodies"]
required = ["event_id", "kind", "data"]
on = { event_id = "event_id" }
[[events.join]]
name = "extra"
tables = ["extras"]
required = ["event_id", "who"]
on = { event_id = "event_id" }
optional = true
[events.parts]
aggregate_id = { column = "streams.stream_name" }
version = { column = "no" }
position = { column = "link_id" }
type = { column = "body.kind" }
deleted = { column = "streams.gone" }
[events.data]
column = "body.data"
[events.metadata]
also = ["extra.who"]
"""

DDL = [
    "CREATE TABLE streams (stream_no INTEGER PRIMARY KEY, stream_name VARCHAR(50) NOT NULL UNIQUE, gone INTEGER)",
    "CREATE TABLE bodies (event_id INTEGER PRIMARY KEY, kind VARCHAR(50), data VARCHAR(500))",
    "CREATE TABLE links (link_id INTEGER PRIMARY KEY, stream_no INTEGER NOT NULL, no INTEGER NOT NULL,"
    " event_id INTEGER NOT NULL, UNIQUE (stream_no, no))",
]
ROWS = {
    "streams": [
        {"stream_no": 0, "stream_name": "$all", "gone": None},
        {"stream_no": 1, "stream_name": "cart-2", "gone": None},
        {"stream_no": 2, "stream_name": "cart-1", "gone": 1},
        {"stream_no": 3, "stream_name": "empty", "gone": None},
    ],
    "bodies": [{"event_id": n, "kind": f"K{n}", "data": f'{{"n": {n}}}'} for n in (1, 2, 3)],
    "links": [
        {"link_id": 1, "stream_no": 0, "no": 1, "event_id": 1},
        {"link_id": 2, "stream_no": 1, "no": 1, "event_id": 1},
        {"link_id": 3, "stream_no": 2, "no": 1, "event_id": 2},
        {"link_id": 4, "stream_no": 1, "no": 2, "event_id": 3},
    ],
}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a store on each database in turn."""
    if request.param == "sqlite":
        return lambda ddl, rows: make_sqlite(tmp_path / "store.db", ddl, rows)
    server = request.getfixturevalue("postgres" if request.param == "postgresql" else "mariadb")
    return lambda ddl, rows: make_server(server, ddl, rows)


@pytest.fixture
def layout(tmp_path: Path) -> Callable[[str], str]:
    """Writes a layout and gives what `--layout` takes."""

    def write(text: str) -> str:
        path = tmp_path / "layout.toml"
        path.write_text(text)
        return str(path)

    return write


def test_joined_tables_read_as_one(make: Make, layout: Callable[[str], str]) -> None:
    with opened(make(DDL, ROWS), layout(JOINED)) as store:
        assert aggregates(store) == [("cart-1", None), ("cart-2", None)]
        assert [ref.status for ref in store.aggregate_ids()] == ["deleted", None]
        assert store.summary("cart-1").status == "deleted"
        assert [short(event) for event in events(store)] == [
            ("cart-2", 1, "K1", {"n": 1}),
            ("cart-1", 1, "K2", {"n": 2}),
            ("cart-2", 2, "K3", {"n": 3}),
        ]
        assert [short(event) for event in events(store, "cart-2")] == [
            ("cart-2", 1, "K1", {"n": 1}),
            ("cart-2", 2, "K3", {"n": 3}),
        ]
        assert events(store, "cart-1")[0].metadata == {"deleted": True}
        assert store.info().events == 3
        assert store.info().aggregates == 2
        assert any("the stream of everything" in each for each in store.warnings)
        assert store.aggregate_ids(after="cart-1", limit=5)[0].aggregate_id == "cart-2"


def test_an_optional_table_adds_its_columns(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [*DDL, "CREATE TABLE extras (event_id INTEGER PRIMARY KEY, who VARCHAR(20))"]
    rows = {**ROWS, "extras": [{"event_id": 3, "who": "ann"}]}
    with opened(make(ddl, rows), layout(JOINED)) as store:
        assert [event.metadata for event in events(store, "cart-2")] == [None, {"who": "ann"}]


FAMILY = """
name = "family"
version_base = [1]
[events]
required = ["id", "version", "type", "data"]
order = ["at"]
[events.family]
pattern = "*_journal"
label = "kind"
[events.parts]
aggregate_id = { column = "id" }
aggregate_type = { column = "kind" }
version = { column = "version" }
type = { column = "type" }
timestamp = { column = "at" }
[events.data]
column = "data"
"""


def test_a_family_of_tables_reads_as_one(make: Make, layout: Callable[[str], str]) -> None:
    columns = (
        "id VARCHAR(20), version INTEGER, type VARCHAR(20), data VARCHAR(50), at VARCHAR(30), PRIMARY KEY (id, version)"
    )
    ddl = [f"CREATE TABLE {kind}_journal ({columns})" for kind in ("cart", "user")]
    at = "2026-01-01T00:00:0{}Z".format
    rows = {
        "cart_journal": [{"id": "c1", "version": n, "type": "T", "data": "1", "at": at(n)} for n in (1, 3)],
        "user_journal": [{"id": "u1", "version": 1, "type": "T", "data": "2", "at": at(2)}],
    }
    with opened(make(ddl, rows), layout(FAMILY)) as store:
        assert aggregates(store) == [("c1", "cart"), ("u1", "user")]
        assert [(event.aggregate_id, event.version) for event in events(store)] == [("c1", 1), ("u1", 1), ("c1", 3)]
        assert store.info().aggregate_types == {"cart": 1, "user": 1}
        assert store.fit.tables["events"].endswith("cart_journal")


NUMBERED = """
name = "numbered"
version_base = [0]
[events]
required = ["event_id", "owner", "type", "data"]
[events.parts]
aggregate_id = { column = "owner", default = "(nobody)" }
version = { number = ["event_id"] }
type = { column = "type" }
[events.data]
column = "data"
[snapshots]
tables = ["states"]
required = ["owner", "last", "state"]
[snapshots.parts]
aggregate_id = { column = "owner" }
version = { after = "last" }
[snapshots.state]
column = "state"
"""


def test_versions_are_counted_where_there_are_none(make: Make, layout: Callable[[str], str]) -> None:
    ddl = ["CREATE TABLE log (event_id INTEGER PRIMARY KEY, owner VARCHAR(20), type VARCHAR(20), data VARCHAR(50))"]
    rows = {
        "log": [
            {"event_id": n, "owner": owner, "type": "T", "data": str(n)}
            for n, owner in ((3, "a"), (5, "b"), (8, "a"), (9, "a"))
        ]
    }
    text = NUMBERED.replace(
        '{ number = ["event_id"] }', '{ number = ["event_id"] }\nposition = { column = "event_id" }'
    )
    with opened(make(ddl, rows), layout(text)) as store:
        assert [(e.aggregate_id, e.version, e.data) for e in events(store)] == [
            ("a", 0, 3), ("b", 0, 5), ("a", 1, 8), ("a", 2, 9),
        ]  # fmt: skip
        assert [e.data for e in store.events("a", from_version=1)] == [8, 9]
        assert store.summary("a").version == 2


def test_a_snapshot_may_name_the_position_it_follows(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [
        "CREATE TABLE log (event_id INTEGER PRIMARY KEY, owner VARCHAR(20), type VARCHAR(20), data VARCHAR(50))",
        "CREATE TABLE states (owner VARCHAR(20), last INTEGER, state VARCHAR(50))",
    ]
    rows = {
        "log": [{"event_id": n, "owner": "a", "type": "T", "data": str(n)} for n in (3, 5, 8)],
        "states": [{"owner": "a", "last": 6, "state": '{"x": 1}'}],
    }
    text = NUMBERED.replace(
        '{ number = ["event_id"] }', '{ number = ["event_id"] }\nposition = { column = "event_id" }'
    )
    with opened(make(ddl, rows), layout(text)) as store:
        snapshot = store.snapshot("a")
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (1, {"x": 1})
        assert store.snapshot_versions("a") == [1]
        assert store.snapshot("a", 0) is None


def test_events_without_an_aggregate_are_one(make: Make, layout: Callable[[str], str]) -> None:
    ddl = ["CREATE TABLE log (event_id INTEGER PRIMARY KEY, owner VARCHAR(20), type VARCHAR(20), data VARCHAR(50))"]
    rows = {
        "log": [
            {"event_id": n, "owner": owner, "type": "T", "data": str(n)}
            for n, owner in ((1, None), (2, "b"), (3, None))
        ]
    }
    text = NUMBERED.replace(
        '{ number = ["event_id"] }', '{ number = ["event_id"] }\nposition = { column = "event_id" }'
    )
    with opened(make(ddl, rows), layout(text)) as store:
        assert aggregates(store) == [("(nobody)", None), ("b", None)]
        assert [event.data for event in events(store, "(nobody)")] == [1, 3]
        assert [event.aggregate_id for event in events(store)] == ["(nobody)", "b", "(nobody)"]
        assert store.summary("(nobody)").events == 2
        assert store.info().aggregates == 2
        assert [ref.aggregate_id for ref in store.aggregate_ids(after="(nobody)")] == ["b"]
        assert not any("left out" in each for each in store.warnings)


UNFOLDED = """
name = "unfolded"
version_base = [1]
[events]
required = ["no", "stream", "revision", "items", "payload"]
[events.unfold]
count = "items"
data = ["Body"]
metadata = ["Headers"]
[events.parts]
aggregate_id = { column = "stream" }
version = { column = "revision" }
position = { column = "no" }
type = { data = "t" }
[events.data]
column = "payload"
"""


def test_one_row_may_hold_several_events(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [
        "CREATE TABLE commits (no INTEGER PRIMARY KEY, stream VARCHAR(20), revision INTEGER, items INTEGER,"
        " payload VARCHAR(500), UNIQUE (stream, revision))"
    ]

    def body(*numbers: int) -> str:
        return "[" + ",".join(f'{{"Headers": {{"h": {n}}}, "Body": {{"t": "T{n}", "n": {n}}}}}' for n in numbers) + "]"

    rows: dict[str, list[dict[str, Any]]] = {
        "commits": [
            {"no": 1, "stream": "s", "revision": 2, "items": 2, "payload": body(1, 2)},
            {"no": 2, "stream": "r", "revision": 1, "items": 1, "payload": body(7)},
            {"no": 3, "stream": "s", "revision": 5, "items": 3, "payload": body(3, 4, 5)},
            {"no": 4, "stream": "s", "revision": 7, "items": 2, "payload": body(6)},
        ]
    }
    with opened(make(ddl, rows), layout(UNFOLDED)) as store:
        assert [(e.aggregate_id, e.version, e.type) for e in events(store)] == [
            ("s", 1, "T1"), ("s", 2, "T2"), ("r", 1, "T7"), ("s", 3, "T3"), ("s", 4, "T4"), ("s", 5, "T5"),
            ("s", 6, ""), ("s", 7, ""),
        ]  # fmt: skip
        assert [e.version for e in store.events("s", from_version=2, to_version=3)] == [2, 3]
        assert store.event("s", 4).metadata == {"h": 4}
        broken = store.event("s", 6)
        assert broken.error is not None
        assert "list of 2 events" in broken.error
        assert store.info().events == 8
        summary = store.summary("s")
        assert (summary.version, summary.events) == (7, 7)


TYPED = """
name = "typed"
version_base = [1]
[events]
required = ["kind", "id", "seq", "type", "data"]
[events.parts]
aggregate_id = { column = "id" }
aggregate_type = { column = "kind" }
version = { column = "seq" }
type = { column = "type" }
[events.data]
column = "data"
[snapshots]
tables = ["states"]
required = ["kind", "id", "seq", "state"]
[snapshots.parts]
aggregate_id = { column = "id" }
aggregate_type = { column = "kind" }
version = { column = "seq" }
[snapshots.state]
column = "state"
"""


def test_two_types_may_share_an_id(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [
        "CREATE TABLE log (kind VARCHAR(20), id VARCHAR(20), seq INTEGER, type VARCHAR(20), data VARCHAR(50),"
        " PRIMARY KEY (kind, id, seq))",
        "CREATE TABLE states (kind VARCHAR(20), id VARCHAR(20), seq INTEGER, state VARCHAR(50))",
    ]
    rows = {
        "log": [
            {"kind": kind, "id": ident, "seq": seq, "type": "T", "data": f'"{kind} {seq}"'}
            for kind, ident, seq in (("cart", "1", 1), ("cart", "1", 2), ("user", "1", 1), ("user", "2", 1))
        ],
        "states": [{"kind": kind, "id": "1", "seq": 1, "state": f'"{kind}"'} for kind in ("cart", "user")],
    }
    with opened(make(ddl, rows), layout(TYPED)) as store:
        assert aggregates(store) == [("cart/1", "cart"), ("user/1", "user"), ("2", "user")]
        assert [event.data for event in events(store, "cart/1")] == ["cart 1", "cart 2"]
        assert [event.data for event in events(store, "user/1")] == ["user 1"]
        assert [event.aggregate_id for event in events(store, "2")] == ["2"]
        with pytest.raises(NotFoundError, match="Several aggregates are called 1") as raised:
            events(store, "1")
        assert "cart/1 or user/1" in raised.value.hint
        assert {event.aggregate_id for event in events(store)} == {"cart/1", "user/1", "2"}
        assert store.info().aggregates == 3
        assert [each.events for each in store.summaries(["2", "cart/1"])] == [1, 2]
        snapshot = store.snapshot("user/1")
        assert snapshot is not None
        assert snapshot.state == "user"
        assert [ref.aggregate_id for ref in store.aggregate_ids(after="cart/1", limit=1)] == ["user/1"]
        assert not any("reads the whole table" in each for each in store.warnings)


def test_tables_of_a_family_may_share_ids(make: Make, layout: Callable[[str], str]) -> None:
    columns = "id VARCHAR(20), version INTEGER, type VARCHAR(20), data VARCHAR(50), PRIMARY KEY (id, version)"
    ddl = [f"CREATE TABLE {kind}_journal ({columns})" for kind in ("cart", "user")]
    rows = {
        f"{kind}_journal": [{"id": "1", "version": 1, "type": "T", "data": f'"{kind}"'}] for kind in ("cart", "user")
    }
    with opened(make(ddl, rows), layout(FAMILY.replace('order = ["at"]', ""))) as store:
        assert aggregates(store) == [("cart/1", "cart"), ("user/1", "user")]
        assert [event.data for event in events(store, "user/1")] == ["user"]
        assert not any("reads the whole table" in each for each in store.warnings)


SPREAD = """
name = "spread"
version_base = [1]
[events]
required = ["event_id", "type", "data"]
[events.spread]
name = "domain"
value = "domain_id"
[events.parts]
aggregate_id = { columns = ["domain", "domain_id"], separator = "/", default = "(none)" }
aggregate_type = { column = "domain" }
version = { number = ["event_id"] }
position = { column = "event_id" }
type = { column = "type" }
[events.data]
column = "data"
"""


def test_an_event_may_belong_to_several_columns(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [
        "CREATE TABLE event (event_id INTEGER PRIMARY KEY, type VARCHAR(20), data VARCHAR(50), cart VARCHAR(20),"
        " customer INTEGER)"
    ]
    rows = {
        "event": [
            {"event_id": n, "type": "T", "data": str(n), "cart": cart, "customer": customer}
            for n, cart, customer in ((1, "a", None), (2, "a", 7), (3, None, 7), (4, None, None))
        ]
    }
    with opened(make(ddl, rows), layout(SPREAD)) as store:
        assert aggregates(store) == [("(none)", None), ("cart/a", "cart"), ("customer/7", "customer")]
        assert [(e.version, e.data) for e in events(store, "cart/a")] == [(1, 1), (2, 2)]
        assert [(e.version, e.data) for e in events(store, "customer/7")] == [(1, 2), (2, 3)]
        assert [e.data for e in events(store, "(none)")] == [4]


STORED = """
name = "stored"
version_base = [1]
[events]
required = ["stream", "no", "type", "data"]
where = "{stream} NOT LIKE '%-state'"
[events.parts]
aggregate_id = { column = "stream" }
version = { column = "no" }
type = { column = "type" }
[events.data]
column = "data"
[snapshots]
tables = ["log"]
required = ["stream", "no", "type", "data"]
where = "{stream} LIKE '%-state'"
[snapshots.parts]
version = { json = ["data", "upTo"] }
[snapshots.parts.aggregate_id]
column = "stream"
sql = "replace({stream}, '-state', '')"
stored = "replace({id}, 'c', 'c') || '-state'"
[snapshots.state]
column = "data"
key = ["state"]
"""


def test_snapshots_may_be_rows_of_the_events(make: Make, layout: Callable[[str], str]) -> None:
    columns = "stream VARCHAR(50), no INTEGER, type VARCHAR(20), data VARCHAR(100), PRIMARY KEY (stream, no)"
    ddl = [f"CREATE TABLE log ({columns})"]
    rows = {
        "log": [
            {"stream": "c1", "no": 1, "type": "T", "data": "1"},
            {"stream": "c1", "no": 2, "type": "T", "data": "2"},
            {"stream": "c1-state", "no": 1, "type": "S", "data": '{"upTo": 2, "state": {"sum": 3}}'},
        ]
    }
    text = STORED
    target = make(ddl, rows)
    if target.startswith(("mysql", "mariadb")):
        text = STORED.replace("replace({id}, 'c', 'c') || '-state'", "concat({id}, '-state')")
    with opened(target, layout(text)) as store:
        assert aggregates(store) == [("c1", None)]
        snapshot = store.snapshot("c1")
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (2, {"sum": 3})
        assert store.info().snapshots == 1


def test_a_layout_may_say_what_ids_are_unique_within(make: Make, layout: Callable[[str], str]) -> None:
    ddl = ["CREATE TABLE log (no INTEGER PRIMARY KEY, event_type VARCHAR(20), data VARCHAR(50), about VARCHAR(100))"]
    rows = {
        "log": [
            {"no": n, "event_type": "T", "data": str(n), "about": f'{{"kind": "{kind}", "id": "1"}}'}
            for n, kind in ((1, "cart"), (2, "user"), (3, "cart"))
        ]
    }
    text = """
name = "scoped"
version_base = [1]
[events]
required = ["no", "event_type", "data", "about"]
scope = "aggregate_type"
[events.parts]
aggregate_id = { json = ["about", "id"] }
aggregate_type = { json = ["about", "kind"] }
version = { number = ["no"] }
position = { column = "no" }
type = { column = "event_type" }
[events.data]
column = "data"
"""
    with opened(make(ddl, rows), layout(text)) as store:
        assert aggregates(store) == [("cart/1", "cart"), ("user/1", "user")]
        assert [(event.version, event.data) for event in events(store, "cart/1")] == [(1, 1), (2, 3)]
        assert [(event.aggregate_id, event.version) for event in events(store)] == [
            ("cart/1", 1),
            ("user/1", 1),
            ("cart/1", 2),
        ]


def test_there_may_be_hundreds_of_tenants(make: Make, layout: Callable[[str], str]) -> None:
    ddl = [
        "CREATE TABLE log (who VARCHAR(20) NOT NULL, id VARCHAR(20) NOT NULL, seq INTEGER NOT NULL, type VARCHAR(20),"
        " data VARCHAR(50), PRIMARY KEY (who, id, seq))"
    ]
    rows = {
        "log": [
            {"who": f"t{tenant:03}", "id": ident, "seq": 1, "type": "T", "data": f'"{tenant}"'}
            for tenant in range(150)
            for ident in ("shared", f"own-{tenant}")
        ]
    }
    text = TYPED.split("[snapshots]")[0].replace('"kind"', '"who"')
    text = text.replace("aggregate_type = ", "tenant = ")
    with opened(make(ddl, rows), layout(text)) as store:
        listed = aggregates(store)
        assert len(listed) == 300
        assert ("t149/shared", None) in listed
        assert ("own-149", None) in listed
        assert [event.data for event in events(store, "t120/shared")] == ["120"]
        assert [event.data for event in events(store, "own-77")] == ["77"]
        with pytest.raises(NotFoundError, match="Several aggregates are called shared"):
            events(store, "shared")
        assert store.info().aggregates == 300
