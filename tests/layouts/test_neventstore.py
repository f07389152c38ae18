"""NEventStore on SQLite, PostgreSQL and MariaDB: stores made from its documented columns.

Facts: NEventStore.Persistence.SQL 1caa68f. The library itself did not run; payloads are as its JSON serializer, which
is Newtonsoft's, writes them: in UTF-8 with a byte order mark.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from helpers_layouts import Rows, aggregates, events, opened, time_of
from helpers_php import KINDS, make

from esviewer.stores.store import Store

ORDER, CART = "order/7", "cart-1"
PLACED, PAID = "Shop.OrderPlaced, Shop", "Shop.OrderPaid, Shop"
COMMIT = UUID("0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e01")


def hashed(stream: str) -> str:
    return hashlib.sha1(stream.encode()).hexdigest().upper()


def written(value: Any) -> bytes:
    return b"\xef\xbb\xbf" + json.dumps(value).encode()


def message(kind: str, **fields: Any) -> dict[str, Any]:
    return {"Headers": {"by": "ann"}, "Body": {"$type": kind, **fields}}


def tables(database: str) -> list[str]:
    blob = {"sqlite": "blob", "postgresql": "bytea", "mariadb": "longblob"}[database]
    guid = {"sqlite": "guid", "postgresql": "uuid", "mariadb": "binary(16)"}[database]
    time = {"sqlite": "datetime", "postgresql": "timestamp", "mariadb": "bigint"}[database]
    key = "BucketId varchar(40) NOT NULL, StreamId char(40) NOT NULL"
    return [
        f"CREATE TABLE Commits (CheckpointNumber bigint NOT NULL PRIMARY KEY, {key}, StreamIdOriginal varchar(1000)"
        f" NOT NULL, StreamRevision int NOT NULL, Items int NOT NULL, CommitId {guid} NOT NULL, CommitSequence int NOT"
        f" NULL, CommitStamp {time} NOT NULL, Headers {blob}, Payload {blob} NOT NULL)",
        "CREATE UNIQUE INDEX commits_by_sequence ON Commits (BucketId, StreamId, CommitSequence)",
        "CREATE UNIQUE INDEX commits_by_revision ON Commits (BucketId, StreamId, StreamRevision, Items)",
        f"CREATE TABLE Snapshots ({key}, StreamRevision int NOT NULL, Payload {blob} NOT NULL,"
        " PRIMARY KEY (BucketId, StreamId, StreamRevision))",
    ]


def commit(
    database: str, number: int, stream: str, last: int, held: list[Any], sequence: int, bucket: str = "default"
) -> dict[str, Any]:
    moment = datetime(2026, 3, 1, 9, 0, number, 123456)
    ticks = (moment - datetime(1, 1, 1)) // timedelta(microseconds=1) * 10 + 7
    return {
        "CheckpointNumber": number,
        "BucketId": bucket,
        "StreamId": hashed(stream),
        "StreamIdOriginal": stream,
        "StreamRevision": last,
        "Items": len(held),
        "CommitId": COMMIT.bytes_le if database == "mariadb" else str(COMMIT),
        "CommitSequence": sequence,
        "CommitStamp": ticks if database == "mariadb" else moment.isoformat(" "),
        "Headers": written({"correlation": "c-1"}),
        "Payload": written(held),
    }


def rows(database: str) -> Rows:
    return {
        "Commits": [
            commit(database, 1, ORDER, 2, [message(PLACED, Total=1.10), message(PAID, By="card")], 1),
            commit(database, 3, CART, 1, [message("Shop.Added, Shop", Sku="x")], 1),
            commit(database, 4, ORDER, 5, [message(PAID, N=n) for n in (3, 4, 5)], 2),
        ],
        "Snapshots": [
            {
                "BucketId": "default",
                "StreamId": hashed(ORDER),
                "StreamRevision": 2,
                "Payload": written({"$type": "Shop.Order, Shop", "Total": 1.10}),
            }
        ],
    }


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("neventstore")
    with opened(make(request, database, folder, tables(database), rows(database))) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "neventstore"
    assert any("streamrevision" in reason.lower() for reason in store.fit.reasons)


def test_every_part_of_an_event(store: Store) -> None:
    second = store.event(ORDER, 2)
    assert (second.position, second.type, second.data) == (1, PAID, {"$type": PAID, "By": "card"})
    assert isinstance(second.metadata, dict)
    assert {"by": "ann", "correlation": "c-1", "tenant": "default", "CommitSequence": 1}.items() <= (
        second.metadata.items()
    )


def test_trap_several_events_in_one_row(store: Store) -> None:
    """A commit holds any number of events; its revision is that of the last one."""
    assert [(each.aggregate_id, each.version) for each in events(store)] == [
        (ORDER, 1),
        (ORDER, 2),
        (CART, 1),
        (ORDER, 3),
        (ORDER, 4),
        (ORDER, 5),
    ]
    assert store.event(ORDER, 4).data == {"$type": PAID, "N": 4}
    assert store.info().as_json()["events"] == 6


def test_trap_stream_ids_are_hashed(store: Store) -> None:
    """StreamId is a SHA-1; the stream's own name stands beside it, but not in snapshots."""
    assert [ident for ident, _ in aggregates(store)] == [CART, ORDER]
    found = store.snapshot(ORDER)
    assert found is not None
    assert (found.version, found.state) == (2, {"$type": "Shop.Order, Shop", "Total": 1.1})
    assert store.snapshot(CART) is None


