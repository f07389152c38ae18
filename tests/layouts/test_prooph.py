"""Prooph's pdo-event-store and Ecotone (PHP): stores made from the columns that their strategies create (3472ada,
c440b6d), rows as they insert them.

PHP's packages come from neither PyPI, npm nor Debian, so the frameworks' own code did not run.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

KINDS = ("postgresql", "mariadb")
USER = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
TODO = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e02"
USER_TYPE = "App\\Model\\User"
TODO_TYPE = "App\\Model\\Todo"

REGISTRY = {
    "postgresql": "CREATE TABLE event_streams (no bigserial PRIMARY KEY, real_stream_name varchar(150) NOT NULL,"
    " stream_name char(41) NOT NULL UNIQUE, metadata jsonb, category varchar(150))",
    "mariadb": "CREATE TABLE event_streams (no bigint AUTO_INCREMENT PRIMARY KEY,"
    " real_stream_name varchar(150) NOT NULL UNIQUE, stream_name char(41) NOT NULL, metadata longtext NOT NULL,"
    " category varchar(150))",
}


def table_of(stream: str) -> str:
    return "_" + hashlib.sha1(stream.encode()).hexdigest()


def stream_table(kind: str, stream: str, *, generated: str = "") -> str:
    if kind == "postgresql":
        return (
            f"CREATE TABLE {table_of(stream)} (no bigserial PRIMARY KEY, event_id uuid NOT NULL UNIQUE, event_name"
            " varchar(100) NOT NULL, payload json NOT NULL, metadata jsonb NOT NULL, created_at timestamp(6) NOT NULL)"
        )
    return (
        f"CREATE TABLE {table_of(stream)} (no bigint AUTO_INCREMENT PRIMARY KEY, event_id char(36) NOT NULL UNIQUE,"
        " event_name varchar(100) NOT NULL, payload longtext NOT NULL, metadata longtext NOT NULL,"
        f" created_at datetime(6) NOT NULL{generated})"
    )


GENERATED = (
    ", aggregate_version int unsigned GENERATED ALWAYS AS (JSON_EXTRACT(metadata, '$._aggregate_version')) STORED,"
    " aggregate_id char(36) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(metadata, '$._aggregate_id'))) STORED,"
    " aggregate_type varchar(150) GENERATED ALWAYS AS"
    " (JSON_UNQUOTE(JSON_EXTRACT(metadata, '$._aggregate_type'))) STORED,"
    " UNIQUE KEY ix_unique_event (aggregate_type, aggregate_id, aggregate_version)"
)


def event(number: int, aggregate: tuple[str, str, int] | None, name: str, payload: Any, **meta: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = dict(meta)
    if aggregate is not None:
        metadata |= {
            "_aggregate_type": aggregate[0], "_aggregate_id": aggregate[1], "_aggregate_version": aggregate[2],
        }  # fmt: skip
    return {
        "event_id": f"00000000-0000-4000-8000-00000000000{number}",
        "event_name": name,
        "payload": json.dumps(payload),
        "metadata": json.dumps(metadata),
        "created_at": f"2026-03-01T09:00:0{number}.000001",
    }


def listed(*streams: str) -> list[dict[str, Any]]:
    return [
        {"real_stream_name": name, "stream_name": table_of(name), "metadata": "[]",
         "category": name.partition("-")[0] if "-" in name else None}
        for name in streams
    ]  # fmt: skip


REGISTERED = event(1, (USER_TYPE, USER, 1), "App\\UserRegistered", {"name": "山田", "n": 9007199254740993}, user="zoë")
POSTED = event(
    2, (TODO_TYPE, TODO, 1), "todo_posted", {"text": "x"}, _causation_id=REGISTERED["event_id"], _causation_name="post"
)
RENAMED = event(3, (USER_TYPE, USER, 2), "App\\UserRenamed", {"name": "Ada"})


@pytest.fixture(scope="module", params=KINDS)
def single(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One stream of all aggregates; its numbers are not in the order of the events' times."""
    kind = request.param
    ddl = [REGISTRY[kind], stream_table(kind, "event_stream", generated=GENERATED)]
    late = {**REGISTERED, "created_at": "2026-03-01T09:00:09.000001"}
    rows = {"event_streams": listed("event_stream"), table_of("event_stream"): [late, POSTED, RENAMED]}
    return helpers_php.make(request, kind, tmp_path_factory.mktemp("single"), ddl, rows)


