"""Stores that eventsourcing 9.5 from PyPI compressed and encrypted itself."""

from __future__ import annotations

import base64
import os
import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from helpers_layouts import events, opened

KEY = base64.b64encode(bytes(range(32))).decode()


class Account(Aggregate):
    @event("Opened")
    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.balance = 0

    @event("Deposited")
    def deposit(self, amount: int) -> None:
        self.balance += amount


class Bank(Application[UUID]):
    name = "bank"
    is_snapshotting_enabled = True


def write(path: Path, *, key: str | None, compressed: bool) -> str:
    """A store with one account of three events and a snapshot; the account's id."""
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    if compressed:
        environment["COMPRESSOR_TOPIC"] = "eventsourcing.compressor:ZlibCompressor"
    if key is not None:
        environment |= {"CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher", "CIPHER_KEY": key}
    application = Bank(env=environment)
    account = Account("Zoë")
    account.deposit(9007199254740993)
    account.deposit(7)
    application.save(account)
    application.take_snapshot(account.id)
    application.close()
    return account.id.hex


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("key", [None, KEY], ids=["open", "encrypted"])
def test_it_is_read_with_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, compressed: bool
) -> None:
    ident = write(tmp_path / "store.db", key=key, compressed=compressed)
    stored = sqlite3.connect(tmp_path / "store.db").execute("SELECT state FROM stored_events").fetchone()[0]
    assert stored.startswith(b"{") is (key is None and not compressed)
    if key is not None:
        monkeypatch.setenv("ESVIEWER_CIPHER_KEY", key)
    with opened(str(tmp_path / "store.db")) as store:
        assert [each.error for each in events(store, ident)] == [None, None, None]
        assert events(store, ident)[1].data["amount"] == 9007199254740993
        assert all(each.timestamp is not None for each in events(store, ident))
        snapshot = store.snapshot(ident)
        assert snapshot is not None
        assert (snapshot.version, snapshot.state["balance"]) == (3, 9007199254741000)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, "no key is set"),
        (base64.b64encode(os.urandom(32)).decode(), "key"),
        ("not base64!", "not base64"),
        (base64.b64encode(b"short").decode(), "bytes long"),
    ],
    ids=["none", "wrong", "no base64", "too short"],
)
def test_trap_encrypted_rows_look_random(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, message: str
) -> None:
    """Without the right key the payload is bytes without a marker: it is shown as such, and all else is readable."""
    ident = write(tmp_path / "store.db", key=KEY, compressed=True)
    monkeypatch.delenv("ESVIEWER_CIPHER_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("ESVIEWER_CIPHER_KEY", key)
    with opened(str(tmp_path / "store.db")) as store:
        found = events(store, ident)
        assert [each.version for each in found] == [1, 2, 3]
        assert [each.type for each in found] == ["Account.Opened", "Account.Deposited", "Account.Deposited"]
        assert all(message in str(each.error) for each in found), found[0].error
        assert all(each.raw for each in found)


def test_plain_rows_among_encrypted_ones_stay_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = write(tmp_path / "store.db", key=None, compressed=False)
    secret = write(tmp_path / "store.db", key=KEY, compressed=False)
    monkeypatch.delenv("ESVIEWER_CIPHER_KEY", raising=False)
    with opened(str(tmp_path / "store.db")) as store:
        assert all(each.error is None for each in events(store, plain))
        assert all(each.error is not None for each in events(store, secret))