def test_trap_ticks_on_mysql(store: Store, database: str) -> None:
    """CommitStamp is a date and time in UTC, but .NET's ticks of 100 ns since the year 1 on MySQL."""
    expected = "2026-03-01T09:00:01.123456700Z" if database == "mariadb" else "2026-03-01T09:00:01.123456Z"
    assert time_of(store.event(ORDER, 1)) == expected


def test_trap_commit_ids_are_mixed_endian_on_mysql(store: Store) -> None:
    """On MySQL a commit's id is .NET's bytes of a Guid, whose first three groups are turned round."""
    assert [each.event_id for each in events(store)] == [str(COMMIT)] * 6


def test_trap_buckets_are_tenants(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A stream's name is unique within its bucket only: the bucket stands before it, unless it is the default one."""
    written_rows = {
        "Commits": [
            commit(database, 1, ORDER, 1, [message(PLACED, Of="red")], 1, "red"),
            commit(database, 2, ORDER, 1, [message(PLACED, Of="blue")], 1, "blue"),
        ],
        "Snapshots": [
            {"BucketId": "blue", "StreamId": hashed(ORDER), "StreamRevision": 1, "Payload": written({"Of": "blue"})}
        ],
    }
    target = make(request, database, tmp_path, tables(database), written_rows)
    with opened(target) as store:
        assert sorted(ident for ident, _ in aggregates(store)) == [f"blue/{ORDER}", f"red/{ORDER}"]
        (event,) = events(store, f"blue/{ORDER}")
        assert event.data == {"$type": PLACED, "Of": "blue"}
        found = store.snapshot(f"blue/{ORDER}")
        assert found is not None
        assert found.state == {"Of": "blue"}
        assert store.snapshot(f"red/{ORDER}") is None
    with opened(target, tenant="red") as store:
        assert [each.data for each in events(store)] == [{"$type": PLACED, "Of": "red"}]
        assert [ident for ident, _ in aggregates(store)] == [f"red/{ORDER}"]


def test_trap_payloads_may_be_compressed(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A pipeline of serializers may put JSON into gzip, which no column tells."""
    changed = rows(database)
    packed = gzip.compress(written([message(PLACED, N=1), message(PAID, N=2)]))
    changed["Commits"][0]["Payload"] = packed  # type: ignore[index]
    with opened(make(request, database, tmp_path, tables(database), changed)) as store:
        assert store.event(ORDER, 2).data == {"$type": PAID, "N": 2}


def test_trap_other_serializers_are_named(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """.NET's binary form, BSON and encryption are not read: the commit's events stay, each with an error."""
    changed = rows(database)
    changed["Commits"][0]["Payload"] = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff"  # type: ignore[index]
    with opened(make(request, database, tmp_path, tables(database), changed)) as store:
        found = events(store)
        assert [each.error is None for each in found] == [False, False, True, True, True, True]
        assert [each.version for each in found][:2] == [1, 2]
