"""Applications of the Python eventsourcing library, as somebody who uses it would write them.

Topics name this module, so a store written here says `helpers_eventsourcing:BankAccount.Opened` and the like.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from helpers_postgres import Database


class BankAccount(Aggregate):
    """Money as decimals, with a limit, a history of holders, and an instant."""

    @event("Opened")
    def __init__(self, holder: str, currency: str, branch: UUID, opened_at: datetime) -> None:
        self.holder = holder
        self.currency = currency
        self.branch = branch
        self.opened_at = opened_at
        self.balance = Decimal("0.00")
        self.limit: Decimal | None = None
        self.holders: list[str] = [holder]
        self.address: dict[str, Any] = {}
        self.closed = False

    @staticmethod
    def create_id(holder: str, **_: Any) -> UUID:
        """The same id for the same holder in every run."""
        return uuid5(NAMESPACE_URL, f"/account/{holder}")

    @event("Deposited")
    def deposit(self, amount: Decimal, reference: dict[str, Any]) -> None:
        """Put money in."""
        self.balance += amount

    @event("Withdrawn")
    def withdraw(self, amount: Decimal) -> None:
        """Take money out."""
        self.balance -= amount

    @event("LimitSet")
    def set_limit(self, limit: Decimal | None) -> None:
        """How far below zero the balance may go."""
        self.limit = limit

    @event("HolderRenamed")
    def rename(self, holder: str) -> None:
        """A new name, kept beside the old ones."""
        self.holder = holder
        self.holders.append(holder)

    @event("AddressChanged")
    def move(self, address: dict[str, Any]) -> None:
        """Where the holder lives now."""
        self.address = address

    @event("Closed")
    def close(self) -> None:
        """No more business."""
        self.closed = True


class Dog(Aggregate):
    """The smallest aggregate there is; its events carry a class version above 1."""

    class Registered(Aggregate.Created):
        """`breed` was added in version 2 of this event."""

        class_version = 2
        name: str
        breed: str

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Older events know no breed."""
            state["breed"] = "unknown"

    @event(Registered)
    def __init__(self, name: str, breed: str) -> None:
        self.name = name
        self.breed = breed
        self.tricks: list[str] = []

    @staticmethod
    def create_id(name: str, **_: Any) -> UUID:
        """The same id for the same name in every run."""
        return uuid5(NAMESPACE_URL, f"/dog/{name}")

    @event("TrickAdded")
    def add_trick(self, trick: str) -> None:
        """A dog learns."""
        self.tricks.append(trick)


class Bank(Application[UUID]):
    """Takes a snapshot of each account every fifth event."""

    snapshotting_intervals: ClassVar[dict[Any, int]] = {BankAccount: 5}


class Kennel(Application[UUID]):
    """An application without snapshots."""


BANK_RULES = """
name = "bank account"
aggregate_type = "*BankAccount"

[[on]]
event = "*Opened"
set = { holder = "data.holder", currency = "data.currency", branch = "data.branch", opened_at = "data.opened_at", \
balance = "decimal('0.00')", limit = "None", holders = "[data.holder]", address = "{}", closed = "False" }

[[on]]
event = "*Deposited"
increment = { balance = "data.amount" }

[[on]]
event = "*Withdrawn"
increment = { balance = "-data.amount" }

[[on]]
event = "*LimitSet"
set = { limit = "data.limit" }

[[on]]
event = "*HolderRenamed"
set = { holder = "data.holder" }
append = { holders = "data.holder" }

[[on]]
event = "*AddressChanged"
set = { address = "data.address" }

[[on]]
event = "*Closed"
set = { closed = "True" }
"""
"""What BankAccount's methods do, as reducer rules."""

DOG_RULES = """
name = "dog"
aggregate_type = "*Dog"

[[on]]
event = "*Registered"
set = { name = "data.name", breed = "data.breed", tricks = "[]" }

[[on]]
event = "*TrickAdded"
append = { tricks = "data.trick" }
"""
"""What Dog's methods do, as reducer rules."""


def sqlite_environment(path: Path, **more: str) -> dict[str, str]:
    """The library's settings for one SQLite file."""
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path), **more}


def postgres_environment(database: Database, **more: str) -> dict[str, str]:
    """The library's settings for one PostgreSQL database."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database.name,
        "POSTGRES_HOST": str(database.server.folder),
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "",
        **more,
    }


def account_with_limits(path: Path, *limits: Any) -> Path:
    """A store with one account, without snapshots, whose limit is set to each of these."""
    application: Application[UUID] = Application(env=sqlite_environment(path))
    account = BankAccount(holder="h", currency="EUR", branch=uuid5(NAMESPACE_URL, "/b"), opened_at=datetime.now(UTC))
    for limit in limits:
        account.set_limit(limit=limit)
    application.save(account)
    application.close()
    return path


def fill(application: Application[UUID], accounts: int = 12, steps: int = 17, dogs: int = 5) -> list[Any]:
    """Run some business through an application; the recordings (event and notification id) in store order.

    Accounts live side by side, so that the events of one are never next to each other in the store.
    """
    recordings: list[Any] = []
    opened = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
    living = [
        BankAccount(
            holder=f"Holder {number}" if number % 3 else f"口座 {number}",
            currency="EUR",
            branch=uuid5(NAMESPACE_URL, f"/branch/{number % 3}"),
            opened_at=opened + timedelta(minutes=number),
        )
        for number in range(accounts)
    ]
    animals = [Dog(name=f"Rex {number}", breed="Shiba 柴") for number in range(dogs)]
    recordings += application.save(*living, *animals)
    for step in range(steps):
        for number, account in enumerate(living):
            if number % 4 == 3 and step > 6:
                continue  # some accounts stay short
            match step % 6:
                case 0:
                    account.deposit(
                        amount=Decimal("9007199254740993.10") if step == 6 else Decimal(f"{number + 1}.{step:02d}"),
                        reference={
                            "order": {"id": uuid5(NAMESPACE_URL, f"/order/{number}/{step}"), "lines": [1, 2.5, None]}
                        },
                    )
                case 1:
                    account.withdraw(amount=Decimal("0.10"))
                case 2:
                    account.set_limit(limit=Decimal("100.00") if number % 2 else None)
                case 3:
                    account.rename(holder=f'{account.holder}\'s "heir" \\ <b>{step}</b>')
                case 4:
                    account.move(address={"city": "東京", "zip": "〒100-0001", "since": opened, "rooms": 2**70})
                case _:
                    account.deposit(amount=Decimal("1.10"), reference={})
            recordings += application.save(account)
        if step < 3:
            for animal in animals:
                animal.add_trick(trick=f"trick {step}")
            recordings += application.save(*animals)
    for account in living[:2]:
        account.close()
    recordings += application.save(*living[:2])
    return recordings
