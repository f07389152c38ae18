"""cqrs-es (Rust): stores made from the columns that postgres-es and mysql-es document, rows as serde writes them.

The framework's own code did not run: Rust's crates come from neither PyPI, npm nor Debian.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short

TABLES = {
    "postgresql": (
        "CREATE TABLE events (aggregate_type text NOT NULL, aggregate_id text NOT NULL,"
        " sequence bigint NOT NULL CHECK (sequence >= 0), event_type text NOT NULL, event_version text NOT NULL,"
        " payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))",
        "CREATE TABLE snapshots (aggregate_type text NOT NULL, aggregate_id text NOT NULL,"
        " last_sequence bigint NOT NULL, current_snapshot bigint NOT NULL, payload json NOT NULL,"
        " PRIMARY KEY (aggregate_type, aggregate_id, last_sequence))",
    ),
    "mariadb": (
        "CREATE TABLE events (aggregate_type varchar(255) NOT NULL, aggregate_id varchar(255) NOT NULL,"
        " sequence bigint NOT NULL CHECK (sequence >= 0), event_type text NOT NULL, event_version text NOT NULL,"
        " payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))",
        "CREATE TABLE snapshots (aggregate_type varchar(255) NOT NULL, aggregate_id varchar(255) NOT NULL,"
        " last_sequence bigint NOT NULL, current_snapshot bigint NOT NULL, payload json NOT NULL,"
        " PRIMARY KEY (aggregate_type, aggregate_id))",
    ),
}


def event(
    kind: str, ident: str, sequence: int, event_type: str, payload: Any, metadata: Any = None, version: str = "1.0"
) -> dict[str, Any]:
    return {
        "aggregate_type": kind,
        "aggregate_id": ident,
        "sequence": sequence,
        "event_type": event_type,
        "event_version": version,
        "payload": payload if isinstance(payload, str) else json.dumps(payload),
        "metadata": json.dumps(metadata or {}),
    }


ROWS = {
    "events": [
        event("account", "ACCT-1", 1, "AccountOpened", {"AccountOpened": {"account_id": "ACCT-1"}}),
        event("customer", "CUST-9", 1, "NameAdded", {"NameAdded": {"changed_name": "Zoë"}}, {"time": "noon"}),
        event(
            "account", "ACCT-1", 2, "CustomerDepositedMoney",
            '{"CustomerDepositedMoney": {"amount": 1.10, "balance": 9007199254740993}}', {"user": "7"}, "1.1",
        ),
        event("account", "ACCT-1", 3, "AccountFrozen", '"AccountFrozen"'),
        event("account", "1", 1, "AccountOpened", {"AccountOpened": {"account_id": "1"}}),
        event("customer", "1", 1, "NameAdded", {"NameAdded": {"changed_name": "One"}}),
    ],
    "snapshots": [
        {"aggregate_type": "account", "aggregate_id": "ACCT-1", "last_sequence": 2, "current_snapshot": 1,
         "payload": '{"account_id": "ACCT-1", "balance": 110}'},
        {"aggregate_type": "customer", "aggregate_id": "1", "last_sequence": 1, "current_snapshot": 1,
         "payload": '{"name": "One"}'},
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=list(TABLES))
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("cqrs")
    return helpers_php.make(request, request.param, folder, TABLES[request.param], ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "cqrs-es"
        assert "event_version" in store.fit.reasons[0]
        info = store.info().as_json()
        assert (info["events"], info["snapshots"], info["first_event"]) == (6, 2, None)
        assert info["aggregate_types"] == {"account": 2, "customer": 2}


def test_events(target: str) -> None:
    with opened(target) as store:
        second = store.event("ACCT-1", 2)
        assert (second.aggregate_type, second.type, second.schema_version) == (
            "account", "CustomerDepositedMoney", "1.1",
        )  # fmt: skip
        assert second.metadata == {"user": "7"}
        assert second.data["balance"] == 9007199254740993
        assert second.event_id is None


def test_snapshot(target: str) -> None:
    """The snapshot row is updated in place; its payload is the state after last_sequence."""
    with opened(target) as store:
        snapshot = store.snapshot("ACCT-1")
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (2, {"account_id": "ACCT-1", "balance": 110})
        assert store.snapshot("CUST-9") is None


def test_trap_rust_enums_as_payload(target: str) -> None:
    """serde writes `{"Variant": {…}}`, and a variant without fields as a text alone."""
    with opened(target) as store:
        assert [short(each) for each in events(store, "ACCT-1")] == [
            ("ACCT-1", 1, "AccountOpened", {"account_id": "ACCT-1"}),
            ("ACCT-1", 2, "CustomerDepositedMoney", store.event("ACCT-1", 2).data),
            ("ACCT-1", 3, "AccountFrozen", {}),
        ]


def test_trap_json_keeps_its_text(target: str) -> None:
    """The columns are of type json, not jsonb: numbers come out with the digits they went in with."""
    with opened(target) as store:
        assert str(store.event("ACCT-1", 2).data["amount"]) == "1.10"


def test_trap_no_time_and_no_order_of_all_events(target: str) -> None:
    """There is neither a global position nor a time: the order across aggregates is made up, and that is said."""
    with opened(target) as store:
        assert {(each.position, each.timestamp) for each in events(store)} == {(None, None)}
        assert any("no order of all events" in warning for warning in store.warnings)


def test_trap_ids_are_unique_only_within_their_type(target: str) -> None:
    """The key starts with the type: an account and a customer called 1 are two aggregates."""
    with opened(target) as store:
        assert sorted(aggregates(store)) == [
            ("ACCT-1", "account"), ("CUST-9", "customer"), ("account/1", "account"), ("customer/1", "customer"),
        ]  # fmt: skip
        assert [each.data for each in events(store, "customer/1")] == [{"changed_name": "One"}]
        snapshot = store.snapshot("customer/1")
        assert snapshot is not None
        assert snapshot.state == {"name": "One"}
        assert store.snapshot("account/1") is None
