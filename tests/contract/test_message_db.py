"""A message-db database, installed by its own installer and written with its own functions, keeps the contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import helpers_message_db as message_db
import pytest
from helpers_contract import StoreContract, Written, WrittenEvent, WrittenSnapshot, from_batches
from helpers_postgres import PostgresServer

from esviewer.model.instant import Instant
from esviewer.stores.store import Store

STREAMS = [
    "account-123", "account-124", "account-125+7", "account:command-123", "account:snapshot-123", "order-0b9d-4f-1",
    "口座-壱", "person's-x", "Order-0001", "order_x-1", "order%x-1", "account",
]  # fmt: skip
"""Streams: an id with dashes of its own, a compound id, category types, a category stream without an id."""
SNAPSHOTS = "account:snapshot-125+7"
"""Where the snapshots of one of them are kept."""

PAYLOADS: list[Any] = [
    {"amount": 11, "currency": "EUR", "lines": [{"n": 1}, {"n": 2.5}]},
    {"big": 9007199254740993, "huge": 2**70, "名": "山田"},
    {"text": "<b>=1+1</b>", "none": None, "yes": True},
    None,
]


class TestMessageDb(StoreContract):
    """Categories, positions from 0, times in UTC that carry no zone, correlation and causation."""

    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, postgres_server: PostgresServer) -> Any:
        database = postgres_server.create_database("message_store")
        message_db.install(database)
        # As people do who write to it, so that the writing functions work in the store's own connection too.
        database.execute(f"ALTER DATABASE {database.name} SET search_path TO message_store, public")
        return database

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, database: Any) -> Written:
        writer = message_db.Writer(database)
        events: list[WrittenEvent] = []
        snapshots: list[WrittenSnapshot] = []
        for turn in range(7):
            for number, stream in enumerate(STREAMS):
                if turn > 2 + number:
                    continue
                message_id = uuid5(NAMESPACE_URL, f"/{stream}/{turn}")
                metadata = None
                if turn % 3:
                    metadata = {
                        "correlationStreamName": f"process-{number}",
                        "causationMessageStreamName": stream,
                        "causationMessagePosition": turn - 1,
                        "causationMessageGlobalPosition": 10 * turn,
                        "userId": "zoë",
                    }
                kind = ("Opened", "Deposited", "Withdrawn")[min(turn, 1 + turn % 2)]
                data = PAYLOADS[(turn + number) % len(PAYLOADS)]
                position = writer.write(message_id, stream, kind, data, metadata, expected_version=turn - 1)
                assert position == turn
                events.append(
                    WrittenEvent(
                        aggregate_id=stream,
                        aggregate_type=stream.partition("-")[0],
                        version=position,
                        type=kind,
                        data=data,
                        timestamp=None,
                        event_id=str(message_id),
                        metadata=metadata,
                    )
                )
            if turn in (2, 5):
                # As Eventide's entity snapshots are written.
                state = {"balance": turn, "huge": 2**70}
                recorded = {"entityData": state, "entityVersion": turn, "time": "2026-01-01T00:00:00.000Z"}
                writer.write(uuid5(NAMESPACE_URL, f"/snapshot/{turn}"), SNAPSHOTS, "Recorded", recorded)
                snapshots.append(WrittenSnapshot("account-125+7", turn, state))
            with pytest.raises(Exception, match="Wrong expected version"):
                # A refused write leaves a hole in the global positions.
                writer.write(uuid5(NAMESPACE_URL, f"/no/{turn}"), STREAMS[0], "X", {}, None, expected_version=99)
            with pytest.raises(Exception, match="duplicate key"):
                writer.write(uuid5(NAMESPACE_URL, f"/{STREAMS[-1]}/0"), "account-123", "X", {})
        found = {
            (stream, position): (number, moment)
            for number, stream, position, moment in database.rows(
                "SELECT global_position, stream_name, position, (extract(epoch FROM time) * 1000000)::bigint "
                "FROM message_store.messages"
            )
        }
        events = [
            replace(
                event,
                position=found[event.aggregate_id, event.version][0],
                timestamp=Instant(found[event.aggregate_id, event.version][1] * 1000, 0),
            )
            for event in events
        ]
        assert events[-1].position != len(events)
        writer.close()
        ids = [
            row[0]
            for row in database.rows(
                "SELECT stream_name FROM message_store.messages GROUP BY stream_name ORDER BY stream_name"
            )
            if row[0] != SNAPSHOTS
        ]
        return Written(
            target=database.url,
            layout="message-db",
            events=events,
            ids=ids,
            snapshots=snapshots,
            writes=(
                "SELECT message_store.write_message('00000000-0000-4000-8000-000000000000', 'intruder-1', 'X', '{}')",
                "INSERT INTO message_store.messages (position, stream_name, type) VALUES (0, 'intruder-1', 'X')",
                "UPDATE message_store.messages SET type = 'Forged'",
                "DELETE FROM message_store.messages",
                "TRUNCATE message_store.messages",
                "DROP TABLE message_store.messages CASCADE",
            ),
        )

    def test_message_db_sees_the_same_streams(self, store: Store, written: Written, database: Any) -> None:
        """What get_stream_messages() returns is what the store reads."""
        writer = message_db.Writer(database)
        for stream in (stream for stream in STREAMS if "-" in stream):
            own = [(position, kind, data, metadata) for position, kind, data, metadata, _ in writer.stream(stream)]
            ours = [(e.version, e.type, e.data, e.metadata) for e in from_batches(store.batches(stream))]
            assert ours == own
            assert own
        writer.close()

    def test_categories_are_those_of_message_db(self, store: Store, written: Written, database: Any) -> None:
        for stream, category in database.rows(
            "SELECT DISTINCT stream_name, message_store.category(stream_name) FROM message_store.messages"
        ):
            if stream == SNAPSHOTS:
                continue
            assert store.summary(stream).aggregate_type == category
