"""Event Sourcery, in an environment of its own, and what it is told to write."""

from __future__ import annotations

import subprocess
from typing import Final

from helpers_venv import python_with

VERSION: Final = "0.6.1"
ACCOUNT: Final = "00000000000000000000000000000001"
AUDIT: Final = "a35284e2bdec553686987d4522c10a4b"
"""The id that the library gives to a stream by its name."""

WRITER: Final = """
import sys, uuid
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session
from event_sourcery import Event, NO_VERSIONING, StreamId
from event_sourcery.event import WrappedEvent
from event_sourcery_sqlalchemy import SQLAlchemyBackend, configure_models

class Base(DeclarativeBase):
    pass

configure_models(Base)

class Opened(Event):
    owner: str

class Deposited(Event):
    amount: int

class Balance(Event):
    balance: int

engine = create_engine(sys.argv[1])
Base.metadata.create_all(engine)
account = StreamId(uuid.UUID(int=1), category="account")
audit = StreamId(name="audit")
with Session(engine) as session:
    backend = SQLAlchemyBackend().configure(session)
    store = backend.event_store
    store.append(Opened(owner="Zoë"), Deposited(amount=9007199254740993), stream_id=account)
    store.append(Deposited(amount=2), stream_id=account, expected_version=2)
    store.append(Opened(owner="log"), stream_id=audit, expected_version=NO_VERSIONING)
    store.append(Opened(owner="log2"), stream_id=audit, expected_version=NO_VERSIONING)
    store.save_snapshot(account, WrappedEvent.wrap(Balance(balance=9007199254740993), version=2))
    backend.in_tenant_mode("acme").event_store.append(Opened(owner="acme"), stream_id=account)
    session.commit()
"""


def write(url: str) -> None:
    """Have the library make its tables and write into them; fails in CI, skips elsewhere, where it can't be had."""
    python = python_with(
        f"event-sourcery-{VERSION}", f"python-event-sourcery=={VERSION}", "SQLAlchemy==2.0.58", "psycopg[binary]==3.3.9"
    )
    done = subprocess.run([python, "-c", WRITER, url], capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"Event Sourcery failed: {done.stderr[-3000:]}")
