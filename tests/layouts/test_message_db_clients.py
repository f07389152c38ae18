"""message-db as its clients use it.

The database is made by message-db's own installer (npm package @eventide/message-db 1.3.1) and written to with its own
functions. What Protean writes is written by Protean 0.18.0 from PyPI in an environment of its own; what Eventide
(entity_snapshot-postgres) and Equinox.MessageDb write is made from their sources.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import helpers_message_db as message_db
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of
from helpers_postgres import Database, PostgresServer
from helpers_venv import python_with

from esviewer.stores.store import Store

PROTEAN = "0.18.0"

BANK = """
import sys

from protean import Domain, apply
from protean.fields import Identifier, Integer, String

settings = {"provider": "message_db", "database_uri": sys.argv[1]}
domain = Domain(name="Bank", config={"event_store": settings, "snapshot_threshold": 3})


@domain.event(part_of="Account")
class Opened:
    account_id = Identifier(required=True)
    owner = String()


@domain.event(part_of="Account")
class Deposited:
    __version__ = 2
    account_id = Identifier(required=True)
    amount = Integer()


@domain.aggregate(event_sourced=True)
class Account:
    account_id = Identifier(identifier=True)
    owner = String()
    balance = Integer(default=0)

    @apply
    def opened(self, event: Opened):
        self.account_id, self.owner, self.balance = event.account_id, event.owner, 0

    @apply
    def deposited(self, event: Deposited):
        self.balance += event.amount


domain.init(traverse=False)
with domain.domain_context():
    accounts = domain.repository_for(Account)
    account = Account(account_id="acc-1", owner="Ann")
    account.raise_(Opened(account_id="acc-1", owner="Ann"))
    accounts.add(account)
    for amount in (10, 11, 12, 13, 100):
        account = accounts.get("acc-1")
        account.raise_(Deposited(account_id="acc-1", amount=amount))
        accounts.add(account)
"""


def protean() -> Path:
    """The Python of an environment with Protean."""
    return python_with(f"protean-{PROTEAN}", f"protean=={PROTEAN}", "message-db-py==0.3.5")


def installed(server: PostgresServer) -> Database:
    database = server.create_database("message_store")
    message_db.install(database)
    database.execute(f"ALTER DATABASE {database.name} SET search_path TO message_store, public")
    return database


@pytest.fixture(scope="module")
def written(postgres_server: PostgresServer) -> Iterator[Database]:
    database = installed(postgres_server)
    writer = message_db.Writer(database)

    counts: dict[str, int] = {}

    def write(stream: str, kind: str, data: Any, metadata: Any = None) -> None:
        number = counts.get(stream, 0)
        counts[stream] = number + 1
        writer.write(uuid5(NAMESPACE_URL, f"/{stream}/{number}"), stream, kind, data, metadata)

    write("account:command-123", "Deposit", {"amount": 11}, {"replyStreamName": "desk-1"})
    write("account-123", "Opened", {"owner": "Ann"}, {"schemaVersion": 2})
    write("account-123", "Deposited", {"amount": 11}, {"correlationStreamName": "desk-1", "schemaVersion": None})
    write("account:snapshot-123", "Recorded", {"entityData": {"balance": 11}, "entityVersion": 1, "time": "x"})
    write("account-123+456", "Opened", {"owner": "two ids"})
    write("Cart-a-b_c", "Added", {"item": "x"})
    write("Cart-a-b_c", "Added", {"item": "y"})
    write("Cart:snapshot-a-b_c", "Snapshotted", {"items": ["x"]}, {"streamVersion": 0})
    write("Cart:snapshot-a-b_c", "Snapshotted", {"items": ["x", "y"]}, {"streamVersion": 1})
    write("Cart:snapshot-a-b_c", "Noted", {"by": "hand"}, {"why": "?"})
    write("account:position-consumer", "Recorded", {"position": 7})
    write("account", "Announced", None)
    writer.close()
    yield database
    postgres_server.drop_database(database)


@pytest.fixture
def store(written: Database) -> Iterator[Store]:
    with opened(written.url) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "message-db"
    assert store.fit.tables == {"events": "message_store.messages", "snapshots": "message_store.messages"}
    assert "stream_name" in store.fit.reasons[0]


def test_aggregates_are_streams_with_their_category(store: Store) -> None:
    assert aggregates(store) == [
        ("Cart-a-b_c", "Cart"),
        ("Cart:snapshot-a-b_c", "Cart:snapshot"),
        ("account", "account"),
        ("account-123", "account"),
        ("account-123+456", "account"),
        ("account:command-123", "account:command"),
        ("account:position-consumer", "account:position"),
    ]


def test_every_part_of_an_event(store: Store) -> None:
    first, second = events(store, "account-123")
    assert short(first) == ("account-123", 0, "Opened", {"owner": "Ann"})
    assert first.event_id == str(uuid5(NAMESPACE_URL, "/account-123/0"))
    assert first.schema_version == 2
    assert (time_of(first) or "").endswith(("Z", "+00:00"))
    assert second.metadata == {"correlationStreamName": "desk-1", "schemaVersion": None}
    assert second.schema_version is None
    assert [event.position for event in events(store)] == [1, 2, 3, 5, 6, 7, 10, 11, 12]


def test_trap_commands_share_the_table_with_events(store: Store) -> None:
    """Commands are messages in streams category:command-id: aggregates of their own, not events of category-id."""
    assert [event.type for event in events(store, "account:command-123")] == ["Deposit"]
    assert store.summary("account:command-123").aggregate_type == "account:command"


def test_trap_compound_ids(store: Store) -> None:
    """An id may be two joined by a plus sign; it is the whole id, and its first part is another aggregate."""
    assert [event.data for event in events(store, "account-123+456")] == [{"owner": "two ids"}]
    assert store.summary("account-123").events == 2


def test_trap_a_category_stream_has_no_id(store: Store) -> None:
    """A stream's name may be a category alone, and data and metadata may be null."""
    (event,) = events(store, "account")
    assert (event.aggregate_type, event.data, event.metadata) == ("account", None, None)


