"""eventsourcing with texts as originator ids, and with several applications in one schema of PostgreSQL.

The stores are written by eventsourcing 9.5.6 from PyPI.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import helpers_eventsourcing as library
import pytest
from eventsourcing.application import Application
from eventsourcing.domain import (
    BaseAggregate,
    CanCreateTimestamp,
    CanInitAggregate,
    CanMutateAggregate,
    CanSnapshotAggregate,
    MetaDomainEvent,
    event,
)
from helpers_layouts import aggregates, events, opened, short
from helpers_postgres import PostgresServer

from esviewer.errors import AmbiguousLayoutError
from esviewer.stores.store import Store

IDS = ["order-7", "ORDER-7", "00000000000000000000000000000007", "注文/7 'x' %"]
"""Ids that differ in case alone, that look like a UUID without dashes, and that need care in SQL."""


class TextEvent(CanCreateTimestamp, metaclass=MetaDomainEvent):
    originator_id: str
    originator_version: int
    timestamp: datetime


class OrderSnapshot(CanSnapshotAggregate[str], TextEvent):
    topic: str
    state: dict[str, Any]


class Order(BaseAggregate[str]):
    """An aggregate whose id is a text that its user chose."""

    Snapshot = OrderSnapshot

    class Event(CanMutateAggregate[str], TextEvent):
        pass

    class Placed(CanInitAggregate[str], Event):
        originator_topic: str
        number: str
        total: int

    class Raised(Event):
        by: int

    @event(Placed)
    def __init__(self, number: str, total: int) -> None:
        self.number = number
        self.total = total

    @staticmethod
    def create_id(number: str, **_: Any) -> str:
        """The number is the id."""
        return number

    @event(Raised)
    def raise_total(self, by: int) -> None:
        """One more line."""
        self.total += by


class Shop(Application[str]):
    """Takes a snapshot of each order every second event."""

    snapshotting_intervals: ClassVar[dict[Any, int]] = {Order: 2}


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store with four orders: placed one after the other, raised in the opposite order."""
    if request.param == "sqlite":
        target = str(tmp_path / "shop.db")
        environment = library.sqlite_environment(Path(target), ORIGINATOR_ID_TYPE="text")
    else:
        database = request.getfixturevalue("postgres_server").create_database("shop")
        target = database.url
        environment = library.postgres_environment(database, ORIGINATOR_ID_TYPE="text")
    with closing(Shop(env=environment)) as shop:
        orders = [Order(number=number, total=size) for size, number in enumerate(IDS)]
        shop.save(*orders)
        for order in reversed(orders):
            order.raise_total(by=9007199254740993)
            shop.save(order)
    return target


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "eventsourcing"
    assert store.has_snapshots


def test_every_event_in_the_order_of_its_notification(store: Store) -> None:
    placed = [(number, 1, "Order.Placed", {"number": number, "total": size}) for size, number in enumerate(IDS)]
    raised = [(number, 2, "Order.Raised", {"by": 9007199254740993}) for number in reversed(IDS)]
    found = events(store)
    assert [short(each) for each in found] == placed + raised
    assert [each.position for each in found] == list(range(1, 9))


def test_trap_ids_are_texts_and_stay_as_they_are(store: Store) -> None:
    """Nothing is made of such an id: neither its letters' case nor the dashes that a UUID would have."""
    assert sorted(aggregates(store)) == sorted((number, "Order") for number in IDS)
    for size, number in enumerate(IDS):
        assert [each.data for each in events(store, number)] == [
            {"number": number, "total": size},
            {"by": 9007199254740993},
        ]


def test_trap_snapshots_hold_what_is_the_librarys_own(store: Store) -> None:
    """Only of aggregates with UUIDs does the library leave id, version and pending events out of the state."""
    for size, number in enumerate(IDS):
        snapshot = store.snapshot(number)
        assert snapshot is not None
        assert (snapshot.version, snapshot.error) == (2, None)
        assert snapshot.state == {"number": number, "total": size + 9007199254740993}


def test_trap_two_applications_in_one_schema(postgres_server: PostgresServer) -> None:
    """Each application has its own tables: here one with texts as ids beside one with UUIDs."""
    database = postgres_server.create_database("both")
    database.execute("CREATE SCHEMA sales")
    environment = library.postgres_environment(database, POSTGRES_SCHEMA="sales")
    with closing(Shop(env={**environment, "ORIGINATOR_ID_TYPE": "text"})) as shop:
        shop.save(Order(number="order-7", total=1))
    with closing(library.Kennel(env=environment)) as kennel:
        rex = library.Dog(name="Rex", breed="Shiba")
        kennel.save(rex)
    with pytest.raises(AmbiguousLayoutError) as caught, opened(database.url):
        pytest.fail("a store was taken without asking")
    assert sorted(choice.rpartition(".")[2] for choice in caught.value.choices) == ["kennel_events", "shop_events"]
    for choice in caught.value.choices:
        expected = [("order-7", "Order")] if choice.endswith("shop_events") else [(str(rex.id), "Dog")]
        with opened(database.url, choice) as store:
            assert aggregates(store) == expected
            assert len(events(store)) == 1
            assert store.has_snapshots is choice.endswith("shop_events")