@pytest.fixture(scope="module", params=KINDS)
def several(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A stream for each aggregate, one without aggregates, one that is not listed, and one without events."""
    kind = request.param
    names = [f"user-{USER}", f"todo-{TODO}", "mails", "empty"]
    ddl = [REGISTRY[kind], *(stream_table(kind, name) for name in (*names, "forgotten"))]
    rows = {
        "event_streams": listed(*names),
        table_of(names[0]): [REGISTERED, RENAMED],
        table_of(names[1]): [POSTED],
        table_of("mails"): [event(4, None, "mail_sent", {"to": "x"}), event(5, None, "mail_sent", {"to": "y"})],
        table_of("forgotten"): [event(6, (USER_TYPE, USER, 9), "forgotten", {})],
    }
    return helpers_php.make(request, kind, tmp_path_factory.mktemp("several"), ddl, rows)


def test_detected(single: str) -> None:
    with opened(single) as store:
        assert store.fit.layout.name == "prooph"
        assert any("event_streams" in reason for reason in store.fit.reasons)


def test_detected_with_several_streams(several: str) -> None:
    with opened(several) as store:
        assert store.fit.layout.name == "prooph"
        assert any("lists the tables" in reason for reason in store.fit.reasons)


def test_single_stream(single: str) -> None:
    with opened(single) as store:
        assert sorted(aggregates(store)) == [(USER, USER_TYPE), (TODO, TODO_TYPE)]
        assert [short(each) for each in events(store, USER)] == [
            (USER, 1, "App\\UserRegistered", {"name": "山田", "n": 9007199254740993}),
            (USER, 2, "App\\UserRenamed", {"name": "Ada"}),
        ]
        posted = store.event(TODO, 1)
        assert (posted.position, posted.event_id, posted.schema_version) == (2, POSTED["event_id"], None)
        assert time_of(posted) == "2026-03-01T09:00:02.000001Z"
        assert posted.metadata == {
            "stream": "event_stream", "_aggregate_type": TODO_TYPE, "_aggregate_id": TODO, "_aggregate_version": 1,
            "_causation_id": REGISTERED["event_id"], "_causation_name": "post",
        }  # fmt: skip


def test_trap_one_table_goes_by_its_numbers(single: str) -> None:
    """Within one table `no` is the order of the store; times are the messages' own, from before they were stored."""
    with opened(single) as store:
        assert [each.position for each in events(store)] == [1, 2, 3]


def test_trap_a_table_for_each_stream(several: str) -> None:
    """Each stream has a table named by a hash; they are one store, and across them the time gives the order."""
    with opened(several) as store:
        assert [(each.type, each.position) for each in events(store)] == [
            ("App\\UserRegistered", 1), ("todo_posted", 1), ("App\\UserRenamed", 2), ("mail_sent", 1), ("mail_sent", 2),
        ]  # fmt: skip
        assert store.fit.tables["events"].endswith("event_streams")


def test_trap_only_listed_streams_count(several: str) -> None:
    """A table that event_streams does not list is no stream any more; a stream without events does no harm."""
    with opened(several) as store:
        assert store.info().as_json()["events"] == 5
        assert [each.version for each in events(store, USER)] == [1, 2]


def test_trap_the_aggregate_is_in_the_metadata(several: str) -> None:
    """Id, type and version of the aggregate are keys of the metadata."""
    with opened(several) as store:
        assert store.summary(USER).aggregate_type == USER_TYPE
        assert store.event(USER, 2).type == "App\\UserRenamed"


@pytest.mark.parametrize("kind", KINDS)
def test_trap_two_aggregates_share_an_id(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """Ids are unique within their type, such as the numbers that Ecotone's users give: such aggregates stay apart."""
    ddl = [REGISTRY[kind], stream_table(kind, "users"), stream_table(kind, "todos")]
    rows = {
        "event_streams": listed("users", "todos"),
        table_of("users"): [
            event(1, (USER_TYPE, "1", 1), "registered", {}),
            event(3, (USER_TYPE, "1", 2), "renamed", {}),
        ],
        table_of("todos"): [event(2, (TODO_TYPE, "1", 1), "posted", {})],
    }
    with opened(helpers_php.make(request, kind, tmp_path, ddl, rows)) as store:
        user, todo = f"{USER_TYPE}/1", f"{TODO_TYPE}/1"
        assert sorted(aggregates(store)) == [(todo, TODO_TYPE), (user, USER_TYPE)]
        assert [(each.aggregate_id, each.version, each.type) for each in events(store)] == [
            (user, 1, "registered"), (todo, 1, "posted"), (user, 2, "renamed"),
        ]  # fmt: skip
        assert [each.type for each in events(store, user)] == ["registered", "renamed"]


def test_trap_streams_without_aggregates(several: str) -> None:
    """Events need not be an aggregate's: then the stream stands for one, and `no` counts them."""
    with opened(several) as store:
        assert [short(each) for each in events(store, "mails")] == [
            ("mails", 1, "mail_sent", {"to": "x"}), ("mails", 2, "mail_sent", {"to": "y"}),
        ]  # fmt: skip
        assert store.summary("mails").aggregate_type is None


SNAPSHOTS = {
    "postgresql": "CREATE TABLE snapshots (aggregate_id varchar(150) NOT NULL PRIMARY KEY, aggregate_type varchar(150)"
    " NOT NULL, last_version int NOT NULL, created_at char(26) NOT NULL, aggregate_root bytea)",
    "mariadb": "CREATE TABLE snapshots (aggregate_id varchar(150) NOT NULL PRIMARY KEY, aggregate_type varchar(150)"
    " NOT NULL, last_version int NOT NULL, created_at char(26) NOT NULL, aggregate_root blob)",
}


def serialized(name: str) -> bytes:
    """A User as PHP's serialize() writes it: protected members have their names marked."""
    member = b's:10:"\0*\0version";i:2;s:17:"\0*\0recordedEvents";a:0:{}'
    text = name.encode()
    return b'O:14:"App\\Model\\User":3:{' + member + b's:4:"name";s:%d:"%s";}' % (len(text), text)


@pytest.mark.parametrize("kind", KINDS)
def test_trap_snapshots_are_serialized_php_objects(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """The snapshot store keeps one row for each aggregate, an object as PHP serializes it: read as data only."""
    ddl = [REGISTRY[kind], stream_table(kind, "event_stream"), SNAPSHOTS[kind]]
    rows = {
        "event_streams": listed("event_stream"),
        table_of("event_stream"): [REGISTERED, POSTED, RENAMED],
        "snapshots": [
            {"aggregate_id": USER, "aggregate_type": USER_TYPE, "last_version": 2,
             "created_at": "2026-03-01T09:00:04.000001", "aggregate_root": serialized("Adaé")},
            {"aggregate_id": TODO, "aggregate_type": TODO_TYPE, "last_version": 1,
             "created_at": "2026-03-01T09:00:05.000001", "aggregate_root": b"\x01\x02"},
        ],
    }  # fmt: skip
    with opened(helpers_php.make(request, kind, tmp_path, ddl, rows)) as store:
        snapshot = store.snapshot(USER)
        assert snapshot is not None
        assert (snapshot.version, snapshot.state, snapshot.error) == (2, {"name": "Adaé"}, None)
        assert snapshot.timestamp is not None
        assert snapshot.timestamp.isoformat() == "2026-03-01T09:00:04.000001Z"
        unreadable = store.snapshot(TODO)
        assert unreadable is not None
        assert unreadable.error is not None