def test_trap_positions_share_the_table_with_events(store: Store) -> None:
    """Consumers keep their place as Recorded messages in category:position streams: those are no snapshots."""
    assert [event.data for event in events(store, "account:position-consumer")] == [{"position": 7}]


def test_trap_eventide_snapshots_are_messages_in_a_stream_of_their_own(store: Store) -> None:
    """Eventide's snapshot of category-id is a message in category:snapshot-id, with its version inside the data."""
    assert store.snapshot_versions("account-123") == [1]
    found = store.snapshot("account-123")
    assert found is not None
    assert (found.version, found.state, found.error) == (1, {"balance": 11}, None)
    assert found.timestamp is not None
    assert store.snapshot("account-123", 0) is None


def test_trap_equinox_snapshots_have_their_version_in_the_metadata(store: Store) -> None:
    """Equinox writes the state itself as data, any type, and the version as streamVersion into the metadata."""
    assert store.snapshot_versions("Cart-a-b_c") == [0, 1]
    found = store.snapshot("Cart-a-b_c", 0)
    assert found is not None
    assert found.state == {"items": ["x"]}


def test_trap_what_is_no_snapshot_in_a_snapshot_stream_stays_visible(store: Store) -> None:
    """A category type is only a name: messages that no client wrote as snapshots are events."""
    assert [event.type for event in events(store, "Cart:snapshot-a-b_c")] == ["Noted"]
    assert any("category:snapshot-id" in warning for warning in store.warnings)


def test_trap_views_beside_the_table(store: Store, written: Database) -> None:
    """message-db's installer makes views with summaries of the messages: the store is found once, in its table."""
    views = written.rows("SELECT count(*) FROM information_schema.views WHERE table_schema = 'message_store'")
    assert views[0][0] > 0
    assert store.fit.choice == "message-db:message_store.messages"


def test_info_counts_snapshots_apart(store: Store) -> None:
    info = store.info().as_json()
    assert (info["events"], info["snapshots"]) == (9, 3)


def test_protean_writes_what_is_read(postgres_server: PostgresServer) -> None:
    """The real Protean: types with their version, its own metadata, snapshots of type SNAPSHOT."""
    python = protean()
    database = installed(postgres_server)
    uri = f"postgresql://postgres@/{database.name}?host={postgres_server.folder}"
    subprocess.run([python, "-c", BANK, uri], check=True, capture_output=True, text=True, timeout=120)
    with opened(database.url) as store:
        assert store.layout.name == "message-db"
        assert aggregates(store) == [("bank::account-acc-1", "bank::account")]
        found = events(store)
        assert [short(event)[1:] for event in found] == [
            (0, "Bank.Opened.v1", {"account_id": "acc-1", "owner": "Ann"}),
            *(
                (1 + number, "Bank.Deposited.v2", {"account_id": "acc-1", "amount": amount})
                for number, amount in enumerate((10, 11, 12, 13, 100))
            ),
        ]
        assert [event.schema_version for event in found] == [1, 2, 2, 2, 2, 2]
        assert found[0].metadata["headers"]["id"] == "bank::account-acc-1-0"  # type: ignore[index,call-overload]
        assert store.snapshot_versions("bank::account-acc-1") == [2]
        newest = store.snapshot("bank::account-acc-1")
        assert newest is not None
        assert newest.state == {"account_id": "acc-1", "owner": "Ann", "balance": 21}
    postgres_server.drop_database(database)
